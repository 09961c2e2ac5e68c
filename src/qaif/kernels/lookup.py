"""One script's number, found in the sorted runs of all segments in one call.

| array | type | meaning |
|---|---|---|
| table | i8[s, 9] | a row a segment: where its arrays are in memory, and their lengths; names below |
| script | u1[] | the bytes looked for |

Keys are hashes, so where one stands is told by its size: a guess, made better twice, then doubling steps and
halving, which bound the search whatever the keys are. With NUMBA_BOUNDSCHECK or NUMBA_DISABLE_JIT nothing is
read by its address: callers use `join.find_scripts` on the arrays instead (`BY_ADDRESS` is false).
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.join import hash64
from qaif.kernels.loads import INT64, PLAIN, intrinsic

Array = NDArray[Any]

BY_ADDRESS = not PLAIN
KEYS, ROWS, NUMS, BYTE_LO, SCRIPTS, BLOB, BLOB_BYTES, FIRST, FIRST_BYTE = range(9)
_SPAN = 18446744073709551616.0  # keys that there are


def _word(bits: int, numba_type: Any) -> Any:
    """An intrinsic that reads a word by its address."""

    def typed(_context: Any, _address: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            value = builder.load(place, align=1)
            return value if bits == INT64.width else builder.zext(value, INT64)

        return numba_type(types.int64), build

    return intrinsic(typed)


_key_at = _word(64, types.uint64)
_i64_at = _word(64, types.int64)
_byte_at = _word(8, types.int64)


@jit
def _first_not_under(keys: int, rows: int, key: np.uint64) -> int:
    """The first row of an ascending run whose key is not under `key`."""
    at: int = np.int64(np.float64(key) / _SPAN * rows)  # type: ignore[assignment]  # NumPy's own integer
    at = min(at, rows - 1)
    for _ in range(2):
        away = np.float64(key) - np.float64(_key_at(keys + 8 * at))
        moved: int = at + np.int64(away / _SPAN * rows)  # type: ignore[assignment]
        at = min(max(moved, 0), rows - 1)
    step = 1
    lo, hi = at, at
    if _key_at(keys + 8 * at) < key:
        while hi < rows and _key_at(keys + 8 * hi) < key:
            lo = hi + 1
            hi += step
            step *= 2
        hi = min(hi, rows)
    else:
        while lo > 0 and _key_at(keys + 8 * (lo - 1)) >= key:
            hi = lo - 1
            lo = max(lo - step, 0)
            step *= 2
    while lo < hi:
        middle = (lo + hi) // 2
        if _key_at(keys + 8 * middle) < key:
            lo = middle + 1
        else:
            hi = middle
    return lo


@jit
def _is_script(segment: Array, num: int, script: Any) -> bool:
    """Whether the script of a number has just these bytes."""
    row = num - segment[FIRST]
    begin = _i64_at(segment[BYTE_LO] + 8 * row) - segment[FIRST_BYTE]
    end = segment[BLOB_BYTES]
    if row + 1 < segment[SCRIPTS]:
        end = _i64_at(segment[BYTE_LO] + 8 * (row + 1)) - segment[FIRST_BYTE]
    if end - begin != len(script):
        return False
    for i in range(len(script)):  # noqa: SIM110  Numba compiles the loop, not all() over a generator
        if _byte_at(segment[BLOB] + begin + i) != script[i]:
            return False
    return True


@jit
def find_by_key(table: Array, key: np.uint64, script: Any, limit: int) -> int:
    """The number under `limit` of the script with these bytes, -1 where there is none."""
    for s in range(len(table)):
        segment = table[s]
        rows = segment[ROWS]
        if rows == 0:
            continue
        at = _first_not_under(segment[KEYS], rows, key)
        while at < rows and _key_at(segment[KEYS] + 8 * at) == key:
            num = _i64_at(segment[NUMS] + 8 * at)
            if _is_script(segment, num, script):
                return num if num < limit else -1
            at += 1
    return -1


@jit
def find_script(table: Array, script: Any, limit: int) -> int:
    """`find_by_key` by the script's own hash; `script` may be `bytes`."""
    return find_by_key(table, hash64(script, 0, len(script)), script, limit)
