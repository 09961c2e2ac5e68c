"""Made blocks into a store, by way of a block file, as a user would."""

from collections.abc import Sequence
from pathlib import Path

from oracle.blockmaker import Block, framed
from qaif.chain.digest import column_digests
from qaif.chain.index import ROUND_BYTES, IndexReport, index
from qaif.chain.open import Chain
from qaif.feeds.blockfiles import BlockFileFeed


def put(
    folder: Path, blocks: Sequence[Block], round_bytes: int = ROUND_BYTES, *, merge: bool = True
) -> IndexReport:
    """Index just these blocks into a chain folder."""
    path = folder.with_suffix(".dat")
    path.write_bytes(framed(blocks))
    return index(folder, BlockFileFeed.open([path]), round_bytes=round_bytes, merge=merge)


def digests(folder: Path) -> dict[str, str]:
    """The digest of every logical column of a store."""
    with Chain.open(folder) as chain:
        return column_digests(chain)
