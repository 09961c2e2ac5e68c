"""Tables as an XLSX workbook in which no cell is a formula, the same bytes for the same rows."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

_WHEN = datetime(2009, 1, 3)  # noqa: DTZ001  a workbook's times have no zone; it is the same in all
_ZIP_WHEN = (2009, 1, 3, 0, 0, 0)
_LONGEST = 32_000
_MOST_EXACT = 10**15  # a spreadsheet's numbers are floating: larger ones are written as text
_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def xlsx(sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[object]]]]) -> bytes:
    """Write tables as a workbook.

    Args:
        sheets: by name, a head and rows. Integers stay numbers as far as a spreadsheet shows them exactly;
            all else is text, and is marked as text, so that nothing in it is taken for a formula.

    Returns:
        The file.
    """
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _WHEN
    book.properties.creator = "Qaif"
    for name, (head, rows) in sheets.items():
        sheet = book.create_sheet(name.translate(_NOT_IN_NAMES)[:_NAME])
        for row in (head, *rows):
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def _cell(sheet: Any, value: Any) -> Any:
    exact = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST_EXACT
    if exact:
        return WriteOnlyCell(sheet, value)
    text = "" if value is None else str(value)
    fit = "".join(char for char in text if char.isprintable() or char in "\n\t")[:_LONGEST]
    cell = WriteOnlyCell(sheet, fit)
    cell.data_type = "s"
    return cell


def _settled(content: bytes) -> bytes:
    """The same archive with every time in it set to one moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _CORE.format(escape("Qaif")).encode()
            new.writestr(zipfile.ZipInfo(name, _ZIP_WHEN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>{}</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2009-01-03T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2009-01-03T00:00:00Z</dcterms:modified></cp:coreProperties>'
)
