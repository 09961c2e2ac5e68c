"""Prices from a server that the user named, and what the workspace remembers of servers."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from peers.esplora_server import Answer, esplora
from peers.made_node import MadeNode
from qaif.records.engine import Records
from support.workspaces import answer, refusal, run


def test_prices_are_fetched_and_kept_with_source_and_day(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    with esplora(MadeNode(1, 1)) as server:
        place = server.url.removesuffix("/api")
        got = answer(folder, "prices", "--from", f"mempool:{place}")
        again = run(folder, "prices", "--from", f"mempool:{server.url}")
        euros = answer(folder, "prices", "--from", f"mempool:{server.url}", "--currency", "eur")
    assert server.asked == ["/v1/historical-price?currency=USD"] * 2 + ["/v1/historical-price?currency=EUR"]
    one = got["imported"]
    assert (one["source"], one["currency"]) == (f"{server.url}, historical-price", "USD")
    assert (one["first_day"], one["last_day"], one["row_count"], got["new"]) == (
        "2017-07-13",
        "2017-07-14",
        2,
        True,
    )
    assert "Already imported: 2 days" in again.stdout
    assert euros["imported"]["row_count"] == 2
    with Records.open(folder) as records:
        series = records.prices.series(currency="USD")
        assert series is not None
        assert series.close == (Decimal("2354.78"), Decimal("2254.9"))
        told = [entry for entry in records.audit.entries() if entry.action == "source-told"]
    assert [entry.subject for entry in told] == [server.url]
    assert "your own network" not in again.stderr
    listed = answer(folder, "sources", "list")
    assert ([one["place"] for one in listed["sources"]], listed["answers"]) == ([server.url], 3)
    assert answer(folder, "sources", "purge")["answers"] == 3
    assert answer(folder, "sources", "list")["answers"] == 0
    assert "Purged 0 answers" in run(folder, "sources", "purge").stdout


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "source-shape"),
        (b'{"prices": [{"time": 1, "USD": 3}]}', "source-shape"),
        (b'{"prices": [{"time": 1499904000, "USD": "3"}]}', "source-shape"),
        (b'{"prices": [{"time": 1499904000, "USD": 1e400}]}', "source-shape"),
        (b'{"prices": [{"time": 1499904000, "USD": -1}]}', "price"),
        (b'{"prices": [{"time": 4000000000, "USD": 3}]}', "price"),
        (b"<html>", "source-shape"),
    ],
)
def test_what_are_no_prices_is_refused_and_nothing_is_kept(tmp_path: Path, body: bytes, code: str) -> None:
    with esplora(MadeNode(1, 1)) as server:
        server.fault = lambda *_: Answer(200, body)
        error = refusal(tmp_path / "w", "prices", "--from", f"mempool:{server.url}")[1]
    assert error["code"] == code
    assert answer(tmp_path / "w", "prices", "list")["imports"] == []


@pytest.mark.parametrize("named", ["csv:x", "https://mempool.space/api", "mempool:", "mempool:ftp://x"])
def test_no_source_of_prices(tmp_path: Path, named: str) -> None:
    assert refusal(tmp_path / "w", "prices", "--from", named)[1]["code"] == "usage"
    assert not (tmp_path / "w").exists()


def test_the_notice_comes_before_the_first_request(tmp_path: Path) -> None:
    """A public server that no packet reaches: its name does not exist, and the proxy is not there."""
    arguments = ("--from", "mempool:https://prices.invalid", "--proxy", "socks5://127.0.0.1:9")
    words = ["prices", *arguments, "-w", str(tmp_path / "w")]
    code = f"import sys; sys.argv = ['qaif', *{words!r}]\n"
    code += "import time; time.sleep = lambda _: None\nfrom qaif.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 69, done.stderr
    assert done.stderr.index("It will learn") < done.stderr.index("did not answer")
    assert json.loads((tmp_path / "w" / "network.json").read_text())["told"]


def test_a_certificate_is_forgotten_on_request(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    run(folder, "prices", "import", str(_csv(tmp_path)))
    from qaif.workspace.network.remembered import Remembered

    Remembered(folder).keep_certificate("tls://e.example:50002", "ab" * 32)
    (row,) = answer(folder, "sources", "list")["sources"]
    assert (row["place"], row["certificate"], row["told_at"]) == ("tls://e.example:50002", "ab" * 32, None)
    assert "abababab" in run(folder, "sources", "list").stdout
    assert answer(folder, "sources", "forget", "tls://E.example")["place"] == "tls://e.example:50002"
    assert refusal(folder, "sources", "forget", "tls://e.example")[1]["code"] == "not-found"
    assert "No server was named" in run(folder, "sources", "list").stdout


def _csv(folder: Path) -> Path:
    path = folder / "one.csv"
    path.write_text("date,close\n2020-01-01,1\n")
    return path
