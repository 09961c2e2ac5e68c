"""Merkle roots, the mutation of CVE-2012-2459, and the witness commitment of BIP141.

| array | type | meaning |
|---|---|---|
| work | u1[] | room for the leaves of a tree and one more; the leaves on entry, the root first on return |
| status | u1[n] | what the checks of a block found; see the names below |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32, load_u16, load_u32
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.kernels.sha256 import hash_pairs

GOOD, ROOT_DIFFERS, MUTATED = range(3)
COMMITMENT_DIFFERS, COMMITMENT_MISSING = 1, 2
COMMITMENT_BYTES = 38
COMMITMENT_HEAD = (
    int.from_bytes(bytes.fromhex("6a24aa21"), "little"),
    int.from_bytes(bytes.fromhex("a9ed"), "little"),
)
_HEAD, _HEAD_END = COMMITMENT_HEAD


@jit
def _same32(left: Bytes, left_at: int, right: Bytes, right_at: int) -> bool:
    for i in range(32):  # noqa: SIM110  Numba compiles the loop, not all() over a generator
        if left[left_at + i] != right[right_at + i]:
            return False
    return True


@jit
def reduce_tree(work: Bytes, count: int) -> int:
    """Hash a tree up to its root in `work[:32]`; 1 if equal neighbours let other leaves give this root."""
    mutated = 0
    if count == 0:
        work[:32] = 0
    while count > 1:
        for i in range(0, count - 1, 2):
            if _same32(work, 32 * i, work, 32 * i + 32):
                mutated = 1
        if count & 1:
            copy32(work, 32 * count, work, 32 * count - 32)
            count += 1
        count >>= 1
        hash_pairs(work, count, work)
    return mutated


@jit
def _load_leaves(work: Bytes, hashes: Bytes, lo: int, hi: int) -> None:
    for row in range(lo, hi):
        copy32(work, 32 * (row - lo), hashes, 32 * row)


@jit
def commitment_at(data: Bytes, script_off: Int64s, script_len: Int64s, lo: int, hi: int) -> int:
    """Where the 32 bytes of the witness commitment stand, in the last output of its form; -1 for none."""
    for row in range(hi - 1, lo - 1, -1):
        at: int = script_off[row]
        if (
            script_len[row] >= COMMITMENT_BYTES
            and load_u32(data, at) == _HEAD
            and load_u16(data, at + 4) == _HEAD_END
        ):
            return at + 6
    return -1


@jit
def _committed_status(
    data: Bytes, committed: int, reserved: int, reserved_len: int, wtxid: Bytes, lo: int, hi: int, work: Bytes
) -> int:
    """Check a block's witnesses; `reserved` is where the coinbase's witness stands (BIP141)."""
    if reserved_len != 34 or load_u16(data, reserved) != 0x2001:  # one item of 32 bytes
        return COMMITMENT_DIFFERS
    _load_leaves(work, wtxid, lo, hi)
    work[:32] = 0
    reduce_tree(work, hi - lo)
    copy32(work, 32, data, reserved + 2)
    hash_pairs(work, 1, work)
    return GOOD if _same32(work, 0, data, committed) else COMMITMENT_DIFFERS


@jit
def check_blocks(data: Bytes, c: ParsedBlocks) -> None:
    """Fill `block_merkle_status` and `block_witness_status`; every other column is filled already."""
    txid, wtxid, merkle = (
        c.tx_txid_raw.reshape(-1),
        c.tx_wtxid_raw.reshape(-1),
        c.block_merkle_raw.reshape(-1),
    )
    tx_lo, in_lo, out_lo, has_witness = c.block_tx_lo, c.tx_in_lo, c.tx_out_lo, c.tx_has_witness
    script_off, script_len = c.out_script_off, c.out_script_len
    witness_off, witness_len = c.in_witness_off, c.in_witness_len
    merkle_status, witness_status = c.block_merkle_status, c.block_witness_status
    most = 0
    for block in range(len(merkle_status)):
        most = max(most, tx_lo[block + 1] - tx_lo[block])
    work = np.empty(32 * most + 64, np.uint8)
    for block in range(len(merkle_status)):
        lo, hi, witnesses = tx_lo[block], tx_lo[block + 1], 0
        _load_leaves(work, txid, lo, hi)
        mutated = reduce_tree(work, hi - lo)
        same = _same32(work, 0, merkle, 32 * block)
        merkle_status[block] = ROOT_DIFFERS if not same else (MUTATED if mutated else GOOD)
        for tx in range(lo, hi):
            witnesses += has_witness[tx]
        witness_status[block] = GOOD
        if witnesses > 0:
            committed = commitment_at(data, script_off, script_len, out_lo[lo], out_lo[lo + 1])
            reserved = in_lo[lo]
            if committed < 0:
                witness_status[block] = COMMITMENT_MISSING
            elif reserved == in_lo[lo + 1]:
                witness_status[block] = COMMITMENT_DIFFERS
            else:
                witness_status[block] = _committed_status(
                    data, committed, witness_off[reserved], witness_len[reserved], wtxid, lo, hi, work
                )


def merkle_root(txids: NDArray[np.uint8]) -> Bytes:
    """The root of the tree over `txids` uint8[n, 32] in wire order, as uint8[32]; zeros where n is 0.

    Raises:
        ValueError: `txids` is not of 32 bytes a row.
    """
    leaves = np.ascontiguousarray(txids, np.uint8)
    if leaves.ndim != 2 or leaves.shape[1] != 32:
        raise ValueError(f"hashes have 32 bytes a row, this array has the shape {leaves.shape}")
    work = np.empty(leaves.size + 64, np.uint8)
    work[: leaves.size] = leaves.reshape(-1)
    reduce_tree(work, len(leaves))
    return work[:32].copy()
