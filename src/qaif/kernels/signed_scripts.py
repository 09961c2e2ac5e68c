"""Pushes, keys, signatures and the scripts that one spends by signing, read out of bytes.

Arrays:
    data: uint8[size]; `start`, `at` and `end` are positions in it, and `start + size` is at most its end.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import load_u8

Bytes = NDArray[np.uint8]

PLAIN_SCRIPT = 1
MULTISIG = 100  # the template of m-of-n is told as MULTISIG + m


def _known_operations() -> Bytes:
    """One for each operation after the pushes that may stand in a script which is spent by signing."""
    known = np.zeros(256, dtype=np.uint8)
    for first, last in (
        *((0x4F, 0x4F), (0x51, 0x61), (0x63, 0x64), (0x67, 0x69)),  # numbers, NOP, conditionals, VERIFY
        *((0x6B, 0x7D), (0x82, 0x82), (0x87, 0x88)),  # stack, SIZE, EQUAL
        *((0x8B, 0x8C), (0x8F, 0x94), (0x9A, 0xA5)),  # arithmetic that is not disabled
        *((0xA6, 0xAF), (0xB0, 0xB9)),  # hashes, signature checks, locks and no-operations
    ):
        known[first : last + 1] = 1
    return known


_KNOWN = _known_operations()


@jit
def little_endian(data: Bytes, at: int, width: int) -> int:
    """A number of `width` bytes."""
    value = 0
    for byte in range(width):
        value |= load_u8(data, at + byte) << (8 * byte)
    return value


@jit
def push(data: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """The push at `at`: start, size, and where the next begins (-1: not a push, or it runs past `end`)."""
    code = load_u8(data, at)
    if code in (0, 0x4F) or 0x51 <= code <= 0x60:
        return at + 1, 0, at + 1
    if code > 0x4E:
        return at, 0, -1
    start, size = at + 1, code
    if code >= 0x4C:
        width = 1 << (code - 0x4C)
        if at + 1 + width > end:
            return at, 0, -1
        start, size = at + 1 + width, little_endian(data, at + 1, width)
    if size > end - start:
        return at, 0, -1
    return start, size, start + size


@jit
def compact(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """A compact size: value, and where it ends (-1: cut off, or larger than what is left)."""
    if at >= end:
        return 0, -1
    value, width = load_u8(data, at), 0
    if value >= 0xFD:
        width = 1 << (value - 0xFC)
        if width == 8 or at + 1 + width > end:
            return 0, -1
        value = little_endian(data, at + 1, width)
    after = at + 1 + width
    if value > end - after:
        return 0, -1
    return value, after


@jit
def is_signature(data: Bytes, start: int, size: int) -> bool:
    """Whether the bytes have the shape of a DER signature with its hash type (BIP66's frame)."""
    if size < 9 or size > 73 or load_u8(data, start) != 0x30 or load_u8(data, start + 1) != size - 3:
        return False
    first = load_u8(data, start + 3)
    if load_u8(data, start + 2) != 2 or first == 0 or first + 6 >= size:
        return False
    second = load_u8(data, start + 5 + first)
    return load_u8(data, start + 4 + first) == 2 and second > 0 and first + second + 7 == size


@jit
def is_key(data: Bytes, start: int, size: int) -> bool:
    """Whether the bytes have the shape of a public key."""
    if size not in (33, 65):
        return False
    kind = load_u8(data, start)
    return kind in (2, 3) if size == 33 else kind == 4


@jit
def _multisig(data: Bytes, start: int, size: int) -> int:
    """The m of a plain `m key... n CHECKMULTISIG`, 0 for any other script."""
    end = start + size
    if size < 37 or load_u8(data, end - 1) != 0xAE:
        return 0
    m, n = load_u8(data, start) - 0x50, load_u8(data, end - 2) - 0x50
    if m < 1 or n < m or n > 16:
        return 0
    at, keys = start + 1, 0
    while at < end - 2:
        key, length, after = push(data, at, end - 2)
        if after != at + 1 + length or not is_key(data, key, length):
            return 0
        keys, at = keys + 1, after
    return m if keys == n else 0


@jit
def template(data: Bytes, start: int, size: int) -> int:
    """0: not a script that one spends by signing; PLAIN_SCRIPT: it is; MULTISIG + m: plain multisig."""
    if size < 23:
        return 0
    m = _multisig(data, start, size)
    if m:
        return MULTISIG + m
    at, end, depth, holders, checks, last = start, start + size, 0, 0, 0, 0
    while at < end:
        code = load_u8(data, at)
        if code <= 0x4E:
            pushed, length, after = push(data, at, end)
            if after < 0:
                return 0
            if is_key(data, pushed, length) or (length == 20 and last == 0xA9):
                holders += 1
            at = after
        else:
            if not _KNOWN[code]:
                return 0
            if code in (0x63, 0x64):
                depth += 1
            if code in (0x67, 0x68) and depth == 0:
                return 0
            if code == 0x68:
                depth -= 1
            if 0xAC <= code <= 0xAF:
                checks += 1
            at += 1
        last = code
    return PLAIN_SCRIPT if depth == 0 and holders > 0 and checks > 0 else 0
