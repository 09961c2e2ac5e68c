"""The first 384 bytes of a ChaCha20 key stream (RFC 8439), nonce and counter zero: six blocks side by side.

| array | type | meaning |
|---|---|---|
| key | u1[32] | the key |
| words | u4[128] | room: word `w` of block `b` stands at `8 * w + b`; blocks 6 and 7 are not used |
| stream | u1[384] | on return the key stream |

Compiled, a word of eight blocks is one vector; with bounds checked or the JIT off the same steps are plain
arithmetic.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import PLAIN, Bytes, intrinsic, load_u32, pointer_at

UInt32s: TypeAlias = NDArray[np.uint32]
STREAM_BYTES = 384
LANES = 8
WORDS = 16
MASK = 2**32 - 1
_CONSTANTS = np.frombuffer(b"expand 32-byte k", "<u4").astype(np.int64)
# the words that each quarter round turns: columns, then diagonals
_QUARTERS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)
_TURNS = np.array(_QUARTERS, np.int64)
_DOUBLE_ROUNDS = 10
_WORD = ir.IntType(32)
_VECTOR = ir.VectorType(_WORD, LANES)


def _many(value: int) -> Any:
    """LLVM: a vector with one number in every lane."""
    return ir.Constant(_VECTOR, [value] * LANES)


def _quarter(builder: Any, x: list[Any], a: int, b: int, c: int, d: int) -> None:
    """LLVM: one quarter round over eight blocks."""
    for into, by, turned, places in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[into] = builder.add(x[into], x[by])
        mixed = builder.xor(x[turned], x[into])
        high = builder.shl(mixed, _many(places))
        x[turned] = builder.or_(high, builder.lshr(mixed, _many(32 - places)))


@intrinsic
def _rounds_fast(_context: Any, words: Any) -> Any:
    """All rounds of eight blocks, and the first state added to the last."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        base = pointer_at(context, builder, signature.args[0], arguments[0], ir.Constant(ir.IntType(64), 0))
        vectors = builder.bitcast(base, _VECTOR.as_pointer())
        places = [builder.gep(vectors, [ir.Constant(ir.IntType(64), w)]) for w in range(WORDS)]
        first = [builder.load(place, align=4) for place in places]
        x = list(first)
        for _ in range(_DOUBLE_ROUNDS):
            for quarter in _QUARTERS:
                _quarter(builder, x, *quarter)
        for place, last, start in zip(places, x, first, strict=True):
            builder.store(builder.add(last, start), place, align=4)
        return context.get_dummy_value()

    return types.void(words), build


@jit
def _step(x: NDArray[np.int64], into: int, by: int, turned: int, places: int) -> None:
    x[into] = (x[into] + x[by]) & MASK
    mixed = x[turned] ^ x[into]
    x[turned] = ((mixed << places) | (mixed >> (32 - places))) & MASK


@jit
def _rounds_plain(words: UInt32s) -> None:
    """As `_rounds_fast`, of the six blocks that are used."""
    x = np.empty(WORDS, np.int64)
    for lane in range(STREAM_BYTES // 64):
        for w in range(WORDS):
            x[w] = words[LANES * w + lane]
        for _ in range(_DOUBLE_ROUNDS):
            for i in range(len(_TURNS)):
                a, b, c, d = _TURNS[i, 0], _TURNS[i, 1], _TURNS[i, 2], _TURNS[i, 3]
                _step(x, a, b, d, 16)
                _step(x, c, d, b, 12)
                _step(x, a, b, d, 8)
                _step(x, c, d, b, 7)
        for w in range(WORDS):
            words[LANES * w + lane] = (x[w] + np.int64(words[LANES * w + lane])) & MASK


_rounds: Callable[[UInt32s], None] = _rounds_plain if PLAIN else _rounds_fast


@jit
def key_stream(key: Bytes, words: UInt32s, stream: Bytes) -> None:
    """Fill `stream` from `key`; `words` is room."""
    for lane in range(LANES):
        for w in range(4):
            words[LANES * w + lane] = _CONSTANTS[w]
        for w in range(8):
            words[LANES * (4 + w) + lane] = load_u32(key, 4 * w)
        words[LANES * 12 + lane] = lane  # the block's number
        for w in range(13, WORDS):
            words[LANES * w + lane] = 0
    _rounds(words)
    for block in range(STREAM_BYTES // 64):
        for w in range(WORDS):
            word = np.int64(words[LANES * w + block])
            for i in range(4):
                stream[64 * block + 4 * w + i] = (word >> (8 * i)) & 0xFF
