"""Pictures of a case as inline SVG: the same rows give the same bytes, and nothing is loaded from elsewhere.

Text stays text, so that it can be searched and read aloud; ids carry the picture's name, so that several
pictures can stand in one page.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from qaif.units import SAT_PER_BTC

IN_COLOUR, OUT_COLOUR, INK, GRID = "#0f6b66", "#b4530a", "#33302b", "#dcd6ca"
_WIDTH, _HEIGHT = 9.4, 3.1  # inches, at 72 points
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "path.simplify": False,
}
_STROKE = 1.22  # a transaction is a short upright stroke: from its amount to this many times its amount
_LEAST_BTC = 1e-8
_LONG_YEARS = 2.5  # a longer span of time is labelled by years


@dataclass(frozen=True)
class MonthBar:
    """Amounts of one calendar month."""

    month: date
    in_sat: int
    out_sat: int


@dataclass(frozen=True)
class CountBar:
    """How often something happened in one calendar month, and whether all of the month is held."""

    month: date
    count: int
    whole: bool


@dataclass(frozen=True)
class Stroke:
    """One transaction of the timeline: its time and its amount, positive in, negative out."""

    time: datetime
    net_sat: int


def monthly_chart(name: str, months: Sequence[MonthBar]) -> str:
    """Bars up for what came in, down for what went out, month by month."""
    figure, axes = _canvas(name)
    middle = [bar.month.toordinal() + 15 for bar in months]
    axes.bar(middle, [bar.in_sat / SAT_PER_BTC for bar in months], width=25, color=IN_COLOUR, label="in")
    axes.bar(middle, [-bar.out_sat / SAT_PER_BTC for bar in months], width=25, color=OUT_COLOUR, label="out")
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.10g}")
    _dress(axes, _span(middle), "BTC a month")
    return _svg(figure, name)


def activity_chart(name: str, months: Sequence[CountBar], what: str, since: date | None) -> str:
    """A column a month, pale where a part of it is not held; a line where it changed.

    Args:
        name: the picture's name, in its ids.
        months: in order.
        what: what was counted.
        since: the first day after the change; None where none was found.
    """
    figure, axes = _canvas(name)
    middle = [bar.month.toordinal() + 15 for bar in months]
    colours = [IN_COLOUR if bar.whole else GRID for bar in months]
    axes.bar(middle, [bar.count for bar in months], width=25, color=colours)
    axes.yaxis.get_major_locator().set_params(integer=True)
    if since is not None:
        line = since.toordinal() - 0.5
        axes.axvline(line, color=OUT_COLOUR, linewidth=1.6, linestyle="--")
        late = line > sum(_span(middle)) / 2
        axes.annotate(
            f"changed from {since:%Y-%m}",
            (line, 1.0),
            (-5 if late else 5, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            color=OUT_COLOUR,
        )
    _dress(axes, _span(middle), f"{what} a month")
    return _svg(figure, name)


def timeline_chart(name: str, strokes: Sequence[Stroke]) -> str:
    """A stroke a transaction, by time and by amount on a logarithmic scale; in above, out below."""
    figure, axes = _canvas(name, panels=2)
    days = [_ordinal(stroke.time) for stroke in strokes]
    panels = ((axes[0], IN_COLOUR, "in, BTC", 1), (axes[1], OUT_COLOUR, "out, BTC", -1))
    low, high = _decades([abs(stroke.net_sat) for stroke in strokes if stroke.net_sat])
    for panel, colour, label, sign in panels:
        chosen = [(x, sign * s.net_sat) for x, s in zip(days, strokes, strict=True) if sign * s.net_sat > 0]
        panel.plot(*_upright(chosen), color=colour, linewidth=1.1, solid_capstyle="butt")
        panel.set_yscale("log")
        panel.set_ylim(low, high)
        panel.yaxis.set_minor_formatter("")
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:,.8f}".rstrip("0").rstrip("."))
        _dress(panel, _span(days), label)
    axes[1].invert_yaxis()
    return _svg(figure, name)


def picture(name: str, height: float, draw: Callable[[Any], None]) -> str:
    """A picture of one's own as an SVG file that stands alone.

    Args:
        name: its name, in its ids.
        height: in inches.
        draw: draws on the axes.
    """
    from matplotlib.figure import Figure

    with _style(name):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
    out = io.StringIO()
    with _style(name):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _ordinal(time: datetime) -> float:
    """Days since the year 1, as `date.toordinal`, with the part of the day."""
    return time.toordinal() + (time - datetime(time.year, time.month, time.day, tzinfo=UTC)).seconds / 86_400


def _upright(points: Sequence[tuple[float, int]]) -> tuple[list[float], list[float]]:
    """Two ends of each stroke, and a gap after it."""
    xs: list[float] = []
    ys: list[float] = []
    for x, amount in points:
        low = max(amount / SAT_PER_BTC, _LEAST_BTC)
        xs += [x, x, float("nan")]
        ys += [low, low * _STROKE, float("nan")]
    return xs, ys


@contextmanager
def _style(name: str) -> Iterator[None]:
    """Our style over the library's defaults, whatever the user's own settings say."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        settings: dict[Any, Any] = _STYLE | {"svg.hashsalt": name}
        mpl.rcParams.update(settings)
        yield


def _canvas(name: str, panels: int = 1) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    with _style(name):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        return figure, figure.subplots(panels, 1, sharex=True)


def _decades(amounts: Sequence[int]) -> tuple[float, float]:
    """Powers of ten, in bitcoin, between which all amounts and their strokes lie."""
    low, high = min(amounts, default=SAT_PER_BTC), max(amounts, default=SAT_PER_BTC)
    digits = len(str(low)) - 1, len(str(int(high * _STROKE)))
    return 10.0 ** digits[0] / SAT_PER_BTC, 10.0 ** digits[1] / SAT_PER_BTC


def _span(days: Sequence[float]) -> tuple[float, float]:
    """The days that a picture covers: those with something, with room beside them, and never under a year."""
    low, high = min(days), max(days)
    room = max(0.02 * (high - low), 16, (365 - (high - low)) / 2)
    return low - room, high + room


def _dress(axes: Any, span: tuple[float, float], label: str) -> None:
    """Label the axes: years where the span is long, months where it is short."""
    with _style(label):
        axes.set_ylabel(label)
        axes.grid(visible=True, axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, which="both")
        axes.set_xlim(*span)
        axes.set_xticks(*_date_ticks(span))


def _date_ticks(span: tuple[float, float]) -> tuple[list[int], list[str]]:
    first, last = date.fromordinal(int(span[0])), date.fromordinal(int(span[1]))
    if (last - first).days > _LONG_YEARS * 365:
        years = range(first.year + 1, last.year + 1)
        return [date(year, 1, 1).toordinal() for year in years], [str(year) for year in years]
    months = _first_days(first, last)[:: 1 + (last - first).days // 400]
    return [day.toordinal() for day in months], [day.strftime("%Y-%m") for day in months]


def _first_days(first: date, last: date) -> list[date]:
    """The first of each month between two days."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [day for day in days if first <= day <= last]


def _svg(figure: Any, name: str) -> str:
    """The picture without what only a file of its own needs, and with ids of its own."""
    out = io.StringIO()
    with _style(name):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style type=\"text/css\">.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"font-family: [^;\"]*", "font-family: sans-serif", text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"(url\(#|href=\"#)", rf"\1{name}-", text)
    size = re.compile(r'<svg[^>]*?viewBox="([^"]+)"[^>]*>', re.DOTALL)
    return size.sub(r'<svg class="chart" viewBox="\1" role="img" aria-hidden="true">', text, count=1)
