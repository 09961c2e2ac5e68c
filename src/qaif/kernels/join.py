"""Joins between what is new and what is stored; every match compares whole keys.

Arrays:
    run_key u8[r], run_num i8[r]   a sorted run: keys ascending, numbers ascending within a key
    base i8                        the number of row 0 of the arrays that the run's numbers point into
    txid u1[t,32]                  transaction ids, row i is number base + i
    blob u1[b], lo i8[s]           script bytes; script base + i begins at blob[lo[i] - first_byte]; the last
                                   ends with the blob
    q_key u8[q], order i8[q]       the queries' keys, and their order by ascending key
On return `out` i8[q] holds the number found; rows that were not -1, or that found nothing, are as they were.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit

Array = NDArray[Any]

_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xD6E8FEB86659FD93)


@jit
def hash64_rows(data: Array, lo: Array, hi: Array) -> Array:
    """A 64-bit hash of each byte string data[lo:hi]; for finding, never for equality."""
    out = np.empty(len(lo), dtype=np.uint64)
    for row in range(len(lo)):
        h = np.uint64(hi[row] - lo[row]) * _MIX_A
        word = np.uint64(0)
        for at in range(lo[row], hi[row]):
            word = (word << np.uint64(8)) | np.uint64(data[at])
            if (at - lo[row]) & 7 == 7:
                h = (h ^ word) * _MIX_B
                h ^= h >> np.uint64(29)
                word = np.uint64(0)
        h = (h ^ word) * _MIX_B
        h ^= h >> np.uint64(32)
        h *= _MIX_A
        out[row] = h ^ (h >> np.uint64(29))
    return out


@jit
def same_bytes(a: Array, a_lo: int, b: Array, b_lo: int, length: int) -> bool:
    """Whether two byte strings of one length are equal."""
    for i in range(length):  # noqa: SIM110  Numba compiles the loop, not all() over a generator
        if a[a_lo + i] != b[b_lo + i]:
            return False
    return True


@jit
def advance(run_key: Array, at: int, key: np.uint64) -> int:
    """The first place from `at` on whose key is not under `key`: by doubling steps, then by halving."""
    step = 1
    lo = at
    while at < len(run_key) and run_key[at] < key:
        lo = at + 1
        at += step
        step *= 2
    hi = min(at, len(run_key))
    while lo < hi:
        middle = (lo + hi) // 2
        if run_key[middle] < key:
            lo = middle + 1
        else:
            hi = middle
    return lo


@jit
def last_earlier(
    run_key: Array,
    run_num: Array,
    base: int,
    txid: Array,
    q_key: Array,
    order: Array,
    q_txid: Array,
    before: Array,
    out: Array,
) -> None:
    """For each query the last transaction of that id numbered under `before` (BIP30: there may be two)."""
    at = 0
    for i in range(len(order)):
        q = order[i]
        if out[q] != -1:
            continue
        key = q_key[q]
        at = advance(run_key, at, key)
        j = at
        while j < len(run_key) and run_key[j] == key:
            num = run_num[j]
            if num < before[q] and same_bytes(txid[num - base], 0, q_txid[q], 0, 32):
                out[q] = num
            j += 1


@jit
def find_scripts(
    run_key: Array,
    run_num: Array,
    base: int,
    blob: Array,
    lo: Array,
    first_byte: int,
    q_key: Array,
    order: Array,
    q_data: Array,
    q_lo: Array,
    q_hi: Array,
    out: Array,
) -> None:
    """For each query the number of the script with the same bytes."""
    at = 0
    for i in range(len(order)):
        q = order[i]
        if out[q] != -1:
            continue
        key = q_key[q]
        at = advance(run_key, at, key)
        j = at
        length = q_hi[q] - q_lo[q]
        while j < len(run_key) and run_key[j] == key:
            row = run_num[j] - base
            begin = lo[row] - first_byte
            end = lo[row + 1] - first_byte if row + 1 < len(lo) else len(blob)
            if end - begin == length and same_bytes(blob, begin, q_data, q_lo[q], length):
                out[q] = run_num[j]
                break
            j += 1


@jit
def first_equal(q_key: Array, order: Array, data: Array, lo: Array, hi: Array) -> Array:
    """For each row the first row (in the order given, which is stable by key) with the same bytes."""
    first = np.empty(len(order), dtype=np.int64)
    begin = 0
    for i in range(len(order)):
        q = order[i]
        if q_key[q] != q_key[order[begin]]:
            begin = i
        first[q] = q
        for j in range(begin, i):
            p = order[j]
            if first[p] != p:
                continue
            if hi[p] - lo[p] == hi[q] - lo[q] and same_bytes(data, lo[p], data, lo[q], hi[q] - lo[q]):
                first[q] = p
                break
    return first


@jit
def gather_bytes(data: Array, lo: Array, hi: Array) -> Array:
    """The byte strings data[lo:hi], one after another."""
    total = 0
    for row in range(len(lo)):
        total += hi[row] - lo[row]
    out = np.empty(total, dtype=np.uint8)
    at = 0
    for row in range(len(lo)):
        for i in range(lo[row], hi[row]):
            out[at] = data[i]
            at += 1
    return out


@jit
def merge_two(a_key: Array, a_num: Array, b_key: Array, b_num: Array, key: Array, num: Array) -> None:
    """Merge two sorted runs into `key` and `num`, which have room for both."""
    i = 0
    j = 0
    for k in range(len(key)):
        if j == len(b_key) or (
            i < len(a_key) and (a_key[i] < b_key[j] or (a_key[i] == b_key[j] and a_num[i] <= b_num[j]))
        ):
            key[k] = a_key[i]
            num[k] = a_num[i]
            i += 1
        else:
            key[k] = b_key[j]
            num[k] = b_num[j]
            j += 1


@jit
def contains_any(run_key: Array, keys: Array) -> int:
    """The place of the first of the ascending `keys` that stands in the run, -1 if none does."""
    at = 0
    for i in range(len(keys)):
        at = advance(run_key, at, keys[i])
        if at < len(run_key) and run_key[at] == keys[i]:
            return i
    return -1
