"""The tables of a report as CSV and as a workbook, each read back by its own library."""

import csv
from pathlib import Path

import openpyxl
import pytest

from qaif.report.document.catalogue import catalogue
from qaif.report.document.language import language
from qaif.report.document.model import Document, Evidence, Phrase, Row, Section, Table, Value
from qaif.report.document.tables import sheets, write_tables
from qaif.report.document.written import manner, write_report
from qaif.workspace.new_files import check_case_folder
from support.sample_material import material

EVIDENCE = (Evidence("person", "=HYPERLINK(1)", "claim"), Evidence("transaction", "ab" * 32, "fact"))
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", 'plain, "quoted"\nand more')


def report(*texts: str) -> Document:
    """A table inside a section of a section, with a row for each text."""
    rows = tuple(
        Row(
            "claim",
            (Value("quote", text), Value("sat", 5 + at, at == 0), None, Value("term", "yes")),
            EVIDENCE,
        )
        for at, text in enumerate(texts)
    )
    columns = ("col.what", "col.amount", "col.txid", "col.shared_by")
    table = Table(Phrase("table.journal"), columns, rows, 7)
    inner = Section("inner", Phrase("section.journal"), (table,))
    return Document(
        "x",
        simulated=False,
        as_of=("", ""),
        pins={},
        sections=(Section("outer", Phrase("section.journal"), (inner,)),),
    )


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_row_comes_back_and_no_cell_is_a_formula(tmp_path: Path, code: str) -> None:
    spoken = language(catalogue(code))
    write_tables(report(*FORMULAS), spoken, tmp_path, ("csv", "xlsx"))
    names = {f"table-000.{code}.csv", f"table-001.{code}.csv", f"tables.{code}.xlsx"}
    assert {one.name for one in tmp_path.iterdir()} == names
    rows = read_csv(tmp_path / f"table-001.{code}.csv")
    assert rows[0][2] == f"{spoken.plain('col.amount')} (sat)"
    assert [row[1].removeprefix("'") for row in rows[1:]] == list(FORMULAS)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [row[2] for row in rows[1:]] == [str(5 + at) for at in range(len(FORMULAS))]
    book = openpyxl.load_workbook(tmp_path / f"tables.{code}.xlsx")
    assert len(book.sheetnames) == 2
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    read = list(book[book.sheetnames[1]].iter_rows(values_only=True))
    assert [row[2] for row in read[1:]] == [5 + at for at in range(len(FORMULAS))]
    assert read[1][1] == "=1+1"


def test_a_row_keeps_its_layer_its_evidence_and_its_lower_bounds() -> None:
    _, (head, rows) = sheets(report("x", "y"), language(catalogue("en"))).values()
    assert head[0] == "layer"
    assert head[-2:] == ("lower_bounds", "evidence")
    assert rows[0][0] == "claim"
    assert rows[0][-2] == "Amount (sat)"
    assert rows[1][-2] == ""
    assert rows[0][-1] == f"person =HYPERLINK(1); transaction {'ab' * 32}"
    assert rows[0][3] == ""


def test_rows_that_the_report_leaves_out_are_counted() -> None:
    head, rows = sheets(report("x", "y"), language(catalogue("en")))["000"]
    assert list(zip(head, rows[0], strict=True))[2:] == [("rows", 2), ("left_out", 7)]
    assert (
        sheets(
            Document("x", simulated=False, as_of=("", ""), pins={}, sections=()), language(catalogue("en"))
        )
        == {}
    )


def test_they_stand_beside_the_report_and_in_its_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    write_report(material(), folder, manner("en", "csv,xlsx"))
    names = {one.name for one in folder.iterdir()}
    assert "tables.en.xlsx" in names
    assert "table-000.en.csv" in names
    told = (folder / "manifest.json").read_text()
    assert all(name in told for name in names - {"manifest.json"})
    rows = read_csv(folder / "table-000.en.csv")
    assert len(rows) == len(names) - 2, "one file a table, beside the index and the workbook and the manifest"
    again = tmp_path / "again"
    again.mkdir()
    write_report(material(), again, manner("en", "csv,xlsx"))
    assert all((again / name).read_bytes() == (folder / name).read_bytes() for name in names)
    (folder / "case.json").write_text("{}")
    check_case_folder(folder)
