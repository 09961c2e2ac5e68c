"""What one series of counts says: a break, a steady trend, neither, or that it is too short to say."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from qaif.analysis.activity.designs import LEAST_SIDE, flat, steady, steps, trend
from qaif.analysis.activity.echo import echo as echo_of
from qaif.analysis.activity.exact import LEVEL
from qaif.analysis.activity.model import Fit, Floats, Scan, fit, scan
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
        p_step: the chance of so good a step somewhere under a steady trend, each period on its own, and where
            that is rare, as like the one before as here; None with too little data.
        p_trend: the chance of so steep a trend in a flat series, likewise; None with too little data.
        yearly: the trend without a step; None with too little data.
        phi: variance over mean that is left after trend, season and the step where there is one.
        echo: how far what is left resembles what is left one period later, 0 to 0.9.
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
    nulls, echo = steady(count, season), echo_of(counts, exposure, season)
    look = partial(scan, counts, exposure, draws=draws, seed=seed)
    step, p_step = _twice(partial(look, nulls, steps(count)), echo)
    _, p_trend = _twice(partial(look, [flat(count, season)], trend(count)), echo)
    even = fit(counts[:, None].astype(np.float64), np.log(exposure), nulls[0])
    at = step.at + LEAST_SIDE if p_step <= ALPHA else None
    return Judged(
        kind="break" if at is not None else "trend" if p_trend <= ALPHA else "none",
        at=at,
        rose=at is not None and _rate(counts, exposure, at, count) > _rate(counts, exposure, 0, at),
        p_step=p_step,
        p_trend=p_trend,
        yearly=_yearly(even, nulls[0], A_YEAR[grain]),
        phi=_scatter_left(counts, exposure, nulls[0], at),
        echo=echo,
    )


def _twice(look: Callable[..., Scan], echo: float) -> tuple[Scan, float]:
    """A scan, and its chance: what is rare where periods are on their own must be so where they are alike."""
    alone = look()
    return alone, max(alone.p, look(echo=echo).p) if echo and alone.p <= ALPHA else alone.p


def is_break(counts: Int64s, exposure: Floats, grain: Grain, *, draws: int, seed: int) -> bool:
    """Whether `judged` finds a break, for those who count its errors: no more is drawn than decides it."""
    count, enough = len(counts), int(ALPHA * (1 + draws))
    season = SEASON[grain]
    look = partial(scan, counts, exposure, steady(count, season), steps(count), draws=draws, seed=seed)
    if look(enough=enough).p > ALPHA:
        return False
    echo = echo_of(counts, exposure, season)
    return not echo or look(enough=enough, echo=echo).p <= ALPHA


def _rate(counts: Int64s, exposure: Floats, first: int, end: int) -> float:
    return float(counts[first:end].sum() / exposure[first:end].sum())


def _scatter_left(counts: Int64s, exposure: Floats, design: Floats, at: int | None) -> float:
    """Scatter of what trend, season and step leave."""
    if at is not None:
        design = np.column_stack([design, np.arange(len(counts)) >= at])
    return max(1.0, float(fit(counts[:, None].astype(np.float64), np.log(exposure), design).phi[0]))


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
