"""WhatsApp's text exports: each message a passage, by whom and when, in the forms of many languages.

    [19/01/2020, 14:05:12] Name: text        iPhone; marks of writing direction stand anywhere
    19/01/2020, 14:05 - Name: text           Android; also `19.01.20 14:05`, `1/19/20, 2:05 PM`, Arabic digits

Which of day and month comes first is told by the file's own dates where one of them can be only one of both;
else the time stays as it is written, and a note says so.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from qaif.evidence.decoding import Decoded
from qaif.evidence.passages import Message, Passage, stretch
from qaif.evidence.reading.shape import Reading

_MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_HALF = r"[AaPp]\.?[\s\u202f]?[Mm]\.?|ص|م|ق\.ظ|ب\.ظ\.?|لפנה״צ|אחה״צ|לפנה\"צ|אחה\"צ|ÖÖ|ÖS"
_HEAD = re.compile(
    rf"^[{_MARKS}]*(?P<open>\[)?[{_MARKS}]*"
    rf"(?P<date>\d{{1,4}}[{_MARKS}]*[/.\-\u060d][{_MARKS}]*\d{{1,2}}[{_MARKS}]*[/.\-\u060d][{_MARKS}]*\d{{1,4}})\.?"
    rf"[,\u060c\u066c]?[\s\u202f{_MARKS}]{{1,4}}"
    rf"(?P<time>\d{{1,2}}[:.\u066b]\d{{2}}(?:[:.\u066b]\d{{2}})?)(?:[\s\u202f{_MARKS}]{{0,3}}(?P<half>{_HALF}))?"
    rf"[{_MARKS}]*(?(open)\]|[\s\u202f]{{1,2}}[-\u2013])[\s\u202f{_MARKS}]{{1,4}}"
    rf"(?:(?P<author>[^:\n]{{1,120}}?)[{_MARKS}]*:[ \u202f\n])?",
    re.MULTILINE,
)
_NAME = re.compile(r"_chat(?: \(\d+\))?\.txt|whatsapp.*\.txt", re.IGNORECASE)
_LOOKED_AT = 20_000
_NUMBERS = re.compile(r"\d+")
_AFTERNOON = re.compile(r"[Pp].*|م|ب\.ظ\.?|אחה.*|ÖS")
_MONTHS, _DAYS, _CENTURY, _YEAR_DIGITS = 12, 31, 2000, 3
_NOON = 12


class _Dates(NamedTuple):
    """Which number of the file's dates is what: places of year, month, day; None where it is not clear."""

    order: tuple[int, int, int] | None


def is_whatsapp(name: str, text: str) -> bool:
    """Whether a text is a chat export: it begins with a message and has another, or is named like one."""
    head = text[:_LOOKED_AT]
    first = _HEAD.match(head)
    if first is None:
        return False
    return bool(_NAME.fullmatch(Path(name).name)) or len(_HEAD.findall(head)) > 1


def read_whatsapp(decoded: Decoded) -> Reading:
    """Read a chat export."""
    text = decoded.text
    dates = _Dates(_order(text))
    notes = ["Times are the exporting phone's own; the export does not say in which time zone."]
    if dates.order is None:
        notes.append("The dates do not show whether the day or the month comes first: they stand as written.")
    return Reading(
        kind="whatsapp",
        media_type="text/plain",
        reader="whatsapp 1",
        text=text,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        split=lambda: _passages(text, dates),
        notes=tuple(notes),
    )


def _order(text: str) -> tuple[int, int, int] | None:
    """The order of year, month and day that every date of the file allows, if only one does."""
    possible = {(2, 1, 0), (2, 0, 1), (0, 1, 2)}
    for head in _HEAD.finditer(text):
        numbers = [int(n) for n in _NUMBERS.findall(head["date"])]
        lengths = [len(n) for n in _NUMBERS.findall(head["date"])]
        possible = {order for order in possible if _fits(numbers, lengths, order)}
    return next(iter(possible)) if len(possible) == 1 else None


def _fits(numbers: list[int], lengths: list[int], order: tuple[int, int, int]) -> bool:
    year, month, day = order
    whole_year = lengths[year] != _YEAR_DIGITS and lengths[month] <= 2 and lengths[day] <= 2  # noqa: PLR2004
    is_first_short = order == (0, 1, 2) and lengths[0] <= 2  # noqa: PLR2004  no locale writes 20/01/19 so
    return whole_year and not is_first_short and 1 <= numbers[month] <= _MONTHS and 1 <= numbers[day] <= _DAYS


def _passages(text: str, dates: _Dates) -> Iterator[Passage]:
    head, start = None, 0
    for found in _HEAD.finditer(text):
        yield from _message(text, head, (start, found.start()), dates)
        head, start = found, found.end()
    yield from _message(text, head, (start, len(text)), dates)


def _message(
    text: str, head: re.Match[str] | None, place: tuple[int, int], dates: _Dates
) -> Iterator[Passage]:
    start, end = place
    if start == end:
        return
    said = None
    if head is not None:
        author = re.sub(f"[{_MARKS}]", "", head["author"] or "").strip()
        said = Message(author=author, time=_time(head, dates))
    for passage in stretch(text[start:end], start, "text", "message" if said else ""):
        passage.message = said
        yield passage


def _time(head: re.Match[str], dates: _Dates) -> str:
    """ISO 8601 without a zone where the order of the date is known, else as written."""
    written = re.sub(f"[{_MARKS}]", "", f"{head['date']} {head['time']} {head['half'] or ''}").strip()
    if dates.order is None:
        return written
    numbers = [int(n) for n in _NUMBERS.findall(head["date"])]
    year, month, day = (numbers[at] for at in dates.order)
    hour, minute, second = (*(int(n) for n in _NUMBERS.findall(head["time"])), 0)[:3]
    if head["half"]:
        hour = hour % _NOON + (_NOON if _AFTERNOON.fullmatch(head["half"]) else 0)
    try:
        when = datetime(year + (_CENTURY if year < 100 else 0), month, day, hour, minute, second)  # noqa: DTZ001, PLR2004
    except ValueError:
        return written
    return when.isoformat()
