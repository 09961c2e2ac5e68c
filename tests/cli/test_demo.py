"""`qaif demo` as people type it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "from qaif.cli.main import run; run()", "demo")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def done(out: Path) -> subprocess.CompletedProcess[str]:
    return run("--out", out, "--json")


def test_one_envelope_on_standard_output(done: subprocess.CompletedProcess[str], out: Path) -> None:
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer)[:4] == ["layer", "basis", "as_of", "coverage"]
    assert answer["simulated"] is True
    assert answer["tx_count"] == 4_499
    assert answer["case"] == str(out / "case")
    assert done.stderr == ""


def test_the_case_is_written(done: subprocess.CompletedProcess[str], out: Path) -> None:
    assert done.returncode == 0, done.stderr
    reports = [f"report.{code}.{kind}" for code in ("ar", "en") for kind in ("html", "pdf")]
    names = ["case.html", "case.json", "manifest.json", "policy-from-the-case.yaml", *reports, "report.json"]
    assert sorted(path.name for path in (out / "case").iterdir()) == names
    assert "SIMULATED: no block" in (out / "case" / "report.en.html").read_text(encoding="utf-8")
    case = json.loads((out / "case" / "case.json").read_text(encoding="utf-8"))
    assert case["simulated"] is True
    assert case["addresses"][0]["review"]["tx_count"] == 4_499
    assert "Simulated: this chain" in (out / "case" / "case.html").read_text(encoding="utf-8")


def test_people_read_that_it_is_simulated_and_where_the_case_is(
    done: subprocess.CompletedProcess[str], out: Path
) -> None:
    assert done.returncode == 0, done.stderr
    before = {path.name: path.read_bytes() for path in (out / "case").iterdir()}
    shown = run("--out", out)
    assert shown.returncode == 0, shown.stderr
    assert "SIMULATED" in shown.stdout
    assert "3,397.39736136 BTC" in shown.stdout
    assert "case.html" in shown.stdout
    assert {path.name: path.read_bytes() for path in (out / "case").iterdir()} == before


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    refused = run("--out", tmp_path, "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]["code"] == "usage"
