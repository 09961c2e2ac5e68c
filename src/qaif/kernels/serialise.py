"""Transactions back from columns to bytes: what shows that no field was lost or misread.

| array | type | meaning |
|---|---|---|
| data | u1[] | the bytes that the scripts and witnesses of the columns point into |
| out | u1[] | on return the transactions, each at its offset |
| offset | i8[m + 1] | where each transaction starts in `out` |
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, readable
from qaif.kernels.parse_columns import ParsedBlocks


@jit
def store(out: Bytes, at: int, value: int, width: int) -> int:
    """Write a number in `width` bytes, low byte first; where the next field goes."""
    for i in range(width):
        out[at + i] = (value >> (8 * i)) & 0xFF
    return at + width


@jit
def store_size(out: Bytes, at: int, value: int) -> int:
    """Write a count or length in its shortest form; where the next field goes."""
    if value < 0xFD:
        return store(out, at, value, 1)
    if value < 2**16:
        return store(out, store(out, at, 0xFD, 1), value, 2)
    return store(out, store(out, at, 0xFE, 1), value, 4)


@jit
def _copy(out: Bytes, at: int, data: Bytes, start: int, size: int) -> int:
    for i in range(size):
        out[at + i] = data[start + i]
    return at + size


@jit
def _store_tx(data: Bytes, tx: int, c: ParsedBlocks, out: Bytes, at: int) -> int:
    marked = c.tx_has_witness[tx] == 1
    in_lo, in_hi, out_lo, out_hi = c.tx_in_lo[tx], c.tx_in_lo[tx + 1], c.tx_out_lo[tx], c.tx_out_lo[tx + 1]
    at = store(out, at, c.tx_version[tx], 4)
    if marked:
        at = store(out, at, 0x0100, 2)
    at = store_size(out, at, in_hi - in_lo)
    for row in range(in_lo, in_hi):
        at = _copy(out, at, c.in_prev_txid_raw.reshape(-1), 32 * row, 32)
        at = store(out, at, c.in_prev_vout[row], 4)
        at = store_size(out, at, c.in_script_len[row])
        at = _copy(out, at, data, c.in_script_off[row], c.in_script_len[row])
        at = store(out, at, c.in_sequence[row], 4)
    at = store_size(out, at, out_hi - out_lo)
    for row in range(out_lo, out_hi):
        at = store(out, at, c.out_value_sat[row], 8)
        at = store_size(out, at, c.out_script_len[row])
        at = _copy(out, at, data, c.out_script_off[row], c.out_script_len[row])
    if marked:
        for row in range(in_lo, in_hi):
            at = _copy(out, at, data, c.in_witness_off[row], c.in_witness_len[row])
    return store(out, at, c.tx_locktime[tx], 4)


@jit
def _store_txs(data: Bytes, offset: Int64s, c: ParsedBlocks, out: Bytes) -> int:
    """Write all transactions; the number of the first whose length is not what its columns say, or -1."""
    for tx in range(len(c.tx_start)):
        if _store_tx(data, tx, c, out, offset[tx]) != offset[tx + 1]:
            return tx
    return -1


def serialise_txs(data: Bytes, columns: ParsedBlocks) -> tuple[Bytes, Int64s]:
    """Write the transactions of `columns`, which were parsed from `data`.

    Returns:
        the bytes, and int64[m + 1] offsets of the transactions in them.

    Raises:
        ValueError: the fields of a transaction are not as long together as its size.
    """
    offset = np.zeros(len(columns.tx_size) + 1, np.int64)
    np.cumsum(columns.tx_size, out=offset[1:])
    # a wrong size may let a transaction write over the next: room for the longest keeps that inside
    out = np.zeros(2 * int(offset[-1]) + 64, np.uint8)
    wrong = _store_txs(readable(data), offset, columns, out)
    if wrong >= 0:
        raise ValueError(f"the fields of transaction {wrong} are not as long together as its size")
    return out[: offset[-1]], offset
