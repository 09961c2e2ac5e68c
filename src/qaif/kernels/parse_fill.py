"""The second walk: every field into its column. Only for bytes that `parse_scan.scan` found good.

Arrays are those of `parse_columns.ParsedBlocks`, of exactly the sizes that the scan counted; leaves see the
`_raw` columns as flat arrays of 32 bytes a row.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, load_i32, load_i64, load_u8, load_u16, load_u32
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.kernels.parse_scan import HEADER_BYTES
from qaif.kernels.script import classify

UInt32s = NDArray[np.uint32]


@jit
def read_size(data: Bytes, at: int) -> tuple[int, int]:
    """Read a checked count or length: the value, and where the next field starts."""
    first = load_u8(data, at)
    if first < 0xFD:
        return first, at + 1
    if first == 0xFD:
        return load_u16(data, at + 1), at + 3
    return load_u32(data, at + 1), at + 5


@jit
def _fill_inputs(
    data: Bytes,
    at: int,
    lo: int,
    hi: int,
    previous: Bytes,
    vout: UInt32s,
    sequence: UInt32s,
    script_off: Int64s,
    script_len: Int64s,
) -> int:
    """Fill rows `lo` to `hi` of the inputs; where they end."""
    for row in range(lo, hi):
        copy32(previous, 32 * row, data, at)
        vout[row] = load_u32(data, at + 32)
        size, script = read_size(data, at + 36)
        script_off[row] = script
        script_len[row] = size
        sequence[row] = load_u32(data, script + size)
        at = script + size + 4
    return at


@jit
def _fill_outputs(
    data: Bytes,
    at: int,
    lo: int,
    hi: int,
    value: Int64s,
    script_off: Int64s,
    script_len: Int64s,
    kind: Bytes,
    payload_off: Int64s,
    payload_len: Int64s,
) -> int:
    """Fill rows `lo` to `hi` of the outputs; where they end."""
    for row in range(lo, hi):
        value[row] = load_i64(data, at)
        size, script = read_size(data, at + 8)
        script_off[row] = script
        script_len[row] = size
        kind[row], payload_off[row], payload_len[row] = classify(data, script, size)
        at = script + size
    return at


@jit
def _fill_witnesses(
    data: Bytes, at: int, lo: int, hi: int, marked: int, place: Int64s, length: Int64s, items: Int64s
) -> int:
    """Fill the witnesses of inputs `lo` to `hi`, zeros where the transaction has none; where they end."""
    for row in range(lo, hi):
        start, count = at, 0
        if marked:
            count, at = read_size(data, at)
            for _ in range(count):
                size, at = read_size(data, at)
                at += size
        place[row] = start if marked else 0
        length[row] = at - start
        items[row] = count
    return at


@jit
def fill_txs(data: Bytes, at: int, lo: int, hi: int, c: ParsedBlocks) -> int:
    """Fill transactions `lo` to `hi`, whose `tx_in_lo[lo]` and `tx_out_lo[lo]` are set; where they end."""
    previous = c.in_prev_txid_raw.reshape(-1)
    vout, sequence, in_off, in_len = c.in_prev_vout, c.in_sequence, c.in_script_off, c.in_script_len
    wit_off, wit_len, wit_items = c.in_witness_off, c.in_witness_len, c.in_witness_items
    value, out_off, out_len, kind = c.out_value_sat, c.out_script_off, c.out_script_len, c.out_type
    pay_off, pay_len = c.out_payload_off, c.out_payload_len
    ins, outs = c.tx_in_lo[lo], c.tx_out_lo[lo]
    for tx in range(lo, hi):
        start = at
        marked = 1 if load_u8(data, at + 4) == 0 and load_u8(data, at + 5) == 1 else 0
        count, at = read_size(data, at + 4 + 2 * marked)
        before, ins = ins, ins + count
        at = _fill_inputs(data, at, before, ins, previous, vout, sequence, in_off, in_len)
        count, at = read_size(data, at)
        at = _fill_outputs(data, at, outs, outs + count, value, out_off, out_len, kind, pay_off, pay_len)
        outs += count
        witness = at
        at = _fill_witnesses(data, at, before, ins, marked, wit_off, wit_len, wit_items)
        c.tx_version[tx] = load_i32(data, start)
        c.tx_locktime[tx] = load_u32(data, at)
        at += 4
        c.tx_start[tx] = start
        c.tx_size[tx] = at - start
        c.tx_base_size[tx] = witness + 4 - start - 2 * marked
        c.tx_has_witness[tx] = marked
        c.tx_in_lo[tx + 1] = ins
        c.tx_out_lo[tx + 1] = outs
    return at


@jit
def _fill_header(data: Bytes, at: int, block: int, c: ParsedBlocks) -> None:
    c.block_version[block] = load_i32(data, at)
    copy32(c.block_prev_raw.reshape(-1), 32 * block, data, at + 4)
    copy32(c.block_merkle_raw.reshape(-1), 32 * block, data, at + 36)
    c.block_time[block] = load_u32(data, at + 68)
    c.block_bits[block] = load_u32(data, at + 72)
    c.block_nonce[block] = load_u32(data, at + 76)


@jit
def fill(data: Bytes, bounds: Int64s, framed: int, c: ParsedBlocks) -> None:
    """Fill all columns but hashes and statuses; `framed` is 1 for blocks, 0 for loose transactions."""
    tx = 0
    c.tx_in_lo[0], c.tx_out_lo[0], c.block_tx_lo[0] = 0, 0, 0
    for item in range(len(bounds) - 1):
        at, txs = bounds[item], 1
        if framed:
            _fill_header(data, at, item, c)
            txs, at = read_size(data, at + HEADER_BYTES)
            c.block_size[item] = bounds[item + 1] - bounds[item]
            c.block_stripped_size[item] = at - bounds[item]
            c.block_tx_lo[item + 1] = tx + txs
        fill_txs(data, at, tx, tx + txs, c)
        for row in range(tx, tx + txs):
            c.tx_block[row] = item if framed else -1
            if framed:
                c.block_stripped_size[item] += c.tx_base_size[row]
        tx += txs
