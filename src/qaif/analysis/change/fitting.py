"""Fit the weights of the vote to transactions whose change is known: a conditional logit, by Newton."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaif.analysis.change.columns import Bits
from qaif.analysis.change.contract import Heuristic, possible, row_of
from qaif.analysis.change.vote import SCALE, features
from qaif.units import Bools, Int64s

Floats = NDArray[np.float64]
_PENALTY, _STEPS = 1.0, 60  # the penalty keeps weights finite where a heuristic was never wrong


@dataclass(frozen=True)
class Examples:
    """Possible outputs of transactions whose change is known.

    Attributes:
        said: float64[n, 2 h], features of each output.
        row: int64[n], its transaction, 0 up to `count`.
        change: bool[n], it is the change.
        count: how many transactions; of one without change no output is.
    """

    said: Floats
    row: Int64s
    change: Bools
    count: int


def examples(heuristics: tuple[Heuristic, ...], bits: Bits, change: Bools, used: Bools) -> Examples:
    """Examples of the used transactions that have at least two possible outputs and at most one change.

    Args:
        heuristics: who votes.
        bits: what they say.
        change: bool[outputs], the truth.
        used: bool[transactions], which of them to take.
    """
    row, can = row_of(bits), possible(bits)
    several = np.bincount(row[can], minlength=len(bits)) > 1
    one = np.bincount(row[can & change], minlength=len(bits)) <= 1
    taken = used & several & one
    rows = np.flatnonzero(can & taken[row])
    number = np.cumsum(taken) - 1
    return Examples(
        features(heuristics, bits)[rows].astype(np.float64),
        number[row[rows]].astype(np.int64),
        change[rows],
        int(taken.sum()),
    )


def join(parts: list[Examples]) -> Examples:
    """Several sets of examples as one."""
    before = np.cumsum([0, *(part.count for part in parts)])
    return Examples(
        np.concatenate([part.said for part in parts]),
        np.concatenate([part.row + at for part, at in zip(parts, before[:-1], strict=True)]),
        np.concatenate([part.change for part in parts]),
        int(before[-1]),
    )


def fit(given: Examples) -> tuple[Int64s, int]:
    """The weights of what is kept and ruled out, and of "none of them", in thousandths."""
    width = given.said.shape[1]
    weights = np.zeros(width + 1)
    for _ in range(_STEPS):
        gradient, curve = _slope(given, weights)
        step = np.linalg.solve(curve, gradient)
        weights += step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() * SCALE < 1 / SCALE:
            break
    whole = np.rint(weights * SCALE).astype(np.int64)
    return whole[:width], int(whole[width])


def _slope(given: Examples, weights: Floats) -> tuple[Floats, Floats]:
    """Gradient and curvature of the penalised likelihood."""
    width = given.said.shape[1]
    power = np.exp(given.said @ weights[:width])
    rest = np.exp(weights[width])
    total = np.bincount(given.row, weights=power, minlength=given.count) + rest
    share, none = power / total[given.row], rest / total
    without = np.bincount(given.row[given.change], minlength=given.count) == 0
    wide = np.zeros((given.count, width + 1))
    np.add.at(wide[:, :width], given.row, given.said * share[:, None])
    wide[:, width] = none
    met = given.said[given.change].sum(axis=0)
    gradient = np.append(met, without.sum()) - wide.sum(axis=0) - _PENALTY * weights
    curve = np.zeros((width + 1, width + 1))
    curve[:width, :width] = (given.said * share[:, None]).T @ given.said
    curve[width, width] = none.sum()
    return gradient, curve - wide.T @ wide + _PENALTY * np.eye(width + 1)
