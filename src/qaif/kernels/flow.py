"""Marked coins through transactions: five methods on one contract, each exact to the satoshi.

A *coin* is an amount that at most one transaction makes and at most one takes. A transaction takes coins and
makes coins of the same sum: what it leaves to the miner is a coin that it makes (forward) or takes
(backward). The methods differ only in which of the coins made bear the mark of the coins taken.

| array | type | meaning |
|---|---|---|
| take_lo, make_lo | i8[t + 1] | the rows of transaction i are `lo[i]` up to `lo[i + 1]` |
| take, make | i8[k], i8[l] | coins, in the order in which the transaction has them |
| value | i8[c] | satoshi of each coin |
| fee | u1[c] | 1 where a coin is what is left to the miner |
| seed | u1[c] | 1 where a coin is marked whole from the beginning |
| marked | i8[c] | on return the satoshi of each coin that bear the mark |
| fresh | i8[c] | on return what of a seed was marked there first: not what came to it marked |
| added | i8[t] | on return what the method marked more than it was given; 0 but for poison |

Transactions stand in an order in which each coin is made before it is taken; the miner's coin is the last
that its transaction makes or takes. What holds on return: the sum of `fresh` and of `added` is the sum of
`marked` over the coins that no transaction takes. Amounts are under 2^51.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.proportion import share

Int64s = NDArray[np.int64]
Flags = NDArray[np.uint8]

POISON, HAIRCUT, FIFO, LIFO, HIGHEST = range(5)


@jit
def _begin(value: Int64s, seed: Flags, marked: Int64s, fresh: Int64s) -> None:
    for coin in range(len(value)):
        marked[coin] = value[coin] if seed[coin] else 0
        fresh[coin] = marked[coin]


@jit
def _arrive(coin: int, part: int, seed: Flags, marked: Int64s, fresh: Int64s) -> None:
    """Mark a part of a coin that is made; of a seed that part is not fresh."""
    if seed[coin]:
        fresh[coin] -= part
    else:
        marked[coin] = part


@jit
def spread_into(
    method: int,
    take_lo: Int64s,
    take: Int64s,
    make_lo: Int64s,
    make: Int64s,
    value: Int64s,
    fee: Flags,
    seed: Flags,
    marked: Int64s,
    fresh: Int64s,
    added: Int64s,
) -> None:
    """Poison, haircut or highest-first: what a coin bears is an amount, wherever in the coin it lies.

    Poison marks all that a transaction makes where it takes anything marked. Haircut gives the first coins
    made, taken together, their part of the sum, rounded down: a coin's own part is the difference of two such
    parts, so at most one satoshi from the exact ratio, and nothing is left over. Highest-first marks the
    largest coin first, of equal ones the first, and the miner's last.
    """
    _begin(value, seed, marked, fresh)
    for tx in range(len(added)):
        added[tx] = 0
        mark, total = 0, 0
        for row in range(take_lo[tx], take_lo[tx + 1]):
            mark += marked[take[row]]
            total += value[take[row]]
        if mark == 0:
            continue
        lo, hi = make_lo[tx], make_lo[tx + 1]
        if method == HIGHEST:
            _highest(make[lo:hi], mark, value, fee, seed, marked, fresh)
            continue
        given, reached = 0, 0
        for row in range(lo, hi):
            coin = make[row]
            if method == POISON:
                _arrive(coin, value[coin], seed, marked, fresh)
                continue
            reached += value[coin]
            so_far = share(mark, reached, total)
            _arrive(coin, so_far - given, seed, marked, fresh)
            given = so_far
        if method == POISON:
            added[tx] = total - mark


@jit
def _highest(
    coins: Int64s, mark: int, value: Int64s, fee: Flags, seed: Flags, marked: Int64s, fresh: Int64s
) -> None:
    size = np.empty(len(coins), np.int64)
    for place in range(len(coins)):
        size[place] = 1 if fee[coins[place]] else -value[coins[place]]
    for place in np.argsort(size, kind="mergesort"):
        coin = coins[place]
        part = min(mark, value[coin])
        _arrive(coin, part, seed, marked, fresh)
        mark -= part


@jit
def _grown(runs: Int64s, used: int, more: int) -> Int64s:
    if used + more <= len(runs):
        return runs
    larger = np.empty((2 * (used + more), 2), np.int64)
    larger[:used] = runs[:used]
    return larger


@jit
def _line(coins: Int64s, value: Int64s, runs: Int64s, first: Int64s, count: Int64s, line: Int64s) -> int:
    """The marked runs of coins laid end to end, runs that touch made one; how many there are."""
    found, at = 0, 0
    for coin in coins:
        for row in range(first[coin], first[coin] + count[coin]):
            lo, hi = at + runs[row, 0], at + runs[row, 1]
            if found and line[found - 1, 1] == lo:
                line[found - 1, 1] = hi
            else:
                line[found, 0], line[found, 1] = lo, hi
                found += 1
        at += value[coin]
    return found


@jit
def _turned(line: Int64s, found: int, total: int) -> None:
    """The same line from its other end."""
    for one in range((found + 1) // 2):
        other = found - 1 - one
        lo, hi = line[one, 0], line[one, 1]
        line[one, 0], line[one, 1] = total - line[other, 1], total - line[other, 0]
        if other != one:
            line[other, 0], line[other, 1] = total - hi, total - lo


@jit
def order_into(
    last_first: bool,  # noqa: FBT001  a kernel takes scalars by place
    take_lo: Int64s,
    take: Int64s,
    make_lo: Int64s,
    make: Int64s,
    value: Int64s,
    seed: Flags,
    marked: Int64s,
    fresh: Int64s,
    added: Int64s,
) -> int:
    """First-in-first-out, or last-in-first-out: each satoshi of what is taken is one of what is made.

    The coins taken lie end to end, and the coins made are cut from that line: from its beginning, or from its
    end with the order of satoshi turned. Each coin keeps which of its satoshi are marked, as runs. Returns
    how many runs there were.
    """
    _begin(value, seed, marked, fresh)
    first, count = np.zeros(len(value), np.int64), np.zeros(len(value), np.int64)
    runs = np.empty((len(value) + 16, 2), np.int64)
    used = 0
    for coin in range(len(value)):
        if seed[coin] and value[coin]:
            runs[used, 0], runs[used, 1] = 0, value[coin]
            first[coin], count[coin] = used, 1
            used += 1
    for tx in range(len(added)):
        added[tx] = 0
        coins, total, pieces = take[take_lo[tx] : take_lo[tx + 1]], 0, 0
        for coin in coins:
            total += value[coin]
            pieces += count[coin]
        if pieces == 0:
            continue
        line = np.empty((pieces, 2), np.int64)
        found = _line(coins, value, runs, first, count, line)
        if last_first:
            _turned(line, found, total)
        runs = _grown(runs, used, found + make_lo[tx + 1] - make_lo[tx])
        begin, at = 0, 0
        for row in range(make_lo[tx], make_lo[tx + 1]):
            coin = make[row]
            end, part, place = begin + value[coin], 0, used
            while at < found and line[at, 0] < end:
                lo, hi = max(line[at, 0], begin), min(line[at, 1], end)
                if hi > lo:
                    runs[place, 0], runs[place, 1] = lo - begin, hi - begin
                    place += 1
                    part += hi - lo
                if line[at, 1] > end:
                    break
                at += 1
            _arrive(coin, part, seed, marked, fresh)
            if not seed[coin]:
                first[coin], count[coin] = used, place - used
                used = place
            begin = end
    return used
