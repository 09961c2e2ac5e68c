"""A finished walk laid out for `kernels/flow`: coins and transactions numbered, fees made coins.

| array | type | meaning |
|---|---|---|
| reach | address | see `kernels/reach`, whose `bad` is to be looked at on return |
| key, stop | i8[k] | the coins met, ascending by key, and why each ended; see `kernels/walk_hop` |
| tx | i8[t] | transactions taken in, in the order of the kernel: ascending forward, descending backward |

On return: where each transaction's coins taken and made begin, i8[t + 1] each; these coins, i8[]; the values
of coins that stand after those met: first what is taken from elsewhere, then each transaction's fee; and how
many are from elsewhere.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.reach import BAD, FIRST_IN, IN_SPENT_OUT, head, word
from qaif.kernels.walk_hop import FOLLOWED, coin_value, ends_of

Table = NDArray[np.int64]
Int64s = NDArray[np.int64]
_NEW_COINS = -2  # in `spent_out`
_TAKEN, _MADE = range(2)


@jit
def _input_key(reach: int, num: int) -> int:
    """The coin that an input spends; -1, which names none, for new coins."""
    spent = word(reach, FIRST_IN, IN_SPENT_OUT, num)
    if spent == _NEW_COINS:
        return -1
    return spent if spent >= 0 else -2 - num


@jit
def _sizes(reach: int, tx: Int64s) -> tuple[int, int]:
    """Inputs and outputs of all."""
    ends, ins, outs = np.empty(4, np.int64), 0, 0
    for one in tx:
        ends_of(reach, one, ends)
        ins += ends[1] - ends[0]
        outs += ends[3] - ends[2]
    return ins, outs


@jit
def _side_into(
    reach: int,
    key: Int64s,
    stop: Int64s,
    lo: int,
    hi: int,
    inputs: bool,  # noqa: FBT001  a kernel takes scalars by place
    of: int,
    coins: Int64s,
    used: int,
    others: Int64s,
    elsewhere: int,
) -> tuple[int, int, int]:
    """One side of a transaction; coins that are not followed from here are from elsewhere. Their sum too."""
    total, at = 0, -1
    for i in range(lo, hi):
        name = _input_key(reach, i) if inputs else i
        if name == -1:
            continue
        value = coin_value(reach, name)
        total += value
        at += 1  # the next output of one transaction is the next coin, mostly
        if at >= len(key) or key[at] != name:
            at, end = 0, len(key)
        else:
            end = at
        while at < end:
            middle = (at + end) >> 1
            if key[middle] < name:
                at = middle + 1
            else:
                end = middle
        inside = at < len(key) and key[at] == name
        if inside and (of == _MADE or stop[at] == FOLLOWED):
            coins[used] = at
        else:
            others[elsewhere] = value
            coins[used] = len(key) + elsewhere
            elsewhere += 1
        used += 1
    return used, elsewhere, total


@jit
def laid_out(
    reach: int,
    forward: bool,  # noqa: FBT001
    key: Int64s,
    stop: Int64s,
    tx: Int64s,
) -> tuple[Int64s, Int64s, Int64s, Int64s, Int64s, int]:
    """Number them; all is to be thrown away where `bad`."""
    count, ends = len(tx), np.empty(4, np.int64)
    ins, outs = _sizes(reach, tx)
    most = max(ins, outs) + count
    take_lo, make_lo = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    take, make, others = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    fees, taken, made, elsewhere = np.empty(count, np.int64), 0, 0, 0
    for row in range(count):
        ends_of(reach, tx[row], ends)
        if head(reach, BAD):
            break
        first, last = (ends[0], ends[1]) if forward else (ends[2], ends[3])
        taken, elsewhere, into = _side_into(
            reach, key, stop, first, last, forward, _TAKEN, take, taken, others, elsewhere
        )
        first, last = (ends[2], ends[3]) if forward else (ends[0], ends[1])
        made, _, out_of = _side_into(
            reach, key, stop, first, last, not forward, _MADE, make, made, others, elsewhere
        )
        fees[row] = abs(into - out_of)
        if forward:
            make[made] = row
            made += 1
        else:
            take[taken] = row
            taken += 1
        take_lo[row + 1], make_lo[row + 1] = taken, made
    with_fee, lo = (make, make_lo) if forward else (take, take_lo)
    for row in range(count):
        with_fee[lo[row + 1] - 1] = len(key) + elsewhere + row
    values = np.concatenate((others[:elsewhere], fees))
    return take_lo, take[:taken], make_lo, make[:made], values, elsewhere
