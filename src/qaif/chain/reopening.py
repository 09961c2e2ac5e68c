"""What a process keeps from one run of the indexer to the next: opened segments, and the order of the blocks.

A follower adds a block every few minutes, and each looks at pages all over the store. What a run has hashed,
or written itself, the next run of the same process believes, for as long as the file is the one of then: the
same name and checksum in the manifest, the same inode, length and times. And where the store is as that run
left it, and its headers are those of then and a few more, their order is not worked out anew. All this of one
store at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest, SegmentRef
from qaif.chain.segments import Segment, open_segment
from qaif.chain.system_calls import Stamp
from qaif.feeds.networks import Network
from qaif.feeds.placing import Placing, extended, place
from qaif.feeds.shape import HeaderTable


@dataclass
class _Kept:
    """What the last run left: its store, its segments by name, and each file's stamp when it was opened."""

    folder: Path | None = None
    segments: dict[str, Segment] = field(default_factory=dict)
    stamps: dict[str, Stamp | None] = field(default_factory=dict)


_LAST = _Kept()


@dataclass
class _Order:
    """What the last run worked out: of which manifest, for which headers."""

    folder: Path | None = None
    manifest: Manifest | None = None
    headers: HeaderTable | None = None
    placing: Placing | None = None


_ORDER = _Order()


def place_again(
    files: StoreFiles, manifest: Manifest, headers: HeaderTable, network: Network
) -> tuple[Placing, int | None]:
    """The order of a feed's blocks, and how many of them the store has as they should be, if that is known.

    The store must be the one that `manifest` names.
    """
    last, _ORDER.placing = _ORDER.placing, None
    same = _ORDER.folder == files.folder.absolute() and _ORDER.manifest == manifest
    if last is not None and same and _ORDER.headers is not None and _begins_with(headers, _ORDER.headers):
        placing = extended(last, headers, network)
        if placing is not None:
            return placing, len(last.rows)
    return place(headers, network), None


def _begins_with(headers: HeaderTable, others: HeaderTable) -> bool:
    if headers.whole is not None or others.whole is not None:
        return False  # blocks of which parts are held may hold more now
    count = len(others.hash_raw)
    fields = ("hash_raw", "bip34_height", "claimed_height")
    return all(np.array_equal(getattr(headers, f)[:count], getattr(others, f)) for f in fields)


def keep_order(files: StoreFiles, manifest: Manifest, headers: HeaderTable, placing: Placing) -> None:
    """Keep what a run worked out that came to its end."""
    _ORDER.folder, _ORDER.manifest = files.folder.absolute(), manifest
    _ORDER.headers, _ORDER.placing = headers, placing


def keep_order_over(files: StoreFiles, before: Manifest, after: Manifest) -> None:
    """Keep what was worked out of one manifest for another that has the same blocks."""
    if _ORDER.folder == files.folder.absolute() and _ORDER.manifest == before:
        _ORDER.manifest = after


def open_again(files: StoreFiles, refs: Sequence[SegmentRef]) -> list[Segment]:
    """Open segments, those of the last run as it left them; until `keep_open` is called nothing is kept.

    Raises:
        StoreDamagedError: see `open_segment`.
    """
    same_store = _LAST.folder == files.folder.absolute()
    had, stamps = (_LAST.segments, _LAST.stamps) if same_store else ({}, {})
    _LAST.folder, _LAST.segments = None, {}
    _LAST.stamps = {ref.file.name: files.stamp(ref.file.name) for ref in refs}
    opened = []
    for ref in refs:
        name, segment = ref.file.name, had.get(ref.file.name)
        now = _LAST.stamps[name]
        known = segment is not None and segment.ref == ref and now is not None and stamps.get(name) == now
        opened.append(segment if known and segment else open_segment(files, ref, verified=False))
    return opened


def keep_open(files: StoreFiles, segments: Sequence[Segment]) -> None:
    """Keep the segments of a run that came to its end, and let go of all others.

    Those that were there before have the stamp of the run's beginning, so that a change since is noticed.
    """
    names = [segment.ref.file.name for segment in segments]
    stamps = {name: _LAST.stamps.get(name) or files.stamp(name) for name in names}
    _LAST.folder, _LAST.stamps = files.folder.absolute(), stamps
    _LAST.segments = {segment.ref.file.name: segment for segment in segments}
