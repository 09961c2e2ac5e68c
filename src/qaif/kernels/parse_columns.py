"""The columns of parsed blocks and transactions, and room for them."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.loads import Bytes, Int64s

Hashes = NDArray[np.uint8]


class ParsedBlocks(NamedTuple):
    """n blocks, m transactions, k inputs and l outputs, numbered within the batch; offsets are into `data`.

    Transactions of block b are `block_tx_lo[b]:block_tx_lo[b + 1]`; inputs and outputs of transaction t are
    `tx_in_lo[t]:tx_in_lo[t + 1]` and `tx_out_lo[t]:tx_out_lo[t + 1]`. Loose transactions have `tx_block` -1.
    """

    block_hash_raw: Hashes  # u1[n, 32], wire order
    block_version: NDArray[np.int32]
    block_prev_raw: Hashes  # u1[n, 32]
    block_merkle_raw: Hashes  # u1[n, 32]
    block_time: NDArray[np.uint32]
    block_bits: NDArray[np.uint32]
    block_nonce: NDArray[np.uint32]
    block_size: Int64s
    block_stripped_size: Int64s
    block_tx_lo: Int64s  # i8[n + 1]
    block_merkle_status: Bytes  # 0 good, 1 the root differs, 2 mutated (CVE-2012-2459)
    block_witness_status: Bytes  # 0 good or none needed, 1 the commitment differs, 2 witnesses without one
    tx_block: Int64s
    tx_version: NDArray[np.int32]
    tx_locktime: NDArray[np.uint32]
    tx_txid_raw: Hashes  # u1[m, 32]
    tx_wtxid_raw: Hashes  # u1[m, 32]; of a coinbase too, whose place in the commitment is taken by zeros
    tx_start: Int64s
    tx_size: Int64s
    tx_base_size: Int64s  # without witness
    tx_has_witness: Bytes
    tx_in_lo: Int64s  # i8[m + 1]
    tx_out_lo: Int64s  # i8[m + 1]
    in_prev_txid_raw: Hashes  # u1[k, 32]
    in_prev_vout: NDArray[np.uint32]
    in_sequence: NDArray[np.uint32]
    in_script_off: Int64s
    in_script_len: Int64s
    in_witness_off: Int64s
    in_witness_len: (
        Int64s  # with the count of items; 1 for an empty witness, 0 where the transaction has none
    )
    in_witness_items: Int64s
    out_value_sat: Int64s
    out_script_off: Int64s
    out_script_len: Int64s
    out_type: Bytes  # see `script.TYPE_NAMES`
    out_payload_off: Int64s
    out_payload_len: Int64s


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("block_version", "tx_version"), np.int32),
    **dict.fromkeys(("block_time", "block_bits", "block_nonce", "tx_locktime"), np.uint32),
    **dict.fromkeys(("in_prev_vout", "in_sequence"), np.uint32),
    **dict.fromkeys(("block_merkle_status", "block_witness_status", "tx_has_witness", "out_type"), np.uint8),
}


class Room:
    """Memory that batches are parsed into, one after another.

    Fresh memory can cost as much in page faults as parsing does. What was parsed into a room is overwritten
    by the next parse into it: for callers that are done with a batch before the next.
    """

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)
        self._used = 0

    def clear(self, size: int) -> None:
        """Make room for `size` bytes, and count all of it as free."""
        if size > len(self._memory):
            self._memory = np.empty(size + size // 4, np.uint8)
        self._used = 0

    def array(self, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
        """The next free bytes as an array."""
        size = math.prod(shape) * np.dtype(kind).itemsize
        found: NDArray[Any] = self._memory[self._used : self._used + size].view(kind)
        self._used += _padded(size)
        return found.reshape(shape)


def _padded(size: int) -> int:
    return (size + 63) & -64


def _shape(name: str, rows: dict[str, int]) -> tuple[int, ...]:
    count = rows[name.split("_", 1)[0]]
    return (count, 32) if name.endswith("_raw") else (count + name.endswith("_lo"),)


def allocate(blocks: int, txs: int, ins: int, outs: int, room: Room | None = None) -> ParsedBlocks:
    """Columns of so many rows; what is in them is arbitrary."""
    rows = {"block": blocks, "tx": txs, "in": ins, "out": outs}
    shapes = {name: _shape(name, rows) for name in ParsedBlocks._fields}
    kinds = {name: np.uint8 if name.endswith("_raw") else _TYPES.get(name, np.int64) for name in shapes}
    if room is None:
        return ParsedBlocks(**{name: np.empty(shapes[name], kinds[name]) for name in shapes})
    room.clear(sum(_padded(math.prod(shapes[name]) * np.dtype(kinds[name]).itemsize) for name in shapes))
    return ParsedBlocks(**{name: room.array(shapes[name], kinds[name]) for name in shapes})
