"""Workbooks and GraphML, each read back by its own library."""

import io
import json
from pathlib import Path

import networkx as nx
import openpyxl
import pytest

from qaif.report.spreadsheet import xlsx
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.naughty import NAUGHTY
from support.stories import Story, called
from support.workspaces import run

BTC = 10**8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    story = Story()
    coin = story.pay([story.fund("giver")], [(30 * BTC, "fund"), (19 * BTC, "giver")])
    story.pay([(coin.txid, 0)], [(10 * BTC, "shop"), (19 * BTC, "fund")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws"


def test_no_cell_of_a_workbook_is_a_formula_and_every_row_comes_back() -> None:
    odd = ["=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0", "\t=1", *NAUGHTY]
    rows = [(text, n, 21_000_000 * BTC, 2**60, None) for n, text in enumerate(odd)]
    content = xlsx({"a/b": (("text", "n", "sat", "large", "nothing"), rows)})
    assert content == xlsx({"a/b": (("text", "n", "sat", "large", "nothing"), rows)})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["a b"]
    assert sheet.max_row == len(rows) + 1
    for cells in sheet.iter_rows(min_row=2):
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}, "no formula, no error"
        assert cells[3].value == str(2**60), "a float would lose the end of it"
    read = [cells[0].value or "" for cells in sheet.iter_rows(min_row=2)]
    assert read[:5] == odd[:5]


def test_handoffs_as_a_workbook(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "h.xlsx"
    result = run(folder, "handoffs", called("fund"), "--stop", called("shop"), "--xlsx", str(file))
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["arrivals", "departures"]
    rows = list(book["arrivals"].iter_rows(values_only=True))
    assert rows[0][:2] == ("direction", "layer")
    assert rows[1][rows[0].index("amount_sat")] == 10 * BTC


def test_a_trace_as_graphml(folder: Path, tmp_path: Path) -> None:
    for name in ("g.graphml", "g.json"):
        result = run(folder, "trace", called("fund"), "--graph", str(tmp_path / name))
        assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "g.json").read_text())
    read = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert set(read.nodes) == {node["id"] for node in told["nodes"]}
    assert sorted(data["outpoint"] for _, _, data in read.edges(data=True)) == sorted(
        edge["outpoint"] or "" for edge in told["edges"]
    )
    sums = [int(data["value_sat"]) for _, _, data in read.edges(data=True)]
    assert sorted(sums) == sorted(edge["value_sat"] for edge in told["edges"])
    assert read.graph["layer"] == told["layer"]
