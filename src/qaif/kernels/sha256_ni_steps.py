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


def _rounds(builder: Any, before: list[list[Any]], first_words: Any) -> list[list[Any]]:
    """LLVM: one block of each lane, 16 groups of four rounds, lane by lane within a group.

    Gives the states after it. `first_words(lane, group)` gives four of the sixteen words of the block.
    """
    now = [list(pair) for pair in before]
    words: list[list[Any]] = [[], []]
    for group in range(16):
        for lane in range(2):
            w = words[lane]
            if group < 4:
                w.append(first_words(lane, group))
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
    return [[builder.add(now[i][k], before[i][k]) for k in range(2)] for i in range(2)]


def _in_order(builder: Any, abef: Any, cdgh: Any) -> list[Any]:
    """LLVM: the words A B C D and E F G H of a state."""
    return [_shuffle(builder, abef, cdgh, order) for order in ((3, 2, 7, 6), (1, 0, 5, 4))]


def _store_digest(builder: Any, goal: Any, words: list[Any]) -> None:
    """LLVM: write the words of a state as the bytes of a hash."""
    for k, four in enumerate(words):
        place = builder.gep(goal, [ir.Constant(WORD, k)])
        builder.store(_narrow(builder, _call(builder, "llvm.bswap.v4i32", four)), place, align=1)


def _leave_wide_registers(builder: Any) -> None:
    """LLVM: end the use of 256-bit registers: with their upper halves in use, SHA was seen 50 times slower.

    SHA instructions are of the old encoding, and some processors save and restore the halves around each.
    LLVM puts this instruction only before calls and returns. The two empty pieces of assembly keep it from
    moving a 256-bit copy to the other side.
    """
    if llvm.get_host_cpu_features().get("avx", False):
        kind = ir.FunctionType(ir.VoidType(), [])
        name = "llvm.x86.avx.vzeroupper"
        builder.asm(kind, "", "~{memory}", [], side_effect=True)
        builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])
        builder.asm(kind, "", "~{memory}", [], side_effect=True)


def _narrow(builder: Any, four: Any) -> Any:
    """LLVM: the same 128 bits, of which the optimiser does not know that they could be half of 256."""
    return builder.asm(ir.FunctionType(FOUR, [FOUR]), "", "=x,0", [four], side_effect=False)


def _initial(builder: Any) -> list[Any]:
    """LLVM: the state that SHA-256 begins with."""
    return [_narrow(builder, _four(INITIAL_ABEF[at : at + 4])) for at in (0, 4)]


@intrinsic
def compress_two(_context: Any, state: Any, _first: Any, _second: Any, _blocks: Any) -> Any:
    """Take `_blocks` blocks at address `_first` into lane 0 of `state`, and at `_second` into lane 1."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, *starts, count = arguments
        _leave_wide_registers(builder)
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

            def words(lane: int, group: int) -> Any:
                place = builder.gep(places[lane], [ir.Constant(WORD, group)])
                return _call(builder, "llvm.bswap.v4i32", builder.load(place, align=1))

            before = [[builder.load(place) for place in pair] for pair in states]
            for pair, after in zip(states, _rounds(builder, before, words), strict=True):
                for place, value in zip(pair, after, strict=True):
                    builder.store(value, place)
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
        home = builder.bitcast(place, FOUR.as_pointer())
        for k, four in enumerate(_initial(builder)):
            builder.store(four, builder.gep(home, [ir.Constant(WORD, k)]), align=4)
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
        _store_digest(builder, goal, _in_order(builder, abef, cdgh))
        return context.get_dummy_value()

    return types.void(state, types.int64, out, types.int64), build


@intrinsic
def digest_twice(_context: Any, state: Any, out: Any, _first: Any, _second: Any) -> Any:
    """Write the hash of lane 0's hash to byte `_first` of `out`, and that of lane 1's to byte `_second`.

    A state is the first half of the next message as it stands, so nothing goes through memory.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, target, *places = arguments
        zero = ir.Constant(ir.IntType(64), 0)
        _leave_wide_registers(builder)
        home = builder.bitcast(
            pointer_at(context, builder, signature.args[0], array, zero), FOUR.as_pointer()
        )
        ended = [
            _narrow(builder, builder.load(builder.gep(home, [ir.Constant(WORD, k)]), align=4))
            for k in range(4)
        ]
        known = [_in_order(builder, *ended[2 * lane : 2 * lane + 2]) for lane in range(2)]
        padding = [_four((1 << 31, 0, 0, 0)), _four((0, 0, 0, 256))]
        start = [_initial(builder) for _ in range(2)]
        after = _rounds(builder, start, lambda lane, group: (known[lane] + padding)[group])
        for place, pair in zip(places, after, strict=True):
            goal = pointer_at(context, builder, signature.args[1], target, place)
            _store_digest(builder, builder.bitcast(goal, FOUR.as_pointer()), _in_order(builder, *pair))
        return context.get_dummy_value()

    return types.void(state, out, types.int64, types.int64), build


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
