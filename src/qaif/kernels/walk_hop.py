"""One hop of a walk from coin to coin: what is decided of each coin, and which transactions are taken in.

A coin is named by a key: the number of its output, or `-2 - in_num` for what an input spends whose output is
not held. `analysis/flows/web.py` says the same by arrays, a hop in some hundred steps; here it is one call.

| array | type | meaning |
|---|---|---|
| reach | address | see `kernels/reach`, whose `bad` is to be looked at on return |
| asked | i8[ASKED] | how far to go; the places are the constants below |
| frontier | i8[k] | the coins of this hop |
| service | u1[k] or u1[0] | 1 where a coin's script is of a service |
| label_script, label | i8[l], i8[l] | scripts at which it ends, ascending, and the label of each |
| known | i8[t] | transactions taken in before, ascending |
| seeds | i8[s] | the coins that it began with, ascending |
| pools, pool_fees, denominations | i8[] | see `kernels/tx_shape` |

A coin that is not followed has a reason, numbered as in `analysis/flows/stops.Stop`.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.mix_rules import ASK_SHAPE, NO, UNSURE, YES, mix_of, without_shape
from qaif.kernels.reach import (
    BAD,
    FIRST_IN,
    FIRST_OUT,
    IN_SCRIPT,
    IN_SPENT_OUT,
    IN_VALUE,
    OUT_SCRIPT,
    OUT_VALUE,
    TX_IN_LO,
    TX_OUT_LO,
    beginning,
    head,
    script_bytes,
    script_type,
    spender,
    time_of_tx,
    tx_of_in,
    tx_of_out,
    word,
)
from qaif.kernels.script import NULL_DATA
from qaif.kernels.tx_shape import FIELDS, UNTYPED, shapes_into

Table = NDArray[np.int64]
Int64s = NDArray[np.int64]
Flags = NDArray[np.uint8]
Hop = tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Int64s, Int64s]

FORWARD, AT_START, LAST, SEEDS_TOO, LEAST_SAT, FAN, ROOM, THROUGH_MIXES, TIMED, TIME, HOPS_ASKED = range(11)
ASKED = 11
# of `analysis/flows/stops.Stop`, which a test compares
(FOLLOWED, UNSPENT, NOT_HELD, COINBASE, UNSPENDABLE, LABELLED, DUST, MIX) = range(8)
(FAN_STOP, TIME_STOP, HOPS, BUDGET, VALUES, CONTRADICTION, SERVICE) = range(8, 15)
_NEW_COINS = -2  # in `spent_out`
_MAX_MONEY_SAT = 2_100_000_000_000_000
_TWO = 2  # who mixes shares inputs and outputs with somebody


@jit
def coin_value(reach: int, key: int) -> int:
    """Satoshi of a coin; -1 unknown."""
    if key >= 0:
        return word(reach, FIRST_OUT, OUT_VALUE, key)
    return word(reach, FIRST_IN, IN_VALUE, -2 - key)


@jit
def _script(reach: int, key: int) -> int:
    if key >= 0:
        return word(reach, FIRST_OUT, OUT_SCRIPT, key)
    return word(reach, FIRST_IN, IN_SCRIPT, -2 - key)


@jit
def has(ascending: Int64s, value: int) -> bool:
    """Whether a value is among some."""
    at = np.searchsorted(ascending, value)
    return bool(at < len(ascending) and ascending[at] == value)


@jit
def _next_tx(reach: int, asked: Int64s, key: int) -> int:
    """The transaction that a coin is followed into, -1 where none is held."""
    if key < 0:
        return -1
    if not asked[FORWARD]:
        return tx_of_out(reach, key)
    into = spender(reach, key)
    return tx_of_in(reach, into) if into >= 0 else -1


@jit
def _coin_stop(
    reach: int,
    asked: Int64s,
    value: int,
    script: int,
    label: int,
    service: int,
    tx: int,
) -> int:
    """Why a coin is not followed, as far as the coin itself says so."""
    if label >= 0:
        return LABELLED
    if service:
        return SERVICE
    if tx < 0 and asked[FORWARD]:
        data = script >= 0 and script_type(reach, script) == NULL_DATA
        return UNSPENDABLE if data else UNSPENT
    if tx < 0:
        return NOT_HELD
    if not asked[FORWARD]:
        first = beginning(reach, TX_IN_LO, tx)
        if word(reach, FIRST_IN, IN_SPENT_OUT, first) == _NEW_COINS:
            return COINBASE
    small = value < asked[LEAST_SAT] and (not asked[AT_START] or asked[SEEDS_TOO])
    return DUST if small else FOLLOWED


@jit
def _shape_into(
    reach: int,
    ends: Int64s,
    pools: Int64s,
    pool_fees: Int64s,
    denominations: Int64s,
    shape: Table,
) -> None:
    """The shape of the transaction whose inputs and outputs are `ends[0]` to `ends[1]`, `ends[2]` to [3]."""
    ins, outs = ends[1] - ends[0], ends[3] - ends[2]
    figures = np.empty((3, ins + outs), np.int64)
    kind = np.empty(ins + outs, np.uint8)
    for i in range(ins + outs):
        is_in = i < ins
        key = -2 - (ends[0] + i) if is_in else ends[2] + i - ins
        figures[0, i], script = coin_value(reach, key), _script(reach, key)
        figures[1, i], figures[2, i] = script, 0
        kind[i] = UNTYPED if script < 0 else script_type(reach, script)
        if not is_in and kind[i] == NULL_DATA:
            figures[2, i] = script_bytes(reach, script)
    lo = np.zeros((2, 2), np.int64)
    lo[0, 1], lo[1, 1] = ins, outs
    if head(reach, BAD):
        shape[:] = 0
        return
    shapes_into(
        lo[0],
        figures[0, :ins],
        figures[1, :ins],
        kind[:ins],
        lo[1],
        figures[0, ins:],
        figures[1, ins:],
        kind[ins:],
        figures[2, ins:],
        pools,
        pool_fees,
        denominations,
        shape,
    )


@jit
def _said(
    reach: int,
    ends: Int64s,
    pools: Int64s,
    pool_fees: Int64s,
    denominations: Int64s,
    shape: Table,
    room: Int64s,
) -> int:
    """Whether a transaction is a mix; `room` has as many rows as it has inputs and outputs."""
    ins, outs = ends[1] - ends[0], ends[3] - ends[2]
    if ins < _TWO or outs < _TWO:
        return NO
    for i in range(ins):
        room[i] = word(reach, FIRST_IN, IN_SCRIPT, ends[0] + i)
    paid = 0
    for i in range(ends[2], ends[3]):
        value = word(reach, FIRST_OUT, OUT_VALUE, i)
        if value > 0 and script_type(reach, word(reach, FIRST_OUT, OUT_SCRIPT, i)) != NULL_DATA:
            room[ins + paid] = value
            paid += 1
    said = without_shape(room[:ins], room[ins : ins + paid], outs)
    if said != ASK_SHAPE:
        return said
    _shape_into(reach, ends, pools, pool_fees, denominations, shape)
    return mix_of(shape[0], pools)


@jit
def _tx_stop(reach: int, asked: Int64s, ends: Int64s, tx: int, said: int) -> int:
    """Why a transaction is not taken in, but for the limit of their number."""
    late = asked[TIME] - time_of_tx(reach, tx) if asked[TIMED] else 0
    if asked[TIMED] and (late < 0 if asked[FORWARD] else late > 0):
        return TIME_STOP
    if said == YES and not asked[THROUGH_MIXES]:
        return MIX
    if (ends[3] - ends[2] if asked[FORWARD] else ends[1] - ends[0]) > asked[FAN]:
        return FAN_STOP
    spent, paid, unknown = 0, 0, False
    for i in range(ends[0], ends[1]):
        value = word(reach, FIRST_IN, IN_VALUE, i)
        unknown |= value == -1
        spent += max(value, 0)
    if unknown:
        return VALUES
    for i in range(ends[2], ends[3]):
        paid += word(reach, FIRST_OUT, OUT_VALUE, i)
    return CONTRADICTION if spent < paid or spent > _MAX_MONEY_SAT else FOLLOWED


@jit
def ends_of(reach: int, tx: int, ends: Int64s) -> bool:
    """Where the inputs and outputs of a transaction begin and end; nowhere, and False, where `bad`."""
    ends[0], ends[1] = (
        beginning(reach, TX_IN_LO, tx),
        beginning(reach, TX_IN_LO, tx + 1),
    )
    ends[2], ends[3] = (
        beginning(reach, TX_OUT_LO, tx),
        beginning(reach, TX_OUT_LO, tx + 1),
    )
    if head(reach, BAD):
        ends[:] = 0
    return not head(reach, BAD)


@jit
def _coins_of(reach: int, forward: int, ends: Int64s, seeds: Int64s, made: Int64s) -> int:
    """What a transaction makes, as the direction has it, but for seeds; how many there are."""
    count = 0
    lo, hi = (ends[2], ends[3]) if forward else (ends[0], ends[1])
    for i in range(lo, hi):
        key = i
        if not forward:
            spent = word(reach, FIRST_IN, IN_SPENT_OUT, i)
            if spent == _NEW_COINS:
                continue
            key = spent if spent >= 0 else -2 - i
        if not has(seeds, key):
            made[count] = key
            count += 1
    return count


@jit
def _decided(
    reach: int,
    asked: Int64s,
    frontier: Int64s,
    service: Flags,
    label_script: Int64s,
    label: Int64s,
    found: Table,
) -> None:
    """Fill `found`: why, label, value, script and next transaction of each coin."""
    for i in range(len(frontier)):
        key, mine = frontier[i], -1
        value, script = coin_value(reach, key), _script(reach, key)
        if not asked[AT_START] and script >= 0:
            at = np.searchsorted(label_script, script)
            if at < len(label_script) and label_script[at] == script:
                mine = label[at]
        of_service = service[i] if len(service) and not asked[AT_START] else 0
        tx = _next_tx(reach, asked, key)
        if head(reach, BAD):
            return
        found[0, i] = _coin_stop(reach, asked, value, script, mine, of_service, tx)
        found[1, i], found[2, i], found[3, i], found[4, i] = mine, value, script, tx


@jit
def _each_once(values: Int64s) -> Int64s:
    """Ascending."""
    ordered, count = np.sort(values), 0
    for value in ordered:
        if count == 0 or ordered[count - 1] != value:
            ordered[count] = value
            count += 1
    return ordered[:count]


@jit
def _new_txs(last: int, known: Int64s, found: Table) -> Int64s:
    """The transactions behind coins that are followed, and that are not known; on the last hop none."""
    new, count = np.empty(found.shape[1], np.int64), 0
    for i in range(found.shape[1]):
        if found[0, i] != FOLLOWED or has(known, found[4, i]):
            continue
        if last:
            found[0, i] = HOPS
            continue
        new[count] = found[4, i]
        count += 1
    return _each_once(new[:count])


@jit
def hop(
    reach: int,
    asked: Int64s,
    frontier: Int64s,
    service: Flags,
    label_script: Int64s,
    label: Int64s,
    known: Int64s,
    seeds: Int64s,
    pools: Int64s,
    pool_fees: Int64s,
    denominations: Int64s,
) -> tuple[Table, Table, Int64s]:
    """What is decided of a hop's coins, which transactions it takes in, and the coins of the next.

    Returns:
        i8[4, k], stop, label, value and script of each coin; i8[2, n], each transaction taken in and whether
        it may be a mix; i8[m]. All is to be thrown away where `bad`.
    """
    found = np.empty((5, len(frontier)), np.int64)
    _decided(reach, asked, frontier, service, label_script, label, found)
    if head(reach, BAD):
        return found[:4], found[:2, :0], frontier[:0].copy()
    new = _new_txs(asked[LAST], known, found)
    stop, taken, count = np.empty(len(new), np.int64), np.empty((2, len(new)), np.int64), 0
    shape, ends = np.empty((1, FIELDS), np.int64), np.empty(4, np.int64)
    made, used, room = np.empty(len(new) * 4 + 16, np.int64), 0, np.empty(256, np.int64)
    for i in range(len(new)):
        if not ends_of(reach, new[i], ends):
            break
        if ends[1] - ends[0] + ends[3] - ends[2] > len(room):
            room = np.empty(2 * (ends[1] - ends[0] + ends[3] - ends[2]), np.int64)
        said = _said(reach, ends, pools, pool_fees, denominations, shape, room)
        stop[i] = _tx_stop(reach, asked, ends, new[i], said)
        if stop[i] == FOLLOWED and count >= asked[ROOM]:
            stop[i] = BUDGET
        if head(reach, BAD) or stop[i] != FOLLOWED:
            continue
        taken[0, count], taken[1, count] = new[i], said == UNSURE
        count += 1
        more = ends[3] - ends[2] if asked[FORWARD] else ends[1] - ends[0]
        if used + more > len(made):
            larger = np.empty(2 * (used + more), np.int64)
            larger[:used] = made[:used]
            made = larger
        used += _coins_of(reach, asked[FORWARD], ends, seeds, made[used:])
    if not head(reach, BAD):
        for i in range(len(frontier)):
            if found[0, i] == FOLLOWED:
                at = np.searchsorted(new, found[4, i])
                if at < len(new) and new[at] == found[4, i]:
                    found[0, i] = stop[at]
    return found[:4], taken[:, :count], made[:used]
