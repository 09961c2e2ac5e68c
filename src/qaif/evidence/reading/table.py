"""CSV: a row is a passage. What parts its cells is found only where one character alone can be it."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from qaif.errors import DocumentError
from qaif.evidence.decoding import Decoded
from qaif.evidence.passages import LONGEST_STRETCH, Building, Cell, Passage, stretch
from qaif.evidence.reading.plain import read_text
from qaif.evidence.reading.shape import Reading

_CANDIDATES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_TRIED_ROWS = 1_000
_NAMED = re.compile(r"sep=(.)\r?\n")
_UNCLEAR = (
    "What parts the cells is not clear, so it was read as plain text; name it with --delimiter to have rows."
)


class _Row(NamedTuple):
    """Places of a row's cells, quotation marks left out, and where its last begins and the next row does."""

    cells: list[tuple[int, int]]
    start: int
    end: int


def read_csv(decoded: Decoded, delimiter: str | None = None) -> Reading:
    """Read a table.

    Args:
        decoded: its text.
        delimiter: what parts its cells, where the user says so.

    Raises:
        DocumentError: the user named no single character.
    """
    text = decoded.text
    named, first = _NAMED.match(text), 0
    if named:
        first = named.end()
    if delimiter is not None:
        mark, how = _one_character(delimiter), "named by the user"
    elif named:
        mark, how = named[1], "named by the file's first line"
    else:
        fitting = [each for each in _CANDIDATES if _is_even(text, each)]
        if len(fitting) != 1:
            return read_text(decoded, (_UNCLEAR,))
        mark, how = fitting[0], "the only one by which all rows have as many"
    return Reading(
        kind="csv",
        media_type="text/csv",
        reader="csv 1",
        text=text,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        split=lambda: _passages(text, mark, first),
        notes=(f"Cells are parted by {_CANDIDATES.get(mark, repr(mark))}: {how}.",),
    )


def _one_character(delimiter: str) -> str:
    mark = {"tab": "\t", r"\t": "\t"}.get(delimiter, delimiter)
    if len(mark) != 1 or mark in '"\r\n':
        raise DocumentError(
            f"{delimiter[:20]!r} cannot part cells.", way_out="Name one character, such as ';', or `tab`."
        )
    return mark


def _is_even(text: str, mark: str) -> bool:
    """Whether the first rows have equally many cells, more than one."""
    rows = islice(_rows(text, mark, 0), _TRIED_ROWS)
    widths = {len(row.cells) for row in rows if text[row.start : row.end].strip()}
    return len(widths) == 1 and widths != {1}


def _rows(text: str, mark: str, at: int) -> Iterator[_Row]:
    """Rows as RFC 4180 has them; a quotation mark that never closes reaches to the end."""
    cell = re.compile(
        rf'(?:"((?:[^"]|"")*+)(?:"|\Z)[^{re.escape(mark)}\r\n]*+|([^{re.escape(mark)}\r\n]*+))'
        rf"({re.escape(mark)}|\r\n|\r|\n|\Z)"
    )
    cells: list[tuple[int, int]] = []
    start = at
    while at < len(text):
        match = cell.match(text, at)
        if match is None:  # cannot be: every text has a cell at every place
            return
        cells.append(match.span(1) if match[1] is not None else match.span(2))
        at = match.end()
        if match[3] != mark or at == len(text):
            if match[3] == mark:
                cells.append((at, at))
            yield _Row(cells, start, at)
            cells, start = [], at


def _passages(text: str, mark: str, first: int) -> Iterator[Passage]:
    names: list[str] = []
    for number, row in enumerate(_rows(text, mark, first), 1):
        if not names:
            names = [text[lo:hi].strip()[:200] for lo, hi in row.cells]
        label = f"row {number:,}"
        if row.end - row.start > LONGEST_STRETCH:
            yield from stretch(text[row.start : row.end], row.start, "text", label)
        elif row.end > row.start:
            yield _row(text, row, label, names)


def _row(text: str, row: _Row, label: str, names: list[str]) -> Passage:
    """A row as it stands, but that a doubled quotation mark in a cell is one."""
    building, at, cells = Building("text", label), row.start, []
    for column, (lo, hi) in enumerate(row.cells):
        building.copy(text, at, lo)
        first, at = len(building), lo
        while (doubled := text.find('""', at, hi)) >= 0:
            building.copy(text, at, doubled)
            building.say('"', doubled, doubled + 2)
            at = doubled + 2
        building.copy(text, at, hi)
        at = hi
        name = names[column] if column < len(names) else ""
        cells.append(Cell(name, first, len(building)))
    building.copy(text, at, row.end)
    passage = building.done()
    passage.cells = tuple(cells)
    return passage
