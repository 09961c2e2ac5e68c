"""A stable order by 64-bit keys: least significant digit first, digits of 11 bits, constant digits skipped.

Keys that are hashes are apart after their first bits. So only as many of the highest digits are sorted by as
tell the rows apart, and neighbours are put right by insertion; where that moves too much, all digits are
used.

Arrays:
    key u8[n]      any keys; not changed
    order i8[n]    on return the rows by ascending key, equal keys in the order of their rows
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit

UInt64s = NDArray[np.uint64]
Int64s = NDArray[np.int64]

_BITS = 11
_DIGITS = 6  # of 11 bits: 66 bits, of which a key has 64
_SMALL = 64  # rows that are sorted by insertion


@jit
def _insertion(key: UInt64s, order: Int64s) -> None:
    for row in range(len(key)):
        at = row
        while at > 0 and key[order[at - 1]] > key[row]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = row


@jit
def _histograms(key: UInt64s) -> NDArray[np.int64]:
    counts = np.zeros((_DIGITS, 1 << _BITS), dtype=np.int64)
    mask = np.uint64((1 << _BITS) - 1)
    for row in range(len(key)):
        rest = key[row]
        for digit in range(_DIGITS):
            counts[digit, np.int64(rest & mask)] += 1
            rest >>= np.uint64(_BITS)
    return counts


@jit
def _pass(
    key: UInt64s, order: Int64s, place: NDArray[np.int64], shift: int, to_key: UInt64s, to_order: Int64s
) -> None:
    mask = np.uint64((1 << _BITS) - 1)
    for row in range(len(key)):
        digit = np.int64((key[row] >> np.uint64(shift)) & mask)
        at = place[digit]
        to_key[at] = key[row]
        to_order[at] = order[row]
        place[digit] = at + 1


@jit
def _by_digits(key: UInt64s, counts: NDArray[np.int64], lowest: int, order: Int64s) -> tuple[UInt64s, Int64s]:
    """Keys and rows in the order of the digits from `lowest` on; `counts` is used up."""
    rows = len(key)
    for row in range(rows):
        order[row] = row
    other_order = np.empty(rows, dtype=np.int64)
    now, other_key = key, np.empty(rows, dtype=np.uint64)
    spare_key = np.empty(rows, dtype=np.uint64)
    for digit in range(lowest, _DIGITS):
        first = np.int64((key[0] >> np.uint64(digit * _BITS)) & np.uint64((1 << _BITS) - 1))
        if counts[digit, first] == rows:
            continue
        total = 0
        for value in range(1 << _BITS):
            here = counts[digit, value]
            counts[digit, value] = total
            total += here
        _pass(now, order, counts[digit], digit * _BITS, other_key, other_order)
        now, other_key, spare_key = other_key, spare_key, other_key
        order, other_order = other_order, order
    return now, order


@jit
def _put_right(key: UInt64s, order: Int64s, budget: int) -> bool:
    """Sort what is nearly sorted by insertion; False where that would move more than `budget` rows."""
    for row in range(1, len(key)):
        k = key[row]
        if key[row - 1] <= k:
            continue
        o = order[row]
        at = row
        while at > 0 and key[at - 1] > k:
            key[at] = key[at - 1]
            order[at] = order[at - 1]
            at -= 1
        key[at] = k
        order[at] = o
        budget -= row - at
        if budget < 0:
            return False
    return True


@jit
def _lowest_needed(counts: NDArray[np.int64], rows: int) -> int:
    """The lowest digit to sort by, so that the digits from there on can tell the rows apart."""
    wanted = 4.0 + np.log2(rows)
    lowest = _DIGITS
    while lowest > 0 and wanted > 0:
        lowest -= 1
        used = 0
        for value in range(1 << _BITS):
            used += counts[lowest, value] > 0
        wanted -= np.log2(used)
    return lowest


@jit
def _radix(key: UInt64s, order: Int64s) -> tuple[UInt64s, Int64s]:
    counts = _histograms(key)
    lowest = _lowest_needed(counts, len(key))
    if lowest > 0:
        now, by_high = _by_digits(key, counts.copy(), lowest, order)
        if _put_right(now, by_high, 2 * len(key)):
            return now, by_high
    return _by_digits(key, counts, 0, order)


def sorted_rows(key: UInt64s) -> tuple[UInt64s, Int64s]:
    """The keys in ascending order, and the row of each, as int64[n]; equal keys keep their order."""
    source = np.ascontiguousarray(key, dtype=np.uint64)
    order = np.empty(len(source), dtype=np.int64)
    if len(source) > _SMALL:
        return _radix(source, order)
    _insertion(source, order)
    return source[order], order


def argsort(key: UInt64s) -> Int64s:
    """The rows of `key` in ascending order of their keys, as int64[n]; equal keys keep their order."""
    return sorted_rows(key)[1]
