"""Transactions as an Electrum server sends them: hex that is tried by id, branches that are tried by root."""

import hashlib
from typing import NamedTuple

import numpy as np

from qaif.feeds.explorer import Place
from qaif.feeds.told_json import Fields, hash_in, hex_bytes, misshapen
from qaif.kernels.parse import ParsedBlocks, parse_txs
from qaif.units import HASH_LENGTH

MOST_TX_BYTES = 4_000_000
_MOST_BRANCH = 32
_MOST_POSITION = 2**32 - 1
_NOWHERE = (bytes(HASH_LENGTH), 2**32 - 1)  # what a coinbase's input names


class Paid(NamedTuple):
    """A value and the script that it is paid to."""

    value_sat: int
    script_raw: bytes


def tx_bytes(value: object, txid_raw: bytes, where: str) -> bytes:
    """The bytes of a transaction.

    Args:
        value: hex, as the server sent it.
        txid_raw: the id that they must have.
        where: the answer, for messages.

    Raises:
        SourceShapeError: they are none, or those of another transaction.
    """
    if not isinstance(value, str) or len(value) > 2 * MOST_TX_BYTES:
        raise misshapen(where, "is no transaction in hex", txid_raw)
    raw = hex_bytes(value, where)
    columns = _parsed(raw)
    if columns is None or columns.tx_txid_raw[0].tobytes() != txid_raw:
        raise misshapen(where, "is not the transaction of that id", txid_raw)
    return raw


def spent_in(raw: bytes) -> list[tuple[bytes, int] | None]:
    """What each input of a tried transaction spends: an id and an output's number; None for new coins."""
    columns = _parsed(raw)
    if columns is None:  # pragma: no cover  # its id was computed
        return []
    rows = zip(columns.in_prev_txid_raw, columns.in_prev_vout.tolist(), strict=True)
    spent = [(txid.tobytes(), vout) for txid, vout in rows]
    return [None if one == _NOWHERE else one for one in spent]


def paid_in(raw: bytes) -> list[Paid]:
    """The outputs of a tried transaction."""
    columns = _parsed(raw)
    if columns is None:  # pragma: no cover  # its id was computed
        return []
    rows = zip(
        columns.out_value_sat.tolist(),
        columns.out_script_off.tolist(),
        columns.out_script_len.tolist(),
        strict=True,
    )
    return [Paid(value, raw[at : at + length]) for value, at, length in rows]


def read_place(value: object, height: int, where: str) -> Place:
    """Where a transaction is said to be in the block of a height, with its branch in wire order.

    Raises:
        SourceShapeError: it is said to be elsewhere, or that is no branch of such a position.
    """
    fields = Fields(value, where)
    if fields.integer("block_height", 0, 2**31 - 1) != height or fields.missing("merkle"):
        raise misshapen(where, "is no branch in the block of that height")
    branch = tuple(hash_in(text.encode(), f"merkle of {where}") for text in fields.texts("merkle"))
    position = fields.integer("pos", 0, _MOST_POSITION)
    if len(branch) > _MOST_BRANCH or position >> len(branch):
        raise misshapen(where, "is no branch of a tree that has such a position")
    return Place(height, position, branch)


def leads_to(root_raw: bytes, txid_raw: bytes, place: Place) -> bool:
    """Whether a branch leads from a transaction to a Merkle root.

    A row of odd length repeats its last hash, on the right; equal to its neighbour on the left, a hash would
    prove a position that the block does not have (CVE-2012-2459).
    """
    node, position = txid_raw, place.position or 0
    for other in place.branch_raw or ():
        if position & 1 and other == node:
            return False
        pair = other + node if position & 1 else node + other
        node, position = hashlib.sha256(hashlib.sha256(pair).digest()).digest(), position >> 1
    return node == root_raw


def _parsed(raw: bytes) -> ParsedBlocks | None:
    columns, _, _ = parse_txs(np.frombuffer(raw, np.uint8), np.array([0, len(raw)], np.int64))
    return columns
