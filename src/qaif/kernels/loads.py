"""Unaligned little-endian reads and 32-byte copies: one instruction each where compiled.

With NUMBA_BOUNDSCHECK or NUMBA_DISABLE_JIT the same names are plain indexing, so that a read out of range is
an `IndexError` and not rubbish. All take a `uint8` array and a position and give `int64`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.machine import CHECKED, PLAIN_PYTHON

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]

# numba's own types describe a function of the typing context, not the function that kernels call
intrinsic: Any = extending.intrinsic
BYTE = ir.IntType(8)
INT64 = ir.IntType(64)


def pointer_at(context: Any, builder: Any, array_type: Any, array: Any, position: Any) -> Any:
    """LLVM: the address of a byte of a uint8 array."""
    proxy: Any = cgutils.create_struct_proxy
    base = proxy(array_type)(context, builder, value=array).data
    return builder.gep(builder.bitcast(base, BYTE.as_pointer()), [position])


def _load(bits: int, *, signed: bool) -> Any:
    """An intrinsic that reads `bits` bits and widens them to int64."""

    def typed(_context: Any, data: Any, position: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = pointer_at(context, builder, signature.args[0], *arguments)
            word = ir.IntType(bits)
            value = builder.load(builder.bitcast(place, word.as_pointer()), align=1)
            if bits == INT64.width:
                return value
            return builder.sext(value, INT64) if signed else builder.zext(value, INT64)

        return types.int64(data, position), build

    return intrinsic(typed)


@intrinsic
def _copy32_fast(_context: Any, target: Any, target_at: Any, source: Any, source_at: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        into = pointer_at(context, builder, signature.args[0], *arguments[:2])
        from_ = pointer_at(context, builder, signature.args[2], *arguments[2:])
        block = ir.VectorType(BYTE, 32).as_pointer()
        builder.store(
            builder.load(builder.bitcast(from_, block), align=1), builder.bitcast(into, block), align=1
        )
        return context.get_dummy_value()

    return types.void(target, target_at, source, source_at), build


@intrinsic
def address(_context: Any, data: Any, position: Any) -> Any:
    """Where a byte of a uint8 array stands in memory; the caller keeps the array alive."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(pointer_at(context, builder, signature.args[0], *arguments), INT64)

    return types.int64(data, position), build


@jit
def _load_u8(data: Bytes, position: int) -> int:
    widened: int = np.int64(data[position])  # type: ignore[assignment]  # int() gives uint64 when compiled
    return widened


@jit
def _load_u16(data: Bytes, position: int) -> int:
    return _load_u8(data, position) | _load_u8(data, position + 1) << 8


@jit
def _load_u32(data: Bytes, position: int) -> int:
    return _load_u16(data, position) | _load_u16(data, position + 2) << 16


@jit
def _load_i32(data: Bytes, position: int) -> int:
    value = _load_u32(data, position)
    return value - ((value >> 31) << 32)


@jit
def _load_i64(data: Bytes, position: int) -> int:
    return _load_u32(data, position) | _load_i32(data, position + 4) << 32


@jit
def _copy32(target: Bytes, target_at: int, source: Bytes, source_at: int) -> None:
    for i in range(32):
        target[target_at + i] = source[source_at + i]


Load: TypeAlias = Callable[[Bytes, int], int]
PLAIN = CHECKED or PLAIN_PYTHON
load_u8: Load = _load_u8 if PLAIN else _load(8, signed=False)
load_u16: Load = _load_u16 if PLAIN else _load(16, signed=False)
load_u32: Load = _load_u32 if PLAIN else _load(32, signed=False)
load_i32: Load = _load_i32 if PLAIN else _load(32, signed=True)
load_i64: Load = _load_i64 if PLAIN else _load(64, signed=True)
copy32: Callable[[Bytes, int, Bytes, int], None] = _copy32 if PLAIN else _copy32_fast


def readable(data: Bytes) -> Bytes:
    """The same bytes as an array of the one type that the kernels are compiled for; copied only if strided.

    A read-only array (a memory map, a `bytes`) would be compiled for a second time, and the kernels never
    write to `data`: so it is offered to them as writable.
    """
    flat = np.ascontiguousarray(data, dtype=np.uint8).reshape(-1)
    if flat.flags.writeable or not len(flat):
        return flat if len(flat) else np.empty(0, np.uint8)
    return np.asarray(_Borrowed(flat))


class _Borrowed:
    """The memory of a read-only array, offered to NumPy as writable; keeps the owner alive."""

    def __init__(self, owner: Bytes) -> None:
        self.owner = owner
        interface = dict(owner.__array_interface__)
        self.__array_interface__ = {**interface, "data": (interface["data"][0], False)}
