"""Every benchmark runs, in a short form and without its peers; what it measures is not looked at."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"


def bench(name: str, *arguments: str) -> str:
    command = [sys.executable, str(BENCH / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_store(tmp_path: Path) -> None:
    table = bench("store.py", "--short", "--alone", "--folder", str(tmp_path))
    for row in (
        "raw MB a second",
        "append of a full block",
        "reorganisation of six",
        "p99 µs",
        "fees of all",
    ):
        assert row in table
    assert not list(tmp_path.iterdir()), "something that was made is left"


@pytest.mark.slow
def test_append_beside_e_x(tmp_path: Path) -> None:
    pytest.importorskip("electrumx", reason="e-x has no wheel for this Python")
    table = bench("append_peer.py", "--short", "--folder", str(tmp_path))
    for row in ("Qaif: block committed and synced | 8", "e-x answers | 8", "block processor alone | 8"):
        assert row in table
    assert not list(tmp_path.iterdir()), "something that was made is left"


@pytest.mark.slow
def test_parse(shared: Path) -> None:
    table = bench("parse.py", "--short", "--alone", str(shared / "blocks" / "mainnet-sample.dat"))
    assert all(table.count(f"| qaif {name} ") == 2 for name in ("txids", "ids", "all"))
    assert "All found the same ids" in table


@pytest.mark.slow
def test_load_sql_and_utxo_hash(tmp_path: Path) -> None:
    assert "20,0" in bench("load.py", str(tmp_path / "load"), "20000")
    code = "from qaif.cli.main import run; run()"
    index = [sys.executable, "-c", code, "index", str(tmp_path / "load"), "-w", str(tmp_path / "ws")]
    subprocess.run(index, check=True, capture_output=True, timeout=300)
    assert "fees" in bench("sql.py", str(tmp_path / "ws"), "1")
    assert "muhash" in bench("utxo_hash.py", str(tmp_path / "utxo"), "20000", "1").lower()


@pytest.mark.slow
def test_lists(tmp_path: Path) -> None:
    table = bench("lists.py", "--short", "--folder", str(tmp_path))
    for row in ("first import", "import with 1 % changed", "a name", "an address", "| Hebrew | 18 |"):
        assert row in table
    assert not list(tmp_path.iterdir()), "something that was made is left"


def test_start() -> None:
    assert "help" in bench("start.py", "3").lower()


def test_claims(tmp_path: Path) -> None:
    table = bench("claims.py", "500", str(tmp_path))
    for row in ("YAML read", "statements entered", "statements by address"):
        assert row in table
    assert not list(tmp_path.iterdir()), "something that was made is left"


@pytest.mark.slow
def test_flows(tmp_path: Path) -> None:
    table = bench("flows.py", "--short", "--folder", str(tmp_path))
    for row in ("exact haircut", "networkx", "all five", "traces of 6 hops"):
        assert row in table
    assert not list(tmp_path.iterdir()), "something that was made is left"


@pytest.mark.slow
def test_direct() -> None:
    assert "20,000 addresses among 1,000 listed" in bench("direct.py", "20000", "1000")
