"""Every figure that a document states: what it covers within rounding, and of what it is said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from qaif.evidence.defang import show_line
from qaif.evidence.extraction.shape import Extraction, Indicator
from qaif.evidence.extraction.worths import worths
from qaif.evidence.folding import Folded, fold, fold_with_places
from qaif.evidence.stated import cues
from qaif.evidence.stated.counts import Count, counts
from qaif.evidence.stated.cues import Role, Wording
from qaif.evidence.sums import read_sum

FigureKind = Literal["coins", "money", "count", "span", "date"]
_COINS = {"BTC": Decimal(1), "SAT": Decimal("0.00000001")}
_BEGIN = date(2009, 1, 3)  # the first block
_MOST_ROUNDED = 10  # a tenth, as in `sums.py`
_LINE = re.compile(r"\n+|(?<=[.!?;])\s+")
_SPAN = re.compile(r"P(\d+)([DWMY])")
_DAYS = {"D": Decimal(1), "W": Decimal(7), "M": Decimal("30.4375"), "Y": Decimal("365.25")}
_NEAR = 40  # characters before a figure in which its wording stands


@dataclass(frozen=True)
class StatedFigure:
    """One figure of a document. What it says is a claim of the document, never more.

    Attributes:
        number: its place among the document's figures, from 1.
        kind: coins (in bitcoin), money, a count, a span (in days), a date.
        role: of what it is said, by the nearest word that tells.
        value: the same as a plain number with its unit, or as ISO 8601.
        unit: BTC, a currency, or empty.
        least: the least that it covers within rounding and wording, in its unit.
        most: the most; None without end.
        wording: how exactly it is said.
        start: first character in the document.
        end: one past the last.
        quoted: what stands there, as shown.
        cue: the word that tells of what it is said; empty where none does.
        dated: days that stand in the same line, as ISO 8601.
        at_writing: it is said of the day on which the document was written.
        worth_of: the number of the coins that it is said to be the worth of.
        of_chain: the text ties it to coins, a wallet or its transactions.
    """

    number: int
    kind: FigureKind
    role: Role
    value: str
    unit: str
    least: Decimal
    most: Decimal | None
    wording: Wording
    start: int
    end: int
    quoted: str
    cue: str
    dated: tuple[str, ...]
    at_writing: bool = False
    worth_of: int | None = None
    of_chain: bool = False

    def covers(self, value: Decimal) -> bool:
        """Whether a value is within what the figure covers."""
        return self.least <= value and (self.most is None or value <= self.most)


def figures(text: str, extraction: Extraction) -> tuple[StatedFigure, ...]:
    """Every amount, count, stretch of time and date of a text, in its order.

    Args:
        text: the document's text, of which the extraction was made.
        extraction: what was found.
    """
    folded = fold_with_places(text)
    reading = _Reading(text, folded, _lines(text), extraction)
    return tuple(_numbered(reading))


def rounding(number: Decimal, wording: Wording) -> tuple[Decimal, Decimal | None]:
    """The least and the most that a number covers: half a unit of its last figure, at most a tenth of it.

    With a word such as "about" a whole unit; with "at least" up to the next unit, as nobody says "more than
    24" of 30; with "at most" likewise downwards.
    """
    step = Decimal(1).scaleb(int(number.normalize().as_tuple().exponent))
    whole = min(step, number / _MOST_ROUNDED) if number else step
    if wording == "at least":
        return number, number + whole
    if wording == "at most":
        return number - whole, number
    reach = whole if wording == "about" else min(step / 2, number / _MOST_ROUNDED)
    return number - reach, number + reach


@dataclass(frozen=True)
class _Reading:
    text: str
    folded: Folded
    lines: tuple[tuple[int, int], ...]
    extraction: Extraction

    def line(self, at: int) -> tuple[int, int]:
        return next((lo, hi) for lo, hi in reversed(self.lines) if lo <= at)

    def dates(self, at: int) -> tuple[str, ...]:
        lo, hi = self.line(at)
        listed = [one for one in self.extraction.indicators if one.kind == "date" and lo <= one.start < hi]
        return tuple(dict.fromkeys(one.value for one in listed))


def _lines(text: str) -> tuple[tuple[int, int], ...]:
    ends = [(found.start(), found.end()) for found in _LINE.finditer(text)]
    begins = [0, *(end for _, end in ends)]
    return tuple(zip(begins, [*(start for start, _ in ends), len(text) + 1], strict=True))


def _numbered(reading: _Reading) -> Iterator[StatedFigure]:
    found: list[tuple[int, Indicator | Count]] = [
        (one.start, one)
        for one in reading.extraction.indicators
        if one.kind in ("amount", "duration", "date")
    ]
    taken = [(one.start, one.end) for _, one in found]
    found += [
        (one.start, one)
        for one in counts(reading.folded)
        if not any(lo < one.end and one.start < hi for lo, hi in taken)
    ]
    listed = [one for _, one in sorted(found, key=lambda pair: pair[0])]
    number_at = {one.start: place for place, one in enumerate(listed, start=1)}
    of = {
        worth.money.start: number_at.get(worth.coins.start) if worth.coins else None
        for worth in worths(reading.text, reading.extraction)
    }
    for place, one in enumerate(listed, start=1):
        figure = _count(reading, place, one) if isinstance(one, Count) else _found(reading, place, one, of)
        if figure is not None:
            yield figure


def _count(reading: _Reading, number: int, one: Count) -> StatedFigure:
    wording = _wording(reading, one.start)
    least, most = rounding(one.least, wording) if one.exact else (one.least, one.most)
    return StatedFigure(
        number, "count", one.role, one.value, "", least, most, wording if one.exact else "about",
        one.start, one.end, show_line(reading.text[one.start : one.end]), one.role,
        reading.dates(one.start), of_chain=True,
    )  # fmt: skip


def _found(
    reading: _Reading, number: int, one: Indicator, of: Mapping[int, int | None]
) -> StatedFigure | None:
    if one.kind == "amount":
        figure = _amount(reading, number, one, of.get(one.start))
        in_coins = one.start in of or _of_activity(reading, one.start)
        return replace(figure, of_chain=True) if figure and in_coins else figure
    return _span(reading, number, one) if one.kind == "duration" else _date(reading, number, one)


def _amount(reading: _Reading, number: int, one: Indicator, worth_of: int | None) -> StatedFigure | None:
    read = read_sum(one.value)
    if read is None:
        return None
    coins = read.unit in _COINS
    amount = read.number * _COINS.get(read.unit, Decimal(1))
    wording = _wording(reading, one.start)
    role, cue = _nearest(reading, one.start, cues.OF_AMOUNTS)
    lo, hi = reading.line(one.start)
    return StatedFigure(
        number,
        "coins" if coins else "money",
        "worth" if worth_of is not None else role,
        one.value,
        "BTC" if coins else read.unit,
        *rounding(amount, wording),
        wording,
        one.start,
        one.end,
        one.quoted,
        cue,
        reading.dates(one.start),
        at_writing=bool(cues.WRITING.search(fold(reading.text[lo:hi]))) and not coins,
        worth_of=worth_of,
        of_chain=coins,
    )


def _span(reading: _Reading, number: int, one: Indicator) -> StatedFigure | None:
    match = _SPAN.fullmatch(one.value)
    if not match:
        return None
    wording, days = _wording(reading, one.start), _DAYS[match[2]]
    least, most = rounding(Decimal(match[1]), "about" if wording == "plain" else wording)
    role: Role = "active-span" if _of_activity(reading, one.start) else "other"
    return StatedFigure(
        number, "span", role, one.value, "days", least * days, None if most is None else most * days,
        wording, one.start, one.end, one.quoted, "", reading.dates(one.start),
        of_chain=role == "active-span",
    )  # fmt: skip


def _date(reading: _Reading, number: int, one: Indicator) -> StatedFigure:
    between = days_of(one.value) or (date.min, date.min)  # a day without a year lies before all chains
    role, cue = _nearest(reading, one.start, cues.OF_DATES)
    about_chain = _of_activity(reading, one.start) and between[1] >= _BEGIN
    if not about_chain:
        role, cue = "other", ""
    elif role == "other":
        role = "cut-off"
    least, most = (Decimal(day.toordinal()) for day in between)
    return StatedFigure(
        number, "date", role, one.value, "", least, most, "plain", one.start, one.end, one.quoted, cue, (),
        of_chain=about_chain,
    )  # fmt: skip


def days_of(value: str) -> tuple[date, date] | None:
    """The first and the last day of a date as the extraction writes it; None where it has no year."""
    first, _, last = value.partition("/")
    try:
        begin = [int(part) for part in first.split("-")]
        end = [int(part) for part in last.split("-")] if last else begin
    except ValueError:
        return None
    if len(end) < len(begin):
        end = [*begin[: len(begin) - len(end)], *end]
    return _first_day(begin), _last_day(end)


def _first_day(parts: Sequence[int]) -> date:
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)


def _last_day(parts: Sequence[int]) -> date:
    if len(parts) == 3:  # noqa: PLR2004  year, month and day
        return date(parts[0], parts[1], parts[2])
    year, month = (parts[0], parts[1]) if len(parts) > 1 else (parts[0], 12)
    after = date(year + month // 12, month % 12 + 1, 1)
    return after - timedelta(days=1)


def _of_activity(reading: _Reading, at: int) -> bool:
    lo, hi = reading.line(at)
    return bool(cues.ACTIVITY.search(fold(reading.text[lo:hi])))


def _wording(reading: _Reading, at: int) -> Wording:
    lo, _ = reading.line(at)
    before = fold(reading.text[max(lo, at - _NEAR) : at])
    return next((wording for wording, words in cues.WORDINGS.items() if words.search(before)), "plain")


def _nearest(reading: _Reading, at: int, table: Mapping[Role, re.Pattern[str]]) -> tuple[Role, str]:
    """Of the words of a line that tell of what a figure is said, the one nearest to it."""
    lo, hi = reading.line(at)
    line, place = fold(reading.text[lo:hi]), len(fold(reading.text[lo:at]))
    found = [
        (max(match.start() - place, place - match.end(), 0), role, match.group())
        for role, words in table.items()
        for match in words.finditer(line)
    ]
    _, role, cue = min(found, default=(0, "other", ""))
    return role, cue
