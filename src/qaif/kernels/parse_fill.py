"""The second walk: every field into its column. Only for bytes that `parse_scan.scan` found good.

Arrays are those of `parse_columns.ParsedBlocks`, of exactly the sizes that the scan counted; leaves see the
`_raw` columns as flat arrays of 32 bytes a row.
"""

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, load_i32, load_i64, load_u8, load_u16, load_u32
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.kernels.parse_scan import HEADER_BYTES
from qaif.kernels.script import classify


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
def _fill_inputs(data: Bytes, at: int, lo: int, hi: int, columns: ParsedBlocks) -> int:
    previous = columns.in_prev_txid_raw.reshape(-1)
    for row in range(lo, hi):
        copy32(previous, 32 * row, data, at)
        columns.in_prev_vout[row] = load_u32(data, at + 32)
        size, script = read_size(data, at + 36)
        columns.in_script_off[row] = script
        columns.in_script_len[row] = size
        columns.in_sequence[row] = load_u32(data, script + size)
        columns.in_witness_off[row] = 0
        columns.in_witness_len[row] = 0
        columns.in_witness_items[row] = 0
        at = script + size + 4
    return at


@jit
def _fill_outputs(data: Bytes, at: int, lo: int, hi: int, columns: ParsedBlocks) -> int:
    for row in range(lo, hi):
        columns.out_value_sat[row] = load_i64(data, at)
        size, script = read_size(data, at + 8)
        kind, payload, payload_size = classify(data, script, size)
        columns.out_script_off[row] = script
        columns.out_script_len[row] = size
        columns.out_type[row] = kind
        columns.out_payload_off[row] = payload
        columns.out_payload_len[row] = payload_size
        at = script + size
    return at


@jit
def _fill_witnesses(data: Bytes, at: int, lo: int, hi: int, columns: ParsedBlocks) -> int:
    for row in range(lo, hi):
        start = at
        items, at = read_size(data, at)
        for _ in range(items):
            size, at = read_size(data, at)
            at += size
        columns.in_witness_off[row] = start
        columns.in_witness_len[row] = at - start
        columns.in_witness_items[row] = items
    return at


@jit
def fill_tx(
    data: Bytes, start: int, tx: int, in_lo: int, out_lo: int, columns: ParsedBlocks
) -> tuple[int, int, int]:
    """Fill the rows of one transaction: where it ends, and the next input and output."""
    at = start + 4
    marked = load_u8(data, at) == 0 and load_u8(data, at + 1) == 1
    ins, at = read_size(data, at + 2 * marked)
    at = _fill_inputs(data, at, in_lo, in_lo + ins, columns)
    outs, at = read_size(data, at)
    at = _fill_outputs(data, at, out_lo, out_lo + outs, columns)
    witness = at
    if marked:
        at = _fill_witnesses(data, at, in_lo, in_lo + ins, columns)
    columns.tx_version[tx] = load_i32(data, start)
    columns.tx_locktime[tx] = load_u32(data, at)
    columns.tx_start[tx] = start
    columns.tx_size[tx] = at + 4 - start
    columns.tx_base_size[tx] = witness + 4 - start - 2 * marked
    columns.tx_has_witness[tx] = marked
    columns.tx_in_lo[tx] = in_lo
    columns.tx_out_lo[tx] = out_lo
    return at + 4, in_lo + ins, out_lo + outs


@jit
def _fill_header(data: Bytes, at: int, block: int, columns: ParsedBlocks) -> None:
    columns.block_version[block] = load_i32(data, at)
    copy32(columns.block_prev_raw.reshape(-1), 32 * block, data, at + 4)
    copy32(columns.block_merkle_raw.reshape(-1), 32 * block, data, at + 36)
    columns.block_time[block] = load_u32(data, at + 68)
    columns.block_bits[block] = load_u32(data, at + 72)
    columns.block_nonce[block] = load_u32(data, at + 76)


@jit
def fill(data: Bytes, bounds: Int64s, framed: int, columns: ParsedBlocks) -> None:
    """Fill all columns but hashes and statuses; `framed` is 1 for blocks, 0 for loose transactions."""
    tx, in_row, out_row = 0, 0, 0
    for item in range(len(bounds) - 1):
        at, txs = bounds[item], 1
        if framed:
            _fill_header(data, at, item, columns)
            txs, at = read_size(data, at + HEADER_BYTES)
            columns.block_tx_lo[item] = tx
            columns.block_size[item] = bounds[item + 1] - bounds[item]
            columns.block_stripped_size[item] = at - bounds[item]
        for _ in range(txs):
            columns.tx_block[tx] = item if framed else -1
            at, in_row, out_row = fill_tx(data, at, tx, in_row, out_row, columns)
            if framed:
                columns.block_stripped_size[item] += columns.tx_base_size[tx]
            tx += 1
    columns.block_tx_lo[len(columns.block_tx_lo) - 1] = tx if framed else 0
    columns.tx_in_lo[tx] = in_row
    columns.tx_out_lo[tx] = out_row
