"""Reads a CSV of daily closing prices: every line is good, or the file is refused with the line's number."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from qaif.errors import PriceError

MOST_BYTES = 64 << 20
_MOST_DIGITS = 40
_CLOSE_NAMES = ("close", "usd_close", "eur_close", "price")
_WAY_OUT = (
    "Nothing was imported. Correct the file, or name its columns with --date-column and --close-column."
)


@dataclass(frozen=True)
class PriceRow:
    """One day's close, and the line that says so."""

    day: date
    close: Decimal
    line: int


def read_prices(data: bytes, *, date_column: str = "date", close_column: str | None = None) -> list[PriceRow]:
    """Read every row, ascending by day.

    Args:
        data: the file's bytes: UTF-8, comma-separated, names of columns in the first line.
        date_column: the column of days, `2017-01-25`.
        close_column: the column of prices; where None, `close`, or the only one that is named like a price.

    Raises:
        PriceError: something is not as it must be; `details["line"]` says where.
    """
    if len(data) > MOST_BYTES:
        raise PriceError(f"The price file has {len(data):,} bytes; {MOST_BYTES:,} are the most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceError(f"The price file is not UTF-8 at byte {error.start}.", way_out=_WAY_OUT) from error
    lines = _lines(text)
    _, header = next(lines, (1, []))
    at_day, at_close = _columns(header, date_column, close_column)
    rows: dict[date, PriceRow] = {}
    for line, cells in lines:
        row = _row(line, cells, len(header), at_day, at_close)
        if row.day in rows:
            raise _bad(line, f"{row.day} stands in line {rows[row.day].line} already")
        rows[row.day] = row
    if not rows:
        raise PriceError("The price file has no prices.", way_out=_WAY_OUT)
    return [rows[day] for day in sorted(rows)]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise _bad(reader.line_num, str(error)) from error


def _columns(header: list[str], date_column: str, close_column: str | None) -> tuple[int, int]:
    names = [name.lower() for name in header]
    if close_column is None:
        like = [name for name in _CLOSE_NAMES if name in names]
        close_column = like[0] if len(like) == 1 or "close" in like else "close"
    for wanted in (date_column, close_column):
        if names.count(wanted.lower()) != 1:
            found = ", ".join(repr(name[:40]) for name in header[:20]) or "nothing"
            raise _bad(1, f"a column {wanted!r} must be there once; the columns are {found}")
    return names.index(date_column.lower()), names.index(close_column.lower())


def _row(line: int, cells: list[str], width: int, at_day: int, at_close: int) -> PriceRow:
    if len(cells) != width:
        raise _bad(line, f"it has {len(cells)} cells where the first line has {width}")
    return PriceRow(_day(line, cells[at_day]), _close(line, cells[at_close]), line)


def _day(line: int, shown: str) -> date:
    try:
        day = date.fromisoformat(shown)
    except ValueError:
        day = None
    if day is None or day.isoformat() != shown:
        raise _bad(line, f"{shown[:40]!r} is not a day as in 2017-01-25")
    return day


def _close(line: int, shown: str) -> Decimal:
    plain = shown.isascii() and len(shown) <= _MOST_DIGITS and "_" not in shown
    try:
        close = Decimal(shown) if plain else Decimal("NaN")
    except InvalidOperation:
        close = Decimal("NaN")
    if not close.is_finite() or close <= 0 or not -_MOST_DIGITS <= close.adjusted() <= _MOST_DIGITS:
        raise _bad(line, f"{shown[:40]!r} is not a price: a number above zero, with a point for decimals")
    return close


def _bad(line: int, what: str) -> PriceError:
    return PriceError(f"Line {line} of the price file is refused: {what}.", way_out=_WAY_OUT, line=line)
