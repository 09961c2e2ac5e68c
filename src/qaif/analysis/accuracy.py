"""What was measured of each method's error: read from the file that `qaif evaluate` wrote.

`accuracy.json` stands beside this module. A method is named by its id and version, such as `round-value/1`; a
figure of another version is not this one's.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NOT_MEASURED = "Not measured yet."
REAL_ERROR_UNKNOWN = "Of what is simulated, the error on the real chain is unknown."
FILE_NAME = "accuracy.json"


@dataclass(frozen=True)
class Figure:
    """One count, and the interval that it allows.

    Attributes:
        data: what it was counted on.
        simulated: whether that was made by the simulator.
        measure: what was counted, in words.
        hits: how many.
        of: of how many.
        low_ppm: lower end of the 95 % interval, parts in a million.
        high_ppm: upper end.
    """

    data: str
    simulated: bool
    measure: str
    hits: int
    of: int
    low_ppm: int
    high_ppm: int


def figures_of(method: str) -> tuple[Figure, ...]:
    """The figures of a method, by id and version; none where it was not measured."""
    return tuple(Figure(**each) for each in _document().get(method, ()))


def measured(method: str) -> str:
    """What was measured of a method, in words that name the data."""
    found = figures_of(method)
    if not found:
        return NOT_MEASURED
    made: dict[str, list[Figure]] = {}
    for figure in found:
        if figure.simulated:
            made.setdefault(figure.measure, []).append(figure)
    real = [_said(figure) for figure in found if not figure.simulated]
    said = "; ".join([*real, *(_of_all(figures) for figures in made.values())])
    return f"{said}. {REAL_ERROR_UNKNOWN}" if made else f"{said}."


def percent(ppm: int) -> str:
    """Parts in a million as a percentage with two digits after the point."""
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d} %"


def _said(figure: Figure) -> str:
    data = f"simulated {figure.data}" if figure.simulated else figure.data
    return f"{figure.measure}: {figure.hits:,} of {figure.of:,} on {data} ({_interval(figure)})"


def _of_all(figures: list[Figure]) -> str:
    """One measure on simulated chains: the sum, and the chains with the least and the greatest share."""
    if len(figures) == 1:
        return _said(figures[0])
    hits, of = sum(figure.hits for figure in figures), sum(figure.of for figure in figures)
    least, most = (pick(figures, key=lambda each: each.hits / each.of) for pick in (min, max))
    ends = " to ".join(
        f"{percent(1_000_000 * each.hits // each.of)} on {each.data} ({_interval(each)})"
        for each in (least, most)
    )
    return f"{figures[0].measure}: {hits:,} of {of:,} on {len(figures)} simulated chains, from {ends}"


def _interval(figure: Figure) -> str:
    return f"95 % interval {percent(figure.low_ppm)} to {percent(figure.high_ppm)}"


@cache
def _document() -> dict[str, Any]:
    path = files("qaif.analysis").joinpath(FILE_NAME)
    return dict(json.loads(path.read_text(encoding="utf-8"))["methods"]) if path.is_file() else {}
