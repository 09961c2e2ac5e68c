"""Segments that a process keeps open from one run of the indexer to the next, so that pages are hashed once.

A follower adds a block every few minutes, and each looks at pages all over the store. What a run has hashed,
or written itself, the next run of the same process believes, for as long as the file is the one of then: the
same name and checksum in the manifest, the same inode, length and times. Of one store at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qaif.chain.files import Stamp, StoreFiles
from qaif.chain.manifest import SegmentRef
from qaif.chain.segments import Segment, open_segment


@dataclass
class _Kept:
    """What the last run left: its store, its segments by name, and each file's stamp when it was opened."""

    folder: Path | None = None
    segments: dict[str, Segment] = field(default_factory=dict)
    stamps: dict[str, Stamp | None] = field(default_factory=dict)


_LAST = _Kept()


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
