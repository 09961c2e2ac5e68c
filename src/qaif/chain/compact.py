"""Segments into other segments: merged by tiers, or cut at a block."""

from collections.abc import Iterator, Sequence
from itertools import chain as chained

import numpy as np

from qaif.chain import derived, sections
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Range, SegmentRef
from qaif.chain.sections import Array, Section
from qaif.chain.segments import Segment, open_segment
from qaif.chain.tables import DERIVED, DERIVED_COLUMNS, PRIMARY
from qaif.units import Bytes

FAN_IN = 12
SMALLEST_TIER = 4 << 20  # bytes; a full block's segment is smaller
LARGEST_MERGE = 8 << 30  # bytes; larger segments stay as they are
_PIECE_ROWS = 1 << 17


def segment_sections(columns: dict[str, Array], runs: dict[str, derived.Run]) -> dict[str, Section]:
    """The sections of a new segment from arrays in memory."""
    out = {name: sections.whole(array) for name, array in columns.items()}
    for name, pair in runs.items():
        for (part, _), array in zip(DERIVED_COLUMNS, pair, strict=True):
            out[f"{name}.{part}"] = sections.whole(array)
    return out


def write_segment(
    files: StoreFiles, name: str, parts: dict[str, Section], ranges: dict[str, Range], level: int
) -> Segment:
    """Write a segment's file and open it."""
    ref = SegmentRef(sections.write(files, name, parts), ranges, level)
    return open_segment(files, ref, verified=False, written=True)


def level_of(parts: dict[str, Section]) -> int:
    """The tier of a new segment, by its bytes: what a round wrote is not merged with single blocks."""
    size, level = sum(part.nbytes for part in parts.values()), 0
    while size >= SMALLEST_TIER * FAN_IN**level:
        level += 1
    return level


def due_for_merge(segments: Sequence[Segment]) -> list[Segment]:
    """The segments at the tail that the tier rule now makes one; empty when none are due.

    They are of the last one's tier, or of lower ones that a later, larger one has cut off from their like.
    """
    return list(segments[-FAN_IN:]) if is_due([segment.ref for segment in segments[-FAN_IN:]]) else []


def is_due(refs: Sequence[SegmentRef]) -> bool:
    """Whether the tail of these is due for a merge."""
    tail = refs[-FAN_IN:]
    if len(tail) < FAN_IN or any(ref.level > tail[-1].level for ref in tail):
        return False
    return sum(ref.file.length for ref in tail) <= LARGEST_MERGE


def merged(files: StoreFiles, name: str, parts: Sequence[Segment]) -> Segment:
    """One segment in place of neighbours."""
    ranges = {table: (parts[0].span(table)[0], parts[-1].span(table)[1]) for table in PRIMARY}
    out: dict[str, Section] = {}
    for table, columns in PRIMARY.items():
        for column in columns:
            arrays = [part.column(table, column.name) for part in parts]
            out[f"{table}.{column.name}"] = _joined(arrays)
    for table_ in DERIVED:
        runs = [part.run(table_.name) for part in parts]
        rows = sum(len(keys) for keys, _ in runs)
        out |= _merged_runs(table_.name, runs, rows)
    return write_segment(files, name, out, ranges, parts[-1].ref.level + 1)


def _joined(arrays: list[Array]) -> Section:
    first = sections.whole(arrays[0])
    rows = sum(len(array) for array in arrays)
    return Section(first.dtype, first.width, rows, lambda: chained.from_iterable(_pieces(a) for a in arrays))


def _pieces(array: Array) -> list[Array]:
    return [array[at : at + _PIECE_ROWS] for at in range(0, len(array), _PIECE_ROWS)]


def _merged_runs(name: str, runs: list[derived.Run], rows: int) -> dict[str, Section]:
    """Both columns of merged runs; which run each key is from is kept until the numbers are written."""
    sources: list[Bytes] = []

    def keys() -> Iterator[Array]:
        for some, source in derived.merge_keys(runs):
            sources.append(source)
            yield some

    def nums() -> Iterator[Array]:
        yield from derived.merge_nums(runs, sources)
        sources.clear()

    both = zip(DERIVED_COLUMNS, (keys, nums), strict=True)
    return {f"{name}.{part}": Section(np.dtype(dtype), 1, rows, pieces) for (part, dtype), pieces in both}


def cut(files: StoreFiles, name: str, segment: Segment, block_num: int) -> Segment:
    """The part of a segment before a block, as a new segment.

    Args:
        files: the store's files.
        name: name of the new file.
        segment: the segment that holds the block.
        block_num: the first block that is left out; not the segment's first.
    """
    ranges = cut_ranges(segment, block_num)
    columns = {
        f"{table}.{column.name}": segment.column(table, column.name)[: ranges[table][1] - ranges[table][0]]
        for table, its_columns in PRIMARY.items()
        for column in its_columns
    }
    runs = {t.name: derived.truncate(segment.run(t.name), ranges[t.counts][1]) for t in DERIVED}
    return write_segment(files, name, segment_sections(columns, runs), ranges, segment.ref.level)


def cut_ranges(segment: Segment, block_num: int) -> dict[str, Range]:
    """The ranges of a segment's part before a block."""
    row = block_num - segment.span("block")[0]
    limits = {"block": block_num}
    for table, column in (
        ("tx", "tx_lo"),
        ("txin", "in_lo"),
        ("txout", "out_lo"),
        ("script", "script_lo"),
        ("unresolved", "unresolved_lo"),
    ):
        limits[table] = int(segment.column("block", column)[row])
    script_row = limits["script"] - segment.span("script")[0]
    byte_lo = segment.column("script", "byte_lo")
    limits["script_byte"] = (
        int(byte_lo[script_row]) if script_row < len(byte_lo) else segment.span("script_byte")[1]
    )
    return {table: (segment.span(table)[0], limit) for table, limit in limits.items()}
