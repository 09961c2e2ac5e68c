"""How far what is left of one period resembles what is left of the next.

Busy months come in runs: what trend, season and step leave is then no scatter of each month on its own, and a
run looks like a step. The likeness of neighbours that is seen is too small in short series, the more so as
the best of many steps was taken out; by how much is found from series drawn with a known likeness.
"""

from functools import lru_cache

import numpy as np

from qaif.analysis.activity.designs import steady, steps
from qaif.analysis.activity.model import Drawn, Fit, Floats, draw, fit, statistics
from qaif.units import Int64s

LARGEST = 0.9  # above it, a series is one run and says nothing
_KNOWN = (0.0, 0.2, 0.4, 0.6, 0.8)
_MEAN, _PHI, _SEED = 100.0, 20.0, 3  # of the series with a known likeness
_FEWEST_DRAWN, _PERIODS_DRAWN = 20, 24_000  # long series scatter less


def echo(counts: Int64s, exposure: Floats, season: float) -> float:
    """The likeness of neighbours, 0 to `LARGEST`, as a longer series would show it.

    Args:
        counts: one series, shape (periods,).
        exposure: what the counts are in proportion to, shape (periods,), above zero.
        season: periods of a year or a week.
    """
    observed, offset = counts.astype(np.float64)[:, None], np.log(exposure)
    design = steady(len(counts), season)[0]
    seen = float(seen_echo(observed, design, fit(observed, offset, design))[0])
    known = _seen_where_known(len(counts), season)
    return float(np.interp(seen, known, _KNOWN, right=LARGEST))


def seen_echo(counts: Floats, design: Floats, fitted: Fit) -> Floats:
    """The likeness of neighbours in what trend, season and the best step leave, shape (series,)."""
    places = steps(len(counts))
    best = statistics(counts, design, fitted, places).argmax(axis=0)
    out = np.empty(counts.shape[1])
    for place in np.unique(best):
        mine = best == place
        scale = np.sqrt(fitted.mean[:, mine])
        out[mine] = _likeness(
            (counts[:, mine] - fitted.mean[:, mine]) / scale, scale, np.column_stack([design, places[place]])
        )
    return out


def _likeness(left: Floats, scale: Floats, design: Floats) -> Floats:
    """Of residuals from which the columns of a design are taken out too, shape (series,)."""
    weighted = scale.T[:, :, None] * design[None, :, :]
    across = weighted.transpose(0, 2, 1)
    taken = weighted @ (np.linalg.pinv(across @ weighted, hermitian=True) @ (across @ left.T[:, :, None]))
    rest = left - taken[:, :, 0].T
    likeness: Floats = (rest[1:] * rest[:-1]).sum(axis=0) / np.maximum((rest**2).sum(axis=0), 1e-12)
    return likeness


@lru_cache(maxsize=64)
def _seen_where_known(count: int, season: float) -> tuple[float, ...]:
    """The likeness that is seen on average in series of a known one, rising."""
    rng, design = np.random.default_rng(_SEED), steady(count, season)[0]
    mean, start = np.full(count, _MEAN), np.eye(1, design.shape[1])[0] * np.log(_MEAN)
    seen = []
    for known in _KNOWN:
        series = draw(rng, Drawn(mean, _PHI, known), max(_FEWEST_DRAWN, _PERIODS_DRAWN // count))
        fitted = fit(series, np.zeros(count), design, start)
        seen.append(float(seen_echo(series, design, fitted).mean()))
    return tuple(float(each) for each in np.maximum.accumulate(seen))
