"""Dates as lists write them, made ISO 8601 with as much as is known; day and month never swapped unsaid."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?$")
_NUMBERS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: .*)?$")
_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})$")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_MONTHS_A_YEAR = 12

Order = Literal["day first", "month first", "unclear"]


@dataclass(frozen=True)
class ReadDate:
    """A date as read.

    Attributes:
        iso: `2024-05-01`, `2024-05` or `2024`; empty where nothing was read.
        exact: it says just what stands there.
        why: what is unclear about it; empty where nothing is.
    """

    iso: str
    exact: bool = True
    why: str = ""


def iso(year: int, month: int | None = None, day: int | None = None) -> str:
    """A date of known parts; empty where there is no such day."""
    try:
        if month is None:
            return f"{date(year, 1, 1).year:04}"
        if day is None:
            return f"{date(year, month, 1):%Y-%m}"
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def read_date(text: str, order: Order = "unclear") -> ReadDate:
    """Read a date.

    Args:
        text: such as `2024-05-01`, `1 May 2024`, `01/05/2024`, `circa 1965`.
        order: which of the two comes first where both are numbers, if that is known.
    """
    text = text.strip()
    if found := _ISO.match(text):
        parts = [int(part) for part in found.groups() if part is not None]
        return _checked(iso(*parts), text)
    if found := _NUMBERS.match(text):
        return _of_numbers(int(found[1]), int(found[2]), int(found[3]), order, text)
    if (found := _WORDS.match(text)) and found[2][:3].lower() in _MONTHS:
        month = _MONTHS[found[2][:3].lower()]
        return _checked(iso(int(found[3]), month, int(found[1]) if found[1] else None), text)
    years = _YEAR.findall(text)
    if len(years) == 1:
        return ReadDate(years[0], exact=False, why=f"only the year of {text!r} was read")
    return ReadDate("", exact=False, why=f"{text!r} is no date that can be read")


def order_of(texts: Iterable[str]) -> Order:
    """Which comes first in a column of dates, as far as one of them tells: a number above 12 is a day."""
    seen: set[Order] = set()
    for text in texts:
        if found := _NUMBERS.match(text.strip()):
            first, second = int(found[1]), int(found[2])
            if first > _MONTHS_A_YEAR >= second:
                seen.add("day first")
            if second > _MONTHS_A_YEAR >= first:
                seen.add("month first")
    return seen.pop() if len(seen) == 1 else "unclear"


def last_day(partial: str) -> str:
    """The last day that a date known in part can be."""
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 1:
        return f"{parts[0]:04}-12-31"
    if len(parts) == 2:  # noqa: PLR2004  year and month
        year, month = parts
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(first_of_next.toordinal() - 1).isoformat()
    return partial[:10]


def first_day(partial: str) -> str:
    """The first day that a date known in part can be."""
    return (partial + "-01-01")[:10] if len(partial) == 4 else (partial + "-01")[:10]  # noqa: PLR2004  a year


def _checked(made: str, text: str) -> ReadDate:
    return ReadDate(made) if made else ReadDate("", exact=False, why=f"there is no day {text!r}")


def _of_numbers(first: int, second: int, year: int, order: Order, text: str) -> ReadDate:
    by_day, by_month = iso(year, second, first), iso(year, first, second)
    if order == "day first":
        return _checked(by_day, text)
    if order == "month first":
        return _checked(by_month, text)
    if by_day == by_month or not (by_day and by_month):
        return _checked(by_day or by_month, text)
    return ReadDate(
        str(year),
        exact=False,
        why=f"{text!r} may be {by_day} or {by_month}: the file does not say which; only the year was read",
    )
