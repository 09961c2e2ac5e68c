"""What SHA-256 by the processor's SHA instructions is made of: each function is a few LLVM instructions.

`state` is u4[16]: of each of two lanes F E B A and H G D C, as the instructions want them.
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils as numba_cgutils

from qaif.kernels.loads import BYTE, intrinsic, pointer_at
from qaif.kernels.sha256_plain import INITIAL, ROUND

cgutils: Any = numba_cgutils  # has no types
WORD = ir.IntType(32)
FOUR = ir.VectorType(WORD, 4)
BLOCK = ir.VectorType(BYTE, 64)
INITIAL_ABEF = [int(INITIAL[i]) for i in (5, 4, 1, 0, 7, 6, 3, 2)]


def _four(values: Any) -> Any:
    return ir.Constant(FOUR, [int(v) for v in values])


def _shuffle(builder: Any, left: Any, right: Any, order: tuple[int, ...]) -> Any:
    return builder.shuffle_vector(left, right, ir.Constant(ir.VectorType(WORD, len(order)), list(order)))


def _call(builder: Any, name: str, *arguments: Any) -> Any:
    kind = ir.FunctionType(FOUR, [FOUR] * len(arguments))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _block_rounds(builder: Any, states: Any, places: Any) -> None:
    """LLVM: one block of each lane, 16 groups of four rounds, lane by lane within a group."""
    before = [[builder.load(s) for s in pair] for pair in states]
    now = [list(pair) for pair in before]
    words: list[list[Any]] = [[], []]
    for group in range(16):
        for lane in range(2):
            w = words[lane]
            if group < 4:
                place = builder.gep(places[lane], [ir.Constant(WORD, group)])
                w.append(_call(builder, "llvm.bswap.v4i32", builder.load(place, align=1)))
            else:
                middle = builder.add(
                    _call(builder, "llvm.x86.sha256msg1", w[-4], w[-3]),
                    _shuffle(builder, w[-2], w[-1], (1, 2, 3, 4)),
                )
                w.append(_call(builder, "llvm.x86.sha256msg2", middle, w[-1]))
            added = builder.add(w[-1], _four(ROUND[4 * group : 4 * group + 4]))
            abef, cdgh = now[lane]
            cdgh = _call(builder, "llvm.x86.sha256rnds2", cdgh, abef, added)
            high = _shuffle(builder, added, added, (2, 3, 2, 3))
            abef = _call(builder, "llvm.x86.sha256rnds2", abef, cdgh, high)
            now[lane] = [abef, cdgh]
    for lane in range(2):
        for k in range(2):
            builder.store(builder.add(now[lane][k], before[lane][k]), states[lane][k])


def _clear_upper_halves(builder: Any) -> None:
    """LLVM: end the use of 256-bit registers: with their upper halves in use, SHA was seen 50 times slower.

    SHA instructions are of the old encoding, and some processors save and restore the halves around each.
    LLVM puts this instruction only before calls and returns.
    """
    if llvm.get_host_cpu_features().get("avx", False):
        kind = ir.FunctionType(ir.VoidType(), [])
        name = "llvm.x86.avx.vzeroupper"
        builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])


@intrinsic
def compress_two(_context: Any, state: Any, _first: Any, _second: Any, _blocks: Any) -> Any:
    """Take `_blocks` blocks at address `_first` into lane 0 of `state`, and at `_second` into lane 1."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, *starts, count = arguments
        _clear_upper_halves(builder)
        base = pointer_at(context, builder, signature.args[0], array, ir.Constant(ir.IntType(64), 0))
        home = builder.bitcast(base, FOUR.as_pointer())
        homes = [[builder.gep(home, [ir.Constant(WORD, 2 * i + k)]) for k in range(2)] for i in range(2)]
        states = [[cgutils.alloca_once(builder, FOUR) for _ in range(2)] for _ in range(2)]
        for lane in range(2):
            for k in range(2):
                builder.store(builder.load(homes[lane][k], align=4), states[lane][k])
        with cgutils.for_range(builder, count) as loop:
            step = builder.shl(loop.index, ir.Constant(loop.index.type, 6))
            places = [builder.inttoptr(builder.add(s, step), FOUR.as_pointer()) for s in starts]
            _block_rounds(builder, states, places)
        for lane in range(2):
            for k in range(2):
                builder.store(builder.load(states[lane][k]), homes[lane][k], align=4)
        return context.get_dummy_value()

    return types.void(state, types.int64, types.int64, types.int64), build


@intrinsic
def begin(_context: Any, state: Any, _lane: Any) -> Any:
    """Set one lane of `state` to the initial hash value."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at = builder.shl(arguments[1], ir.Constant(arguments[1].type, 5))
        place = pointer_at(context, builder, signature.args[0], arguments[0], at)
        eight = ir.VectorType(WORD, 8)
        builder.store(ir.Constant(eight, INITIAL_ABEF), builder.bitcast(place, eight.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(state, types.int64), build


@intrinsic
def digest(_context: Any, state: Any, _lane: Any, out: Any, _position: Any) -> Any:
    """Write one lane's hash to 32 bytes of `out`."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, which, target, at = arguments
        place = pointer_at(
            context, builder, signature.args[0], array, builder.shl(which, ir.Constant(which.type, 5))
        )
        home = builder.bitcast(place, FOUR.as_pointer())
        abef, cdgh = (builder.load(builder.gep(home, [ir.Constant(WORD, k)]), align=4) for k in range(2))
        goal = builder.bitcast(pointer_at(context, builder, signature.args[2], target, at), FOUR.as_pointer())
        for k, order in enumerate(((3, 2, 7, 6), (1, 0, 5, 4))):
            words = _call(builder, "llvm.bswap.v4i32", _shuffle(builder, abef, cdgh, order))
            builder.store(words, builder.gep(goal, [ir.Constant(WORD, k)]), align=1)
        return context.get_dummy_value()

    return types.void(state, types.int64, out, types.int64), build


@intrinsic
def copy_and_pad(_context: Any, target: Any, _at: Any, source: Any, _source_at: Any, _used: Any) -> Any:
    """Write 64 bytes: `_used` (under 64) of `source`, then 0x80, then zeros; reads all 64 of `source`."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        into = pointer_at(context, builder, signature.args[0], *arguments[:2])
        from_ = pointer_at(context, builder, signature.args[2], *arguments[2:4])
        count = builder.trunc(arguments[4], BYTE)
        empty = ir.Constant(BLOCK, ir.Undefined)
        spread = builder.shuffle_vector(
            builder.insert_element(empty, count, ir.Constant(WORD, 0)),
            empty,
            ir.Constant(ir.VectorType(WORD, 64), [0] * 64),
        )
        places = ir.Constant(BLOCK, list(range(64)))
        block = builder.load(builder.bitcast(from_, BLOCK.as_pointer()), align=1)
        kept = builder.select(builder.icmp_unsigned("<", places, spread), block, ir.Constant(BLOCK, [0] * 64))
        ended = builder.select(
            builder.icmp_unsigned("==", places, spread), ir.Constant(BLOCK, [0x80] * 64), kept
        )
        builder.store(ended, builder.bitcast(into, BLOCK.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, source, types.int64, types.int64), build


@intrinsic
def store32(_context: Any, target: Any, _at: Any, _value: Any) -> Any:
    """Write four bytes, low byte first."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer_at(context, builder, signature.args[0], *arguments[:2])
        value = builder.trunc(arguments[2], WORD)
        builder.store(value, builder.bitcast(place, WORD.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, types.int64), build


@intrinsic
def store64_high_first(_context: Any, target: Any, _at: Any, _value: Any) -> Any:
    """Write eight bytes, high byte first."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer_at(context, builder, signature.args[0], *arguments[:2])
        value = builder.bswap(arguments[2])
        builder.store(value, builder.bitcast(place, value.type.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, types.int64), build


@intrinsic
def prefetch(_context: Any, data: Any, _at: Any) -> Any:
    """Ask for the cache line of a byte; harmless outside of the array."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer_at(context, builder, signature.args[0], *arguments)
        kind = ir.FunctionType(ir.VoidType(), [BYTE.as_pointer(), WORD, WORD, WORD])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(call, [place, ir.Constant(WORD, 0), ir.Constant(WORD, 3), ir.Constant(WORD, 1)])
        return context.get_dummy_value()

    return types.void(data, types.int64), build


@intrinsic
def clear64(_context: Any, target: Any, _at: Any) -> Any:
    """Write 64 zeros."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer_at(context, builder, signature.args[0], *arguments)
        zeros = ir.Constant(BLOCK, [0] * 64)
        builder.store(zeros, builder.bitcast(place, BLOCK.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64), build
