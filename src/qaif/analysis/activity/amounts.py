"""Did amounts change between two sets of periods? Few large transfers decide sums, so ranks are compared.

The chance is that of a rank test with periods exchanged at random (F. Wilcoxon, Biometrics Bulletin 1, 1945),
the interval of the ratio of means that of a bootstrap over periods. Both are drawn from a fixed seed.
"""

import numpy as np

from qaif.analysis.activity.exact import LEVEL, Ratio
from qaif.analysis.activity.model import Floats

_DRAWS, _SEED = 4_999, 1


def amount_ratio(first: Floats, second: Floats) -> Ratio:
    """Compare amounts by period.

    Args:
        first: amounts a day of the later periods, say.
        second: of the earlier ones.
    """
    rng = np.random.default_rng(_SEED)
    both = np.concatenate([first, second])
    ranks = _ranks(both)
    centre = len(first) * (len(both) + 1) / 2
    seen = abs(float(ranks[: len(first)].sum()) - centre)
    mixed = rng.permuted(np.tile(ranks, (_DRAWS, 1)), axis=1)[:, : len(first)].sum(axis=1)
    p = (1 + int((np.abs(mixed - centre) >= seen - 1e-9).sum())) / (1 + _DRAWS)
    low, high = _interval(rng, first, second)
    ratio = float(first.mean() / second.mean()) if second.any() else None
    return Ratio(ratio, low, high, p)


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the middle of theirs."""
    _, which, size = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(size)
    middle: Floats = (ends - size + 1 + ends) / 2
    return middle[which]


def _interval(rng: np.random.Generator, first: Floats, second: Floats) -> tuple[float, float | None]:
    above = first[rng.integers(0, len(first), (_DRAWS, len(first)))].mean(axis=1)
    below = second[rng.integers(0, len(second), (_DRAWS, len(second)))].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.nan_to_num(above / below, nan=0.0, posinf=np.inf)
    tail = (1.0 - LEVEL) / 2
    low, high = np.quantile(ratios, [tail, 1.0 - tail], method="nearest")
    return float(low), float(high) if np.isfinite(high) else None
