"""A run of the indexer: its segments as they will be, and rounds written while the next one is made.

A round waits for nothing but the columns of those before it, and has them in memory until they are written.
So three threads work on three rounds: one reads and decodes, one joins, one writes, syncs and merges. All
that a run asks of the file system after its beginning is asked by one thread at a time, in one order.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from qaif.chain import compact
from qaif.chain import manifest as manifests
from qaif.chain.derived import Run as SortedRun
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest, Range
from qaif.chain.sections import Array
from qaif.chain.segments import Segment, segment_in_memory
from qaif.chain.tables import PRIMARY
from qaif.units import hash_hex


@dataclass(frozen=True)
class Round:
    """The columns of a new segment, in memory, its sorted runs, and the numbers that it holds."""

    columns: dict[str, Array]
    runs: dict[str, SortedRun]
    ranges: dict[str, Range]


@dataclass
class Run:
    """A run in progress: the last committed manifest, and the segments as they will be."""

    files: StoreFiles
    manifest: Manifest
    segments: list[Segment]
    names: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def new_name(self, kind: str = "seg") -> str:
        """A name that no other file of the store has, or had."""
        return f"{self.manifest.generation + 1:010d}-{next(self.names):04d}.{kind}"

    def write(self, made: Round) -> None:
        """Write a round."""
        parts = compact.segment_sections(made.columns, made.runs)
        level = compact.level_of(parts)
        written = compact.write_segment(self.files, self.new_name(), parts, made.ranges, level)
        self.segments = [*self.segments, written]

    def merge(self) -> bool:
        """Merge what is due, and whether anything was; it is in the store with the next commit."""
        merged = False
        while due := compact.due_for_merge(self.segments):
            one = compact.merged(self.files, self.new_name(), due)
            self.segments = [*self.segments[: -len(due)], one]
            self.files.remove({segment.ref.file.name for segment in due} - self.manifest.files())
            merged = True
        return merged

    def settle(self) -> bool:
        """Merge what is due, in a commit of its own: no block waits for it."""
        if not self.merge():
            return False
        self.commit()
        return True

    def commit(self, **changes: object) -> None:
        """One manifest; then the files that it no longer names go."""
        refs = tuple(segment.ref for segment in self.segments)
        tip = self.segments[-1].column("block", "hash_raw")[-1].tobytes() if refs else b""
        manifest = self.manifest.next(segments=refs, tip_hash=hash_hex(tip), **changes)
        manifests.save(self.files, manifest)
        self.manifest = manifest
        self.files.remove_unnamed(manifest.files())


class Writing:
    """Writes the rounds of a run one after another, each while the next is made.

    Args:
        run: the run; nobody else changes it before this is left.
        done: called when a round is written, by the thread that wrote it; what is then due for a merge is
            merged after that, and what is due after the last round is left.
    """

    def __init__(self, run: Run, done: Callable[[], None]) -> None:
        self._run, self._done = run, done
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[None] | None = None
        self.segments = run.segments
        """All that is made so far, whether it is written or not."""

    def first(self) -> dict[str, int]:
        """The number that the next row of each primary table gets."""
        if not self.segments:
            return dict.fromkeys(PRIMARY, 0)
        return {table: self.segments[-1].span(table)[1] for table in PRIMARY}

    def take(self, made: Round, *, last: bool) -> None:
        """Have a round written; this returns when the one before it is, or, of the last one, when it is.

        Raises:
            StoreError: what was to be written could not be.
        """
        self._wait()
        if last:
            self._write(made, last=True)
            self.segments = self._run.segments
        else:
            self.segments = [*self._run.segments, segment_in_memory(made.columns, made.runs, made.ranges)]
            self._writing = self._pool.submit(self._write, made)

    def _write(self, made: Round, *, last: bool = False) -> None:
        self._run.write(made)
        self._done()
        if not last:
            self._run.merge()

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
        self._writing = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being written; where that fails, its failure came first and is the one told."""
        try:
            self._wait()
        finally:
            self._pool.shutdown()
