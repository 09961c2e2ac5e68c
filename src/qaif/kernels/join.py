"""Joins between what is new and what is stored; every match compares whole keys.

Arrays:
    run_key u8[r], run_num i8[r]   a sorted run: keys ascending, numbers ascending within a key
    base i8                        the number of row 0 of the arrays that the run's numbers point into
    txid u8[t,4]                   transaction ids as words, row i is number base + i
    blob u1[b], lo i8[s]           script bytes; script base + i begins at blob[lo[i] - first_byte]; the last
                                   ends with the blob
    q_key u8[q], order i8[q]       queries by ascending key: their keys, and which query each is
On return `out` holds the number found for each query; rows that were not -1, or that found nothing, are as
they were. Far rows are touched in groups before they are compared, so that their loads overlap.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import copy32, load_i64

Array = NDArray[Any]

_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xD6E8FEB86659FD93)
_GROUP = 128  # queries whose far rows are loaded together


@jit
def _turned(word: np.uint64) -> np.uint64:
    """The word with its bytes in reverse."""
    low = np.uint64(0x00FF00FF00FF00FF)
    word = ((word >> np.uint64(8)) & low) | ((word & low) << np.uint64(8))
    low = np.uint64(0x0000FFFF0000FFFF)
    word = ((word >> np.uint64(16)) & low) | ((word & low) << np.uint64(16))
    return (word >> np.uint64(32)) | (word << np.uint64(32))


@jit
def hash64(data: Array, at: int, end: int) -> np.uint64:
    """A 64-bit hash of the byte string data[at:end]; for finding, never for equality."""
    h = np.uint64(end - at) * _MIX_A
    while end - at >= 8:
        h = (h ^ _turned(np.uint64(load_i64(data, at)))) * _MIX_B
        h ^= h >> np.uint64(29)
        at += 8
    word = np.uint64(0)
    while at < end:
        word = (word << np.uint64(8)) | np.uint64(data[at])
        at += 1
    h = (h ^ word) * _MIX_B
    h ^= h >> np.uint64(32)
    h *= _MIX_A
    return h ^ (h >> np.uint64(29))


@jit
def hash64_rows(data: Array, lo: Array, hi: Array) -> Array:
    """`hash64` of each byte string data[lo:hi]."""
    out = np.empty(len(lo), dtype=np.uint64)
    for row in range(len(lo)):
        out[row] = hash64(data, lo[row], hi[row])
    return out


@jit
def same_bytes(a: Array, a_lo: int, b: Array, b_lo: int, length: int) -> bool:
    """Whether two byte strings of one length are equal."""
    at = 0
    while length - at >= 8:
        if load_i64(a, a_lo + at) != load_i64(b, b_lo + at):
            return False
        at += 8
    while at < length:
        if a[a_lo + at] != b[b_lo + at]:
            return False
        at += 1
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
def still_open(q_key: Array, order: Array, out: Array) -> tuple[Array, Array]:
    """The queries, in their order, whose row of `out` is still -1."""
    keys, rows = np.empty_like(q_key), np.empty_like(order)
    used = 0
    for i in range(len(order)):
        keys[used], rows[used] = q_key[i], order[i]
        used += out[order[i]] == -1
    return keys[:used], rows[:used]


@jit
def _matches(run_key: Array, at: int, q_key: Array, lo: int, hi: int, places: Array) -> tuple[int, int]:
    """For the queries lo to hi the places in the run where their keys begin; those without one left out.

    `places` i8[2, _GROUP]: the query and the place of each match. Returns how many, and where the run stands.
    """
    used = 0
    for i in range(lo, hi):
        at = advance(run_key, at, q_key[i])
        if at == len(run_key):
            break
        places[0, used], places[1, used] = i, at
        used += run_key[at] == q_key[i]
    return used, at


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
    at, places, touched = 0, np.empty((2, _GROUP), dtype=np.int64), np.zeros(1, dtype=np.uint64)
    for lo in range(0, len(order), _GROUP):
        used, at = _matches(run_key, at, q_key, lo, min(lo + _GROUP, len(order)), places)
        for m in range(used):
            touched[0] += txid[run_num[places[1, m]] - base, 3] ^ q_txid[order[places[0, m]], 3]
        for m in range(used):
            i, j = places[0, m], places[1, m]
            q = order[i]
            if out[q] != -1:
                continue
            while j < len(run_key) and run_key[j] == q_key[i]:
                row = run_num[j] - base
                if run_num[j] < before[q]:
                    differ = txid[row, 0] ^ q_txid[q, 0] | txid[row, 1] ^ q_txid[q, 1]
                    differ |= txid[row, 2] ^ q_txid[q, 2] | txid[row, 3] ^ q_txid[q, 3]
                    if differ == 0:
                        out[q] = run_num[j]
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
    at, places, touched = 0, np.empty((2, _GROUP), dtype=np.int64), np.zeros(1, dtype=np.int64)
    for start in range(0, len(order), _GROUP):
        used, at = _matches(run_key, at, q_key, start, min(start + _GROUP, len(order)), places)
        for m in range(used):
            touched[0] += lo[run_num[places[1, m]] - base] + q_lo[order[places[0, m]]]
        for m in range(used):
            i, j = places[0, m], places[1, m]
            q = order[i]
            length = q_hi[q] - q_lo[q]
            while out[q] == -1 and j < len(run_key) and run_key[j] == q_key[i]:
                row = run_num[j] - base
                begin = lo[row] - first_byte
                end = lo[row + 1] - first_byte if row + 1 < len(lo) else len(blob)
                if end - begin == length and same_bytes(blob, begin, q_data, q_lo[q], length):
                    out[q] = run_num[j]
                j += 1


@jit
def first_equal(q_key: Array, order: Array, data: Array, lo: Array, hi: Array) -> Array:
    """For each row the first row (in the order given, which is stable by key) with the same bytes."""
    first = np.empty(len(order), dtype=np.int64)
    begin = 0
    for i in range(len(order)):
        q = order[i]
        if q_key[i] != q_key[begin]:
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
    out = np.empty(total + 32, dtype=np.uint8)
    at = 0
    for row in range(len(lo)):
        source, end = lo[row], hi[row]
        while source < end and source + 32 <= len(data):
            copy32(out, at, data, source)  # what it writes past the end is written again, or cut off
            step = min(32, end - source)
            source += step
            at += step
        while source < end:
            out[at] = data[source]
            source += 1
            at += 1
    return out[:total]


@jit
def merge_two(a_key: Array, a_num: Array, b_key: Array, b_num: Array, key: Array, num: Array) -> None:
    """Merge two sorted runs into `key` and `num`, which have room for both."""
    i, j, k = 0, 0, 0
    while i < len(a_key) and j < len(b_key):
        x, y = a_key[i], b_key[j]
        from_b = (y < x) | ((y == x) & (b_num[j] < a_num[i]))  # computed, not branched on: it is a coin toss
        key[k] = y if from_b else x
        num[k] = b_num[j] if from_b else a_num[i]
        i += 1 - from_b
        j += from_b
        k += 1
    while i < len(a_key):
        key[k], num[k] = a_key[i], a_num[i]
        i += 1
        k += 1
    while j < len(b_key):
        key[k], num[k] = b_key[j], b_num[j]
        j += 1
        k += 1


@jit
def interleave(values: Array, first: Array, source: Array) -> Array:
    """For each of `source` the next value of that one: those of source i stand from `values[first[i]]` on."""
    at, out = first.copy(), np.empty(len(source), dtype=values.dtype)
    for row in range(len(source)):
        which = source[row]
        out[row] = values[at[which]]
        at[which] += 1
    return out


@jit
def contains_any(run_key: Array, keys: Array) -> int:
    """The place of the first of the ascending `keys` that stands in the run, -1 if none does."""
    at = 0
    for i in range(len(keys)):
        at = advance(run_key, at, keys[i])
        if at < len(run_key) and run_key[at] == keys[i]:
            return i
    return -1
