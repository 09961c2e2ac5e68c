"""Block headers in Esplora's JSON, written as their 80 bytes and tried by hash and work."""

import hashlib
from dataclasses import dataclass

import numpy as np

from qaif.feeds.networks import Network
from qaif.feeds.placing import proof_of_work_holds
from qaif.feeds.told_json import Fields, misshapen
from qaif.units import HASH_LENGTH

HEADER_BYTES = 80
_UINT32 = 2**32 - 1
_INT32 = 2**31
_MOST_HEIGHT = 2**31 - 1


@dataclass(frozen=True)
class ToldHeader:
    """A header that has the hash by which it was told.

    Attributes:
        raw: its 80 bytes.
        hash_raw: their hash.
        height: as told: nothing in the bytes says it.
    """

    raw: bytes
    hash_raw: bytes
    height: int

    @property
    def parent_raw(self) -> bytes:
        """The hash of the block before."""
        return self.raw[4:36]


def read_header(fields: Fields, network: Network) -> ToldHeader:
    """The header of a block in JSON.

    Raises:
        SourceShapeError: it is none, has another hash, or not the work that it states.
    """
    version = fields.integer("version", -_INT32, _UINT32) & _UINT32
    raw = b"".join(
        (
            version.to_bytes(4, "little"),
            fields.hash_or_none("previousblockhash") or bytes(HASH_LENGTH),
            fields.hash("merkle_root"),
            *(
                fields.integer(name, 0, _UINT32).to_bytes(4, "little")
                for name in ("timestamp", "bits", "nonce")
            ),
        )
    )
    told = ToldHeader(raw, fields.hash("id"), fields.integer("height", 0, _MOST_HEIGHT))
    try_header(told.raw, told.hash_raw, network, fields.where)
    return told


def try_header(raw: bytes, hash_raw: bytes, network: Network, where: str) -> None:
    """See to it that bytes are a header with this hash, and with the work that it states.

    Raises:
        SourceShapeError: they are not.
    """
    if len(raw) != HEADER_BYTES:
        raise misshapen(where, f"is no header: it has {len(raw):,} bytes and not {HEADER_BYTES}")
    found = hashlib.sha256(hashlib.sha256(raw).digest()).digest()
    if found != hash_raw:
        raise misshapen(where, "is not the header of that hash")
    bits = np.frombuffer(raw[72:76], "<u4").astype(np.uint32)
    hashes = np.frombuffer(found, np.uint8).reshape(1, HASH_LENGTH)
    if not proof_of_work_holds(hashes, bits, network)[0]:
        raise misshapen(where, f"lacks the work that a block of {network.name} must have")
