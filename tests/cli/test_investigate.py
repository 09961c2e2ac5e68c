"""`qaif investigate` as people type it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from oracle.addresses import address
from oracle.blockmaker import framed
from support.economy import Economy, script

LEGACY = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"


def run(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from qaif.cli.main import run; run()",
        "investigate",
        *map(str, arguments),
    ]
    return subprocess.run(
        [*command, "-w", str(tmp_path / "ws")], capture_output=True, text=True, check=False, timeout=600
    )


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(f"عنوان محفظة بيتكوين ({address(script(1), 'regtest')}) https://t.me/fund")
    return path


def test_one_command_from_block_files_and_an_article_to_a_case(tmp_path: Path, article: Path) -> None:
    (tmp_path / "blk00000.dat").write_bytes(framed(Economy.of(5, 30).blocks))
    done = run(tmp_path, article, "--blocks", tmp_path / "blk00000.dat", "--out", tmp_path / "case", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer)[:4] == ["layer", "basis", "as_of", "coverage"]
    assert answer["addresses"][0]["address"] == address(script(1), "regtest")
    assert answer["addresses"][0]["review"]["tx_count"] == len(answer["addresses"][0]["transactions"]) > 0
    assert json.loads((tmp_path / "case" / "case.json").read_text()) == answer
    page = (tmp_path / "case" / "case.html").read_text()
    assert "hxxps://t[.]me/fund" in page
    assert "https://t.me" not in page
    first = (tmp_path / "case" / "case.html").read_bytes()
    again = run(tmp_path, article, "--out", tmp_path / "case")
    assert again.returncode == 0, again.stderr
    assert answer["addresses"][0]["address"] in again.stdout
    assert (tmp_path / "case" / "case.html").read_bytes() == first


def test_refusals_come_before_any_work(tmp_path: Path, article: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for arguments, status, said in (
        ((article, "--out", tmp_path / "mine"), 65, "holds other things"),
        ((tmp_path / "none.txt", "--out", tmp_path / "case"), 66, "no file"),
        ((WIF, "--out", tmp_path / "case"), 65, "private key"),
        ((article,), 2, "--out"),
    ):
        done = run(tmp_path, *arguments)
        assert (done.returncode, said in done.stderr) == (status, True), done.stderr
        assert WIF not in done.stdout + done.stderr
        assert not (tmp_path / "ws").exists()
        assert not (tmp_path / "case").exists()
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


def test_an_error_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, LEGACY[:-1] + "X", "--out", tmp_path / "case", "--json")
    assert done.returncode == 65
    assert json.loads(done.stdout)["error"]["code"] == "address"
    assert not (tmp_path / "case").exists()
