"""MuHash3072, as Bitcoin Core has it: a set's hash is a product modulo 2^3072 - 1103717.

Each member is SHA-256 hashed, the hash is the key of a ChaCha20 stream, and 384 bytes of that, read as a
number with the lowest byte first, is the member's factor. Order does not matter, and a member goes by being
divided by. (Bellare and Micciancio, "A new paradigm for collision-free hashing", 1997.)

| array | type | meaning |
|---|---|---|
| number | u8[48] | a number below 2^3072, lowest limb first; not always below the modulus |
| wide | u8[97] | a product of two numbers, and room for a carry |
| data | u1[] | the members' bytes |
| offset | i8[n + 1] | member `i` is `data[offset[i]:offset[i + 1]]` |
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from qaif.kernels import chacha20
from qaif.kernels.jit import jit
from qaif.kernels.loads import PLAIN, Bytes, Int64s, intrinsic, load_i64, pointer_at, readable
from qaif.kernels.sha256 import sha256_into

UInt64s: TypeAlias = NDArray[np.uint64]
LIMBS = 48
LESS = 1_103_717  # the modulus is 2^3072 less this
MODULUS = 2**3072 - LESS
NUMBER_BYTES = 384
_LESS = np.uint64(LESS)
_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)
_ZERO = np.uint64(0)
_LIMB = ir.IntType(64)
_TWO = ir.IntType(128)


@intrinsic
def _add_row_fast(_context: Any, wide: Any, at: Any, number: Any, factor: Any) -> Any:
    """`wide[at:at + 48] += number * factor`; the carry is returned."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide, at, number, factor = arguments
        bytes_at = builder.mul(at, ir.Constant(_LIMB, 8))
        into = pointer_at(context, builder, signature.args[0], wide, bytes_at)
        from_ = pointer_at(context, builder, signature.args[2], number, ir.Constant(_LIMB, 0))
        into, from_ = (builder.bitcast(p, _LIMB.as_pointer()) for p in (into, from_))
        times, carry = builder.zext(factor, _TWO), ir.Constant(_TWO, 0)
        for i in range(LIMBS):
            place = builder.gep(into, [ir.Constant(_LIMB, i)])
            limb = builder.load(builder.gep(from_, [ir.Constant(_LIMB, i)]))
            product = builder.mul(builder.zext(limb, _TWO), times)
            total = builder.add(product, builder.zext(builder.load(place), _TWO))
            total = builder.add(total, carry)
            builder.store(builder.trunc(total, _LIMB), place)
            carry = builder.lshr(total, ir.Constant(_TWO, 64))
        return builder.trunc(carry, _LIMB)

    return types.uint64(wide, at, number, factor), build


@jit
def _add_row_plain(wide: UInt64s, at: int, number: UInt64s, factor: np.uint64) -> np.uint64:
    """As `_add_row_fast`, by halves of limbs: no sum is over 64 bits."""
    low, high, carry = factor & _LOW, factor >> _HALF, _ZERO
    for i in range(LIMBS):
        n0, n1 = number[i] & _LOW, number[i] >> _HALF
        first = low * n0 + (wide[at + i] & _LOW) + (carry & _LOW)
        middle = low * n1 + (wide[at + i] >> _HALF) + (first >> _HALF)
        other = high * n0 + (middle & _LOW) + (carry >> _HALF)
        wide[at + i] = (first & _LOW) | ((other & _LOW) << _HALF)
        carry = high * n1 + (middle >> _HALF) + (other >> _HALF)
    return carry


_add_row: Callable[[UInt64s, int, UInt64s, np.uint64], np.uint64] = _add_row_plain if PLAIN else _add_row_fast


@jit
def _carry_on(number: UInt64s, amount: np.uint64) -> bool:
    """Add a small amount; whether the number went over 2^3072."""
    for i in range(LIMBS):
        room = ~number[i]
        if amount <= room:
            number[i] += amount
            return False
        number[i] = amount - room - np.uint64(1)
        amount = np.uint64(1)
    return True


@jit
def multiply_into(number: UInt64s, factor: UInt64s, wide: UInt64s) -> None:
    """`number *= factor`, modulo; what stands over 2^3072 comes back times 1103717. `wide` is room."""
    for i in range(LIMBS):
        wide[i] = _ZERO
    for i in range(LIMBS):
        wide[LIMBS + i] = _add_row(wide, i, number, factor[i])
    for i in range(LIMBS):
        number[i] = wide[LIMBS + i]
    carry = _add_row(wide, 0, number, _LESS)
    for i in range(LIMBS):
        number[i] = wide[i]
    over = _carry_on(number, carry * _LESS)
    while over:
        over = _carry_on(number, _LESS)


@jit
def _product(data: Bytes, offset: Int64s, number: UInt64s) -> None:
    """Multiply `number` by the factor of each member."""
    digest, stream = np.empty(32, np.uint8), np.empty(NUMBER_BYTES, np.uint8)
    words = np.empty(chacha20.LANES * chacha20.WORDS, np.uint32)
    factor, wide = np.empty(LIMBS, np.uint64), np.empty(2 * LIMBS + 1, np.uint64)
    for i in range(len(offset) - 1):
        sha256_into(data, offset[i], offset[i + 1] - offset[i], digest)
        chacha20.key_stream(digest, words, stream)
        for limb in range(LIMBS):
            factor[limb] = _limb(load_i64(stream, 8 * limb))
        multiply_into(number, factor, wide)


@jit
def _limb(value: int) -> np.uint64:
    """The 64 bits of a signed number, as an unsigned one."""
    return (np.uint64((value >> 32) & (2**32 - 1)) << _HALF) | np.uint64(value & (2**32 - 1))


def one() -> UInt64s:
    """The empty product."""
    number = np.zeros(LIMBS, np.uint64)
    number[0] = 1
    return number


def multiply_members(number: UInt64s, data: Bytes, offset: Int64s) -> None:
    """Multiply `number` in place by the factors of members.

    Raises:
        ValueError: a member lies outside of `data`.
    """
    source, bounds = readable(data), np.ascontiguousarray(offset, np.int64)
    if not len(bounds) or bounds[0] < 0 or bounds[-1] > len(source) or (np.diff(bounds) < 0).any():
        raise ValueError(f"the offsets do not ascend within the {len(source)} bytes given")
    _product(source, bounds, number)


def multiply(number: UInt64s, factor: UInt64s) -> None:
    """Multiply `number` in place by another number."""
    multiply_into(number, factor, np.empty(2 * LIMBS + 1, np.uint64))


def as_int(number: UInt64s) -> int:
    """A number below the modulus, as Python has it."""
    return int.from_bytes(number.astype("<u8").tobytes(), "little") % MODULUS


def digest(numerator: UInt64s, denominator: UInt64s) -> bytes:
    """The 32 bytes of the set whose members were multiplied into the one and divided out by the other."""
    quotient = as_int(numerator) * pow(as_int(denominator), -1, MODULUS) % MODULUS
    return sha256(quotient.to_bytes(NUMBER_BYTES, "little")).digest()
