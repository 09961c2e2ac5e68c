"""Blocks and transactions from bytes to columns, with their ids, strictly.

Three steps: `parse_scan` walks over the bytes, refuses what Bitcoin Core would refuse and counts; columns of
exactly that size are made; `parse_fill` fills them. Then the hashes, and what a block commits to.
Bad data is never an exception: it comes back as a status and an offset, and the caller raises.
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, readable
from qaif.kernels.merkle import check_blocks
from qaif.kernels.parse_columns import ParsedBlocks, Room, allocate
from qaif.kernels.parse_fill import fill, fill_other_types
from qaif.kernels.parse_scan import GOOD, HEADER_BYTES, STATUS_TEXT, scan
from qaif.kernels.sha256 import hash_jobs

__all__ = ["STATUS_TEXT", "ParsedBlocks", "Room", "parse_blocks", "parse_txs"]

TXIDS, IDS, EVERYTHING = range(3)  # how much to hash; see `parse_blocks`
_AT_ONCE = 1024  # transactions hashed in one go: their jobs stay in the cache


@jit
def _hash_txs(data: Bytes, columns: ParsedBlocks, effort: int) -> None:
    """Fill `tx_txid_raw`, and from `IDS` on `tx_wtxid_raw`; the two hashes of a transaction side by side."""
    txid, wtxid = columns.tx_txid_raw.reshape(-1), columns.tx_wtxid_raw.reshape(-1)
    starts, sizes, base_sizes = columns.tx_start, columns.tx_size, columns.tx_base_size
    witness, count = columns.tx_has_witness, len(columns.tx_start)
    jobs = np.empty((4, 2 * _AT_ONCE), np.int64)
    found = np.empty(64 * _AT_ONCE, np.uint8)
    for lo in range(0, count, _AT_ONCE):
        hi, used = min(lo + _AT_ONCE, count), 0
        for tx in range(lo, hi):
            start, size, marked = starts[tx], sizes[tx], witness[tx] == 1
            jobs[0, used], jobs[1, used] = start, base_sizes[tx]
            jobs[2, used], jobs[3, used] = (start + size if marked else 0), tx - lo
            used += 1
            if marked and effort > TXIDS:
                jobs[0, used], jobs[1, used], jobs[2, used], jobs[3, used] = (
                    start,
                    size,
                    0,
                    _AT_ONCE + tx - lo,
                )
                used += 1
        hash_jobs(data, jobs[0, :used], jobs[1, :used], jobs[2, :used], jobs[3, :used], 2, found)
        for tx in range(lo, hi):
            copy32(txid, 32 * tx, found, 32 * (tx - lo))
            if effort > TXIDS:
                second = _AT_ONCE if witness[tx] == 1 else 0
                copy32(wtxid, 32 * tx, found, 32 * (second + tx - lo))


@jit
def _hash_headers(data: Bytes, bounds: Int64s, columns: ParsedBlocks) -> None:
    """Fill `block_hash_raw`."""
    count = len(columns.block_size)
    size, zeros = np.full(count, HEADER_BYTES), np.zeros(count, np.int64)
    hash_jobs(data, bounds[:count], size, zeros, np.arange(count), 2, columns.block_hash_raw.reshape(-1))


def _parse(
    data: Bytes, bounds: Int64s, framed: int, effort: int, room: Room | None = None
) -> tuple[ParsedBlocks | None, int, int]:
    source = readable(data)
    limits = np.ascontiguousarray(bounds, np.int64)
    txs, ins, outs, status, offset = scan(source, limits, framed)
    if status != GOOD:
        return None, int(status), int(offset)
    columns = allocate((len(limits) - 1) * framed, txs, ins, outs, room)
    fill(source, limits, framed, columns)
    fill_other_types(source, columns)
    _hash_txs(source, columns, effort)
    _hash_headers(source, limits, columns)
    if effort == EVERYTHING:
        check_blocks(source, columns)
    return columns, GOOD, 0


def parse_blocks(
    data: Bytes, block_offset: Int64s, effort: int = EVERYTHING, room: Room | None = None
) -> tuple[ParsedBlocks | None, int, int]:
    """Parse the blocks `data[block_offset[i]:block_offset[i + 1]]`, each a header, a count and transactions.

    Args:
        data: the bytes of all blocks.
        block_offset: int64[n + 1], ascending.
        effort: `EVERYTHING`; measurements may leave out the checks of a block (`IDS`), and the wtxids too
            (`TXIDS`): those columns are then arbitrary.
        room: memory for the columns, which the next parse into it overwrites; fresh memory where None.

    Returns:
        the columns, 0 and 0; or None, a status of `STATUS_TEXT` and the offset in `data` of what is wrong.
    """
    return _parse(data, block_offset, 1, effort, room)


def parse_txs(data: Bytes, tx_offset: Int64s) -> tuple[ParsedBlocks | None, int, int]:
    """Parse loose transactions, one between each two offsets; as `parse_blocks`, with no block rows."""
    return _parse(data, tx_offset, 0, EVERYTHING)
