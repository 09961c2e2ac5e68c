"""What a server told is tried before it is kept: ids, work, links, and branches to Merkle roots.

A header that shows the work that its bits state proves no more than that work: it is linked to the genesis
block only where all headers between are held. A branch proves that a transaction is in a block; one of 64
bytes proves nothing, since two hashes of a tree can be read as such a transaction (CVE-2017-12842), and
neither does a branch with equal neighbours on the left (CVE-2012-2459).
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from qaif.errors import SourceShapeError
from qaif.feeds.gathered_table import parsed_txs
from qaif.feeds.networks import Network
from qaif.feeds.placing import proof_of_work_holds
from qaif.feeds.shape import HEADER_BYTES
from qaif.units import MAX_MONEY_SAT, hash_hex, hash_raw

_INNER_NODE = 64  # bytes
_MOST_LEVELS = 32
_NO_VOUT = 0xFFFFFFFF  # the output index that a coinbase names
_ASK_ANOTHER = "Nothing of it was kept. Ask another source, and trust what this one told less."


def refused(what: str, **details: str | int) -> SourceShapeError:
    """The error for what a source told and its own bytes refute."""
    return SourceShapeError(what, way_out=_ASK_ANOTHER, **details)


def checked_headers(raws: Sequence[bytes], first: int, network: Network) -> list[bytes]:
    """The hashes of consecutive headers from a height on.

    Raises:
        SourceShapeError: one is no header, lacks its work, or does not build on the one before.
    """
    if any(len(raw) != HEADER_BYTES for raw in raws):
        raise refused(f"A header at height {first:,} or after does not have {HEADER_BYTES} bytes.")
    hashes = [sha256(sha256(raw).digest()).digest() for raw in raws]
    if not raws:
        return hashes
    table = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 32)
    bits = np.array([int.from_bytes(raw[72:76], "little") for raw in raws], dtype=np.uint32)
    for bad in np.flatnonzero(~proof_of_work_holds(table, bits, network))[:1]:
        raise refused(
            f"The header told for height {first + int(bad):,} does not show the work that it states.",
            height=first + int(bad),
        )
    for at in range(1, len(raws)):
        if raws[at][4:36] != hashes[at - 1]:
            raise refused(
                f"The header told for height {first + at:,} does not build on the one told for"
                f" {first + at - 1:,}.",
                height=first + at,
            )
    genesis = hash_raw(network.genesis_hex)
    if (first == 0) != (hashes[0] == genesis):
        raise refused(f"The header told for height {first:,} is not of {network.name}.", height=first)
    return hashes


def checked_txs(raws: Sequence[bytes], asked: Sequence[bytes]) -> None:
    """Try transactions against the ids that were asked for.

    Raises:
        SourceShapeError: one is malformed, is another, or could not be in any block.
    """
    if len(raws) != len(asked):
        raise refused(f"{len(asked):,} transactions were asked for and {len(raws):,} given.")
    if not raws:
        return
    _, parsed = parsed_txs(raws)
    for row, txid in enumerate(asked):
        if parsed.tx_txid_raw[row].tobytes() != txid:
            found = hash_hex(parsed.tx_txid_raw[row].tobytes())
            raise refused(f"Asked for transaction {hash_hex(txid)}, the bytes given are those of {found}.")
    value = parsed.out_value_sat
    empty = (np.diff(parsed.tx_in_lo) == 0) | (np.diff(parsed.tx_out_lo) == 0)
    wrong = (value < 0) | (value > MAX_MONEY_SAT)
    totals = np.zeros(len(raws), dtype=np.float64)
    np.add.at(totals, np.repeat(np.arange(len(raws)), np.diff(parsed.tx_out_lo)), value.astype(np.float64))
    null = (parsed.in_prev_vout == _NO_VOUT) & ~parsed.in_prev_txid_raw.any(axis=1)
    nulls = np.add.reduceat(null, parsed.tx_in_lo[:-1]) if not empty.any() else null
    mixed = not empty.any() and bool(((nulls > 0) & (np.diff(parsed.tx_in_lo) > 1)).any())
    if empty.any() or wrong.any() or (totals > MAX_MONEY_SAT).any() or mixed:
        raise refused("A transaction was given that no block could hold: its inputs or amounts cannot be.")


def root_of(txid_raw: bytes, position: int, branch_raw: Sequence[bytes]) -> bytes | None:
    """The Merkle root that a branch gives; None where the branch can prove nothing."""
    if not 0 <= position < 1 << len(branch_raw) or len(branch_raw) > _MOST_LEVELS:
        return None
    node = txid_raw
    for other in branch_raw:
        if len(other) != len(node) or (position & 1 and other == node):
            return None
        pair = other + node if position & 1 else node + other
        node = sha256(sha256(pair).digest()).digest()
        position >>= 1
    return node


def can_be_proven(raw: bytes) -> bool:
    """Whether a branch to a transaction proves anything: not where its bytes could be an inner node."""
    return int(parsed_txs([raw])[1].tx_base_size[0]) != _INNER_NODE
