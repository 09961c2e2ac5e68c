"""RIPEMD-160 and Bitcoin's HASH160 of many byte ranges.

From "RIPEMD-160: a strengthened version of RIPEMD" (Dobbertin, Bosselaers, Preneel, 1996). The eighty steps
of each line run in one loop over tables of word, shift, function and constant: unrolled, the compiler would
need seconds for what no caller would notice.

Arrays:
    data: uint8[size], any bytes.
    offset, length: int64[n], the ranges `data[offset : offset + length]`.
    out: uint8[n, 20], one hash a row.
A range that does not lie inside `data` is refused before anything is read.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import load_u8, readable
from qaif.kernels.sha256 import sha256_rows

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]

HASH160_LENGTH = 20

# Words are held in int64 and masked: the same code then runs uncompiled without an overflow to warn of.
_MASK = 2**32 - 1
_START = np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0], dtype=np.int64)
_CONSTANT_LEFT = np.array([0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E], dtype=np.int64)
_CONSTANT_RIGHT = np.array([0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0], dtype=np.int64)
# the permutations rho and pi of the paper, sixteen words a round
_RHO = (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8)
_PI = tuple((9 * i + 5) % 16 for i in range(16))


def _word_order() -> tuple[Int64s, Int64s]:
    """Which of the sixteen words each step of the left and of the right line takes."""
    left, right = [list(range(16))], [list(_PI)]
    for _ in range(4):
        left.append([_RHO[word] for word in left[-1]])
        right.append([_RHO[word] for word in right[-1]])
    return np.array(left, dtype=np.int64).ravel(), np.array(right, dtype=np.int64).ravel()


_WORD_LEFT, _WORD_RIGHT = _word_order()
# shifts of the paper: a row a round, a column a message word
_SHIFTS = np.array(
    [
        [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
        [12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7],
        [13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9],
        [14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6],
        [15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5],
    ],
    dtype=np.int64,
)
_SHIFT_LEFT = np.array([_SHIFTS[step // 16, _WORD_LEFT[step]] for step in range(80)], dtype=np.int64)
_SHIFT_RIGHT = np.array([_SHIFTS[step // 16, _WORD_RIGHT[step]] for step in range(80)], dtype=np.int64)


@jit
def _mix(which: int, x: int, y: int, z: int) -> int:
    """The five Boolean functions of the paper."""
    if which == 0:
        return x ^ y ^ z
    if which == 1:
        return (x & y) | ((x ^ _MASK) & z)
    if which == 2:
        return (x | (y ^ _MASK)) ^ z
    if which == 3:
        return (x & z) | (y & (z ^ _MASK))
    return x ^ (y | (z ^ _MASK))


@jit
def _rotate(word: int, by: int) -> int:
    """Rotate 32 bits to the left."""
    return ((word << by) | (word >> (32 - by))) & _MASK


@jit
def _line(
    state: Int64s,
    words: Int64s,
    order: Int64s,
    shift: Int64s,
    constant: Int64s,
    first: int,
    slope: int,
    out: Int64s,
) -> None:
    """Eighty steps of one line from `state` into `out`; the functions go up (slope 1) or down (slope -1)."""
    a, b, c, d, e = state[0], state[1], state[2], state[3], state[4]
    for turn in range(5):
        added = constant[turn]
        which = first + slope * turn
        for step in range(16 * turn, 16 * turn + 16):
            inner = (a + _mix(which, b, c, d) + words[order[step]] + added) & _MASK
            fresh = (_rotate(inner, shift[step]) + e) & _MASK
            a, e, d, c, b = e, d, _rotate(c, 10), b, fresh
    out[0], out[1], out[2], out[3], out[4] = a, b, c, d, e


@jit
def _compress(state: Int64s, words: Int64s, left: Int64s, right: Int64s) -> None:
    """Take one block of sixteen words into the state; `left` and `right` are scratch."""
    _line(state, words, _WORD_LEFT, _SHIFT_LEFT, _CONSTANT_LEFT, 0, 1, left)
    _line(state, words, _WORD_RIGHT, _SHIFT_RIGHT, _CONSTANT_RIGHT, 4, -1, right)
    held = (state[1] + left[2] + right[3]) & _MASK
    state[1] = (state[2] + left[3] + right[4]) & _MASK
    state[2] = (state[3] + left[4] + right[0]) & _MASK
    state[3] = (state[4] + left[0] + right[1]) & _MASK
    state[4] = (state[0] + left[1] + right[2]) & _MASK
    state[0] = held


@jit
def _message_byte(data: Bytes, start: int, size: int, at: int, padded: int) -> int:
    """Byte `at` of the padded message: data, 0x80, zeros, the bit length in eight bytes."""
    if at < size:
        return load_u8(data, start + at)
    if at == size:
        return 0x80
    if at >= padded - 8:
        return ((size * 8) >> (8 * (at - (padded - 8)))) & 0xFF
    return 0


@jit
def ripemd160_into(data: Bytes, start: int, size: int, out: Bytes) -> None:
    """Hash `data[start : start + size]` into `out` (20 bytes); the caller answers for the range."""
    state, words = _START.copy(), np.empty(16, dtype=np.int64)
    left, right = np.empty(5, dtype=np.int64), np.empty(5, dtype=np.int64)
    padded = (size + 8) // 64 * 64 + 64
    for block in range(0, padded, 64):
        for word in range(16):
            value = 0
            for byte in range(4):
                value |= _message_byte(data, start, size, block + 4 * word + byte, padded) << (8 * byte)
            words[word] = value
        _compress(state, words, left, right)
    for at in range(20):
        out[at] = (state[at >> 2] >> (8 * (at & 3))) & 0xFF


@jit
def _rows(data: Bytes, offset: Int64s, length: Int64s, out: Bytes) -> None:
    """Hash each range into its row."""
    for row in range(len(offset)):
        ripemd160_into(data, offset[row], length[row], out[row])


def ripemd160_rows(data: Bytes, offset: Int64s, length: Int64s) -> Bytes:
    """RIPEMD-160 of each range `data[offset : offset + length]`, as uint8[n, 20].

    Raises:
        ValueError: a range does not lie inside `data`.
    """
    inside = (offset >= 0) & (length >= 0) & (length <= len(data)) & (offset <= len(data) - length)
    if len(offset) != len(length) or not inside.all():
        raise ValueError("a range to hash does not lie inside the data")
    out = np.empty((len(offset), HASH160_LENGTH), dtype=np.uint8)
    _rows(readable(data), offset, length, out)
    return out


def hash160_rows(data: Bytes, offset: Int64s, length: Int64s) -> Bytes:
    """RIPEMD-160 of SHA-256 of each range, as uint8[n, 20]: what addresses hold.

    Raises:
        ValueError: a range does not lie inside `data`.
    """
    inner = sha256_rows(data, offset, length)
    start = np.arange(len(inner), dtype=np.int64) * 32
    return ripemd160_rows(inner.reshape(-1), start, np.full(len(inner), 32, dtype=np.int64))
