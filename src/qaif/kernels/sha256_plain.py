"""SHA-256 in plain arithmetic (FIPS 180-4), for machines with nothing better, and as Python with the JIT off.

Numbers are int64 masked to 32 bits, so that the same text runs compiled and not.
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_u8

MASK = 2**32 - 1


def _root_bits(prime: int, power: int) -> int:
    """The first 32 bits of the fraction of the square (2) or cube (3) root of a prime."""
    scaled = prime << (32 * power)
    low, high = 0, 2**40
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= scaled else (low, middle)
    return low & MASK


PRIMES = [n for n in range(2, 312) if all(n % k for k in range(2, n))]
INITIAL = np.array([_root_bits(p, 2) for p in PRIMES[:8]], np.int64)
ROUND = np.array([_root_bits(p, 3) for p in PRIMES[:64]], np.int64)


@jit
def _turn(value: int, places: int) -> int:
    return ((value >> places) | (value << (32 - places))) & MASK


@jit
def _compress(state: Int64s, w: Int64s, block: Bytes, at: int) -> None:
    """One block into the state; `w` is room for 64 words."""
    for i in range(16):
        w[i] = 0
        for k in range(4):
            w[i] = w[i] << 8 | load_u8(block, at + 4 * i + k)
    for i in range(16, 64):
        small0 = _turn(w[i - 15], 7) ^ _turn(w[i - 15], 18) ^ (w[i - 15] >> 3)
        small1 = _turn(w[i - 2], 17) ^ _turn(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w[i] = (w[i - 16] + small0 + w[i - 7] + small1) & MASK
    a, b, c, d, e, f, g, h = state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
    for i in range(64):
        big1 = _turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)
        first = h + big1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]
        big0 = _turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)
        second = big0 + ((a & b) ^ (a & c) ^ (b & c))
        h, g, f, e = g, f, e, (d + first) & MASK
        d, c, b, a = c, b, a, (first + second) & MASK
    state[0], state[1], state[2], state[3] = state[0] + a, state[1] + b, state[2] + c, state[3] + d
    state[4], state[5], state[6], state[7] = state[4] + e, state[5] + f, state[6] + g, state[7] + h
    for i in range(8):
        state[i] &= MASK


@jit
def _hash(message: Bytes, length: int, state: Int64s, w: Int64s, out: Bytes, out_at: int) -> None:
    """SHA-256 of the first `length` bytes; `message` has room for the padding and is padded in place."""
    blocks = (length + 72) >> 6
    for i in range(length, 64 * blocks):
        message[i] = 0
    message[length] = 0x80
    for i in range(8):
        message[64 * blocks - 1 - i] = ((length * 8) >> (8 * i)) & 0xFF
    for i in range(8):
        state[i] = INITIAL[i]
    for i in range(blocks):
        _compress(state, w, message, 64 * i)
    for i in range(32):
        out[out_at + i] = (state[i >> 2] >> (24 - 8 * (i & 3))) & 0xFF


@jit
def hash_jobs(
    data: Bytes, offset: Int64s, length: Int64s, end: Int64s, row: Int64s, rounds: int, out: Bytes
) -> None:
    """SHA-256 of many messages, by 1 or 2 rounds.

    Job i is `length[i]` bytes at `offset[i]`, its hash goes to bytes `32 * row[i]` and on of `out`. Where
    `end[i]` is not 0 the job is a transaction without its witness: the version (4 bytes), then what follows
    marker and flag (from byte 6), and last the lock time, the 4 bytes before `end[i]`; `length[i]` is the
    length of that.
    """
    longest = 64
    for i in range(len(length)):
        longest = max(longest, length[i])
    message = np.empty(longest + 128, np.uint8)
    state = np.empty(8, np.int64)
    w = np.empty(64, np.int64)
    for i in range(len(offset)):
        at, size, last = offset[i], length[i], end[i]
        for k in range(size):
            message[k] = load_u8(data, at + k + (2 if last and k >= 4 else 0))
        if last:
            for k in range(4):
                message[size - 4 + k] = load_u8(data, last - 4 + k)
        _hash(message, size, state, w, out, 32 * row[i])
        if rounds == 2:
            for k in range(32):
                message[k] = out[32 * row[i] + k]
            _hash(message, 32, state, w, out, 32 * row[i])


@jit
def hash_pairs(data: Bytes, count: int, out: Bytes) -> None:
    """SHA-256 twice of `count` messages of 64 bytes that follow each other; `out` may be `data`."""
    message = np.empty(128, np.uint8)
    state = np.empty(8, np.int64)
    w = np.empty(64, np.int64)
    for i in range(count):
        for k in range(64):
            message[k] = data[64 * i + k]
        _hash(message, 64, state, w, message, 0)
        _hash(message, 32, state, w, out, 32 * i)


@jit
def sha256_into(data: Bytes, start: int, size: int, out: Bytes) -> None:
    """SHA-256 of `size` bytes from `start` on into 32 bytes of `out`."""
    message = np.empty(size + 128, np.uint8)
    for i in range(size):
        message[i] = data[start + i]
    _hash(message, size, np.empty(8, np.int64), np.empty(64, np.int64), out, 0)
