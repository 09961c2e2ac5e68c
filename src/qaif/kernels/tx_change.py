"""Which outputs of a transaction cannot be ruled out as its change: one bit a heuristic, for each output.

| array | type | meaning |
|---|---|---|
| in_lo, out_lo | i8[t + 1] | the rows of transaction i are `lo[i]` up to `lo[i + 1]` |
| in_value, in_script | i8[k] | satoshi spent, number of the script spent; -1 unknown |
| out_value, out_script, out_type | i8[l], i8[l], u1[l] | satoshi paid, script paid and its Core type |
| fresh | b1[l] | the script appears nowhere before its transaction, nor among its inputs |
| coinbase | b1[t] | makes new coins |
| habit | i8[t, HABITS] | how each was made, as `kernels/tx_habits` has it |
| spender | i8[l] | which row of `later` spends the output; -1 where none in view does |
| later | i8[s, HABITS] | how the spenders were made |
| later_lo, later_script | i8[s + 1], i8[m] | their known input scripts, ascending within each |
| bits | u4[l] | on return, bit h of an output: heuristic h cannot rule it out |

Bit `POSSIBLE` is of the outputs that can be change at all: data carriers, outputs of nothing and new coins
are none, and no heuristic's bit is set for them. A heuristic that would rule out all possible outputs of a
transaction says nothing of it: all keep its bit.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s
from qaif.kernels.script import NULL_DATA
from qaif.kernels.tx_habits import (
    FEE_RATE,
    FEE_WHOLE,
    IN_COUNT,
    KIND,
    LOCKTIME,
    LOW_R,
    ORDER,
    PAID_COUNT,
    SEQUENCE,
    VERSION,
    Table,
    Types,
)

Bits = NDArray[np.uint32]
Flags = NDArray[np.bool_]

(
    POSSIBLE,
    ADDRESS_REUSE,
    SCRIPT_TYPE,
    ROUND_VALUE,
    OPTIMAL_CHANGE,
    FRESH_ADDRESS,
    PEEL,
    SAME_VERSION,
    SAME_LOCKTIME,
    SAME_SEQUENCE,
    SAME_ORDER,
    SAME_LOW_R,
    SAME_FEE_ROUNDING,
    SAME_FEE_RATE,
    LATER_COSPEND,
) = range(15)
HEURISTICS = 15
ROUNDER = 3  # decimal digits by which a payment's value is rounder than change


@jit
def _zeros(value: int) -> int:
    """Zeros at the end of a value's decimal form."""
    found = 0
    while value > 0 and value % 10 == 0:
        value //= 10
        found += 1
    return found


@jit
def _is_in(sorted_values: Int64s, value: int) -> bool:
    at = np.searchsorted(sorted_values, value)
    return bool(at < len(sorted_values) and sorted_values[at] == value)


@jit
def _meet(some: Int64s, others: Int64s) -> bool:
    """Whether two sorted arrays share a value; the shorter is looked up in the longer."""
    few, many = (some, others) if len(some) <= len(others) else (others, some)
    met = False
    for each in few:
        met = met or _is_in(many, each)
    return met


@jit
def _put(heuristic: int, possible: Flags, kept: Flags, bits: Bits) -> None:
    """Set a heuristic's bit on what it kept; on all that is possible where it kept none."""
    kept &= possible
    some = kept.any()
    for i in range(len(bits)):
        if possible[i] and (kept[i] or not some):
            bits[i] |= np.uint32(1 << heuristic)


@jit
def _matched(own: Int64s, spender: Int64s, later: Table, column: int, possible: Flags, kept: Flags) -> None:
    """What is spent in another manner is no change, if something is spent in the same."""
    match, kept[:] = False, True
    if own[column] < 0:
        return
    for i in range(len(spender)):
        if possible[i] and spender[i] >= 0 and later[spender[i], column] >= 0:
            kept[i] = later[spender[i], column] == own[column]
            match |= kept[i]
    if not match:
        kept[:] = True


@jit
def _near_rate(own: Int64s, spender: Int64s, later: Table, possible: Flags, kept: Flags) -> None:
    """The same of fee rates: those of one habit are within a factor of two."""
    match, kept[:] = False, True
    if own[FEE_RATE] < 0:
        return
    for i in range(len(spender)):
        if possible[i] and spender[i] >= 0 and later[spender[i], FEE_RATE] >= 0:
            rate = later[spender[i], FEE_RATE]
            kept[i] = rate <= 2 * own[FEE_RATE] and own[FEE_RATE] <= 2 * rate
            match |= kept[i]
    if not match:
        kept[:] = True


@jit
def _now_into(
    in_value: Int64s,
    inputs: Int64s,
    kind: int,
    value: Int64s,
    script: Int64s,
    out_type: Types,
    fresh: Flags,
    possible: Flags,
    bits: Bits,
) -> None:
    """The heuristics that need no later block; `inputs` are the known scripts spent, ascending."""
    kept, n = np.empty(len(value), np.bool_), len(value)
    for i in range(n):
        kept[i] = _is_in(inputs, script[i])
    reused = (kept & possible).any()
    _put(ADDRESS_REUSE, possible, kept, bits)
    for i in range(n):
        kept[i] = kind < 0 or out_type[i] == kind
    _put(SCRIPT_TYPE, possible, kept, bits)
    least = 99
    for i in range(n):
        least = min(least, _zeros(value[i])) if possible[i] else least
    for i in range(n):
        kept[i] = _zeros(value[i]) < least + ROUNDER
    _put(ROUND_VALUE, possible, kept, bits)
    told = len(in_value) > 1 and in_value.min() >= 0
    for i in range(n):
        kept[i] = not told or value[i] < in_value.min()
    _put(OPTIMAL_CHANGE, possible, kept, bits)
    for i in range(n):
        kept[i] = reused or fresh[i]
    _put(FRESH_ADDRESS, possible, kept, bits)


@jit
def _later_into(
    own: Int64s,
    inputs: Int64s,
    spender: Int64s,
    later: Table,
    later_lo: Int64s,
    later_script: Int64s,
    possible: Flags,
    bits: Bits,
) -> None:
    """The heuristics that look at who spends the outputs."""
    kept, n = np.empty(len(spender), np.bool_), len(spender)
    peels = own[IN_COUNT] == 1 and own[PAID_COUNT] == 2 and own[KIND] >= 0
    for i in range(n):
        kept[i] = not peels
        if peels and spender[i] >= 0:
            after = later[spender[i]]
            kept[i] = after[IN_COUNT] == 1 and after[PAID_COUNT] == 2 and after[KIND] == own[KIND]
    _put(PEEL, possible, kept, bits)
    columns = (VERSION, LOCKTIME, SEQUENCE, ORDER, LOW_R, FEE_WHOLE)
    for h in range(len(columns)):
        _matched(own, spender, later, columns[h], possible, kept)
        _put(SAME_VERSION + h, possible, kept, bits)
    _near_rate(own, spender, later, possible, kept)
    _put(SAME_FEE_RATE, possible, kept, bits)
    for i in range(n):
        s = spender[i]
        if i > 0 and s == spender[i - 1]:
            kept[i] = kept[i - 1]
        else:
            kept[i] = s >= 0 and _meet(inputs, later_script[later_lo[s] : later_lo[s + 1]])
    _put(LATER_COSPEND, possible, kept, bits)


@jit
def change_into(
    in_lo: Int64s,
    in_value: Int64s,
    in_script: Int64s,
    out_lo: Int64s,
    out_value: Int64s,
    out_script: Int64s,
    out_type: Types,
    fresh: Flags,
    coinbase: Flags,
    habit: Table,
    spender: Int64s,
    later: Table,
    later_lo: Int64s,
    later_script: Int64s,
    bits: Bits,
) -> None:
    """Fill `bits`; the arrays are as the table above has them."""
    bits[:] = 0
    for tx in range(len(habit)):
        a, b, lo, hi = in_lo[tx], in_lo[tx + 1], out_lo[tx], out_lo[tx + 1]
        if coinbase[tx]:
            continue
        possible, known = np.empty(hi - lo, np.bool_), in_script[a:b]
        for i in range(hi - lo):
            possible[i] = out_type[lo + i] != NULL_DATA and out_value[lo + i] > 0
        inputs, mine = np.sort(known[known >= 0]), bits[lo:hi]
        _put(POSSIBLE, possible, possible.copy(), mine)
        _now_into(
            in_value[a:b],
            inputs,
            habit[tx, KIND],
            out_value[lo:hi],
            out_script[lo:hi],
            out_type[lo:hi],
            fresh[lo:hi],
            possible,
            mine,
        )
        _later_into(habit[tx], inputs, spender[lo:hi], later, later_lo, later_script, possible, mine)
