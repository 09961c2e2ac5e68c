"""`qaif investigate --source`: from an empty workspace, over the real door, to the same case page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oracle.blockmaker import Branch, framed
from peers.esplora_server import Answer, Server, esplora
from peers.made_node import MadeNode
from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.gathering import figures, hasty
from support.indexing import put
from support.workspaces import address_of, answer, refusal, run

ME = 1


@dataclass
class EconomyNode(MadeNode):
    """The economy's chain in the place of a node."""

    branch: Branch

    def __init__(self, economy: Economy) -> None:
        self.branch, self.waiting = economy.branch, []


@pytest.fixture(autouse=True)
def _in_haste() -> Iterator[None]:
    with hasty():
        yield


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy.of(21, 40)


@pytest.fixture
def server(economy: Economy) -> Iterator[Server]:
    with esplora(EconomyNode(economy)) as found:
        yield found


def investigated(folder: Path, server: Server, *more: str, subject: str = "") -> dict[str, object]:
    out = str(folder.with_name("case"))
    return answer(
        folder,
        *("investigate", subject or address_of(ME), "--source", f"esplora:{server.url}", "--out", out),
        *("--requests-per-second", "10000", *more),
    )


def test_from_an_empty_workspace_to_the_case_page(economy: Economy, server: Server, tmp_path: Path) -> None:
    found = investigated(tmp_path / "w", server)
    put(Workspace.open_or_create(tmp_path / "whole").chain_dir, economy.blocks)
    whole = answer(tmp_path / "whole", "review", address_of(ME))
    mine = answer(tmp_path / "w", "review", address_of(ME))
    assert figures(mine) == figures(whole)
    assert found["coverage"]["told"] is True  # type: ignore[index]
    assert all(one["proven"] == one["held"] > 10 for one in mine["coverage"]["scripts"])
    page = (tmp_path / "case" / "case.html").read_text()
    only_told = "told, not proven: a server can leave transactions out"
    for words in (address_of(ME), only_told, server.url.split("/")[2]):
        assert words in page
    case = json.loads((tmp_path / "case" / "case.json").read_text())
    assert case["addresses"][0]["review"]["tx_count"] == whole["tx_count"]


def test_a_second_run_asks_little(server: Server, tmp_path: Path) -> None:
    investigated(tmp_path / "w", server)
    first = len(server.asked)
    investigated(tmp_path / "w", server)
    assert len(server.asked) - first < 12 < first


def test_status_and_other_commands_speak_of_what_was_told(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shown = run(
        folder,
        "investigate",
        address_of(ME),
        "--source",
        f"esplora:{server.url}",
        "--out",
        str(tmp_path / "c"),
    )
    assert shown.exit_code == 0, shown.output
    assert "complete as told, not proven" in shown.stdout
    assert "new transactions" in shown.stderr
    status = run(folder, "status")
    flat = " ".join(status.stdout.split())
    assert "1 script(s) was asked for; 1 are whole as told" in flat
    assert f"The history of {address_of(ME)} is whole as esplora:{server.url} told it" in flat
    assert "blocks in part" in flat
    txid = answer(folder, "review", address_of(ME))["last_seen"]["txid"]
    one = answer(folder, "tx", txid)
    assert one["layer"] in ("fact", "inference")
    assert one["transactions"][0]["input_sat"] is not None
    assert run(folder, "check").exit_code == 0
    rows = answer(folder, "sql", "SELECT count(*) AS n, count(position) AS p FROM transactions")
    assert rows["rows"][0]["n"] == rows["rows"][0]["p"] > 10
    bases = run(folder, "sql", "SELECT DISTINCT script_basis FROM inputs ORDER BY 1").stdout
    assert "read from the transaction that made it" in bases
    height = answer(folder, "review", address_of(ME))["last_seen"]["height"]
    block = run(folder, "block", str(height))
    assert "only some of its transactions are held" in block.stdout
    assert answer(folder, "review", "--as-of", "20", address_of(ME))["coverage"]["complete"]


def test_a_document_is_gathered_by_its_addresses(server: Server, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(f"Send to {address_of(ME)} or {address_of(3)} before Friday.\n")
    found = investigated(tmp_path / "w", server, subject=str(article))
    assert [one["address"] for one in found["addresses"]] == [address_of(ME), address_of(3)]  # type: ignore[attr-defined]
    assert found["coverage"]["complete"]  # type: ignore[index]


def test_what_a_broken_line_left_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    seen = []

    def breaking(_: Server, path: str, told: Answer) -> Answer:
        seen.append(path)
        return Answer(404, b"gone") if len(seen) > 40 else told

    server.fault = breaking
    words = ("investigate", address_of(ME), "--source", f"esplora:{server.url}", "--out", str(tmp_path / "c"))
    code, error = refusal(tmp_path / "w", *words)
    assert (code, error["code"]) == (69, "source")
    before = answer(tmp_path / "w", "review", address_of(ME))
    assert not before["coverage"]["complete"]
    server.fault = None
    investigated(tmp_path / "w", server)
    assert answer(tmp_path / "w", "review", address_of(ME))["coverage"]["complete"]


def test_block_files_are_a_source(economy: Economy, tmp_path: Path) -> None:
    blocks = tmp_path / "blocks"
    blocks.mkdir()
    (blocks / "blk00000.dat").write_bytes(framed(economy.blocks))
    words = ("investigate", address_of(ME), "--source", f"blocks:{blocks}", "--out", str(tmp_path / "c"))
    found = answer(tmp_path / "w", *words)
    assert found["coverage"] == {"complete": True, "reasons": [], "told": False, "scripts": []}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("core:ftp://127.0.0.1:8332", "no place"),
        ("core:http://u:secret@127.0.0.1:8332", "A password stands in"),
        ("electrum:", "names no source"),
        ("https://blockstream.info/api", "names no source"),
        ("esplora:", "names no source"),
        ("esplora:ftp://host/api", "no place"),
    ],
)
def test_sources_that_are_none(tmp_path: Path, source: str, says: str) -> None:
    words = ("investigate", address_of(ME), "--source", source, "--out", str(tmp_path / "c"))
    code, error = refusal(tmp_path / "w", *words)
    assert (code, error["code"]) == (2, "usage")
    assert says in error["message"]
    assert not (tmp_path / "w").exists()
