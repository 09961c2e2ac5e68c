"""How a transaction was made: version, locktime, sequences, order, signatures, fee rate, as small numbers.

| array | type | meaning |
|---|---|---|
| in_lo, out_lo | i8[t + 1] | the rows of transaction i are `lo[i]` up to `lo[i + 1]` |
| in_value, in_type | i8[k], u1[k] | satoshi spent, -1 unknown; Core's type of its script, or `UNTYPED` |
| sequence, script_size, witness_size | i8[k] | of each input |
| out_value, out_type | i8[l], u1[l] | satoshi paid; Core's type of the script paid |
| version, locktime, size, base_size | i8[t] | of each transaction; a size of 0 is unknown |
| habit | i8[t, HABITS] | on return, one row a transaction; the columns are the constants below |

A signature is measured, not read: of a key hash with a compressed key the input's size tells it.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s
from qaif.kernels.script import NULL_DATA, PUBKEYHASH, SCRIPTHASH, WITNESS_V0_KEYHASH

Table = NDArray[np.int64]
Types = NDArray[np.uint8]
UNTYPED = 255

(
    VERSION,
    LOCKTIME,  # 0 none, 1 a height, 2 a time
    SEQUENCE,  # 0 all final, 1 all one below, 2 all two below (replaceable), 3 others; -1 no inputs
    ORDER,  # 1 where no output is smaller than the one before it, 0 where one is; -1 fewer than two
    LOW_R,  # 0 where a signature's R is large, 1 where none of those measured is; -1 none is measured
    FEE_WHOLE,  # 1 where the fee is a whole number of satoshi a virtual byte, 0 where not; -1 unknown
    FEE_RATE,  # thousandths of a satoshi a virtual byte; -1 unknown
    KIND,  # Core's type of all scripts spent; -1 where they differ or one is unknown
    IN_COUNT,
    PAID_COUNT,  # outputs that pay something to somebody
) = range(10)
HABITS = 10
LOCKTIME_IS_TIME = 500_000_000
FINAL = 0xFFFFFFFF
P2PKH_LOW_R, P2WPKH_LOW_R, NESTED = 106, 107, 23  # sizes with a signature of 71 bytes and a key of 33


@jit
def _sequence_class(sequence: Int64s) -> int:
    if len(sequence) == 0:
        return -1
    first = sequence[0]
    for each in sequence:
        if each != first:
            return 3
    return int(FINAL - first) if FINAL - first <= 2 else 3


@jit
def _order(value: Int64s) -> int:
    for i in range(1, len(value)):
        if value[i] < value[i - 1]:
            return 0
    return 1 if len(value) > 1 else -1


@jit
def _low_r(kind: Types, script_size: Int64s, witness_size: Int64s) -> int:
    """Sizes one above that of a small R are those of a large one; other sizes say nothing."""
    said = -1
    for i in range(len(kind)):
        over = -1
        if kind[i] == PUBKEYHASH and witness_size[i] <= 1:
            over = script_size[i] - P2PKH_LOW_R
        elif kind[i] == WITNESS_V0_KEYHASH or (kind[i] == SCRIPTHASH and script_size[i] == NESTED):
            over = witness_size[i] - P2WPKH_LOW_R
        if over == 1:
            return 0
        if over == 0:
            said = 1
    return said


@jit
def _kind(kind: Types) -> int:
    for each in kind:
        if each == UNTYPED or each != kind[0]:
            return -1
    return int(kind[0]) if len(kind) else -1


@jit
def _fee_into(value: Int64s, out_total: int, size: int, base_size: int, row: Int64s) -> None:
    row[FEE_WHOLE] = row[FEE_RATE] = -1
    if size == 0 or len(value) == 0 or value.min() < 0 or value.sum() < out_total:
        return
    fee, vsize = value.sum() - out_total, (3 * base_size + size + 3) // 4
    row[FEE_WHOLE], row[FEE_RATE] = fee % vsize == 0, fee * 1000 // vsize


@jit
def habits_into(
    in_lo: Int64s,
    in_value: Int64s,
    in_type: Types,
    sequence: Int64s,
    script_size: Int64s,
    witness_size: Int64s,
    out_lo: Int64s,
    out_value: Int64s,
    out_type: Types,
    version: Int64s,
    locktime: Int64s,
    size: Int64s,
    base_size: Int64s,
    habit: Table,
) -> None:
    """Fill `habit`; the arrays are as the table above has them."""
    for tx in range(len(habit)):
        row = habit[tx]
        a, b, lo, hi = in_lo[tx], in_lo[tx + 1], out_lo[tx], out_lo[tx + 1]
        row[VERSION] = version[tx]
        row[LOCKTIME] = 0 if locktime[tx] == 0 else 1 if locktime[tx] < LOCKTIME_IS_TIME else 2
        row[SEQUENCE], row[ORDER] = _sequence_class(sequence[a:b]), _order(out_value[lo:hi])
        row[LOW_R] = _low_r(in_type[a:b], script_size[a:b], witness_size[a:b])
        row[KIND], row[IN_COUNT], row[PAID_COUNT] = _kind(in_type[a:b]), b - a, 0
        for i in range(lo, hi):
            row[PAID_COUNT] += out_type[i] != NULL_DATA and out_value[i] > 0
        _fee_into(in_value[a:b], out_value[lo:hi].sum(), size[tx], base_size[tx], row)
