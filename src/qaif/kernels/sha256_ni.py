"""SHA-256 by the processor's SHA instructions, two messages at a time.

One stream waits for its own results; two interleaved keep the unit busy and are twice as fast. So jobs are
dealt to two lanes, by size, so that both mostly end together; where not, both advance by the shorter of their
runs of 64-byte blocks. The second round of a double hash is a walk of its own.

| array | type | meaning |
|---|---|---|
| state | u4[16] | of each lane F E B A and H G D C, as the instructions want them |
| lane | i8[2, 8] | of each lane: address, blocks left, phase, job, blocks of the tail, blocks of the middle |
| scratch | u1[2 * LANE_BYTES] | of each lane: a small message, or tail and first block of a large one |
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
IDLE, HEAD, BODY, TAIL = range(4)
SMALL = 64  # whole blocks up to which a message is laid out in the scratch memory
HEAD_AT = 64 * (SMALL + 2)
LANE_BYTES = HEAD_AT + 64
AHEAD = 4  # messages asked for before they are hashed
AT_ONCE = 2048  # jobs that are ordered by size in one go
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
    clear64(scratch, tail + 64)
    if end:
        store32(scratch, tail + used, load_u32(data, end - 4))
        used += 4
        scratch[tail + used] = 0x80
    blocks = 1 if used < 56 else 2
    store64_high_first(scratch, tail + 64 * blocks - 8, 8 * length)
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
    """Set a lane to the start of a message; one of few blocks is laid out whole, to be one run."""
    at, size, last = offset[job], length[job], end[job]
    base = LANE_BYTES * which
    body = size
    if last:
        at += 2
        body -= 4
    blocks = body >> 6
    small = blocks <= SMALL
    tail = base + (64 * blocks if small else 0)
    tail_blocks = _prepare_tail(scratch, tail, data, at + 64 * blocks, body & 63, last, size)
    lane[which, JOB] = job
    lane[which, TAIL_BLOCKS] = tail_blocks
    if small:
        for i in range(2 * blocks):
            copy32(scratch, base + 32 * i, data, at + 32 * i)
        if last:
            store32(scratch, base, load_u32(data, at - 2))
        lane[which, ADDRESS] = address(scratch, base)
        lane[which, LEFT] = blocks + tail_blocks
        lane[which, PHASE] = TAIL
    elif last:
        copy32(scratch, base + HEAD_AT, data, at)
        copy32(scratch, base + HEAD_AT + 32, data, at + 32)
        store32(scratch, base + HEAD_AT, load_u32(data, at - 2))
        lane[which, ADDRESS] = address(scratch, base + HEAD_AT)
        lane[which, LEFT] = 1
        lane[which, MIDDLE] = blocks - 1
        lane[which, PHASE] = HEAD
    else:
        lane[which, ADDRESS] = address(data, at)
        lane[which, LEFT] = blocks
        lane[which, PHASE] = BODY


@jit
def _by_size(length: Int64s, lo: int, hi: int, order: Int64s) -> None:
    """Order jobs `lo` to `hi` by their blocks, all large ones last, so that pairs are mostly of one size."""
    place = np.zeros(SMALL + 5, np.int64)
    for job in range(lo, hi):
        place[min((length[job] + 72) >> 6, SMALL + 3) + 1] += 1
    for blocks in range(1, SMALL + 5):
        place[blocks] += place[blocks - 1]
    for job in range(lo, hi):
        blocks = min((length[job] + 72) >> 6, SMALL + 3)
        order[place[blocks]] = job
        place[blocks] += 1


@jit
def _first_round(
    jobs: int,
    order: Int64s,
    data: Bytes,
    offset: Int64s,
    length: Int64s,
    end: Int64s,
    row: Int64s,
    scratch: Bytes,
    out: Bytes,
) -> None:
    """SHA-256 of the first `jobs` messages of `order`, dealt to two lanes."""
    state = np.empty(64, np.uint8)
    lane = np.zeros((2, 8), np.int64)
    following, busy = 0, 2
    while True:
        for which in range(2):
            while lane[which, LEFT] == 0:
                phase = lane[which, PHASE]
                if phase == HEAD:
                    job = lane[which, JOB]
                    lane[which, ADDRESS] = address(data, offset[job] + 66)
                    lane[which, LEFT] = lane[which, MIDDLE]
                    lane[which, PHASE] = BODY
                elif phase == BODY:
                    lane[which, ADDRESS] = address(scratch, LANE_BYTES * which)
                    lane[which, LEFT] = lane[which, TAIL_BLOCKS]
                    lane[which, PHASE] = TAIL
                else:
                    if phase != IDLE:
                        digest(state, which, out, 32 * row[lane[which, JOB]])
                    if following < jobs:
                        ahead = order[min(following + AHEAD, jobs - 1)]
                        for i in range(min(length[ahead] >> 6, SMALL) + 1):
                            prefetch(data, offset[ahead] + 64 * i)
                        begin(state, which)
                        _take_job(which, order[following], lane, scratch, data, offset, length, end)
                        following += 1
                    else:
                        busy -= 1
                        lane[which, LEFT] = -1
        if busy == 0:
            return
        # a lane without work repeats the other's
        first = 0 if lane[0, LEFT] > 0 else 1
        second = 1 if lane[1, LEFT] > 0 else 0
        run = min(lane[first, LEFT], lane[second, LEFT])
        compress_two(state, lane[first, ADDRESS], lane[second, ADDRESS], run)
        for which in range(2):
            if lane[which, LEFT] > 0:
                lane[which, LEFT] -= run
                lane[which, ADDRESS] += 64 * run


@jit
def _second_round(lo: int, hi: int, row: Int64s, scratch: Bytes, out: Bytes) -> None:
    """Replace the hashes of the jobs from `lo` to `hi` by their hashes."""
    state = np.empty(64, np.uint8)
    for i in range(128):
        scratch[i] = 0
    for i in range(0, 128, 64):
        scratch[i + 32] = 0x80
        scratch[i + 62] = 1
    for job in range(lo, hi, 2):
        places = 32 * row[job], 32 * row[min(job + 1, hi - 1)]
        for which in range(2):
            copy32(scratch, 64 * which, out, places[which])
            begin(state, which)
        compress_two(state, address(scratch, 0), address(scratch, 64), 1)
        for which in range(2):
            digest(state, which, out, places[which])


@jit
def hash_jobs(
    data: Bytes, offset: Int64s, length: Int64s, end: Int64s, row: Int64s, rounds: int, out: Bytes
) -> None:
    """SHA-256 of many messages, by 1 or 2 rounds; `sha256_plain.hash_jobs` says what the arrays are."""
    scratch = np.zeros(2 * LANE_BYTES, np.uint8)
    order = np.empty(AT_ONCE, np.int64)
    for lo in range(0, len(offset), AT_ONCE):
        hi = min(lo + AT_ONCE, len(offset))
        _by_size(length, lo, hi, order)
        _first_round(hi - lo, order, data, offset, length, end, row, scratch, out)
        if rounds == 2:
            _second_round(lo, hi, row, scratch, out)


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
