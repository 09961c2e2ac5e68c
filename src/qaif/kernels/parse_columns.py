"""The columns of parsed blocks and transactions, and room for them."""

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


def allocate(blocks: int, txs: int, ins: int, outs: int) -> ParsedBlocks:
    """Room for so many rows; what is in it is arbitrary."""
    rows = {"block": blocks, "tx": txs, "in": ins, "out": outs}
    columns: dict[str, NDArray[Any]] = {}
    for name in ParsedBlocks._fields:
        count = rows[name.split("_")[0]]
        if name.endswith("_raw"):
            columns[name] = np.empty((count, 32), np.uint8)
        else:
            columns[name] = np.empty(count + name.endswith("_lo"), _TYPES.get(name, np.int64))
    return ParsedBlocks(**columns)
