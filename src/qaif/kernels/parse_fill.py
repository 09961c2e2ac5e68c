"""The second walk: every field into its column. Only for bytes that `parse_scan.scan` found good.

Arrays are those of `parse_columns.ParsedBlocks`, of exactly the sizes that the scan counted; leaves see the
`_raw` columns as flat arrays of 32 bytes a row.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels import script
from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, load_i32, load_i64, load_u8, load_u16, load_u32
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.kernels.parse_scan import HEADER_BYTES

Int32s = NDArray[np.int32]
UInt32s = NDArray[np.uint32]

UNTYPED = 255  # in `out_type`, between `fill` and `fill_other_types`
LONGEST_FORM = 34


def _forms() -> Int64s:
    """The five common forms of scripts as a table, so that telling them apart takes one branch, not five.

    A row for each size, and within it for a first byte of 0 and another: mask and value of the first four
    bytes, mask and value of the last two, kind, where the payload starts. No script fits an empty row.
    """
    table = np.zeros((2 * (LONGEST_FORM + 1), 6), np.int64)
    table[:, 1] = 1
    table[2 * 25 + 1] = 0xFFFFFF, 0x14A976, 0xFFFF, 0xAC88, script.PUBKEYHASH, 3
    table[2 * 23 + 1] = 0xFFFF, 0x14A9, 0xFF00, 0x8700, script.SCRIPTHASH, 2
    table[2 * 22] = 0xFFFF, 0x1400, 0, 0, script.WITNESS_V0_KEYHASH, 2
    table[2 * 34] = 0xFFFF, 0x2000, 0, 0, script.WITNESS_V0_SCRIPTHASH, 2
    table[2 * 34 + 1] = 0xFFFF, 0x2051, 0, 0, script.WITNESS_V1_TAPROOT, 2
    return table


_FORMS = _forms()


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
        size, at = read_size(data, at + 36)
        script_off[row] = at
        script_len[row] = size
        at += size + 4
        sequence[row] = load_u32(data, at - 4)
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
    """Fill rows `lo` to `hi` of the outputs, but for scripts of rare forms; where they end."""
    for row in range(lo, hi):
        value[row] = load_i64(data, at)
        size, at = read_size(data, at + 8)
        script_off[row] = at
        script_len[row] = size
        kind[row] = UNTYPED
        if 4 <= size <= LONGEST_FORM:
            head, tail = load_u32(data, at), load_u16(data, at + size - 2)
            form = 2 * size + (1 if head & 0xFF else 0)
            if head & _FORMS[form, 0] == _FORMS[form, 1] and tail & _FORMS[form, 2] == _FORMS[form, 3]:
                kind[row] = _FORMS[form, 4]
                payload_off[row] = at + _FORMS[form, 5]
                payload_len[row] = 32 if size == LONGEST_FORM else 20
        at += size
    return at


@jit
def fill_other_types(data: Bytes, c: ParsedBlocks) -> None:
    """Type the scripts that `fill` left, in a walk of its own: a call inside its loop halves its speed."""
    kind, off, length = c.out_type, c.out_script_off, c.out_script_len
    payload_off, payload_len = c.out_payload_off, c.out_payload_len
    for row in range(len(kind)):
        if kind[row] == UNTYPED:
            kind[row], payload_off[row], payload_len[row] = script.classify(data, off[row], length[row])


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
def _fill_header(
    data: Bytes,
    at: int,
    row: int,
    version: Int32s,
    previous: Bytes,
    merkle: Bytes,
    time: UInt32s,
    bits: UInt32s,
    nonce: UInt32s,
) -> int:
    """Fill a row of block headers; where the header ends."""
    version[row] = load_i32(data, at)
    copy32(previous, 32 * row, data, at + 4)
    copy32(merkle, 32 * row, data, at + 36)
    time[row] = load_u32(data, at + 68)
    bits[row] = load_u32(data, at + 72)
    nonce[row] = load_u32(data, at + 76)
    return at + HEADER_BYTES


@jit
def fill(data: Bytes, bounds: Int64s, framed: int, c: ParsedBlocks) -> None:
    """Fill all columns but hashes, statuses and rare types; `framed` as in `parse_scan.scan`."""
    # every column gets a name here: reading a field of a tuple inside a loop counts references each time
    b_previous, b_merkle = c.block_prev_raw.reshape(-1), c.block_merkle_raw.reshape(-1)
    b_version, b_time, b_bits, b_nonce = c.block_version, c.block_time, c.block_bits, c.block_nonce
    b_size, b_stripped, b_tx_lo = c.block_size, c.block_stripped_size, c.block_tx_lo
    t_block, t_version, t_locktime = c.tx_block, c.tx_version, c.tx_locktime
    t_start, t_size = c.tx_start, c.tx_size
    t_base, t_marked, t_in_lo, t_out_lo = c.tx_base_size, c.tx_has_witness, c.tx_in_lo, c.tx_out_lo
    i_txid, i_vout, i_sequence = c.in_prev_txid_raw.reshape(-1), c.in_prev_vout, c.in_sequence
    i_off, i_len = c.in_script_off, c.in_script_len
    w_off, w_len, w_items = c.in_witness_off, c.in_witness_len, c.in_witness_items
    o_value, o_off, o_len, o_type = c.out_value_sat, c.out_script_off, c.out_script_len, c.out_type
    p_off, p_len = c.out_payload_off, c.out_payload_len
    t_in_lo[0], t_out_lo[0], b_tx_lo[0] = 0, 0, 0
    tx, ins, outs = 0, 0, 0
    for item in range(len(bounds) - 1):
        at, last_tx, stripped = bounds[item], tx + 1, 0
        if framed:
            at = _fill_header(data, at, item, b_version, b_previous, b_merkle, b_time, b_bits, b_nonce)
            count, at = read_size(data, at)
            last_tx, stripped = tx + count, at - bounds[item]
        first_tx = tx
        for tx in range(first_tx, last_tx):
            start = at
            marked = 1 if load_u8(data, at + 4) == 0 and load_u8(data, at + 5) == 1 else 0
            t_version[tx] = load_i32(data, at)
            count, at = read_size(data, at + 4 + 2 * marked)
            at = _fill_inputs(data, at, ins, ins + count, i_txid, i_vout, i_sequence, i_off, i_len)
            before, ins = ins, ins + count
            count, at = read_size(data, at)
            at = _fill_outputs(data, at, outs, outs + count, o_value, o_off, o_len, o_type, p_off, p_len)
            outs += count
            base = at + 4 - start - 2 * marked
            at = _fill_witnesses(data, at, before, ins, marked, w_off, w_len, w_items) + 4
            t_locktime[tx] = load_u32(data, at - 4)
            t_block[tx] = item if framed else -1
            t_start[tx], t_size[tx], t_base[tx], t_marked[tx] = start, at - start, base, marked
            t_in_lo[tx + 1], t_out_lo[tx + 1] = ins, outs
            stripped += base
        tx = last_tx
        if framed:
            b_size[item], b_stripped[item], b_tx_lo[item + 1] = at - bounds[item], stripped, tx
