"""Opened segments, and columns and runs that read across them as if they were one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Range, SegmentRef
from qaif.chain.seals import PAGE, NoFile, SealedArray, SealedFile, each_once
from qaif.chain.sections import Array, FileRef
from qaif.chain.tables import Column
from qaif.units import Int64s, UInt64s

_KEYS_A_PAGE = PAGE // 8


@dataclass(frozen=True)
class Segment:
    """One segment's file, mapped: its columns by section name, `table.column`.

    What any method hands out is believed: every page of it was hashed, at the latest just now. A page that is
    not as it was written raises StoreDamagedError, from every one of them.
    """

    ref: SegmentRef
    file: SealedFile | NoFile
    sealed: dict[str, SealedArray]

    @property
    def arrays(self) -> dict[str, Array]:
        """Every section, whole."""
        return {name: column.whole() for name, column in self.sealed.items()}

    def column(self, table: str, name: str) -> Array:
        """A primary column: one row a number of the segment's range."""
        return self.sealed[f"{table}.{name}"].whole()

    def rows_near(self, table: str, nums: Int64s) -> Int64s:
        """The rows of some numbers, for the methods below; none where all is believed already."""
        return nums[:0] if self.file.whole else nums - self.span(table)[0]

    def column_near(self, table: str, name: str, rows: Int64s) -> Array:
        """A primary column, of which only some rows will be read; see `rows_near`."""
        column = self.sealed[f"{table}.{name}"]
        column.believe_ranges(rows, rows + 1)
        return column.array

    def scripts_near(self, rows: Int64s) -> tuple[Array, Array]:
        """`script.byte_lo` and the scripts' bytes, of which only some scripts will be read."""
        lo, blob = self.sealed["script.byte_lo"], self.sealed["script_byte.value"]
        if not self.file.whole:
            first, inside = self.span("script_byte")[0], rows + 1 < len(lo)
            end = np.full(len(rows), len(blob), dtype=np.int64)
            end[inside] = lo.take(rows[inside] + 1) - first
            blob.believe_ranges(lo.take(rows) - first, end)
        return lo.array, blob.array

    def sealed_run(self, name: str) -> tuple[SealedArray, SealedArray]:
        """A derived table's sorted keys and numbers, to be read page by page."""
        return self.sealed[f"{name}.key"], self.sealed[f"{name}.num"]

    def run(self, name: str) -> tuple[UInt64s, Int64s]:
        """A derived table's sorted keys and numbers."""
        keys, nums = self.sealed_run(name)
        return keys.whole(), nums.whole()

    def run_near(self, name: str, wanted: UInt64s) -> tuple[UInt64s, Int64s]:
        """The rows of a derived table under some keys; all its rows where they are believed already."""
        keys, nums = self.sealed_run(name)
        if self.file.whole:
            return keys.whole(), nums.whole()
        if len(wanted) > len(keys) // _KEYS_A_PAGE:
            keys.whole()
        some = each_once(wanted)
        lo, hi = keys.spans(some)
        count = hi - lo
        rows = np.arange(int(count.sum()), dtype=np.int64) + np.repeat(lo - np.cumsum(count) + count, count)
        return keys.take(rows), nums.take(rows)

    def span(self, table: str) -> tuple[int, int]:
        """The numbers [from, to) of a primary table that this segment holds."""
        return self.ref.ranges[table]


def open_segment(files: StoreFiles, ref: SegmentRef, *, verified: bool, written: bool = False) -> Segment:
    """Map a segment's file.

    Args:
        files: the store's files.
        ref: the segment, as the manifest names it.
        verified: hash the whole file first; otherwise its pages are hashed when they are first read.
        written: this process wrote it just now; nothing is hashed.

    Raises:
        StoreDamagedError: it is missing, has another length, or what was hashed is not as it was written.
    """
    data = files.map(ref.file.name, ref.file.length)
    if verified:
        sections.verify(data, ref.file)
    file, columns = sections.read_sealed(data, ref.file)
    if verified or written:
        file.trust()
    return Segment(ref, file, columns)


def segment_in_memory(
    columns: Mapping[str, Array], runs: Mapping[str, tuple[UInt64s, Int64s]], ranges: dict[str, Range]
) -> Segment:
    """A segment that is not written yet: its primary columns, `table.column`, and its derived tables."""
    parts = {
        f"{name}.{part}": array
        for name, pair in runs.items()
        for part, array in zip(("key", "num"), pair, strict=True)
    }
    file = NoFile()
    sealed = {name: SealedArray(file, array, 0) for name, array in {**columns, **parts}.items()}
    return Segment(SegmentRef(FileRef("", 0, ""), ranges), file, sealed)


class ColumnView:
    """One primary column across segments, cut at `limit` rows.

    Args:
        segments: in chain order.
        table: the primary table.
        column: its column.
        limit: rows in use; no number at or past it can be read.
        end: what a column of beginnings answers for the row just past the last one.
    """

    def __init__(
        self, segments: Sequence[Segment], table: str, column: Column, limit: int, end: int | None = None
    ) -> None:
        self._starts = np.array([segment.span(table)[0] for segment in segments], dtype=np.int64)
        self._columns = [segment.sealed[f"{table}.{column.name}"] for segment in segments]
        self._limit, self._end, self._empty = limit, end, column.none()

    def __getitem__(self, rows: slice) -> Array:
        """The rows of a slice with step 1; a view where one segment holds them."""
        lo, hi, _ = rows.indices(self._limit)
        first = int(np.searchsorted(self._starts, lo, "right")) - 1
        last = int(np.searchsorted(self._starts, max(hi - 1, lo), "right")) - 1
        parts = [
            self._columns[i].rows(max(lo - int(self._starts[i]), 0), max(hi - int(self._starts[i]), 0))
            for i in range(max(first, 0), last + 1)
        ]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else self._empty

    def take(self, nums: Int64s | Sequence[int] | int) -> Array:
        """The rows of any numbers, in the order asked.

        Raises:
            IndexError: a number is negative, or at or past the limit.
        """
        wanted = np.atleast_1d(np.asarray(nums, dtype=np.int64))
        past = np.flatnonzero(wanted == self._limit) if self._end is not None else np.zeros(0, dtype=np.int64)
        inside = np.where(wanted == self._limit, 0, wanted) if len(past) else wanted
        if len(inside) and self._limit and (int(inside.min()) < 0 or int(inside.max()) >= self._limit):
            raise IndexError(f"a number outside 0..{self._limit - 1} was asked")
        found = self._gather(inside) if self._limit else np.zeros(len(wanted), dtype=self._empty.dtype)
        if self._end is not None and len(past):
            found = found.copy()
            found[past] = self._end
        return found

    def one(self, num: int) -> int:
        """One value of a scalar column."""
        return int(self.take(num)[0])

    def _gather(self, nums: Int64s) -> Array:
        if len(self._columns) == 1:
            return self._columns[0].take(nums - int(self._starts[0]))
        which = np.searchsorted(self._starts, nums, "right") - 1
        first = self._columns[0].array
        out = np.empty((len(nums), *first.shape[1:]), dtype=first.dtype)
        for i in np.flatnonzero(np.bincount(which)):
            mine = which == i
            out[mine] = self._columns[i].take(nums[mine] - int(self._starts[i]))
        return out


class RunView:
    """One derived table across segments, read with `num < limit`."""

    def __init__(self, runs: Sequence[tuple[SealedArray, SealedArray]], limit: int) -> None:
        self._runs, self._limit = runs, limit

    def of(self, key: int) -> Int64s:
        """Every number under a key, ascending."""
        wanted = np.uint64(key)
        parts = []
        for keys, nums in self._runs:
            lo, hi = keys.place(wanted), keys.place(wanted, "right")
            if hi > lo:
                parts.append(nums.rows(lo, hi))
        found = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        return np.sort(found[found < self._limit])

    def keys_between(self, lo: int, hi: int) -> Iterator[UInt64s]:
        """The keys from `lo` up to `hi`, ascending in each run; `hi` is not among them."""
        for keys, nums in self._runs:
            first, last = keys.search(np.array([lo, hi], dtype=np.uint64)).tolist()
            yield keys.rows(first, last)[nums.rows(first, last) < self._limit]

    def one_each(self, keys: Int64s) -> Int64s:
        """The number under each key, -1 where there is none; for tables with one number a key."""
        found = np.full(len(keys), -1, dtype=np.int64)
        wanted = keys.astype(np.uint64)
        for run_keys, run_nums in self._runs:
            if not len(run_keys):
                continue
            place = np.minimum(run_keys.search(wanted), len(run_keys) - 1)
            there = np.flatnonzero(run_keys.take(place) == wanted)
            nums = run_nums.take(place[there])
            found[there[nums < self._limit]] = nums[nums < self._limit]
        return found
