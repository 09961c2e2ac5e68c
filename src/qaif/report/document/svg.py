"""A canvas for pictures: shapes and text as SVG; rounded numbers, so that bytes are the same everywhere."""

from collections.abc import Callable, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

IN, OUT, INK, GRID = "#0f6b66", "#9a4708", "#33302b", "#dcd6ca"
WIDTH, PAD = 900, 110
FONTS = "Noto Sans, Noto Sans Arabic, sans-serif"
_EPOCH = date(1970, 1, 1).toordinal()
_MOST_YEARS = 20
Point = tuple[float, float]


class Canvas:
    """A picture in the making; (0, 0) is above left."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._shapes: list[str] = []

    def line(self, start: Point, end: Point, colour: str, width: float, *, dashed: bool = False) -> None:
        """A straight line."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._shapes.append(
            f'<line x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}" '
            f'stroke="{colour}" stroke-width="{_n(width)}"{dash}/>'
        )

    def box(self, corner: Point, size: Point, colour: str) -> None:
        """A filled rectangle; none where it has no extent."""
        if size[0] > 0 and size[1] > 0:
            self._shapes.append(
                f'<rect x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(size[0])}" '
                f'height="{_n(size[1])}" fill="{colour}"/>'
            )

    def dot(self, centre: Point, radius: float, colour: str) -> None:
        """A filled circle."""
        self._shapes.append(
            f'<circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}" fill="{colour}"/>'
        )

    def curve(self, start: Point, end: Point, colour: str, width: float) -> None:
        """A band that begins and ends level."""
        middle = _n((start[0] + end[0]) / 2)
        self._shapes.append(
            f'<path d="M {_n(start[0])} {_n(start[1])} C {middle} {_n(start[1])} {middle} {_n(end[1])} '
            f'{_n(end[0])} {_n(end[1])}" fill="none" stroke="{colour}" stroke-opacity="0.45" '
            f'stroke-width="{_n(width)}"/>'
        )

    def text(self, at: Point, text: str, anchor: str, size: int, colour: str = INK) -> None:
        """A piece of text; whoever's it is, it stays text."""
        self._shapes.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" text-anchor="{anchor}" font-size="{size}" '
            f'fill="{colour}" font-family={quoteattr(FONTS)}>{escape(text)}</text>'
        )

    def legend(self, entries: Sequence[tuple[str, str]], title: str = "") -> None:
        """Colours with their words, above."""
        for place, (colour, word) in enumerate(entries):
            self.box((PAD + 130 * place, 6), (12, 12), colour)
            self.text((PAD + 18 + 130 * place, 16), word, "start", 11)
        if title:
            self.text((WIDTH - 12, 16), title, "end", 11)

    @staticmethod
    def across(low: float, high: float) -> Callable[[float], float]:
        """Seconds to a place between the left and the right edge."""
        wide = max(1.0, high - low)
        return lambda seconds: PAD + (WIDTH - PAD - 16) * (seconds - low) / wide

    def dates(self, first: date, last: date, x: Callable[[float], float]) -> None:
        """Years, or months where there are few, below."""
        for day, label in _marks(first, last):
            at = x(float(day.toordinal() - _EPOCH) * 86_400)
            if PAD - 1 <= at <= WIDTH:
                self.line((at, self.height - 44), (at, self.height - 38), INK, 0.8)
                self.text((at, self.height - 22), label, "middle", 10)

    def svg(self) -> str:
        """The picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {self.height}" '
            f'direction="ltr" role="img" aria-hidden="true">{"".join(self._shapes)}</svg>'
        )


def ticks(most: int) -> list[int]:
    """Three or so round numbers up to the greatest."""
    step = 1
    while most // step > 5:  # noqa: PLR2004  lines in a picture
        step *= 10 if most // step > 50 else 5 if most // step > 25 else 2  # noqa: PLR2004
    return list(range(0, most + 1, step))


def _marks(first: date, last: date) -> list[tuple[date, str]]:
    years = last.year - first.year
    if years >= 2:  # noqa: PLR2004  years
        step = 1 + years // _MOST_YEARS
        return [(date(year, 1, 1), str(year)) for year in range(first.year, last.year + 1, step)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = [date(number // 12, number % 12 + 1, 1) for number in months][:: 1 + len(months) // 8]
    return [(day, f"{day:%Y-%m}") for day in days]


def _n(number: float) -> str:
    return f"{number:.1f}"
