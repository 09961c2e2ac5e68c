"""Sets that only grow, in the order of transactions: who joined whom, when, and how it is undone.

Union by size, without path compression: a root's parent stays what it became, so the way up from a script is
its history, each step later than the one before. The sets as of a past transaction are found by climbing
while the join is earlier; the last joins are undone by taking them back. Marked are the scripts that
constraints or labels name: two sets with marks are not joined without asking.

| array | type | meaning |
|---|---|---|
| parent | i8[n] | the script above; itself for a root |
| joined | i8[n] | the transaction that put it there; `NEVER` for a root |
| weight | i8[n] | scripts under a root, plus `MARK` for each marked one; of another, as it was |
| log | i8[n] | the scripts that were put under others, in that order |
| group_lo | i8[g + 1] | the scripts of group i are `scripts[group_lo[i]:group_lo[i + 1]]`, two at least |
| scripts | i8[] | scripts of groups; a script may come twice in one |
| tx_num | i8[g] | the transaction of each group, ascending |
| refused | u1[g] | 1 where a group joins nothing |

Sets are under `MARK` scripts; a path has at most 40 steps. Indices are cast to unsigned, which spares the
test for negative ones.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s

NEVER = 2**63 - 1
MARK = 1 << 40
_SIZE = MARK - 1
_MOST_TOLD_APART = 64  # established sets in one group


@jit
def _root(parent: Int64s, script: int) -> int:
    at = np.uint64(script)
    while True:
        above = np.uint64(parent[at])
        if above == at:
            return int(at)
        at = above


@jit
def roots_at(parent: Int64s, joined: Int64s, scripts: Int64s, limit: int, out: Int64s) -> None:
    """The root of each script as of the transactions before `limit`; -1 for a number under 0."""
    for i in range(len(scripts)):
        at = scripts[i]
        while at >= 0 and joined[at] < limit:
            at = parent[at]
        out[i] = at


@jit
def _join(loser: int, winner: int, tx: int, parent: Int64s, joined: Int64s, weight: Int64s) -> None:
    low, high = np.uint64(loser), np.uint64(winner)
    parent[low], joined[low] = winner, tx
    weight[high] += weight[low]


@jit
def _is_odd(own: Int64s, large: int, established: int, crowd: int, parent: Int64s, weight: Int64s) -> bool:
    """Two large sets would become one, or two marked ones, or a crowd of established ones."""
    first_large, first_marked, apart = -1, -1, 0
    known = np.empty(_MOST_TOLD_APART, np.int64)
    for i in range(len(own)):
        at = _root(parent, own[i])
        size = weight[at] & _SIZE
        if size >= large:
            if first_large >= 0 and first_large != at:
                return True
            first_large = at
        if weight[at] >= MARK:
            if first_marked >= 0 and first_marked != at:
                return True
            first_marked = at
        if size >= established:
            new = True
            for j in range(apart):
                new &= known[j] != at
            if new and apart < _MOST_TOLD_APART:
                known[apart] = at
                apart += 1
    return apart >= crowd


@jit
def unite(
    group_lo: Int64s,
    scripts: Int64s,
    tx_num: Int64s,
    refused: NDArray[np.uint8],
    start: int,
    large: int,
    established: int,
    crowd: int,
    parent: Int64s,
    joined: Int64s,
    weight: Int64s,
    log: Int64s,
    logged: int,
) -> tuple[int, int]:
    """Join each group's sets into the largest of them, of equal ones the one met first.

    It begins at group `start`, with `logged` rows of `log` in use, and stops before a group that it must ask
    about: where it would join two sets of `large` scripts, two with marks, or `crowd` (2 to 64) sets of
    `established` scripts (2 at least). It gives the group that it stopped before, g where there is none, and
    the rows of `log` in use.
    """
    notable = min(large, established)  # a mark weighs more than either
    for g in range(start, len(tx_num)):
        if refused[g]:
            continue
        lo, hi = group_lo[g], group_lo[g + 1]
        winner = _root(parent, scripts[lo])
        heavy, sets = np.int64(weight[np.uint64(winner)] >= notable), 1
        for i in range(lo + 1, hi):
            at = _root(parent, scripts[i])
            if at != winner:
                sets += 1
                heavy += weight[np.uint64(at)] >= notable
                if weight[np.uint64(at)] & _SIZE > weight[np.uint64(winner)] & _SIZE:
                    winner = at
        if sets == 1:
            continue
        if heavy > 1 and _is_odd(scripts[lo:hi], large, established, crowd, parent, weight):
            return g, logged
        for i in range(lo, hi):
            at = _root(parent, scripts[i])
            if at != winner:
                _join(at, winner, tx_num[g], parent, joined, weight)
                log[np.uint64(logged)] = at
                logged += 1
    return len(tx_num), logged


@jit
def replay(
    losers: Int64s, winners: Int64s, txs: Int64s, parent: Int64s, joined: Int64s, weight: Int64s
) -> None:
    """Logged joins once more; they must come after all that were made."""
    for i in range(len(losers)):
        _join(losers[i], winners[i], txs[i], parent, joined, weight)


@jit
def undo(log: Int64s, logged: int, limit: int, parent: Int64s, joined: Int64s, weight: Int64s) -> int:
    """Take back the joins of transactions from `limit` on; how many rows of `log` stay in use."""
    while logged and joined[log[logged - 1]] >= limit:
        logged -= 1
        loser = log[logged]
        weight[parent[loser]] -= weight[loser]
        parent[loser], joined[loser] = loser, NEVER
    return logged


@jit
def met(parent: Int64s, joined: Int64s, one: int, other: int, limit: int) -> int:
    """The transaction that first put two scripts into one set; -1 where none before `limit` did.

    Of the two, the one whose next step is earlier goes up; where they meet, the last step taken joined them.
    """
    last = -1
    while one != other:
        if joined[one] > joined[other]:
            one, other = other, one
        if joined[one] >= limit:
            return -1
        last = joined[one]
        one = parent[one]
    return last


@jit
def members(
    log: Int64s,
    logged: int,
    limit: int,
    top: int,
    parent: Int64s,
    joined: Int64s,
    inside: NDArray[np.uint8],
    out: Int64s,
) -> int:
    """The scripts under a root as of the transactions before `limit`, into `out`; how many.

    `inside` is u1[n], all 0 before and again after; `out` has room for all of them.
    """
    out[0], found = top, 1
    inside[top] = 1
    for i in range(logged - 1, -1, -1):  # what a script was put under is seen before it
        at = log[i]
        if joined[at] < limit and inside[parent[at]]:
            inside[at] = 1
            out[found] = at
            found += 1
    for i in range(found):
        inside[out[i]] = 0
    return found
