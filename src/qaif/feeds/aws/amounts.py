"""Amounts in bitcoin as binary floats to satoshi: exact, or refused."""

import numpy as np
from numpy.typing import NDArray

from qaif.units import MAX_MONEY_SAT, SAT_PER_BTC, UNKNOWN, Int64s

_MOST_OFF_BTC = 1e-9  # a tenth of a satoshi: what lies further from every satoshi names none


def satoshi(values: NDArray[np.float64]) -> Int64s:
    """The satoshi that amounts in bitcoin stand for.

    Doubles lie closer together than half a satoshi up to 21 million BTC, so that the nearest whole number is
    the only one. An amount must be the double nearest to its satoshi, or the one beside it where that is less
    than a tenth of a satoshi away, as a sum of floats can be. Only zero is zero.

    Args:
        values: float64[n], bitcoin.

    Returns:
        int64[n], -1 where an amount is no whole number of satoshi, is negative, no number, or too much.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        nearest = np.rint(values * SAT_PER_BTC)
        possible = (nearest >= 0) & (nearest <= MAX_MONEY_SAT)
        nearest = np.where(possible, nearest, 0)
        off = np.abs(values - nearest / SAT_PER_BTC)
        exact_zero = (nearest > 0) | (values == 0)
        holds = possible & exact_zero & (off <= np.minimum(np.spacing(np.abs(values)), _MOST_OFF_BTC))
    return np.where(holds, nearest.astype(np.int64), UNKNOWN)
