"""SHA-256 by the processor's SHA instructions, two messages at a time.

One stream waits for its own results; two interleaved keep the unit busy and are twice as fast. Small messages
are ordered by size, laid out with their padding and hashed in pairs; large ones are dealt to two lanes, which
advance by the shorter of their runs of 64-byte blocks.

| array | type | meaning |
|---|---|---|
| state | u4[16] | of each lane F E B A and H G D C, as the instructions want them |
| lane | i8[2, 8] | of each lane of `_hash_large`, in this order: the names `ADDRESS` to `MIDDLE` |
| scratch | u1[2 * LANE_BYTES] | of each lane: a small message, or tail and first block of a large one |
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, address, copy32, load_u8, load_u32
from qaif.kernels.sha256_ni_steps import (
    begin,
    clear64,
    compress_two,
    copy_and_pad,
    digest,
    digest_twice,
    prefetch,
    store32,
    store64_high_first,
)

# of a lane: where its run starts, blocks left of it, phase, job, blocks of its tail, blocks of its middle
ADDRESS, LEFT, PHASE, JOB, TAIL_BLOCKS, MIDDLE = range(6)
IDLE, HEAD, BODY, TAIL = range(4)
SMALL = 64  # blocks up to which a message is laid out in the scratch memory
HEAD_AT = 64 * (SMALL + 2)
LANE_BYTES = HEAD_AT + 64
AHEAD = 4  # messages between the one whose bytes are asked for and the one hashed
AT_ONCE = 2048  # jobs that are ordered by size in one go


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
def _by_size(length: Int64s, lo: int, hi: int, order: Int64s) -> int:
    """Order jobs `lo` to `hi` by their blocks, so that pairs are mostly of one size; how many are small."""
    place = np.zeros(SMALL + 3, np.int64)
    for job in range(lo, hi):
        place[min((length[job] + 72) >> 6, SMALL + 1) + 1] += 1
    for blocks in range(1, SMALL + 3):
        place[blocks] += place[blocks - 1]
    for job in range(lo, hi):
        blocks = min((length[job] + 72) >> 6, SMALL + 1)
        order[place[blocks]] = job
        place[blocks] += 1
    small: int = place[SMALL]
    return small


@jit
def _lay_out(scratch: Bytes, base: int, data: Bytes, at: int, size: int, end: int) -> int:
    """Write a small message with its padding to `scratch`; gives the number of its blocks."""
    version, body = at, size
    if end:
        at += 2
        body -= 4
    blocks = body >> 6
    for i in range(2 * blocks):
        copy32(scratch, base + 32 * i, data, at + 32 * i)
    blocks += _prepare_tail(scratch, base + 64 * blocks, data, at + 64 * blocks, body & 63, end, size)
    if end:
        store32(scratch, base, load_u32(data, version))
    return blocks


@jit
def _hash_small(
    jobs: int,
    rounds: int,
    order: Int64s,
    data: Bytes,
    offset: Int64s,
    length: Int64s,
    end: Int64s,
    row: Int64s,
    scratch: Bytes,
    out: Bytes,
) -> None:
    """SHA-256 of the first `jobs` messages of `order`, in pairs; the second of a pair has no fewer blocks."""
    state, aside = np.empty(64, np.uint8), np.empty(32, np.uint8)
    first, second = address(scratch, 0), address(scratch, LANE_BYTES)
    for i in range(0, jobs, 2):
        for k in range(min(i + AHEAD, jobs), min(i + AHEAD + 2, jobs)):
            for place in range(offset[order[k]], offset[order[k]] + length[order[k]] + 64, 64):
                prefetch(data, place)
        job, other = order[i], order[min(i + 1, jobs - 1)]
        blocks = _lay_out(scratch, 0, data, offset[job], length[job], end[job])
        more = _lay_out(scratch, LANE_BYTES, data, offset[other], length[other], end[other]) - blocks
        begin(state, 0)
        begin(state, 1)
        compress_two(state, first, second, blocks)
        if more:
            copy32(aside, 0, state, 0)
            rest = second + 64 * blocks
            compress_two(state, rest, rest, more)
            copy32(state, 0, aside, 0)
        if rounds == 2:
            digest_twice(state, out, 32 * row[job], 32 * row[other])
        else:
            digest(state, 0, out, 32 * row[job])
            digest(state, 1, out, 32 * row[other])


@jit
def _take_large(
    which: int,
    job: int,
    lane: Int64s,
    scratch: Bytes,
    data: Bytes,
    offset: Int64s,
    length: Int64s,
    end: Int64s,
) -> None:
    """Set a lane to the start of a message of more than `SMALL` blocks."""
    at, size, last = offset[job], length[job], end[job]
    base = LANE_BYTES * which
    body = size
    if last:
        at += 2
        body -= 4
    blocks = body >> 6
    lane[which, JOB] = job
    lane[which, TAIL_BLOCKS] = _prepare_tail(scratch, base, data, at + 64 * blocks, body & 63, last, size)
    if last:
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
def _hash_large(
    following: int,
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
    """SHA-256 of the messages of `order` from `following` on, dealt to two lanes."""
    state = np.empty(64, np.uint8)
    lane = np.zeros((2, 8), np.int64)
    busy = 2
    while True:
        for which in range(2):
            while lane[which, LEFT] == 0:
                phase = lane[which, PHASE]
                if phase == HEAD:
                    lane[which, ADDRESS] = address(data, offset[lane[which, JOB]] + 66)
                    lane[which, LEFT] = lane[which, MIDDLE]
                    lane[which, PHASE] = BODY
                elif phase == BODY:
                    lane[which, ADDRESS] = address(scratch, LANE_BYTES * which)
                    lane[which, LEFT] = lane[which, TAIL_BLOCKS]
                    lane[which, PHASE] = TAIL
                else:
                    if phase == TAIL:
                        digest(state, which, out, 32 * row[lane[which, JOB]])
                    if following < jobs:
                        begin(state, which)
                        _take_large(which, order[following], lane, scratch, data, offset, length, end)
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
def _hash_again(lo: int, hi: int, order: Int64s, row: Int64s, out: Bytes) -> None:
    """Replace the hashes of the jobs `order[lo:hi]` by their hashes."""
    scratch = np.zeros(64, np.uint8)
    scratch[32] = 0x80
    scratch[62] = 1
    state = np.empty(64, np.uint8)
    for i in range(lo, hi):
        copy32(scratch, 0, out, 32 * row[order[i]])
        begin(state, 0)
        compress_two(state, address(scratch, 0), address(scratch, 0), 1)
        digest(state, 0, out, 32 * row[order[i]])


@jit
def hash_jobs(
    data: Bytes, offset: Int64s, length: Int64s, end: Int64s, row: Int64s, rounds: int, out: Bytes
) -> None:
    """SHA-256 of many messages, by 1 or 2 rounds; `sha256_plain.hash_jobs` says what the arrays are."""
    scratch = np.zeros(2 * LANE_BYTES, np.uint8)
    order = np.empty(AT_ONCE, np.int64)
    for lo in range(0, len(offset), AT_ONCE):
        hi = min(lo + AT_ONCE, len(offset))
        small = _by_size(length, lo, hi, order)
        _hash_small(small, rounds, order, data, offset, length, end, row, scratch, out)
        if small < hi - lo:
            _hash_large(small, hi - lo, order, data, offset, length, end, row, scratch, out)
            if rounds == 2:
                _hash_again(small, hi - lo, order, row, out)


@jit
def hash_pairs(data: Bytes, count: int, out: Bytes) -> None:
    """SHA-256 twice of `count` messages of 64 bytes that follow each other; `out` may be `data`."""
    state = np.empty(64, np.uint8)
    fixed = np.zeros(64, np.uint8)
    fixed[0] = 0x80
    fixed[62] = 2
    padding = address(fixed, 0)
    for i in range(0, count, 2):
        other = min(i + 1, count - 1)
        begin(state, 0)
        begin(state, 1)
        compress_two(state, address(data, 64 * i), address(data, 64 * other), 1)
        compress_two(state, padding, padding, 1)
        digest_twice(state, out, 32 * i, 32 * other)
    fixed[0] = 0  # keeps the array alive until here


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
