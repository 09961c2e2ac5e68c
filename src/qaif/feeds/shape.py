"""The one shape of every feed: headers in the order first seen, raw blocks on demand, spent outputs if told.

A feed knows where blocks come from and nothing of what they mean; `feeds/placing.py` puts its headers in
chain order. Rows are rows of `headers()`, and stay the same for the life of the feed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from qaif.feeds.networks import Network
from qaif.units import Bools, Bytes, Hashes, Int32s, Int64s

HEADER_BYTES = 80


class HeaderTable(NamedTuple):
    """Every block that a feed has, each hash once, in the order first seen.

    Attributes:
        header: uint8[n, 80], the header as it stands in the block.
        hash_raw: uint8[n, 32], its double SHA-256, wire order.
        bip34_height: int32[n], the height that its coinbase begins with, -1 where there is none.
        claimed_height: int32[n], the height that the feed's source says it has, -1 where it says none.
        size: int64[n], bytes that `read` gives of it: of the whole block, where that is held.
        whole: bool[n], whether all of its transactions are held; None where that is so of every block.
        witnessed: bool[n], whether all witnesses of its transactions are held; None where that is so of every
            block.
    """

    header: Bytes
    hash_raw: Hashes
    bip34_height: Int32s
    claimed_height: Int32s
    size: Int64s
    whole: Bools | None = None
    witnessed: Bools | None = None


class RawBlocks(NamedTuple):
    """Raw blocks one after another: block i is data[offset[i]:offset[i + 1]].

    Attributes:
        data: of a block of which only some transactions are held, the header, how many, and these.
        offset: int64[n + 1].
        place: int32[m], the place of each transaction in its block as it is proven, -1 where it is only
            claimed; None where every block is whole.
    """

    data: Bytes
    offset: Int64s
    place: Int32s | None = None


class Prevouts(NamedTuple):
    """What each input of a batch of blocks spends, coinbase inputs included, as the feed was told.

    Attributes:
        value_sat: int64[k], -1 where the feed was not told.
        script: uint8[], the scripts one after another.
        script_offset: int64[k + 1]; script i is script[script_offset[i]:script_offset[i + 1]].
        from_parents: nothing of it was told: all was read from the bytes of the spent transactions.
    """

    value_sat: Int64s
    script: Bytes
    script_offset: Int64s
    from_parents: bool = False

    @classmethod
    def of(cls, value_sat: Int64s, scripts: Sequence[bytes]) -> "Prevouts":
        """The same from scripts that stand apart."""
        offset = np.concatenate([[0], np.cumsum([len(script) for script in scripts])]).astype(np.int64)
        return cls(value_sat, np.frombuffer(b"".join(scripts), dtype=np.uint8), offset)


class Progress(Protocol):
    """How long work tells how far it is."""

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Say that `done` of `total` units are done."""


def silent(done: int, total: int, unit: str) -> None:
    """Progress that nobody sees."""


class Feed(Protocol):
    """Where blocks come from."""

    @property
    def network(self) -> Network:
        """The network that all of its blocks are of."""

    def headers(self) -> HeaderTable:
        """Every block that it has."""

    def read(self, rows: Int64s) -> RawBlocks:
        """The raw bytes of some blocks, in the order asked.

        Raises:
            BlockDataError: a block's bytes are not what its header said.
            SourceMissingError: they are not there any more.
        """

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What the inputs of these blocks spend, or None where it was told nothing of any of them."""

    def describe(self) -> Mapping[str, object]:
        """The feed in words and figures that JSON can hold."""
