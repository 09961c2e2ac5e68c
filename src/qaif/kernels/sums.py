"""Sums over ranges of a column, exact.

| array | type | meaning |
|---|---|---|
| values | i8[] | satoshi; under 0 where unknown |
| lo, hi | i8[n] | range i is `values[lo[i] - first:hi[i] - first]` |
| total | i8[n] | on return, the sum of what is known in each range |
| whole | b1[n] | on return, whether all of it is known |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s


@jit
def _range_sums(
    values: Int64s, first: int, lo: Int64s, hi: Int64s, total: Int64s, whole: NDArray[np.bool_]
) -> None:
    for i in range(len(lo)):
        sum_, known = 0, True
        for at in range(lo[i] - first, hi[i] - first):
            value = values[at]
            known &= value >= 0
            sum_ += max(value, 0)
        total[i], whole[i] = sum_, known


def range_sums(values: Int64s, first: int, lo: Int64s, hi: Int64s) -> tuple[Int64s, NDArray[np.bool_]]:
    """`total` and `whole` of ranges.

    Raises:
        ValueError: a range lies outside of the values.
    """
    total, whole = np.empty(len(lo), np.int64), np.empty(len(lo), np.bool_)
    if len(lo) and (int(lo.min()) < first or int(hi.max()) > first + len(values)):
        raise ValueError(f"a range lies outside of the {len(values)} values given")
    _range_sums(values, first, lo, hi, total, whole)
    return total, whole
