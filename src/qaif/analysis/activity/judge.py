"""What one series of counts says: a break, a steady trend, neither, or that it is too short to say."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.activity.designs import LEAST_SIDE, flat, steady, steps, trend
from qaif.analysis.activity.exact import LEVEL
from qaif.analysis.activity.model import Fit, Floats, fit, scan
from qaif.analysis.activity.periods import Grain
from qaif.units import Int64s

Kind = Literal["break", "trend", "none", "too-little"]
ALPHA = 0.01  # the false-alarm rate that is stated
DRAWS, SEED = 1_999, 1
FEWEST_COUNTED = 20
FEWEST: dict[Grain, int] = {"month": 18, "week": 18, "day": 21}  # whole periods
SEASON: dict[Grain, float] = {"month": 12.0, "week": 365.25 / 7, "day": 7.0}
A_YEAR: dict[Grain, float] = {"month": 12.0, "week": 365.25 / 7, "day": 365.25}


@dataclass(frozen=True)
class Trend:
    """A steady change: a factor a year, with its 95 % interval; None where a number is too large to say."""

    factor: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """What a series says.

    Attributes:
        kind: break, trend, none or too-little.
        at: the first period after the break; None where there is none.
        rose: the level after the break is higher than before it.
        p_step: the chance of so good a step somewhere under a steady trend; None with too little data.
        p_trend: the chance of so steep a trend in a flat series; None with too little data.
        yearly: the trend without a step; None with too little data.
        phi: variance over mean that is left after trend, season and the step where there is one.
        echo: how far what is left resembles what is left one period later, -1 to 1.
    """

    kind: Kind
    at: int | None = None
    rose: bool = False
    p_step: float | None = None
    p_trend: float | None = None
    yearly: Trend | None = None
    phi: float = 1.0
    echo: float = 0.0


def judged(counts: Int64s, exposure: Floats, grain: Grain, *, draws: int = DRAWS, seed: int = SEED) -> Judged:
    """Judge a series of whole periods.

    Args:
        counts: shape (periods,).
        exposure: what they are in proportion to, above zero.
        grain: what the periods are.
        draws: series to draw for each chance.
        seed: the same seed gives the same answer.
    """
    if len(counts) < FEWEST[grain] or int(counts.sum()) < FEWEST_COUNTED:
        return Judged("too-little")
    count, season = len(counts), SEASON[grain]
    nulls = steady(count, season)
    step = scan(counts, exposure, nulls, steps(count), draws=draws, seed=seed)
    slope = scan(counts, exposure, [flat(count, season)], trend(count), draws=draws, seed=seed)
    even = fit(counts[:, None].astype(np.float64), np.log(exposure), nulls[0])
    found = step.p <= ALPHA
    kind: Kind = "break" if found else "trend" if slope.p <= ALPHA else "none"
    at = step.at + LEAST_SIDE if found else None
    phi, echo = _left(counts, exposure, nulls[0], at)
    return Judged(
        kind=kind,
        at=at,
        rose=at is not None and _rate(counts, exposure, at, count) > _rate(counts, exposure, 0, at),
        p_step=step.p,
        p_trend=slope.p,
        yearly=_yearly(even, nulls[0], A_YEAR[grain]),
        phi=phi,
        echo=echo,
    )


def is_break(counts: Int64s, exposure: Floats, grain: Grain, *, draws: int, seed: int) -> bool:
    """Whether `judged` finds a break, for those who count its errors: no more is drawn than decides it."""
    count, enough = len(counts), int(ALPHA * (1 + draws))
    nulls = steady(count, SEASON[grain])
    found = scan(counts, exposure, nulls, steps(count), draws=draws, seed=seed, enough=enough)
    return found.p <= ALPHA


def _rate(counts: Int64s, exposure: Floats, first: int, end: int) -> float:
    return float(counts[first:end].sum() / exposure[first:end].sum())


def _left(counts: Int64s, exposure: Floats, design: Floats, at: int | None) -> tuple[float, float]:
    """Scatter, and likeness of neighbours, of what trend, season and step leave."""
    if at is not None:
        design = np.column_stack([design, np.arange(len(counts)) >= at])
    fitted = fit(counts[:, None].astype(np.float64), np.log(exposure), design)
    left = (counts - fitted.mean[:, 0]) / np.sqrt(fitted.mean[:, 0])
    size = float((left**2).sum())
    return max(1.0, float(fitted.phi[0])), float((left[1:] * left[:-1]).sum()) / size if size else 0.0


def _yearly(even: Fit, design: Floats, a_year: float) -> Trend:
    """The factor a year of the trend that is even in ratio."""
    from scipy.special import stdtrit  # late: half a second to import

    count, columns = design.shape
    per_period = float(design[1, 1] - design[0, 1])
    information = design.T @ (even.mean * design)
    variance = float(np.linalg.pinv(information)[1, 1]) * max(float(even.phi[0]), 1.0)
    reach = float(stdtrit(max(count - columns, 1), (1 + LEVEL) / 2)) * float(np.sqrt(max(variance, 0.0)))
    low, middle, high = (
        float(np.exp(np.clip((even.beta[0, 1] + shift) * per_period * a_year, -20, 20)))
        for shift in (-reach, 0.0, reach)
    )
    return Trend(middle, low, high)
