"""Make the store what the feed's best chain is: first index, later blocks, reorganisation, rebuild: one path.

The new order of blocks is compared with the stored one, row by row. What they share stays; the rest is cut
off and the new rest appended in rounds. A plain append commits after each round, so that a stopped run
resumes there; where blocks are taken off, one manifest at the end replaces the old chain by the new one.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qaif.chain import compact, derived, sections
from qaif.chain import manifest as manifests
from qaif.chain.feed_changes import changes
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest
from qaif.chain.memory import return_large_arrays
from qaif.chain.reopening import keep_open, keep_order, keep_order_over, open_again, place_again
from qaif.chain.rounds import Loaded, Source, load, loaded_ahead, make_columns
from qaif.chain.run import Round, Run, Writing
from qaif.chain.sections import Array
from qaif.chain.segments import Segment
from qaif.chain.tables import PRIMARY, RULES
from qaif.errors import NetworkMismatchError, SourceMissingError, StoreError
from qaif.feeds.placing import Placing
from qaif.feeds.shape import Feed, HeaderTable, Progress, silent
from qaif.units import Int64s, hash_hex

ROUND_BYTES = 128 << 20
_PLACED = ("height", "height_basis", "linked", "work")


@dataclass(frozen=True)
class IndexReport:
    """What a run did.

    Attributes:
        blocks: blocks in the chain now.
        txs: transactions in the chain now.
        kept: blocks that stayed as they were.
        removed: blocks taken off, by a reorganisation or a rebuild.
        appended: blocks added.
        stale: blocks of the feed that are not in the best chain.
        invalid: blocks of the feed whose proof of work fails, and what builds on them.
        epoch: the store's epoch.
        tip_hash: hash of the last block, as shown.
    """

    blocks: int
    txs: int
    kept: int
    removed: int
    appended: int
    stale: int
    invalid: int
    epoch: int
    tip_hash: str


def index(  # noqa: PLR0913  where to, from what, how much at once, and who watches
    folder: Path,
    feed: Feed,
    *,
    progress: Progress = silent,
    round_bytes: int = ROUND_BYTES,
    state: "FeedState | None" = None,
    merge: bool = True,
) -> IndexReport:
    """Bring the store in `folder` to the feed's best chain.

    Args:
        folder: the chain folder; made where it is missing.
        feed: where blocks come from; it must know every block that the store holds.
        progress: told the raw bytes done and to do.
        round_bytes: raw bytes of blocks a round; memory grows with it.
        state: what the feed wants to be remembered for the next run.
        merge: merge the segments that are then due, in a commit after that of the blocks; who has not the
            time calls `merge_due` when there is.

    Raises:
        NetworkMismatchError: the store holds another network.
        SourceMissingError: the feed does not know a block that the store holds.
        BlockDataError: a block is not valid; what was committed before it stays.
    """
    return_large_arrays()
    files = StoreFiles(folder)
    with files.writing():
        manifest = manifests.load(files) or Manifest(feed.network.name)
        if manifest.network != feed.network.name:
            raise NetworkMismatchError(
                f"The store {folder} holds {manifest.network}, the blocks are of {feed.network.name}.",
                way_out="Use another workspace for another network.",
            )
        files.remove_unnamed(manifest.files())
        run = Run(files, manifest, open_again(files, manifest.segments))
        try:
            report = _bring_up(run, feed, progress, round_bytes, state)
            if merge:
                _settle(run)
        except BaseException:
            _tidy(run)
            raise
        keep_open(files, run.segments)
        return report


def merge_due(folder: Path) -> bool:
    """Merge the segments of a store that are due, if any are; the chain stays what it is.

    Raises:
        StoreBusyError: another process writes to it.
        StoreError: it is damaged, or cannot be written.
    """
    files = StoreFiles(folder)
    with files.writing():
        manifest = manifests.load(files)
        if manifest is None or not compact.is_due(manifest.segments):
            return False
        run = Run(files, manifest, open_again(files, manifest.segments))
        try:
            merged = _settle(run)
        except BaseException:
            _tidy(run)
            raise
        keep_open(files, run.segments)
        return merged


def _settle(run: Run) -> bool:
    before = run.manifest
    merged = run.settle()
    keep_order_over(run.files, before, run.manifest)
    return merged


def _tidy(run: Run) -> None:
    """After a failure, remove what was written for nothing; what cannot be removed now, the next run will.

    The manifest in place is asked too: a commit can fail after its rename.
    """
    with contextlib.suppress(StoreError):
        in_place = manifests.load(run.files)
        named = in_place.files() if in_place else set()
        run.files.remove_unnamed(named | run.manifest.files())


@dataclass(frozen=True)
class FeedState:
    """What a feed wants to be remembered.

    Attributes:
        description: the feed, as JSON can hold it.
        columns: arrays of its own.
        retold: hashes (wire order) of blocks of which it now tells something else, such as what they spend;
            they are made again, with all that come after.
        placing: the chain order of its blocks, where it is known without placing every one of them.
        written: the columns that the store's feed file holds; empty where there is none.
        given_up: hashes of blocks that it no longer has, and knows that it had.
    """

    description: dict[str, object]
    columns: dict[str, Array]
    retold: frozenset[bytes] = frozenset()
    placing: Placing | None = None
    written: dict[str, Array] = field(default_factory=dict)
    given_up: frozenset[bytes] = frozenset()


def _bring_up(
    run: Run, feed: Feed, progress: Progress, round_bytes: int, state: FeedState | None
) -> IndexReport:
    headers = feed.headers()
    if state is not None and state.placing is not None:
        placing, kept = state.placing, None
    else:
        placing, kept = place_again(run.files, run.manifest, headers, feed.network)
    source = Source(feed, headers, placing)
    before = run.manifest.rows("block")
    if kept is None:
        kept = _shared(run.segments, headers, placing)
    if run.manifest.rules not in ({}, RULES):
        kept = 0
    kept = _before_any(placing, headers, kept, state.retold if state else frozenset())
    _know_all(run.segments, headers, kept, state.given_up if state else frozenset())
    news = _feed_news(run, feed, state)
    if kept < before and not _is_reorganisation(run.segments, placing, kept):
        news["epoch"] = run.manifest.epoch + 1
    cut_off = kept < before
    if cut_off:
        run.segments = _cut_to(run, kept)
    sizes = headers.size[placing.rows]
    total, done = int(sizes[kept:].sum()), 0

    def committed() -> None:
        if not cut_off:
            run.commit(**news)

    with Writing(run, committed) as writing:
        rounds = list(_rounds(sizes, kept, round_bytes))
        loading = loaded_ahead(source, rounds) if len(rounds) > 1 else (load(source, one) for one in rounds)
        for loaded in loading:
            done += int(sizes[loaded.places].sum())
            writing.take(_made(source, loaded, writing), last=loaded.places[-1] == len(sizes) - 1)
            progress(done, total, "bytes")
    if cut_off or kept == len(placing.rows):
        run.commit(**news)
    keep_order(run.files, run.manifest, headers, placing)
    return _report(run, placing, before, kept)


def _report(run: Run, placing: Placing, before: int, kept: int) -> IndexReport:
    return IndexReport(
        blocks=run.manifest.rows("block"),
        txs=run.manifest.rows("tx"),
        kept=kept,
        removed=before - kept,
        appended=len(placing.rows) - kept,
        stale=len(placing.stale_rows),
        invalid=len(placing.invalid_rows),
        epoch=run.manifest.epoch,
        tip_hash=run.manifest.tip_hash,
    )


def _feed_news(run: Run, feed: Feed, state: FeedState | None) -> dict[str, object]:
    """What the manifest says of the feed from now on; its columns are written once a run."""
    if state is None:
        return {"feed": feed.describe()}
    small = changes(state.written, state.columns) if run.manifest.feed_file else None
    if small is not None:
        return {"feed": state.description, "feed_changes": small}
    parts = {key: sections.whole(array) for key, array in state.columns.items()}
    written = sections.write(run.files, run.new_name("feed"), parts)
    return {"feed": state.description, "feed_file": written, "feed_changes": {}}


def _shared(segments: list[Segment], headers: HeaderTable, placing: Placing) -> int:
    """How many blocks, from the first, stand in the store as they will stand."""
    at = 0
    new_hash = headers.hash_raw[placing.rows]
    for segment in segments:
        count = min(segment.span("block")[1], len(placing.rows)) - at
        rows = slice(at, at + max(count, 0))
        stored = segment.column("block", "hash_raw")[: max(count, 0)]
        same = (stored == new_hash[rows]).all(axis=1)
        for name in _PLACED:
            equal = segment.column("block", name)[: max(count, 0)] == getattr(placing, name)[rows]
            same &= equal if equal.ndim == 1 else equal.all(axis=1)
        if not same.all() or count < segment.span("block")[1] - at:
            return at + (int(np.argmin(same)) if not same.all() else max(count, 0))
        at = segment.span("block")[1]
    return at


def _before_any(placing: Placing, headers: HeaderTable, kept: int, retold: frozenset[bytes]) -> int:
    """How many of the kept blocks come before the first of some blocks."""
    if not retold:
        return kept
    hashes = headers.hash_raw[placing.rows[:kept]]
    return next((at for at, row in enumerate(hashes) if row.tobytes() in retold), kept)


def _know_all(segments: list[Segment], headers: HeaderTable, kept: int, given_up: frozenset[bytes]) -> None:
    """Refuse to drop a stored block that the feed does not know; the first `kept` stand among its own."""
    after = [(segment, max(kept - segment.span("block")[0], 0)) for segment in segments]
    after = [(segment, row) for segment, row in after if row < len(segment.column("block", "hash_raw"))]
    known = given_up.union(row.tobytes() for row in headers.hash_raw) if after else given_up
    for segment, first in after:
        for row in segment.column("block", "hash_raw")[first:]:
            if row.tobytes() not in known:
                shown = hash_hex(row.tobytes())
                raise SourceMissingError(
                    f"The store holds block {shown}, which none of the given block files has.",
                    way_out="Give the block files that were indexed before together with the new ones.",
                    block=shown,
                )


def _is_reorganisation(segments: list[Segment], placing: Placing, kept: int) -> bool:
    """Whether the new branch grows from the parent of the old one, at the same height."""
    if kept == 0 or kept >= len(placing.rows):
        return False
    row, segment = next((kept - s.span("block")[0], s) for s in segments if s.span("block")[1] > kept)
    heights_agree = segment.column("block", "height")[row] == placing.height[kept]
    return bool(placing.linked[kept] and segment.column("block", "linked")[row] and heights_agree)


def _cut_to(run: Run, block_num: int) -> list[Segment]:
    kept = [s for s in run.segments if s.span("block")[1] <= block_num]
    split = [s for s in run.segments if s.span("block")[0] < block_num < s.span("block")[1]]
    return kept + [compact.cut(run.files, run.new_name(), segment, block_num) for segment in split]


def _rounds(sizes: Int64s, start: int, round_bytes: int) -> Iterator[Int64s]:
    """Consecutive places, as many as fit in a round; a round has at least one."""
    ends = np.cumsum(sizes)
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        end = max(int(np.searchsorted(ends, before + round_bytes, "right")), start + 1)
        yield np.arange(start, end, dtype=np.int64)
        start = end


def _made(source: Source, loaded: Loaded, writing: Writing) -> Round:
    first = writing.first()
    columns, runs = make_columns(source, loaded, writing.segments, first)
    lengths = {t: len(columns[f"{t}.{its[0].name}"]) for t, its in PRIMARY.items()}
    ranges = {table: (first[table], first[table] + lengths[table]) for table in PRIMARY}
    return Round(columns, derived.append(columns, first, runs), ranges)
