"""Rows of a spreadsheet (xlsx) that may be hostile: bounded before it is unpacked and while it is read."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from qaif.errors import ListError

MOST_UNPACKED = 256 << 20
MOST_RATIO = 200
MOST_ROWS, MOST_COLUMNS, MOST_PARTS = 200_000, 64, 2_000
_LONGEST_CELL = 32_767
_HEAD = 4_096
_ALWAYS_SMALL = 1 << 20


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: what it says.
        day: the day, where it is a real date and not a text that looks like one.
    """

    text: str
    day: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a sheet.

    Attributes:
        sheet: its sheet's name.
        number: as the program shows it, from 1.
        cells: its cells, from column A.
    """

    sheet: str
    number: int
    cells: tuple[Cell, ...]


def check(stream: BinaryIO) -> str:
    """See that a file is a spreadsheet that can be unpacked; the day it was last changed, if it says one.

    Raises:
        ListError: it is none, is too large unpacked, or holds what no spreadsheet program writes.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
                raise ListError(
                    "The file is an archive (zip), not a spreadsheet.", way_out="Name the list itself."
                )
            for part in parts:
                _check_head(archive, part)
            return _changed(archive) if "docProps/core.xml" in names else ""
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ListError(
            "The spreadsheet cannot be unpacked: it is cut off or damaged.", way_out="Save it again."
        ) from error


def rows(stream: BinaryIO) -> Iterator[Row]:
    """The rows of every sheet that hold something.

    Raises:
        ListError: it cannot be read, or is too long.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        raise ListError("The spreadsheet cannot be read.", way_out="Save it again.") from error
    try:
        for seen, row in enumerate(_of_all_sheets(book), start=1):
            if seen > MOST_ROWS:
                break
            if any(cell.text for cell in row.cells):
                yield row
        else:
            return
    except Exception as error:  # as above
        raise ListError("The spreadsheet is damaged.", way_out="Save it again.") from error
    finally:
        book.close()
    raise ListError(f"The spreadsheet has more than {MOST_ROWS:,} rows.")


def _of_all_sheets(book: Any) -> Iterator[Row]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            yield Row(sheet.title, number, tuple(_cell(value) for value in row))


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > _ALWAYS_SMALL and unpacked > MOST_RATIO * max(packed, 1)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or bomb:
        raise ListError(
            f"The spreadsheet would be {unpacked:,} bytes unpacked, of {packed:,}; it was not unpacked.",
            way_out="No list is packed like that: save it again from its official address.",
        )


def _check_head(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if not part.filename.endswith((".xml", ".rels")):
        return
    with archive.open(part) as file:
        head = file.read(_HEAD)
    plain = head.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise ListError("The spreadsheet has a document type (DTD), which none has; it was not read.")


def _changed(archive: zipfile.ZipFile) -> str:
    from lxml import etree

    from qaif.evidence.lists.xml_stream import refuse_doctype

    with archive.open("docProps/core.xml") as file:
        content = file.read(_ALWAYS_SMALL)
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return ""
    refuse_doctype(root)
    for name in ("modified", "created"):
        found = root.find(f"{{*}}{name}")
        if found is not None and found.text:
            return found.text.strip()[:10]
    return ""


def _cell(value: object) -> Cell:
    if isinstance(value, dt.datetime):
        return Cell(value.date().isoformat(), value.date().isoformat())
    if isinstance(value, dt.date):
        return Cell(value.isoformat(), value.isoformat())
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Cell("" if value is None else str(value)[:_LONGEST_CELL].strip())
