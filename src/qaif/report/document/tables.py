"""A report's tables as CSV and as a workbook: whole numbers as numbers, all else as text, no formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from qaif.report.document.language import Language, text_of
from qaif.report.document.model import Document, Row, Section, Table, Value
from qaif.report.handoff_csv import defused
from qaif.report.spreadsheet import xlsx

_UNITS = {"sat": "sat", "ppm": "ppm"}
_EVIDENCE = "; "

Sheet = tuple[Sequence[str], Sequence[Sequence[object]]]


def sheets(made: Document, language: Language) -> dict[str, Sheet]:
    """Every table by number and title, and before them which there are.

    Returns:
        Of each a head, with the unit of whole numbers, and rows: the layer, the cells, which of them are
        lower bounds, and the evidence. None where the document has no table.
    """
    found = [table for section in made.sections for table in _tables(section)]
    if not found:
        return {}
    titles = [text_of(language.sentence(table.title)) for table in found]
    index: list[Sequence[object]] = [
        (number, title, len(table.rows), table.left_out)
        for number, (title, table) in enumerate(zip(titles, found, strict=True), start=1)
    ]
    head = ("number", "title", "rows", "left_out")
    named = {f"{at:03d} {title}": _sheet(table, language) for at, (title, table) in _numbered(titles, found)}
    return {"000": (head, index), **named}


def write_tables(made: Document, language: Language, folder: Path, formats: Sequence[str]) -> None:
    """Write them beside a report: a file a table as CSV, one workbook as XLSX.

    Raises:
        OSError: a file cannot be written.
    """
    code, found = language.words.code, sheets(made, language)
    if found and "xlsx" in formats:
        (folder / f"tables.{code}.xlsx").write_bytes(xlsx(found))
    for name, sheet in found.items() if "csv" in formats else ():
        path = folder / f"table-{name[:3]}.{code}.csv"
        path.write_text(_csv(sheet), encoding="utf-8", newline="\n")


def _numbered(titles: Sequence[str], found: Sequence[Table]) -> Iterator[tuple[int, tuple[str, Table]]]:
    return enumerate(zip(titles, found, strict=True), start=1)


def _tables(section: Section) -> Iterator[Table]:
    for part in section.parts:
        if isinstance(part, Table):
            yield part
        elif isinstance(part, Section):
            yield from _tables(part)


def _sheet(table: Table, language: Language) -> Sheet:
    names = [f"{language.plain(column)}{_unit(table, at)}" for at, column in enumerate(table.columns)]
    head = ("layer", *names, "lower_bounds", "evidence")
    return head, [_row(row, names, language) for row in table.rows]


def _unit(table: Table, at: int) -> str:
    kinds = {cell.kind for row in table.rows if (cell := row.cells[at])}
    units = {_UNITS[kind] for kind in kinds if kind in _UNITS}
    return f" ({units.pop()})" if len(units) == 1 and len(kinds) == 1 else ""


def _row(row: Row, names: Sequence[str], language: Language) -> tuple[object, ...]:
    bounds = [name for name, cell in zip(names, row.cells, strict=True) if cell and cell.at_least]
    evidence = _EVIDENCE.join(f"{one.kind} {one.ref}" for one in row.evidence)
    return (row.layer, *(_cell(cell, language) for cell in row.cells), ", ".join(bounds), evidence)


def _cell(value: Value | None, language: Language) -> object:
    """The value itself, not as a language writes it; a word of the catalogue in its language."""
    if value is None:
        return ""
    return language.term(str(value.value)) if value.kind == "term" else value.value


def _csv(sheet: Sheet) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    head, rows = sheet
    for row in (head, *rows):
        table.writerow([each if isinstance(each, int) else defused(each) for each in row])
    return out.getvalue()
