"""Block files opened as a feed, and what tests ask of it."""

from pathlib import Path

import numpy as np

from oracle.blockmaker import MAGIC, Block, Branch, seeded
from qaif.feeds.blockfiles import BlockFileFeed, ScanState

KEY = bytes.fromhex("2584ecb45e74af9d")
KEY_WITH_MAGIC = bytes.fromhex("11fabfb5da223344")
KEY_THAT_IS_MAGIC = MAGIC + bytes.fromhex("51000000")  # reserved space shows frames of 81 bytes
BLOCKS = Branch(seeded(1)).grow(12).blocks
SIGNET_MAGIC = bytes.fromhex("0a03cf40")


def opened(*paths: Path, known: ScanState | None = None) -> BlockFileFeed:
    return BlockFileFeed.open(paths, known=known)


def hashes(feed: BlockFileFeed) -> list[bytes]:
    return [row.tobytes() for row in feed.headers().hash_raw]


def raw_blocks(feed: BlockFileFeed, rows: list[int] | None = None) -> list[bytes]:
    wanted = np.arange(len(feed.headers().size)) if rows is None else np.array(rows, dtype=np.int64)
    raw = feed.read(wanted)
    return [raw.data[a:b].tobytes() for a, b in zip(raw.offset[:-1], raw.offset[1:], strict=True)]


def holds(feed: BlockFileFeed, blocks: list[Block]) -> bool:
    """Just these blocks, in this order, byte for byte."""
    return raw_blocks(feed) == [block.raw for block in blocks] and hashes(feed) == [b.hash for b in blocks]


def kinds(feed: BlockFileFeed) -> list[str]:
    return [place.kind for place in feed.damage]
