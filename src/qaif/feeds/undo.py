"""Spent outputs of single blocks, given beside any feed: one file a block.

A file holds, for every input of the block but the coinbase's and in their order, the value of the output
that it spends (eight bytes, little-endian) and its script (length as a compact size, then the bytes).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from qaif.errors import BlockFileError, NotFoundError
from qaif.feeds.around import FeedAround
from qaif.feeds.shape import Feed, Prevouts
from qaif.units import MAX_MONEY_SAT, UNKNOWN, Int64s, hash_hex

_VALUE_BYTES = 8
_SIZE_BYTES = {0xFD: 2, 0xFE: 4, 0xFF: 8}
_WAY_OUT = (
    "It must hold value (8 bytes) and script (compact size, bytes) of each output that the block spends."
)

SpentOutputs = list[tuple[int, bytes]]


def read_spent_outputs(path: Path) -> SpentOutputs:
    """Value and script of every spent output in a file.

    Raises:
        BlockFileError: the file cannot be read, or is not of that form.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror or error}") from error
    out, at = [], 0
    while at < len(data):
        value = int.from_bytes(data[at : at + _VALUE_BYTES], "little", signed=True)
        begin, size = _size_at(data, at + _VALUE_BYTES)
        if begin < 0 or begin + size > len(data):
            raise _refused(path, f"ends in the middle of the output at byte {at}", offset=at)
        if not 0 <= value <= MAX_MONEY_SAT:
            raise _refused(path, f"has the impossible value {value:,} sat at byte {at}", offset=at)
        out.append((value, data[begin : begin + size]))
        at = begin + size
    return out


def _size_at(data: bytes, at: int) -> tuple[int, int]:
    """Where the bytes after a compact size begin, and how many it says; -1 where it is cut off."""
    if at >= len(data):
        return UNKNOWN, 0
    wide = _SIZE_BYTES.get(data[at], 0)
    if not wide:
        return at + 1, data[at]
    if at + 1 + wide > len(data):
        return UNKNOWN, 0
    return at + 1 + wide, int.from_bytes(data[at + 1 : at + 1 + wide], "little")


def with_prevouts(feed: Feed, files: Mapping[str, Path]) -> "UndoFeed":
    """A feed that is told what some of its blocks spend.

    Args:
        feed: where the blocks come from.
        files: file of spent outputs by block hash as shown.

    Raises:
        BlockFileError: a file is not of the form above.
        NotFoundError: the feed does not have such a block.
    """
    rows: dict[str, int] = {hash_hex(raw.tobytes()): row for row, raw in enumerate(feed.headers().hash_raw)}
    lowered = {shown.lower(): path for shown, path in files.items()}
    for shown in lowered:
        if shown not in rows:
            raise NotFoundError(
                f"Spent outputs were given for block {shown}, which is not in the block files.",
                way_out="Check the block hash, or give the block's file too.",
                block=shown,
            )
    return UndoFeed(feed, {rows[shown]: (path, read_spent_outputs(path)) for shown, path in lowered.items()})


class UndoFeed(FeedAround):
    """A feed and the spent outputs of some of its blocks; made by `with_prevouts`."""

    def __init__(self, feed: Feed, told: Mapping[int, tuple[Path, SpentOutputs]]) -> None:
        super().__init__(feed)
        self._told = told

    def describe(self) -> Mapping[str, object]:
        """The feed's description, and how many blocks have spent outputs."""
        return {**self._feed.describe(), "blocks_with_prevouts": len(self._told)}

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What the inputs of these blocks spend, as far as it was told.

        Raises:
            BlockFileError: a file does not have as many outputs as its block has inputs.
        """
        if not any(int(row) in self._told for row in rows):
            return None
        counts = self._inputs(rows)
        ends = np.cumsum(counts)
        value = np.full(int(ends[-1]), UNKNOWN, dtype=np.int64)
        scripts = [b""] * len(value)
        for place, row in enumerate(rows.tolist()):
            if row not in self._told:
                continue
            path, outputs = self._told[row]
            if len(outputs) != counts[place] - 1:
                wanted = f"{counts[place] - 1:,} inputs besides the coinbase's"
                raise _refused(path, f"has {len(outputs):,} spent outputs for a block of {wanted}")
            begin = int(ends[place]) - len(outputs)
            value[begin : ends[place]] = [amount for amount, _ in outputs]
            scripts[begin : ends[place]] = [script for _, script in outputs]
        return Prevouts.of(value, scripts)

    def _inputs(self, rows: Int64s) -> Int64s:
        """How many inputs each block has; where one does not parse, none, and it fails where it is used."""
        parsed = self._parsed(rows)
        if parsed is None:
            return np.zeros(len(rows), dtype=np.int64)
        return np.diff(parsed.tx_in_lo[parsed.block_tx_lo])


def _refused(path: Path, what: str, **details: int) -> BlockFileError:
    return BlockFileError(
        f"The file of spent outputs {path} {what}.", way_out=_WAY_OUT, path=str(path), **details
    )
