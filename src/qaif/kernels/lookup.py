"""One script's number, found in the sorted runs of all segments in one call.

| array | type | meaning |
|---|---|---|
| table | i8[s, 17] | a row a segment: where its arrays are in memory, and their lengths; names below |
| script | u1[] | the bytes looked for |

Keys are hashes, so where one stands is told by its size: a guess, made better twice, then doubling steps and
halving, which bound the search whatever the keys are. Where a segment's file is not believed yet, each page
that an answer rests on is hashed on the way. Where nothing may be read by its address (`BY_ADDRESS`), callers
use `join.find_scripts` on the arrays.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.by_address import BY_ADDRESS, believed, byte_at, i64_at, u64_at
from qaif.kernels.jit import jit
from qaif.kernels.join import hash64

__all__ = ["BY_ADDRESS", "DOUBTED", "find_by_key", "find_script"]

Array = NDArray[Any]

KEYS, ROWS, NUMS, BYTE_LO, SCRIPTS, BLOB, BLOB_BYTES, FIRST, FIRST_BYTE, DOUBT, FILE = range(11)
WIDTH = FILE + 7  # from FILE on: what `by_address.believed` is told of the file
DOUBTED = -2  # a page is not as it was written, or is one that has to be looked at in another way
_SPAN = 18446744073709551616.0  # keys that there are


@jit
def _first_not_under(keys: int, rows: int, key: np.uint64) -> int:
    """The first row of an ascending run whose key is not under `key`."""
    at: int = np.int64(np.float64(key) / _SPAN * rows)  # type: ignore[assignment]  # NumPy's own integer
    at = min(at, rows - 1)
    for _ in range(2):
        away = np.float64(key) - np.float64(u64_at(keys + 8 * at))
        moved: int = at + np.int64(away / _SPAN * rows)  # type: ignore[assignment]
        at = min(max(moved, 0), rows - 1)
    step = 1
    lo, hi = at, at
    if u64_at(keys + 8 * at) < key:
        while hi < rows and u64_at(keys + 8 * hi) < key:
            lo = hi + 1
            hi += step
            step *= 2
        hi = min(hi, rows)
    else:
        while lo > 0 and u64_at(keys + 8 * (lo - 1)) >= key:
            hi = lo - 1
            lo = max(lo - step, 0)
            step *= 2
    while lo < hi:
        middle = (lo + hi) // 2
        if u64_at(keys + 8 * middle) < key:
            lo = middle + 1
        else:
            hi = middle
    return lo


@jit
def _is_script(segment: Array, num: int, script: Any) -> int:
    """Whether the script of a number has just these bytes: 1 or 0, `DOUBTED` where a page is."""
    row = num - segment[FIRST]
    place = segment[BYTE_LO] + 8 * row
    last = row + 1 == segment[SCRIPTS]
    doubt = segment[DOUBT]
    if doubt and not believed(segment[FILE:], place, place + (8 if last else 16)):
        return DOUBTED
    begin = i64_at(place) - segment[FIRST_BYTE]
    end = segment[BLOB_BYTES] if last else i64_at(place + 8) - segment[FIRST_BYTE]
    if end - begin != len(script):
        return 0
    if doubt and end > begin and not believed(segment[FILE:], segment[BLOB] + begin, segment[BLOB] + end):
        return DOUBTED
    for i in range(len(script)):
        if byte_at(segment[BLOB] + begin + i) != script[i]:
            return 0
    return 1


@jit
def _place(segment: Array, key: np.uint64) -> int:
    """The first row whose key is not under `key`; `DOUBTED` where the rows beside it are, or deny it."""
    keys, rows = segment[KEYS], segment[ROWS]
    at = _first_not_under(keys, rows, key)
    if not segment[DOUBT]:
        return at
    before, after = max(at - 1, 0), min(at, rows - 1)
    if not believed(segment[FILE:], keys + 8 * before, keys + 8 * (after + 1)):
        return DOUBTED
    fits = (at == 0 or u64_at(keys + 8 * before) < key) and (at == rows or u64_at(keys + 8 * after) >= key)
    return at if fits else DOUBTED


@jit
def find_by_key(table: Array, key: np.uint64, script: Any, limit: int) -> int:
    """The number under `limit` of the script with these bytes; -1 where there is none, else `DOUBTED`."""
    for s in range(len(table)):
        segment = table[s]
        rows = segment[ROWS]
        if rows == 0:
            continue
        at = _place(segment, key)
        if at == DOUBTED:
            return DOUBTED
        while at < rows:
            place = segment[KEYS] + 8 * at
            if segment[DOUBT] and not believed(segment[FILE:], place, place + 8):
                return DOUBTED
            if u64_at(place) != key:
                break
            place = segment[NUMS] + 8 * at
            if segment[DOUBT] and not believed(segment[FILE:], place, place + 8):
                return DOUBTED
            num = i64_at(place)
            same = _is_script(segment, num, script)
            if same == DOUBTED:
                return DOUBTED
            if same:
                return num if num < limit else -1
            at += 1
    return -1


@jit
def find_script(table: Array, script: Any, limit: int) -> int:
    """`find_by_key` by the script's own hash; `script` may be `bytes`."""
    return find_by_key(table, hash64(script, 0, len(script)), script, limit)
