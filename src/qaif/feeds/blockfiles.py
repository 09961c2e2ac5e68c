"""Bitcoin Core's block files as a feed.

Blocks stand in the files in the order in which the node got them, some twice, some stale, between bytes
that are no block; `blockfile_scan` finds them. The order first seen is that of the files and of the offsets
in them; what a later scan finds comes after what an earlier one found. A block that stands several times is
one row of the headers, and is read from the first copy that is there as a whole.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qaif.errors import BlockDataError, SourceMissingError
from qaif.feeds.blockfile_bytes import FileBytes
from qaif.feeds.blockfile_look import look_through
from qaif.feeds.blockfile_scan import Damage, is_whole
from qaif.feeds.blockfile_state import ScanState
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import HEADER_BYTES, HeaderTable, Prevouts, Progress, RawBlocks, silent
from qaif.kernels import sort
from qaif.units import UNKNOWN, Bytes, Hashes, HashHex, Int32s, Int64s, hash_hex

__all__ = ["BlockFileFeed", "DamagedPlace", "ScanState"]

_SHOWN_PLACES = 20


class DamagedPlace(NamedTuple):
    """Bytes of a block file that are no whole block."""

    kind: str
    path: Path
    offset: int
    length: int


class BlockFileFeed:
    """Blocks of Bitcoin Core's block files; made by `open`.

    Attributes:
        network: the network of all blocks.
        scan_state: what to keep so that the next `open` reads only what has grown.
        bytes_read: bytes that opening read.
    """

    def __init__(self, network: Network, scan_state: ScanState, bytes_read: int) -> None:
        self.network, self.scan_state, self.bytes_read = network, scan_state, bytes_read
        self._blocks = scan_state.blocks
        self._hash = self._blocks.hash_raw
        self._copies, self._start = _by_hash(self._hash)
        self._chosen: dict[int, int] = {}

    @classmethod
    def open(
        cls,
        paths: Sequence[Path],
        network: Network | None = None,
        known: ScanState | None = None,
        progress: Progress = silent,
    ) -> "BlockFileFeed":
        """Find the blocks of some files.

        Args:
            paths: block files, folders of `blk*.dat`, or data directories, in the order that counts.
            network: whose blocks they are; that of the first block where None.
            known: the `scan_state` of an earlier feed.
            progress: told the bytes of files looked through and to look through.

        Raises:
            BlockFileError: a path is not there, or a file cannot be read or holds no block.
            NetworkMismatchError: a block of another network.
        """
        state, bytes_read = look_through(paths, network, known, progress)
        return cls(NETWORKS[state.network], state, bytes_read)

    def headers(self) -> HeaderTable:
        """Every block once, in the order first seen."""
        return self._headers

    @cached_property
    def _headers(self) -> HeaderTable:
        first = self._copies[self._start[:-1]]
        for row in self._unlike():
            first[row] = self._copy_of(row)
        blocks = self._blocks if len(first) == len(self._hash) else self._blocks.take(first)
        claimed = np.full(len(first), UNKNOWN, dtype=np.int32)
        return HeaderTable(blocks.header, blocks.hash_raw, blocks.bip34_height, claimed, blocks.size)

    def _unlike(self) -> list[int]:
        """Blocks whose copies claim different sizes or heights: some of them are damaged."""
        several = np.flatnonzero(np.diff(self._start) > 1)
        size, height = self._blocks.size, self._blocks.bip34_height
        spans = ((int(row), self._copies[self._start[row] : self._start[row + 1]]) for row in several)
        return [row for row, copies in spans if np.ptp(size[copies]) or np.ptp(height[copies])]

    def read(self, rows: Int64s) -> RawBlocks:
        """Raw blocks in the order asked.

        Raises:
            BlockDataError: a block's bytes are not there, or do not begin with its header.
            SourceMissingError: its file is gone.
        """
        copies = np.array([self._copy_of(int(row)) for row in rows], dtype=np.int64)
        offset = np.concatenate([[0], np.cumsum(self._blocks.size[copies])]).astype(np.int64)
        data = np.empty(int(offset[-1]), dtype=np.uint8)
        for run in _runs(self._blocks.file[copies]):
            with self._opened(int(copies[run.start])) as file:
                for i in run:
                    self._fill(file, int(copies[i]), data[offset[i] : offset[i + 1]])
        return RawBlocks(data, offset)

    def prevouts(self, rows: Int64s) -> Prevouts | None:  # noqa: ARG002  the shape of every feed
        """Nothing: block files do not say what a block spends."""
        return None

    @property
    def damage(self) -> list[DamagedPlace]:
        """What the files hold besides whole blocks."""
        files = self.scan_state.files
        return [
            DamagedPlace(Damage(kind).name.lower(), files[file].path, int(offset), int(length))
            for kind, file, offset, length in self.scan_state.damage
        ]

    def describe(self) -> dict[str, object]:
        """What was found, in words and figures."""
        damage = self.damage
        return {
            "network": self.network.name,
            "files": len(self.scan_state.files),
            "bytes": sum(file.size for file in self.scan_state.files),
            "blocks": len(self._start) - 1,
            "more_copies": len(self._copies) - len(self._start) + 1,
            "damage": dict(sorted(Counter(place.kind for place in damage).items())),
            "damaged_places": [
                place._asdict() | {"path": str(place.path)} for place in damage[:_SHOWN_PLACES]
            ],
        }

    def located(self, error: BlockDataError) -> BlockDataError:
        """An error about one of these blocks, saying in which file it stands."""
        shown = error.details.get("block")
        rows = {hash_hex(raw.tobytes()): row for row, raw in enumerate(self.headers().hash_raw)}
        if "path" in error.details or shown not in rows:
            return error
        copy = self._copy_of(rows[HashHex(str(shown))])
        path, offset = self.scan_state.files[self._blocks.file[copy]].path, int(self._blocks.offset[copy])
        return BlockDataError(
            f"{error.message} It stands in {path} at byte {offset}.",
            way_out=error.way_out,
            **(error.details | {"path": str(path), "file_offset": offset}),
        )

    def _opened(self, copy: int) -> FileBytes:
        seen = self.scan_state.files[self._blocks.file[copy]]
        return FileBytes(seen.path, seen.key)

    def _fill(self, file: FileBytes, copy: int, out: Bytes) -> None:
        offset = int(self._blocks.offset[copy])
        there = file.read_into(offset, out)
        if there == len(out) and (out[:HEADER_BYTES] == self._blocks.header[copy]).all():
            return
        shown = hash_hex(self._hash[copy].tobytes())
        what = f"ends after {there:,} of its bytes" if there < len(out) else "is not there any more"
        raise BlockDataError(
            f"Block {shown} {what}: {file.path}, byte {offset}.",
            way_out="The file was changed since it was looked through: run the command again. If that does"
            " not help, copy the file anew from the node.",
            block=shown,
            path=str(file.path),
            offset=offset,
        )

    def _copy_of(self, row: int) -> int:
        """Which copy of a block to read: the first that is whole, where there are several."""
        copies = self._copies[self._start[row] : self._start[row + 1]]
        if len(copies) == 1:
            return int(copies[0])
        if row not in self._chosen:
            self._chosen[row] = next((int(c) for c in copies if self._is_good(int(c))), int(copies[0]))
        return self._chosen[row]

    def _is_good(self, copy: int) -> bool:
        out = np.empty(int(self._blocks.size[copy]), dtype=np.uint8)
        try:
            with self._opened(copy) as file:
                self._fill(file, copy, out)
        except (BlockDataError, SourceMissingError):
            return False
        return is_whole(out)


def _by_hash(hashes: Hashes) -> tuple[Int64s, Int64s]:
    """Copies grouped by hash, groups and copies in the order first seen; and where each group begins."""
    words = np.ascontiguousarray(hashes).reshape(-1).view("<u8").reshape(-1, 4)
    keys = sort.sorted_rows(words[:, 0])[0]
    if not (keys[1:] == keys[:-1]).any():  # each once
        return np.arange(len(words)), np.arange(len(words) + 1)
    order = np.lexsort(words.T)
    new = np.ones(len(order), dtype=bool)
    new[1:] = (words[order[1:]] != words[order[:-1]]).any(axis=1)
    first = order[new]  # the sort is stable, so each group begins with its first copy
    group = np.cumsum(new) - 1
    copies = order[np.lexsort((order, first[group]))]
    counts = np.bincount(group, minlength=len(first))[np.argsort(first)]
    return copies, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _runs(values: Int32s) -> Iterator[range]:
    """Ranges of equal neighbours."""
    ends = [*(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    begin = 0
    for end in ends if len(values) else []:
        yield range(begin, end)
        begin = end
