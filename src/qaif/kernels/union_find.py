"""Sets that only grow, in the order of transactions: who joined whom, when, and how it is undone.

Union by size, without path compression: what a script was put under stays above it, so the way up from a
script is its history, each step later than the one before. The sets as of a past transaction are found by
climbing while the join is earlier; the last joins are undone by taking them back. Marked are the scripts that
constraints or labels name: two sets with marks are not joined without asking.

| array | type | meaning |
|---|---|---|
| link | i4[n] | the script above; for a root minus the scripts under it, itself among them |
| joined | i4[n] | the transaction that put it there; `NEVER` for a root |
| marks | i4[n] | the marked scripts under a root; of another, as it was; empty where none is marked |
| log | i4[m, 2] | each join in order: the script that was put under another, and the transaction |
| group_lo | i8[g + 1] | the scripts of group i are `scripts[group_lo[i]:group_lo[i + 1]]`, two at least |
| scripts | i8[] | scripts of groups; a script may come twice in one |
| tx_num | i8[g] | the transaction of each group, ascending |
| refused | u1[g] | 1 where a group joins nothing |

`unite` writes `link` and `log` alone, so that what it reads fits the processor's caches; `settle` then
carries `joined` after. Scripts and transactions are under 2^31; a path has at most 31 steps. Indices are cast
to unsigned, which spares the test for negative ones.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s

Int32s = NDArray[np.int32]
NEVER = 2**31 - 1
LOSER, TX = range(2)  # columns of the log
_MOST_TOLD_APART = 64  # established sets in one group


@jit
def _root(link: Int32s, script: int) -> int:
    at = np.uint64(script)
    while link[at] >= 0:
        at = np.uint64(link[at])
    return int(at)


@jit
def tops(link: Int32s, scripts: Int64s, out: Int64s) -> None:
    """The root of each script; -1 for a number under 0."""
    for i in range(len(scripts)):
        out[i] = _root(link, scripts[i]) if scripts[i] >= 0 else -1


@jit
def labels(link: Int32s, out: Int32s) -> None:
    """The root of every script."""
    for i in range(len(link)):
        above = link[np.uint64(i)]
        at = np.uint64(i if above < 0 else above)  # nearly all are at most one step down: no branch for it
        while link[at] >= 0:
            at = np.uint64(link[at])
        out[np.uint64(i)] = at


@jit
def roots_at(link: Int32s, joined: Int32s, scripts: Int64s, limit: int, out: Int64s) -> None:
    """The root of each script as of the transactions before `limit`; -1 for a number under 0."""
    for i in range(len(scripts)):
        at = scripts[i]
        while at >= 0 and joined[at] < limit:
            at = np.int64(link[at])
        out[i] = at


@jit
def _join(loser: int, winner: int, tx: int, link: Int32s, marks: Int32s, log: Int32s, logged: int) -> None:
    low, high, row = np.uint64(loser), np.uint64(winner), np.uint64(logged)
    log[row, LOSER], log[row, TX] = loser, tx
    link[high] += link[low]
    link[low] = winner
    if len(marks):
        marks[high] += marks[low]


@jit
def _is_odd(own: Int64s, large: int, established: int, crowd: int, link: Int32s, marks: Int32s) -> bool:
    """Of some roots, two are large, or two have marks, or a crowd of them is established."""
    first_large, first_marked, apart = -1, -1, 0
    known = np.empty(_MOST_TOLD_APART, np.int64)
    for at in own:
        size = -link[at]
        if size >= large:
            if first_large >= 0 and first_large != at:
                return True
            first_large = at
        if len(marks) and marks[at]:
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
def _all_alone(scripts: Int64s, lo: int, hi: int, link: Int32s) -> bool:
    for i in range(lo, hi):  # noqa: SIM110  numba compiles no all()
        if link[np.uint64(scripts[np.uint64(i)])] != -1:
            return False
    return True


@jit
def _join_alone(scripts: Int64s, lo: int, hi: int, tx: int, link: Int32s, log: Int32s, logged: int) -> int:
    """Join scripts that are all alone; how many rows of `log` are in use then."""
    winner, first = np.uint64(scripts[np.uint64(lo)]), logged
    for i in range(lo + 1, hi):
        at, row = np.uint64(scripts[np.uint64(i)]), np.uint64(logged)
        if at != winner and link[at] == -1:  # one may come twice
            link[at] = np.int32(winner)
            log[row, LOSER], log[row, TX] = at, tx
            logged += 1
    link[winner] = first - logged - 1
    return logged


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
    link: Int32s,
    marks: Int32s,
    log: Int32s,
    logged: int,
    own: Int64s,
) -> tuple[int, int]:
    """Join each group's sets into the largest of them, of equal ones the one met first.

    It begins at group `start`, with `logged` rows of `log` in use, and stops before a group that it must ask
    about: where it would join two sets of `large` scripts, two with marks, or `crowd` (2 to 64) sets of
    `established` scripts (2 at least). It gives the group that it stopped before, g where there is none, and
    the rows of `log` in use; `log` has room for a row a script of the groups. `own` is room for the longest
    group.
    """
    notable = min(large, established)
    for g in range(start, len(tx_num)):
        if refused[g]:
            continue
        lo, hi = group_lo[g], group_lo[g + 1]
        if not len(marks) and _all_alone(scripts, lo, hi, link):
            logged = _join_alone(scripts, lo, hi, tx_num[g], link, log, logged)
            continue
        winner = _root(link, scripts[lo])
        own[0], sets, size = winner, 1, -link[np.uint64(winner)]
        heavy = np.int64(size >= notable)
        marked = np.int64(0)
        if len(marks):
            marked += marks[np.uint64(winner)] > 0
        for i in range(lo + 1, hi):
            at = _root(link, scripts[i])
            if at != winner:
                own[np.uint64(sets)] = at
                sets += 1
                other = -link[np.uint64(at)]
                heavy += other >= notable
                if len(marks):
                    marked += marks[np.uint64(at)] > 0
                if other > size:
                    winner, size = at, other
        if sets == 1:
            continue
        if heavy + marked > 1 and _is_odd(own[:sets], large, established, crowd, link, marks):
            return g, logged
        for i in range(sets):
            at = own[np.uint64(i)]
            if at != winner and link[np.uint64(at)] < 0:  # a root may have come twice
                _join(at, winner, tx_num[g], link, marks, log, logged)
                logged += 1
    return len(tx_num), logged


@jit
def settle(log: Int32s, done: int, logged: int, joined: Int32s) -> None:
    """Carry into `joined` the rows of the log from `done` on."""
    for i in range(done, logged):
        joined[np.uint64(log[np.uint64(i), LOSER])] = log[np.uint64(i), TX]


@jit
def replay(
    losers: Int64s, winners: Int64s, txs: Int64s, link: Int32s, marks: Int32s, log: Int32s, logged: int
) -> int:
    """Joins once more, after all that were made; how many rows of `log` are in use then."""
    for i in range(len(losers)):
        _join(losers[i], winners[i], txs[i], link, marks, log, logged + i)
    return logged + len(losers)


@jit
def undo(log: Int32s, logged: int, limit: int, link: Int32s, joined: Int32s, marks: Int32s) -> int:
    """Take back the joins of transactions from `limit` on; how many rows of `log` stay in use."""
    first = logged
    while first and log[first - 1, TX] >= limit:
        first -= 1
    if first == logged:
        return logged
    for i in range(logged - 1, first - 1, -1):
        loser = log[i, LOSER]
        if len(marks):
            marks[link[loser]] -= marks[loser]
        link[loser], joined[loser] = -1, NEVER
    size = np.ones(len(link), np.int32)
    for i in range(first):
        loser = log[i, LOSER]
        size[link[loser]] += size[loser]
    for i in range(len(link)):
        if link[i] < 0:
            link[i] = -size[i]
    return first


@jit
def met(link: Int32s, joined: Int32s, one: int, other: int, limit: int) -> int:
    """The transaction that first put two scripts into one set; -1 where none before `limit` did.

    Of the two, the one whose next step is earlier goes up; where they meet, the last step taken joined them.
    """
    last = -1
    while one != other:
        if joined[one] > joined[other]:
            one, other = other, one
        if joined[one] >= limit:
            return -1
        last = int(joined[one])
        one = int(link[one])
    return last


@jit
def members(
    log: Int32s, logged: int, limit: int, top: int, link: Int32s, inside: NDArray[np.uint8], out: Int64s
) -> int:
    """The scripts under a root as of the transactions before `limit`, into `out`; how many.

    `inside` is u1[n], all 0 before and again after; `out` has room for all of them.
    """
    out[0], found = top, 1
    inside[top] = 1
    for i in range(logged - 1, -1, -1):  # what a script was put under is seen before it
        at = log[i, LOSER]
        if log[i, TX] < limit and inside[link[at]]:
            inside[at] = 1
            out[found] = at
            found += 1
    for i in range(found):
        inside[out[i]] = 0
    return found
