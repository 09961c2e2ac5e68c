"""Exact tails for counts, given their sum: binomial, or beta-binomial where counts are uneven.

Of two Poisson counts with a known sum the first is binomial; its share follows from the exposures and the
ratio of the rates. Counts whose variance is `phi` times their mean, negative-binomial with one scale, are
beta-binomial given their sum, with concentration `sum / (phi - 1)`. Intervals are those of C. Clopper and
E. Pearson, Biometrika 26, 1934, from such tails. Discoveries are controlled as by Y. Benjamini and
Y. Hochberg, J. R. Stat. Soc. B 57, 1995.
"""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.activity.model import Floats

LEVEL = 0.95
_ROUNDS = 60
_EVEN = 1e-6  # an excess of variance over the mean that is none
_FURTHEST = 30.0  # of a log-odds
_REACH = 60.0  # standard deviations beyond which nothing is summed


@dataclass(frozen=True)
class Ratio:
    """The ratio of two rates.

    Attributes:
        ratio: first over second; None where the second is 0.
        low: the lower end of its 95 % interval.
        high: the upper end; None where there is none.
        p: two-sided, of the rates being equal.
    """

    ratio: float | None
    low: float
    high: float | None
    p: float


@dataclass(frozen=True)
class Counted:
    """A count and what it is in proportion to."""

    count: int
    exposure: float


def upper_tail(first: int, both: int, share: float, phi: float) -> float:
    """The chance that of `both` events `first` or more are of a kind of which a share is expected."""
    from scipy.special import betainc, betaln, gammaln  # late: half a second to import

    if first <= 0:
        return 1.0
    if phi <= 1.0 + _EVEN:
        return float(betainc(first, both - first + 1, share))
    concentration = both / (phi - 1.0)
    a, b = concentration * share, concentration * (1.0 - share)
    reach = _REACH * float(np.sqrt(both * share * (1.0 - share) * phi)) + _REACH
    k = np.arange(first, min(both, int(max(first, both * share) + reach)) + 1, dtype=np.float64)
    choose = gammaln(both + 1.0) - gammaln(k + 1.0) - gammaln(both - k + 1.0)
    logs = choose + betaln(k + a, both - k + b) - betaln(a, b)
    return float(min(1.0, np.exp(logs).sum()))


def rate_ratio(first: Counted, second: Counted, phi: float) -> Ratio:
    """Compare two rates.

    Args:
        first: the later count, say.
        second: the earlier.
        phi: variance over mean; below 1 counts as 1.
    """
    both = first.count + second.count
    if not both:
        return Ratio(None, 0.0, None, 1.0)
    uneven = max(phi, 1.0)
    even = first.exposure / (first.exposure + second.exposure)
    above = upper_tail(first.count, both, even, uneven)
    below = 1.0 - upper_tail(first.count + 1, both, even, uneven) if first.count < both else 1.0
    scale = second.exposure / first.exposure
    tail = (1.0 - LEVEL) / 2
    low = _share(first.count, both, uneven, tail) if first.count else None
    high = _share(first.count + 1, both, uneven, 1.0 - tail) if first.count < both else None
    return Ratio(
        ratio=first.count / second.count * scale if second.count else None,
        low=0.0 if low is None else low / (1.0 - low) * scale,
        high=None if high is None else high / (1.0 - high) * scale,
        p=min(1.0, 2 * min(above, below)),
    )


def _share(first: int, both: int, phi: float, wanted: float) -> float:
    """The share at which the upper tail is `wanted`; the tail rises with the share."""
    low, high = -_FURTHEST, _FURTHEST
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if upper_tail(first, both, 1.0 / (1.0 + np.exp(-middle)), phi) < wanted:
            low = middle
        else:
            high = middle
    return float(1.0 / (1.0 + np.exp(-(low + high) / 2)))


def discoveries(p_values: Floats) -> Floats:
    """What each p-value is worth among all: below q, the share of false ones is q at most."""
    count = len(p_values)
    order = np.argsort(p_values)
    scaled = p_values[order] * count / np.arange(1, count + 1)
    worth = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    out = np.empty(count)
    out[order] = worth
    return out
