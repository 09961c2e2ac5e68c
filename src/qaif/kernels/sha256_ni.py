"""SHA-256 by the processor's SHA instructions, two messages at a time.

One stream waits for its own results; two interleaved keep the unit busy and are twice as fast. So jobs are
dealt to two lanes, and both lanes advance by the shorter of their runs of whole 64-byte blocks.

| array | type | meaning |
|---|---|---|
| state | u4[16] | of each lane F E B A and H G D C, as the instructions want them |
| lane | i8[2, 8] | of each lane: address, blocks left, phase, job, blocks of the tail, blocks of the middle |
| scratch | u1[2, 256] | of each lane: tail (128 bytes), first block (64), block of the second hash (64) |
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils as numba_cgutils

from qaif.kernels.jit import jit
from qaif.kernels.loads import BYTE, Bytes, Int64s, address, copy32, intrinsic, load_u8, load_u32, pointer_at
from qaif.kernels.sha256_plain import INITIAL, ROUND

cgutils: Any = numba_cgutils  # has no types
WORD = ir.IntType(32)
FOUR = ir.VectorType(WORD, 4)
BLOCK = ir.VectorType(BYTE, 64)
ADDRESS, LEFT, PHASE, JOB, TAIL_BLOCKS, MIDDLE = range(6)
IDLE, HEAD, BODY, TAIL, SECOND = range(5)
TAIL_AT, HEAD_AT, SECOND_AT, LANE_BYTES = 0, 128, 192, 256
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


@intrinsic
def compress_two(_context: Any, state: Any, _first: Any, _second: Any, _blocks: Any) -> Any:
    """Take `_blocks` blocks at address `_first` into lane 0 of `state`, and at `_second` into lane 1."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, *starts, count = arguments
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


@jit
def _store_u32(target: Bytes, at: int, value: int) -> None:
    for i in range(4):
        target[at + i] = (value >> (8 * i)) & 0xFF


@jit
def _prepare_tail(
    scratch: Bytes, tail: int, data: Bytes, source: int, used: int, end: int, length: int
) -> int:
    """Lay out the last part of a message with its padding; gives the number of its blocks."""
    if source + 64 <= len(data):
        copy_and_pad(scratch, tail, data, source, used)
    else:
        for i in range(64):
            scratch[tail + i] = load_u8(data, source + i) if i < used else 0
        scratch[tail + used] = 0x80
    for i in range(64, 128):
        scratch[tail + i] = 0
    if end:
        _store_u32(scratch, tail + used, load_u32(data, end - 4))
        used += 4
        scratch[tail + used] = 0x80
    blocks = 1 if used < 56 else 2
    bits = length * 8
    for i in range(8):
        scratch[tail + 64 * blocks - 1 - i] = (bits >> (8 * i)) & 0xFF
    return blocks


@jit
def _take_job(
    which: int,
    job: int,
    lane: Int64s,
    scratch: Bytes,
    data: Bytes,
    offset: Int64s,
    length: Int64s,
    end: Int64s,
) -> None:
    """Set a lane to the start of a message."""
    at, size, last = offset[job], length[job], end[job]
    base = LANE_BYTES * which
    body = size
    if last:
        at += 2
        body -= 4
    blocks = body >> 6
    lane[which, JOB] = job
    lane[which, TAIL_BLOCKS] = _prepare_tail(
        scratch, base + TAIL_AT, data, at + 64 * blocks, body & 63, last, size
    )
    if last:
        version = load_u32(data, at - 2)
        if blocks:
            copy32(scratch, base + HEAD_AT, data, at)
            copy32(scratch, base + HEAD_AT + 32, data, at + 32)
            _store_u32(scratch, base + HEAD_AT, version)
            lane[which, ADDRESS] = address(scratch, base + HEAD_AT)
            lane[which, LEFT] = 1
            lane[which, MIDDLE] = blocks - 1
            lane[which, PHASE] = HEAD
            return
        _store_u32(scratch, base + TAIL_AT, version)
    lane[which, ADDRESS] = address(data, at)
    lane[which, LEFT] = blocks
    lane[which, PHASE] = BODY


@jit
def hash_jobs(
    data: Bytes, offset: Int64s, length: Int64s, end: Int64s, row: Int64s, rounds: int, out: Bytes
) -> None:
    """SHA-256 of many messages, by 1 or 2 rounds; `sha256_plain.hash_jobs` says what the arrays are."""
    state = np.empty(64, np.uint8)
    lane = np.zeros((2, 8), np.int64)
    scratch = np.zeros(2 * LANE_BYTES, np.uint8)
    for which in range(2):
        scratch[which * LANE_BYTES + SECOND_AT + 32] = 0x80
        scratch[which * LANE_BYTES + SECOND_AT + 62] = 1
    following, busy, jobs = 0, 2, len(offset)
    while True:
        for which in range(2):
            while lane[which, LEFT] == 0:
                base = LANE_BYTES * which
                phase = lane[which, PHASE]
                if phase == HEAD:
                    job = lane[which, JOB]
                    lane[which, ADDRESS] = address(data, offset[job] + 66)
                    lane[which, LEFT] = lane[which, MIDDLE]
                    lane[which, PHASE] = BODY
                elif phase == BODY:
                    lane[which, ADDRESS] = address(scratch, base + TAIL_AT)
                    lane[which, LEFT] = lane[which, TAIL_BLOCKS]
                    lane[which, PHASE] = TAIL
                elif phase == TAIL and rounds == 2:
                    digest(state, which, scratch, base + SECOND_AT)
                    begin(state, which)
                    lane[which, ADDRESS] = address(scratch, base + SECOND_AT)
                    lane[which, LEFT] = 1
                    lane[which, PHASE] = SECOND
                else:
                    if phase != IDLE:
                        digest(state, which, out, 32 * row[lane[which, JOB]])
                    if following < jobs:
                        begin(state, which)
                        _take_job(which, following, lane, scratch, data, offset, length, end)
                        following += 1
                    else:
                        busy -= 1
                        lane[which, LEFT] = -1
        if busy == 0:
            return
        if lane[0, LEFT] < 0:
            run = lane[1, LEFT]
            compress_two(state, lane[1, ADDRESS], lane[1, ADDRESS], run)
        elif lane[1, LEFT] < 0:
            run = lane[0, LEFT]
            compress_two(state, lane[0, ADDRESS], lane[0, ADDRESS], run)
        else:
            run = min(lane[0, LEFT], lane[1, LEFT])
            compress_two(state, lane[0, ADDRESS], lane[1, ADDRESS], run)
        for which in range(2):
            if lane[which, LEFT] > 0:
                lane[which, LEFT] -= run
                lane[which, ADDRESS] += 64 * run


@jit
def hash_pairs(data: Bytes, count: int, out: Bytes) -> None:
    """SHA-256 twice of `count` messages of 64 bytes that follow each other; `out` may be `data`."""
    state = np.empty(64, np.uint8)
    fixed = np.zeros(192, np.uint8)
    fixed[0] = 0x80
    fixed[62] = 2
    fixed[64 + 32], fixed[128 + 32] = 0x80, 0x80
    fixed[64 + 62], fixed[128 + 62] = 1, 1
    padding = address(fixed, 0)
    for i in range(0, count, 2):
        other = min(i + 1, count - 1)
        begin(state, 0)
        begin(state, 1)
        compress_two(state, address(data, 64 * i), address(data, 64 * other), 1)
        compress_two(state, padding, padding, 1)
        digest(state, 0, fixed, 64)
        digest(state, 1, fixed, 128)
        begin(state, 0)
        begin(state, 1)
        compress_two(state, address(fixed, 64), address(fixed, 128), 1)
        digest(state, 0, out, 32 * i)
        digest(state, 1, out, 32 * other)


@jit
def sha256_into(data: Bytes, start: int, size: int, out: Bytes) -> None:
    """SHA-256 of `size` bytes from `start` on into 32 bytes of `out`; one message, so half the speed."""
    state = np.empty(64, np.uint8)
    tail = np.empty(128, np.uint8)
    whole = size >> 6
    begin(state, 0)
    compress_two(state, address(data, start), address(data, start), whole)
    blocks = _prepare_tail(tail, 0, data, start + 64 * whole, size & 63, 0, size)
    compress_two(state, address(tail, 0), address(tail, 0), blocks)
    digest(state, 0, out, 0)
    tail[0] = 0  # keeps the array alive until here
