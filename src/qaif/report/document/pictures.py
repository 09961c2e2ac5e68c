"""Pictures as SVG, drawn from numbers: the same data and language give the same bytes.

Text stays text, so that it can be searched, read aloud and shaped in its own script.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from qaif.report.document.language import Language
from qaif.report.document.model import Picture
from qaif.report.document.svg import GRID, IN, INK, OUT, PAD, WIDTH, Canvas, ticks
from qaif.units import SAT_PER_BTC, btc_text

_CELL, _LABEL, _SHORT = 26, 110, 22
_STATUS = {
    "listed itself": ("#8c1d18", "L"),
    "blocked by ownership": ("#b4530a", "O"),
    "claimed relation, no listing effect": ("#e2c9a1", "r"),
    "not listed": ("#d7e5df", "n"),
    "list not loaded": ("#f2efe9", "-"),
    "list too old": ("#dcd6ca", "s"),
    "names alike, not decided": ("#cfd3e6", "?"),
    "name not found": ("#f2efe9", "0"),
}
_DARK = ("listed itself", "blocked by ownership")


def draw(picture: Picture, language: Language) -> str:
    """A picture as SVG with its words in a language.

    Raises:
        ValueError: there is no such drawing.
    """
    drawing = _DRAWINGS.get(picture.kind)
    if drawing is None:
        raise ValueError(f"there is no drawing {picture.kind}")
    return drawing(picture.data, language)


def _timeline(data: Mapping[str, Any], language: Language) -> str:
    points = [(datetime.fromisoformat(time).timestamp(), net) for time, net in data["points"]]
    canvas = Canvas(300)
    low, high = min(t for t, _ in points), max(t for t, _ in points)
    x = canvas.across(low, high)
    most = max(abs(net) for _, net in points)
    least = min(abs(net) for _, net in points)
    decades = max(1.0, math.log10(most) - math.log10(least))

    def height(net: int) -> float:
        return 8 + 100 * (math.log10(abs(net)) - math.log10(least)) / decades

    for time, net in points:
        way = 1 if net > 0 else -1
        y = 140 - way * height(net)
        canvas.line((x(time), y), (x(time), y + way * 6), IN if net > 0 else OUT, 1.1)
    canvas.line((PAD, 140), (WIDTH - 10, 140), INK, 0.8)
    canvas.text((PAD - 6, 40), btc_text(most), "end", 10)
    canvas.text((PAD - 6, 136), btc_text(least), "end", 10)
    canvas.legend([(IN, language.term("in")), (OUT, language.term("out"))], "BTC")
    canvas.dates(_day(low), _day(high), x)
    return canvas.svg()


def _months(data: Mapping[str, Any], language: Language) -> str:
    bars = [(date.fromisoformat(f"{month}-01"), up, down) for month, up, down in data["bars"]]
    canvas = Canvas(300)
    x = canvas.across(_seconds(bars[0][0]), _seconds(bars[-1][0]) + 31 * 86_400)
    most = max(1, *(max(up, down) for _, up, down in bars))
    wide = max(1.0, min(14.0, (WIDTH - PAD - 20) / max(1, _span(bars[0][0], bars[-1][0])) * 0.7))
    for day, up, down in bars:
        left = x(_seconds(day) + 15 * 86_400) - wide / 2
        canvas.box((left, 140 - 110 * up / most), (wide, 110 * up / most), IN)
        canvas.box((left, 140), (wide, 110 * down / most), OUT)
    for month in data.get("marks", ()):
        at = x(_seconds(date.fromisoformat(f"{month}-01")))
        canvas.line((at, 26), (at, 252), INK, 0.8, dashed=True)
    canvas.line((PAD, 140), (WIDTH - 10, 140), INK, 0.8)
    canvas.text((PAD - 6, 36), _btc(most), "end", 10)
    canvas.text((PAD - 6, 252), _btc(most), "end", 10)
    canvas.legend([(IN, language.term("in")), (OUT, language.term("out"))], language.term("btc_a_month"))
    canvas.dates(bars[0][0], bars[-1][0], x)
    return canvas.svg()


def _columns(data: Mapping[str, Any], language: Language) -> str:
    bars = [(date.fromisoformat(f"{month}-01"), count, whole) for month, count, whole in data["bars"]]
    canvas = Canvas(270)
    x = canvas.across(_seconds(bars[0][0]), _seconds(bars[-1][0]) + 31 * 86_400)
    most = max(1, *(count for _, count, _ in bars))
    wide = max(1.0, min(14.0, (WIDTH - PAD - 20) / max(1, _span(bars[0][0], bars[-1][0])) * 0.7))
    for day, count, whole in bars:
        tall = 190 * count / most
        canvas.box(
            (x(_seconds(day) + 15 * 86_400) - wide / 2, 225 - tall), (wide, tall), IN if whole else GRID
        )
    for at in ticks(most):
        y = 225 - 190 * at / most
        canvas.line((PAD, y), (WIDTH - 10, y), GRID, 0.6)
        canvas.text((PAD - 6, y + 4), language.number(at), "end", 10)
    if data["since"]:
        line = x(_seconds(date.fromisoformat(f"{data['since']}-01")))
        canvas.line((line, 26), (line, 225), OUT, 1.6, dashed=True)
        canvas.text((line, 20), f"{language.term('changed')} \u2066{data['since']}\u2069", "middle", 11, OUT)
    canvas.dates(bars[0][0], bars[-1][0], x)
    return canvas.svg()


def _bands(data: Mapping[str, Any], language: Language) -> str:
    bands = [*data["bands"]]
    if data["rest"]:
        bands.append((language.term("others"), data["rest"]))
    total = sum(sat for _, sat in bands) or 1
    canvas = Canvas(60 + 34 * len(bands))
    tall = 30 * len(bands)
    near, far = (40, 420) if data["forward"] else (420, 40)
    colour = OUT if data["forward"] else IN
    canvas.box((near, 30), (14, tall), INK)
    top = 30.0
    for row, (place, sat) in enumerate(bands):
        thick = max(0.6, tall * sat / total)
        middle = 30 + 34 * row + 15
        start, end = (near + 14, far) if data["forward"] else (far + 14, near)
        y0, y1 = (top + thick / 2, middle) if data["forward"] else (middle, top + thick / 2)
        canvas.curve((start, y0), (end, y1), colour, min(thick, 28.0) if thick > 1 else 1.0)
        canvas.box((far, middle - 10), (14, 20), colour)
        canvas.text((450, middle + 4), f"\u2066{_cut(place)}  {_btc(sat)} BTC\u2069", "start", 11)
        top += thick
    canvas.text((40, 18), f"\u2066{data['method']}\u2069", "start", 11)
    return canvas.svg()


def _network(data: Mapping[str, Any], language: Language) -> str:
    del language
    edges: Sequence[tuple[str, str, str]] = data["edges"]
    names = list(dict.fromkeys(end for one in edges for end in (one[0], one[2])))
    canvas = Canvas(460)
    places = {
        name: (
            WIDTH / 2 + 300 * math.cos(2 * math.pi * at / len(names)),
            230 + 180 * math.sin(2 * math.pi * at / len(names)),
        )
        for at, name in enumerate(names)
    }
    for one, role, other in edges:
        start, end = places[one], places[other]
        canvas.line(start, end, OUT, 1.0, dashed=True)
        canvas.text(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 3), _cut(role), "middle", 9, OUT)
    for name, (x, y) in places.items():
        canvas.dot((x, y), 5, INK)
        canvas.text((x, y - 9), _cut(name), "middle", 11)
    return canvas.svg()


def _matrix(data: Mapping[str, Any], language: Language) -> str:
    days, rows = data["days"], data["rows"]
    used = list(dict.fromkeys(status for _, statuses in rows for status in statuses))
    canvas = Canvas(60 + _CELL * len(rows) + 18 * len(used))
    wide = min(70.0, (WIDTH - _LABEL - 20) / max(1, len(days)))
    for y, (name, statuses) in enumerate(rows):
        canvas.text((_LABEL - 8, 40 + _CELL * y + 17), name, "end", 11)
        for x, status in enumerate(statuses):
            colour, sign = _STATUS.get(status, (GRID, "?"))
            canvas.box((_LABEL + wide * x, 40 + _CELL * y), (wide - 1, _CELL - 1), colour)
            ink = "#ffffff" if status in _DARK else INK
            canvas.text((_LABEL + wide * (x + 0.5), 40 + _CELL * y + 17), sign, "middle", 11, ink)
    for x, day in enumerate(days):
        label = day[:4] if day.endswith("-12-31") else day[:7]
        canvas.text((_LABEL + wide * (x + 0.5), 32), label, "middle", 10)
    for at, status in enumerate(used):
        colour, sign = _STATUS.get(status, (GRID, "?"))
        y = 52 + _CELL * len(rows) + 18 * at
        canvas.box((_LABEL, y), (14, 12), colour)
        canvas.text((_LABEL + 22, y + 11), f"{sign}  {language.term(status)}", "start", 10)
    return canvas.svg()


_DRAWINGS: Mapping[str, Callable[[Mapping[str, Any], Language], str]] = {
    "timeline": _timeline,
    "months": _months,
    "columns": _columns,
    "bands": _bands,
    "network": _network,
    "matrix": _matrix,
}


def _seconds(day: date) -> float:
    return float(day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400


def _day(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _span(first: date, last: date) -> int:
    """Calendar months from the first to the last."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _btc(sat: int) -> str:
    return f"{sat / SAT_PER_BTC:,.4f}"


def _cut(text: str) -> str:
    return text if len(text) <= 2 * _SHORT else f"{text[:_SHORT]}…{text[-8:]}"
