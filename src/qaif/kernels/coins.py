"""Unspent outputs as Bitcoin Core hashes them, and in the order in which it does.

A coin's bytes: id of its transaction (32), output index (4), twice its height and one more for a coinbase
(4), satoshi (8), length of its script in compact form, script. Numbers have their low byte first. The order
is by the bytes of the id, then by index.

| array | type | meaning |
|---|---|---|
| txid_raw | u1[32 * t] | ids of transactions |
| tx | i8[n] | which of them each coin is of |
| vout, code | i8[n] | its index, and its height and kind in one number |
| value_sat, script_size | i8[n] | satoshi, bytes of its script |
| out, data | u1[] | coins, one after another |
| offset | i8[n + 1] | coin `i` is `data[offset[i]:offset[i + 1]]` |
| order | i8[n] | coins by the first eight bytes of their ids, then as they came |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, load_u8, load_u16, load_u32
from qaif.kernels.serialise import store, store_size

UInt64s = NDArray[np.uint64]
FIXED_BYTES = 48
_SHORT, _TWO_BYTES = 0xFD, 2**16
PARTS = 256  # one for each first byte of an id


@jit
def coin_offsets(script_size: Int64s) -> Int64s:
    """Where each coin goes, from the sizes of the scripts."""
    offset = np.zeros(len(script_size) + 1, np.int64)
    for i in range(len(script_size)):
        size = script_size[i]
        lead = 1 if size < _SHORT else 3 if size < _TWO_BYTES else 5
        offset[i + 1] = offset[i] + FIXED_BYTES + lead + size
    return offset


@jit
def put_fixed(
    txid_raw: Bytes,
    tx: Int64s,
    vout: Int64s,
    code: Int64s,
    value_sat: Int64s,
    script_size: Int64s,
    offset: Int64s,
    out: Bytes,
) -> None:
    """Write of each coin all that stands before its script."""
    for i in range(len(tx)):
        at = offset[i]
        copy32(out, at, txid_raw, 32 * tx[i])
        at = store(out, at + 32, vout[i], 4)
        at = store(out, at, code[i], 4)
        at = store(out, at, value_sat[i], 8)
        store_size(out, at, script_size[i])


@jit
def put_scripts(
    blob: Bytes, first: int, rows: Int64s, lo: Int64s, script_size: Int64s, offset: Int64s, out: Bytes
) -> None:
    """Write the scripts of the coins in `rows`, whose bytes stand at `lo - first` of `blob`."""
    for k in range(len(rows)):
        i = rows[k]
        size = script_size[i]
        goal, source = offset[i + 1] - size, lo[i] - first
        for j in range(size):
            out[goal + j] = blob[source + j]


@jit
def _copy(out: Bytes, at: int, data: Bytes, start: int, end: int) -> int:
    while end - start >= 32:
        copy32(out, at, data, start)
        at, start = at + 32, start + 32
    while start < end:
        out[at] = data[start]
        at, start = at + 1, start + 1
    return at


@jit
def part(data: Bytes, offset: Int64s, out: Bytes) -> Int64s:
    """Deal coins into `PARTS` by the first byte of their ids, each part in the order in which they came.

    Returns:
        i8[PARTS + 1]: part `p` is `out[bounds[p]:bounds[p + 1]]`.
    """
    bounds = np.zeros(PARTS + 1, np.int64)
    for i in range(len(offset) - 1):
        bounds[load_u8(data, offset[i]) + 1] += offset[i + 1] - offset[i]
    for p in range(PARTS):
        bounds[p + 1] += bounds[p]
    place = bounds.copy()
    for i in range(len(offset) - 1):
        p = load_u8(data, offset[i])
        place[p] = _copy(out, place[p], data, offset[i], offset[i + 1])
    return bounds


@jit
def count_coins(data: Bytes) -> int:
    """How many coins stand in `data`; -1 where the last does not end with it."""
    at, count = 0, 0
    while at < len(data):
        at = _end_of(data, at)
        count += 1
    return count if at == len(data) else -1


@jit
def _end_of(data: Bytes, at: int) -> int:
    """Where the coin that begins at `at` ends; past the data where it is cut."""
    at += FIXED_BYTES
    if at >= len(data):
        return len(data) + 1
    lead = load_u8(data, at)
    if lead < _SHORT:
        return at + 1 + lead
    if at + 5 > len(data):
        return len(data) + 1
    if lead == _SHORT:
        return at + 3 + load_u16(data, at + 1)
    return at + 5 + load_u32(data, at + 1)


@jit
def find_coins(data: Bytes, count: int) -> tuple[Int64s, UInt64s]:
    """Where each coin begins, i8[count + 1], and the first eight bytes of its id, high byte first."""
    offset, key = np.zeros(count + 1, np.int64), np.zeros(count, np.uint64)
    for i in range(count):
        at = offset[i]
        for k in range(8):
            key[i] = key[i] << np.uint64(8) | np.uint64(data[at + k])
        offset[i + 1] = _end_of(data, at)
    return offset, key


@jit
def _before(data: Bytes, one: int, other: int) -> bool:
    """Whether the id of the coin at `one` stands before that of the coin at `other`."""
    for k in range(8, 32):
        if data[one + k] != data[other + k]:
            return bool(data[one + k] < data[other + k])
    return False


@jit
def settle_ties(data: Bytes, offset: Int64s, key: UInt64s, order: Int64s) -> None:
    """Put coins whose ids begin alike in the order of the whole ids; those of one id stay as they came."""
    for i in range(1, len(order)):
        this = order[i]
        at = i
        while (
            at > 0 and key[order[at - 1]] == key[this] and _before(data, offset[this], offset[order[at - 1]])
        ):
            order[at] = order[at - 1]
            at -= 1
        order[at] = this


@jit
def gather(data: Bytes, offset: Int64s, order: Int64s, out: Bytes) -> None:
    """Write the coins in their order."""
    at = 0
    for i in range(len(order)):
        at = _copy(out, at, data, offset[order[i]], offset[order[i] + 1])
