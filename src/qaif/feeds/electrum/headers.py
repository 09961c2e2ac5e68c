"""Block headers as an Electrum server sends them: in hex, tried by work, and by the links between them."""

import hashlib
from collections.abc import Sequence

import numpy as np

from qaif.feeds.networks import Network
from qaif.feeds.placing import proof_of_work_holds
from qaif.feeds.told_json import Fields, hex_bytes, misshapen
from qaif.units import HASH_LENGTH

HEADER_BYTES = 80
MOST_HEIGHT = 2**31 - 1


def header_bytes(value: object, where: str) -> bytes:
    """One header.

    Args:
        value: hex, as the server sent it.
        where: the answer, for messages.

    Raises:
        SourceShapeError: it is none.
    """
    raw = hex_bytes(value, where) if isinstance(value, str) else b""
    if len(raw) != HEADER_BYTES:
        raise misshapen(where, f"is no header of {HEADER_BYTES} bytes")
    return raw


def read_page(fields: Fields, asked: int) -> tuple[list[bytes], int]:
    """Headers in a row, and how many the server sends at most.

    From version 1.6 on they are a list of hex, before that one text of hex.

    Args:
        fields: the answer.
        asked: how many were asked for.

    Raises:
        SourceShapeError: they are more, or not as many as it says.
    """
    count, most = fields.integer("count", 0, asked), fields.integer("max", 1, MOST_HEIGHT)
    if fields.missing("hex"):
        raws = [header_bytes(text, f"headers of {fields.where}") for text in fields.texts("headers")]
    else:
        data = fields.data("hex")
        raws = [data[at : at + HEADER_BYTES] for at in range(0, len(data), HEADER_BYTES)]
    if len(raws) != count or any(len(raw) != HEADER_BYTES for raw in raws):
        raise misshapen(fields.where, f"does not have the {count:,} headers that it counts")
    return raws, most


def tried_hashes(raws: Sequence[bytes], network: Network, where: str) -> list[bytes]:
    """The hashes of headers, each of which has the work that it states.

    Args:
        raws: of 80 bytes each.
        network: their network.
        where: the answer, for messages.

    Raises:
        SourceShapeError: one lacks it.
    """
    if not raws:
        return []
    hashes = [hashlib.sha256(hashlib.sha256(raw).digest()).digest() for raw in raws]
    table = np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, HASH_LENGTH)
    rows = np.frombuffer(b"".join(raws), np.uint8).reshape(-1, HEADER_BYTES)
    bits = np.ascontiguousarray(rows[:, 72:76]).view("<u4").reshape(-1).astype(np.uint32)
    bad = np.flatnonzero(~proof_of_work_holds(table, bits, network))
    if len(bad):
        raise misshapen(
            where, f"has a header, number {bad[0]}, without the work that a block of {network.name} must have"
        )
    return hashes


def breaks(raws: Sequence[bytes], hashes: Sequence[bytes]) -> list[int]:
    """Which headers do not name the one before as their parent."""
    return [at for at in range(1, len(raws)) if raws[at][4:36] != hashes[at - 1]]


def root_in(raw: bytes) -> bytes:
    """The Merkle root that a header states."""
    return raw[36:68]
