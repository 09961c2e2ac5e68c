"""One look through the block files of some paths: what is unchanged is kept, what has grown is read on.

A file is taken as unchanged by its size and time. Where these differ, the headers of all its known blocks
are read again: if each stands where it stood, the scan goes on after the last one; else the file is scanned
anew. Blocks of a file that has gone from a folder stay known (a pruning node deletes its oldest files):
they can be placed, and not be read.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from qaif.errors import BlockFileError
from qaif.feeds.blockfile_bytes import FileBytes, key_beside, unreadable
from qaif.feeds.blockfile_key import explain_no_blocks
from qaif.feeds.blockfile_paths import block_files
from qaif.feeds.blockfile_scan import FRAME_BYTES, HEAD_BYTES, Damage, Found, network_of, scan, scan_again
from qaif.feeds.blockfile_state import BlockPlaces, ScanState, SeenFile
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import Progress
from qaif.units import Int64s

_YOUNG_NS = 2_000_000_000  # a file changed so lately may change again without its time telling
_NO_DAMAGE = np.empty((0, 4), dtype=np.int64)


def look_through(
    paths: Sequence[Path], network: Network | None, known: ScanState | None, progress: Progress
) -> tuple[ScanState, int]:
    """Everything that the files of some paths hold, and how many bytes were read to know it.

    Raises:
        BlockFileError: a path is not there, or a file cannot be read or holds no block.
        NetworkMismatchError: a block of another network.
    """
    if known and network and known.network != network.name:
        known = None
    look = _Look(network or (NETWORKS[known.network] if known else None), known)
    files = block_files(paths, look.network)
    sizes = np.cumsum([0, *(_stat(path)[0] for path in files)]).tolist()
    for path, done in zip(files, sizes, strict=False):
        progress(done, sizes[-1], "bytes scanned")
        look.at(path)
    progress(sizes[-1], sizes[-1], "bytes scanned")
    look.keep_gone({path.parent for path in files})
    return look.state(files), look.bytes_read


def _and_more(count: int) -> str:
    return f", nor in {count:,} more block files" if count else ""


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    return found.st_size, found.st_mtime_ns


class _Look:
    """What has been seen so far.

    Args:
        network: the network, or None until the first block tells it.
        known: what an earlier look found.
    """

    def __init__(self, network: Network | None, known: ScanState | None) -> None:
        self.network, self.known = network, known
        self.bytes_read = 0
        self._before = {file.path: i for i, file in enumerate(known.files)} if known else {}
        self._stays: dict[int, int] = {}  # place of a file then, and now: its known blocks stay
        self._files: list[SeenFile] = []
        self._keys: dict[Path, bytes] = {}  # by folder
        self._new: list[BlockPlaces] = []
        self._damage: list[Int64s] = [_NO_DAMAGE]

    def at(self, path: Path) -> None:
        """Look at one file."""
        if path.parent not in self._keys:
            self._keys[path.parent] = key_beside(path)
        key, (size, mtime_ns) = self._keys[path.parent], _stat(path)
        seen = self.known.files[self._before[path]] if self.known and path in self._before else None
        if seen and (seen.key, seen.size, seen.mtime_ns) == (key, size, mtime_ns):
            self._keep(seen, seen.size)
            return
        if time.time_ns() - mtime_ns < _YOUNG_NS:
            mtime_ns = -1
        with FileBytes(path, key) as file:
            self.network = self.network or network_of(file)
            stays = seen is not None and self._stands(file, seen)
            found = self._scan(file, seen.end if seen and stays else 0)
            now = SeenFile(path, key, file.size, mtime_ns, found.end)
            if seen and stays:
                mended = self._mended(file, seen)
                self._keep(now, seen.end, frozenset(offset - FRAME_BYTES for offset in mended.offset))
                self._add(mended)
            else:
                self._files.append(now)
            self._add(found)
            self.bytes_read += file.bytes_read

    def keep_gone(self, folders: set[Path]) -> None:
        """Keep what is known of files that have gone from these folders."""
        now = {file.path for file in self._files}
        for seen in self.known.files if self.known else ():
            if seen.path not in now and seen.path.parent in folders:
                self._keep(seen, seen.size)

    def state(self, paths: Sequence[Path]) -> ScanState:
        """Everything seen, known blocks before new ones.

        Raises:
            BlockFileError: there is no block at all.
        """
        blocks = BlockPlaces.joined([*self._kept_blocks(), *self._new])
        if self.network is None or not len(blocks.file):
            raise BlockFileError(
                f"There is no whole block in {paths[0]}{_and_more(len(paths) - 1)}.",
                way_out="A node writes its first block when it starts; start it, or give other files.",
                path=str(paths[0]),
            )
        return ScanState(self.network.name, tuple(self._files), blocks, np.concatenate(self._damage))

    def _scan(self, file: FileBytes, start: int) -> Found:
        found = scan(file, self.network, start) if self.network else Found()
        torn = any(kind == Damage.TORN for kind, _, _ in found.damage)
        if not found.end and not torn and file.blank_until(0) < file.size:
            raise explain_no_blocks(file, self.network)
        return found

    def _stands(self, file: FileBytes, seen: SeenFile) -> bool:
        """Whether every known block of a file still stands where it stood."""
        if self.known is None or self.network is None:
            return False
        if file.key != seen.key or file.size < seen.end:
            return False
        blocks = self.known.blocks.take(self.known.blocks.file == self._before[seen.path])
        heads = file.rows(blocks.offset - FRAME_BYTES, HEAD_BYTES)
        sizes = blocks.size.astype("<u4").view(np.uint8).reshape(-1, 4)
        magic = np.frombuffer(self.network.magic, dtype=np.uint8)
        known = (np.broadcast_to(magic, (len(sizes), len(magic))), sizes, blocks.header)
        return heads is not None and np.array_equal(heads, np.concatenate(known, axis=1))

    def _mended(self, file: FileBytes, seen: SeenFile) -> Found:
        """Blocks of a known file that were damage before and now are whole."""
        if self.known is None or self.network is None:
            return Found()
        _, number, offset, _ = self.known.damage.T
        mine = (number == self._before[seen.path]) & (offset < seen.end)
        return scan_again(file, self.network, offset[mine].tolist())

    def _keep(self, now: SeenFile, end: int, mended: frozenset[int] = frozenset()) -> None:
        """Keep the known blocks of a file, and its damage up to an offset but for what was mended."""
        if self.known is None:
            return
        then = self._before[now.path]
        self._stays[then] = len(self._files)
        if len(self.known.damage):
            kept = (self.known.damage[:, 1] == then) & (self.known.damage[:, 2] < end)
            damage = self.known.damage[kept].copy()
            damage = damage[~np.isin(damage[:, 2], list(mended))]
            damage[:, 1] = len(self._files)
            self._damage.append(damage)
        self._files.append(now)

    def _add(self, found: Found) -> None:
        number = len(self._files) - 1
        self._new.append(BlockPlaces.of(number, found))
        rows = [(int(kind), number, offset, length) for kind, offset, length in found.damage]
        self._damage.append(np.array(rows, dtype=np.int64).reshape(-1, 4))

    def _kept_blocks(self) -> Iterator[BlockPlaces]:
        if self.known is None:
            return
        place = np.full(len(self.known.files), -1, dtype=np.int32)
        for then, now in self._stays.items():
            place[then] = now
        moved = self.known.blocks._replace(file=place[self.known.blocks.file])
        stays = moved.file >= 0
        yield moved if stays.all() else moved.take(stays)
