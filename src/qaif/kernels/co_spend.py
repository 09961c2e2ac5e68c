"""Which scripts one transaction spends from: the groups that common control is concluded from.

| array | type | meaning |
|---|---|---|
| lo | i8[t + 1] | the rows of transaction i are `script[lo[i]:lo[i + 1]]` |
| script | i8[] | the script of each row; under 0 where it is unknown |
| tx | i8[t] | on return, the places of transactions with two different scripts or more, ascending |
| group_lo | i8[t + 1] | on return, the scripts of group i are `out[group_lo[i]:group_lo[i + 1]]` |
| out | i8[] | on return, the different scripts of each group, in the order in which they come |
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s

_FEW = 16  # up to so many scripts are compared each with each


@jit
def _different(script: Int64s, lo: int, hi: int, out: Int64s, at: int) -> int:
    """The different known scripts of rows, from `out[at]` on; where they end."""
    end = at
    if hi - lo > _FEW:
        order = np.argsort(script[lo:hi], kind="mergesort")
        first = np.zeros(hi - lo, np.uint8)
        for i in range(hi - lo):
            first[order[i]] = i == 0 or script[lo + order[i]] != script[lo + order[i - 1]]
        for i in range(hi - lo):
            if first[i] and script[lo + i] >= 0:
                out[end] = script[lo + i]
                end += 1
        return end
    for i in range(lo, hi):
        new = script[i] >= 0
        for j in range(at, end):
            new &= out[j] != script[i]
        if new:
            out[end] = script[i]
            end += 1
    return end


@jit
def groups_into(lo: Int64s, script: Int64s, tx: Int64s, group_lo: Int64s, out: Int64s) -> int:
    """Fill `tx`, `group_lo` and `out`; how many groups there are."""
    groups = 0
    group_lo[0] = 0
    for i in range(len(lo) - 1):
        if lo[i + 1] - lo[i] < 2:
            continue
        end = _different(script, lo[i], lo[i + 1], out, group_lo[groups])
        if end - group_lo[groups] > 1:
            tx[groups] = i
            groups += 1
            group_lo[groups] = end
    return groups


@jit
def rows_into(lo: Int64s, begin: Int64s, rows: Int64s) -> None:
    """The rows of ranges that begin at `lo`; those of range i stand from `begin[i]` to `begin[i + 1]`."""
    for i in range(len(lo)):
        for at in range(begin[i], begin[i + 1]):
            rows[at] = lo[i] + at - begin[i]
