"""What is thought steady: trends of three shapes with a season; and the places where a step may stand."""

import numpy as np

from qaif.analysis.activity.model import Floats

LEAST_SIDE = 3  # periods on each side of a step, at least
_HARMONICS = 2
_BEND = 0.1  # how strongly the second and third shape are bent, as a share of the series


def steady(count: int, season: float | None) -> list[Floats]:
    """Null models: a steady trend that is even in ratio, one that is even in amount up, and one down.

    Args:
        count: periods.
        season: periods of a year or a week; None for no season.
    """
    time = np.arange(count, dtype=np.float64)
    shapes = (time, np.log(time + _BEND * count), np.log(count - 1 - time + _BEND * count))
    rest = [np.ones(count), *seasonal(count, season)]
    return [np.column_stack([rest[0], _scaled(shape), *rest[1:]]) for shape in shapes]


def flat(count: int, season: float | None) -> Floats:
    """The null model without a trend."""
    return np.column_stack([np.ones(count), *seasonal(count, season)])


def trend(count: int) -> Floats:
    """A trend even in ratio as a candidate, shape (1, periods)."""
    return _scaled(np.arange(count, dtype=np.float64))[None, :]


def seasonal(count: int, season: float | None) -> list[Floats]:
    """Two waves and their quarter turns, where there is a season and at least two of it."""
    if season is None or count < 2 * season:
        return []
    turn = 2 * np.pi * np.arange(count) / season
    return [wave(turn * k) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)]


def steps(count: int) -> Floats:
    """Every step with `LEAST_SIDE` periods on each side, shape (steps, periods): 0 before it, then 1."""
    places = np.arange(LEAST_SIDE, count - LEAST_SIDE + 1)
    return (np.arange(count)[None, :] >= places[:, None]).astype(np.float64)


def _scaled(column: Floats) -> Floats:
    centred: Floats = column - column.mean()
    return centred / max(float(np.abs(centred).max()), 1e-12)
