"""What a transaction looks like, in numbers: counts and values that rules about its shape are made of.

| array | type | meaning |
|---|---|---|
| in_lo, out_lo | i8[t + 1] | the rows of transaction i are `lo[i]` up to `lo[i + 1]` |
| in_value | i8[k] | satoshi spent; -1 unknown |
| in_script, in_type | i8[k], u1[k] | number and Core's type of the script spent; -1 and `UNTYPED` unknown |
| out_value | i8[l] | satoshi paid |
| out_script, out_type, out_bytes | i8[l], u1[l], i8[l] | script paid: its number, type and length |
| pools, pool_fees | i8[p] | sizes of pools whose mixes have premixes, ascending, and what entry costs |
| denominations | i8[d] | the standard denominations of WabiSabi, ascending |
| shape | i8[t, FIELDS] | on return, one row a transaction; the columns are the constants below |

Data carriers (`OP_RETURN`) and outputs of nothing count as outputs, and not as paid ones.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s
from qaif.kernels.script import (
    NULL_DATA,
    WITNESS_V0_KEYHASH,
    WITNESS_V1_TAPROOT,
)

Table = NDArray[np.int64]
Types = NDArray[np.uint8]
UNTYPED = 255

(
    IN_COUNT,
    OUT_COUNT,
    PAID_COUNT,  # outputs that pay something to somebody
    EQUAL_COUNT,  # paid outputs of the value that most of them have; of two such values the larger
    EQUAL_VALUE,
    GROUPED_COUNT,  # paid outputs whose value another paid output has too
    OUT_SCRIPTS,  # different scripts among the paid outputs
    IN_SCRIPTS,  # different known scripts among the inputs
    IN_SCRIPTS_UNKNOWN,  # inputs whose script is unknown
    IN_VALUES_UNKNOWN,  # inputs whose value is unknown
    OUTS_TO_INPUTS,  # paid outputs to a script that the transaction spends from
    DATA_COUNT,  # data carriers
    DATA_BYTES,  # length of the longest data carrier's script
    OUT_KEYHASH,  # paid outputs to a v0 witness key hash
    OUT_TAPROOT,  # paid outputs to taproot
    OUT_TYPES,  # different types among the paid outputs
    IN_KEYHASH,  # inputs known to spend a v0 witness key hash
    IN_TAPROOT,  # inputs known to spend taproot
    OUTS_FALL,  # 1 where no output is larger than the one before it
    INS_FALL,  # the same of inputs; -1 where a value is unknown
    IN_LEAST,  # least and greatest known value of an input; -1 where none is known
    IN_MOST,
    IN_EQUAL,  # inputs of the value that most outputs have
    IN_TOTAL,  # -1 where a value is unknown
    OUT_TOTAL,
    OUT_LEAST,  # least and greatest paid output; -1 where nothing is paid
    OUT_MOST,
    DENOMINATED,  # paid outputs of a standard denomination of WabiSabi
    POOL,  # the pool that most outputs are premixes of: a little more than its denomination; -1 none
    PREMIX_COUNT,  # outputs that are premixes of that pool
    PREMIX_VALUES,  # different values among them
    PREMIX_MOST,  # the greatest of them
    POOL_FEE,  # 1 where a paid output is exactly what entry to that pool costs
) = range(33)
FIELDS = 33
LARGEST_PREMIX_FEE = 100_000


@jit
def _is_in(sorted_values: Int64s, value: int) -> bool:
    at = np.searchsorted(sorted_values, value)
    return bool(at < len(sorted_values) and sorted_values[at] == value)


@jit
def _distinct(sorted_values: Int64s) -> int:
    found = 0
    for i in range(len(sorted_values)):
        found += i == 0 or sorted_values[i] != sorted_values[i - 1]
    return found


@jit
def _groups(values: Int64s, row: Int64s) -> None:
    """Equal values among the paid outputs, which are sorted."""
    most, value, grouped, at = 0, -1, 0, 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at]:
            end += 1
        if end - at >= most:
            most, value = end - at, values[at]
        grouped += end - at if end - at > 1 else 0
        at = end
    row[EQUAL_COUNT], row[EQUAL_VALUE], row[GROUPED_COUNT] = most, value, grouped
    row[OUT_LEAST] = values[0] if len(values) else -1
    row[OUT_MOST] = values[len(values) - 1] if len(values) else -1


@jit
def _premixes(values: Int64s, pools: Int64s, pool_fees: Int64s, row: Int64s) -> None:
    """Which pool the most outputs can be premixes of; of two the larger."""
    row[POOL], row[PREMIX_COUNT], row[PREMIX_VALUES], row[PREMIX_MOST], row[POOL_FEE] = -1, 0, 0, -1, 0
    for p in range(len(pools)):
        lo = np.searchsorted(values, pools[p] + 1)
        hi = np.searchsorted(values, pools[p] + LARGEST_PREMIX_FEE + 1)
        if hi > lo and hi - lo >= row[PREMIX_COUNT]:
            row[POOL], row[PREMIX_COUNT], row[PREMIX_MOST] = pools[p], hi - lo, values[hi - 1]
            row[PREMIX_VALUES] = _distinct(values[lo:hi])
            row[POOL_FEE] = _is_in(values, pool_fees[p])


@jit
def _inputs(value: Int64s, script: Int64s, kind: Types, row: Int64s) -> Int64s:
    """What the inputs say; their known scripts, sorted."""
    known = np.sort(script[script >= 0])
    least, most, total, unknown, falls = -1, -1, 0, 0, 1
    for i in range(len(value)):
        row[IN_KEYHASH] += kind[i] == WITNESS_V0_KEYHASH
        row[IN_TAPROOT] += kind[i] == WITNESS_V1_TAPROOT
        if value[i] < 0:
            unknown += 1
            continue
        total += value[i]
        least = value[i] if least < 0 else min(least, value[i])
        most = max(most, value[i])
        row[IN_EQUAL] += value[i] == row[EQUAL_VALUE]
        if i and value[i] > value[i - 1]:
            falls = 0
    row[IN_SCRIPTS], row[IN_SCRIPTS_UNKNOWN] = _distinct(known), len(script) - len(known)
    row[IN_VALUES_UNKNOWN], row[IN_LEAST], row[IN_MOST] = unknown, least, most
    row[IN_TOTAL] = -1 if unknown else total
    row[INS_FALL] = -1 if unknown else falls
    return known


@jit
def shapes_into(
    in_lo: Int64s,
    in_value: Int64s,
    in_script: Int64s,
    in_type: Types,
    out_lo: Int64s,
    out_value: Int64s,
    out_script: Int64s,
    out_type: Types,
    out_bytes: Int64s,
    pools: Int64s,
    pool_fees: Int64s,
    denominations: Int64s,
    shape: Table,
) -> None:
    """Fill `shape`; the arrays are as the table above has them."""
    for tx in range(len(shape)):
        row = shape[tx]
        row[:] = 0
        a, b, lo, hi = in_lo[tx], in_lo[tx + 1], out_lo[tx], out_lo[tx + 1]
        row[IN_COUNT], row[OUT_COUNT], row[OUTS_FALL] = b - a, hi - lo, 1
        values, scripts = np.empty(hi - lo, np.int64), np.empty(hi - lo, np.int64)
        seen = np.zeros(11, np.int64)
        paid = 0
        for i in range(lo, hi):
            row[OUT_TOTAL] += out_value[i]
            if i > lo and out_value[i] > out_value[i - 1]:
                row[OUTS_FALL] = 0
            if out_type[i] == NULL_DATA:
                row[DATA_COUNT] += 1
                row[DATA_BYTES] = max(row[DATA_BYTES], out_bytes[i])
            elif out_value[i] > 0:
                values[paid], scripts[paid] = out_value[i], out_script[i]
                seen[out_type[i]] += 1
                row[DENOMINATED] += _is_in(denominations, out_value[i])
                paid += 1
        row[PAID_COUNT], row[OUT_KEYHASH] = paid, seen[WITNESS_V0_KEYHASH]
        row[OUT_TAPROOT], row[OUT_TYPES] = seen[WITNESS_V1_TAPROOT], (seen > 0).sum()
        ordered = np.sort(values[:paid])
        _groups(ordered, row)
        _premixes(ordered, pools, pool_fees, row)
        row[OUT_SCRIPTS] = _distinct(np.sort(scripts[:paid]))
        known = _inputs(in_value[a:b], in_script[a:b], in_type[a:b], row)
        for i in range(paid):
            row[OUTS_TO_INPUTS] += _is_in(known, scripts[i])
