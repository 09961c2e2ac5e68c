"""Counts by period under a steady trend, and how well a step fits on top of it.

Model: counts with mean `exposure * exp(X b)` and variance `phi` times the mean (quasi-Poisson), fitted by
iteratively reweighted least squares; P. McCullagh and J. Nelder, "Generalized Linear Models", 1989, ch. 9.
Statistic of a candidate column: the squared score over its variance, against the scatter that it leaves, as
in an F test. Of several null models, each with its own idea of a steady trend, the one that leaves the least
for a step counts. How often chance does as well is counted on series drawn from the fitted null model:
negative-binomial counts of the same mean and `phi`, or Poisson where `phi` is not above 1; each period on its
own, or resembling the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaif.units import Int64s

Floats = NDArray[np.float64]
_STEPS_COLD, _STEPS_WARM = 25, 4  # rounds of the fit, from nothing and from where the series was drawn
_SETTLED = 1e-9
_BATCH = 25  # drawn series looked at together where not all may be needed
_LEAST_MEAN, _LARGEST = 1e-9, 25.0
_RIDGE = 1e-9
_LONGEST = 0.9  # likeness of neighbouring rates; above it a series is one run


@dataclass(frozen=True)
class Fit:
    """A null model fitted to several series at once.

    Attributes:
        mean: expected counts, shape (periods, series).
        beta: coefficients, shape (series, columns).
        pearson: the sum of squared residuals in units of their variance, shape (series,).
        phi: variance over mean, shape (series,); 1 and more is not forced.
    """

    mean: Floats
    beta: Floats
    pearson: Floats
    phi: Floats


@dataclass(frozen=True)
class Drawn:
    """What series are drawn from.

    Attributes:
        mean: expected counts, shape (periods,).
        phi: variance over mean.
        echo: how far a period's excess resembles that of the one before, 0 to below 1.
    """

    mean: Floats
    phi: float
    echo: float = 0.0


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes:
        p: how often a drawn series without a step has a statistic as large, itself counted among them.
        at: the candidate that fits best, under the null model that fits best.
        statistic: of the observed series.
        phi: variance over mean under that null model.
        draws: series drawn.
        mean: expected counts under that null model, shape (periods,).
    """

    p: float
    at: int
    statistic: float
    phi: float
    draws: int
    mean: Floats


def fit(counts: Floats, log_exposure: Floats, design: Floats, start: Floats | None = None) -> Fit:
    """Fit one design to several series.

    Args:
        counts: shape (periods, series).
        log_exposure: shape (periods,).
        design: shape (periods, columns); the first column is 1.
        start: coefficients to begin at, shape (columns,).
    """
    columns = design.shape[1]
    beta = _cold(counts, log_exposure, columns) if start is None else np.tile(start, (counts.shape[1], 1))
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    for _ in range(_STEPS_COLD if start is None else _STEPS_WARM):
        eta = np.clip(design @ beta.T, -_LARGEST, _LARGEST)
        mean = np.maximum(np.exp(eta + log_exposure[:, None]), _LEAST_MEAN)
        information = (mean.T @ products).reshape(-1, columns, columns)
        score = (counts - mean).T @ design
        change = np.clip(_solved(information, score), -2.0, 2.0)
        beta = beta + change
        if float(np.abs(change).max()) < _SETTLED:
            break
    eta = np.clip(design @ beta.T, -_LARGEST, _LARGEST)
    mean = np.maximum(np.exp(eta + log_exposure[:, None]), _LEAST_MEAN)
    pearson = ((counts - mean) ** 2 / mean).sum(axis=0)
    return Fit(mean, beta, pearson, pearson / max(len(design) - columns, 1))


def _cold(counts: Floats, log_exposure: Floats, columns: int) -> Floats:
    beta = np.zeros((counts.shape[1], columns))
    beta[:, 0] = np.log(np.maximum(counts.sum(axis=0), 0.5) / np.exp(log_exposure).sum())
    return beta


def _solved(information: Floats, right: Floats) -> Floats:
    """Solve a small system for each series; a ridge keeps empty series from being singular."""
    size = information.shape[-1]
    ridge = _RIDGE * (np.trace(information, axis1=-2, axis2=-1) + 1.0)
    solved: Floats = np.linalg.solve(information + ridge[:, None, None] * np.eye(size), right[..., None])
    return solved[..., 0]


def statistics(counts: Floats, design: Floats, fitted: Fit, candidates: Floats) -> Floats:
    """The statistic of each candidate for each series, shape (candidates, series).

    Args:
        counts: shape (periods, series).
        design: the null model's columns.
        fitted: that model, fitted.
        candidates: shape (candidates, periods).
    """
    mean, columns = fitted.mean, design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    information = (mean.T @ products).reshape(-1, columns, columns)
    ridge = _RIDGE * (np.trace(information, axis1=-2, axis2=-1) + 1.0)
    inverse = np.linalg.inv(information + ridge[:, None, None] * np.eye(columns))
    within = (candidates[:, None, :] * design.T[None, :, :]).reshape(-1, len(design))
    cross = (within @ mean).reshape(len(candidates), columns, -1).transpose(2, 0, 1)
    explained = ((cross @ inverse) * cross).sum(axis=2).T
    whole = (candidates**2) @ mean
    variance = whole - explained
    score = candidates @ (counts - mean)
    gain = np.where(variance > 1e-6 * whole, score**2 / np.maximum(variance, _LEAST_MEAN), 0.0)
    left = np.maximum(fitted.pearson[None, :] - gain, 1e-3 * np.maximum(fitted.pearson[None, :], 1e-9))
    result: Floats = gain / left * max(len(design) - columns - 1, 1)
    return result


def scan(  # noqa: PLR0913  a series, what may explain it, and how to draw
    counts: Int64s,
    exposure: Floats,
    designs: Sequence[Floats],
    candidates: Floats,
    *,
    draws: int,
    seed: int,
    enough: int | None = None,
    echo: float = 0.0,
) -> Scan:
    """Look for the best of some candidates on top of a null model.

    Args:
        counts: one series, shape (periods,).
        exposure: what the counts are in proportion to, shape (periods,), above zero.
        designs: null models; the one that leaves the least for a candidate counts.
        candidates: shape (candidates, periods).
        draws: series to draw.
        seed: the same seed gives the same answer.
        enough: look at no more drawn series once so many have a statistic as large; `p` is then the least
            that it can be.
        echo: how far neighbours resemble each other in the drawn series.
    """
    observed = counts.astype(np.float64)[:, None]
    offset = np.log(exposure)
    fits = [fit(observed, offset, design) for design in designs]
    stats = [
        statistics(observed, design, one, candidates)[:, 0] for design, one in zip(designs, fits, strict=True)
    ]
    best = int(np.argmin([one.pearson[0] for one in fits]))
    statistic = min(float(one.max()) for one in stats)
    rng = np.random.default_rng(seed)
    drawn = draw(rng, Drawn(fits[best].mean[:, 0], float(fits[best].phi[0]), echo), draws)
    exceeding, batch = 0, draws if enough is None else _BATCH
    for first in range(0, draws, batch):
        least = _least(drawn[:, first : first + batch], offset, designs, fits, candidates)
        exceeding += int((least >= statistic).sum())
        if enough is not None and exceeding >= enough:
            break
    return Scan(
        p=(1 + exceeding) / (1 + draws),
        at=int(np.argmax(stats[best])),
        statistic=statistic,
        phi=float(fits[best].phi[0]),
        draws=draws,
        mean=fits[best].mean[:, 0],
    )


def _least(
    drawn: Floats, offset: Floats, designs: Sequence[Floats], fits: Sequence[Fit], candidates: Floats
) -> Floats:
    """The statistic of each drawn series under the null model that leaves the least for a candidate."""
    least = np.full(drawn.shape[1], np.inf)
    for design, one in zip(designs, fits, strict=True):
        again = fit(drawn, offset, design, one.beta[0])
        least = np.minimum(least, statistics(drawn, design, again, candidates).max(axis=0))
    return least


def draw(rng: np.random.Generator, like: Drawn, draws: int) -> Floats:
    """Series of counts with a mean, a scatter and a likeness of neighbours, shape (periods, draws).

    Each period has a rate, of a gamma distribution, and its count is a Poisson number of that rate. Rates of
    neighbours are made alike by order: those of each period are drawn on their own, and then dealt out to the
    series in the order of normal numbers that resemble those of the period before (R. Iman and W. Conover).
    So each period keeps its own distribution; and counts that scatter no more than by chance have no echo.
    """
    mean, phi, shape = like.mean, like.phi, (len(like.mean), draws)
    if phi <= 1.0 + 1e-6:
        return rng.poisson(mean[:, None], shape).astype(np.float64)
    if like.echo <= 0.0:
        return rng.negative_binomial(mean[:, None] / (phi - 1.0), 1.0 / phi, shape).astype(np.float64)
    rates = np.sort(rng.gamma(mean[:, None] / (phi - 1.0), phi - 1.0, shape), axis=1)
    order, lasting = rng.standard_normal(shape), min(like.echo * phi / (phi - 1.0), _LONGEST)
    for period in range(1, len(order)):
        order[period] = lasting * order[period - 1] + np.sqrt(1 - lasting**2) * order[period]
    places = order.argsort(axis=1).argsort(axis=1)
    return rng.poisson(np.take_along_axis(rates, places, axis=1)).astype(np.float64)
