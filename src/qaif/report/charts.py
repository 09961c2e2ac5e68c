"""Pictures of a case as inline SVG: the same rows give the same bytes, and nothing is loaded from elsewhere.

Text stays text, so that it can be searched and read aloud; ids carry the picture's name, so that several
pictures can stand in one page.
"""

import io
import re
from collections.abc import Iterator, Sequence
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
    _dress(axes, middle, "BTC a month")
    return _svg(figure, name)


def timeline_chart(name: str, strokes: Sequence[Stroke]) -> str:
    """A stroke a transaction, by time and by amount on a logarithmic scale; in above, out below."""
    figure, axes = _canvas(name, panels=2)
    days = [_ordinal(stroke.time) for stroke in strokes]
    panels = ((axes[0], IN_COLOUR, "in, BTC", 1), (axes[1], OUT_COLOUR, "out, BTC", -1))
    for panel, colour, label, sign in panels:
        chosen = [(x, sign * s.net_sat) for x, s in zip(days, strokes, strict=True) if sign * s.net_sat > 0]
        panel.plot(*_upright(chosen), color=colour, linewidth=1.1, solid_capstyle="butt")
        panel.set_yscale("log")
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:,.8f}".rstrip("0").rstrip("."))
        _dress(panel, days, label)
    axes[1].invert_yaxis()
    return _svg(figure, name)


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


def _dress(axes: Any, days: Sequence[float], label: str) -> None:
    """Label the axes: years where the span is long, months or days where it is short."""
    with _style(label):
        axes.set_ylabel(label)
        axes.grid(visible=True, axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, which="both")
        ticks, texts = _date_ticks(days)
        axes.set_xticks(ticks, texts)


def _date_ticks(days: Sequence[float]) -> tuple[list[float], list[str]]:
    if not days:
        return [], []
    first, last = date.fromordinal(int(min(days))), date.fromordinal(int(max(days)))
    if (last - first).days > _LONG_YEARS * 365:
        years = range(first.year + 1, last.year + 1)
        return [float(date(year, 1, 1).toordinal()) for year in years], [str(year) for year in years]
    firsts = _first_days(first, last)
    step = max(1, len(firsts) // 8)
    chosen = firsts[::step] or [first]
    form = "%Y-%m" if firsts else "%Y-%m-%d"
    return [float(day.toordinal()) for day in chosen], [day.strftime(form) for day in chosen]


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
