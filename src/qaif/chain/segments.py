"""Opened segments, and columns and runs that read across them as if they were one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import SegmentRef
from qaif.chain.sections import Array
from qaif.chain.tables import Column
from qaif.units import Int64s, UInt64s


@dataclass(frozen=True)
class Segment:
    """One segment's file, mapped: its arrays by section name, `table.column`."""

    ref: SegmentRef
    arrays: dict[str, Array]

    def column(self, table: str, name: str) -> Array:
        """A primary column: one row a number of the segment's range."""
        return self.arrays[f"{table}.{name}"]

    def run(self, name: str) -> tuple[UInt64s, Int64s]:
        """A derived table's sorted keys and numbers."""
        return self.arrays[f"{name}.key"], self.arrays[f"{name}.num"]

    def span(self, table: str) -> tuple[int, int]:
        """The numbers [from, to) of a primary table that this segment holds."""
        return self.ref.ranges[table]


def open_segment(files: StoreFiles, ref: SegmentRef, *, verified: bool) -> Segment:
    """Map a segment's file.

    Args:
        files: the store's files.
        ref: the segment, as the manifest names it.
        verified: hash the whole file first.

    Raises:
        StoreDamagedError: it is missing, has another length, or (where hashed) another checksum.
    """
    data = files.map(ref.file.name, ref.file.length)
    if verified:
        sections.verify(data, ref.file)
    return Segment(ref, sections.read(data, ref.file.name))


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
        self._arrays = [segment.column(table, column.name) for segment in segments]
        self._limit, self._end, self._empty = limit, end, column.none()

    def __getitem__(self, rows: slice) -> Array:
        """The rows of a slice with step 1; a view where one segment holds them."""
        lo, hi, _ = rows.indices(self._limit)
        first = int(np.searchsorted(self._starts, lo, "right")) - 1
        last = int(np.searchsorted(self._starts, max(hi - 1, lo), "right")) - 1
        parts = [
            self._arrays[i][max(lo - int(self._starts[i]), 0) : max(hi - int(self._starts[i]), 0)]
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
        if len(self._arrays) == 1:
            return self._arrays[0][nums - int(self._starts[0])]
        which = np.searchsorted(self._starts, nums, "right") - 1
        out = np.empty((len(nums), *self._arrays[0].shape[1:]), dtype=self._arrays[0].dtype)
        for i in np.flatnonzero(np.bincount(which)):
            mine = which == i
            out[mine] = self._arrays[i][nums[mine] - int(self._starts[i])]
        return out


class RunView:
    """One derived table across segments, read with `num < limit`."""

    def __init__(self, runs: Sequence[tuple[UInt64s, Int64s]], limit: int) -> None:
        self._runs, self._limit = runs, limit

    def of(self, key: int) -> Int64s:
        """Every number under a key, ascending."""
        wanted = np.uint64(key)
        parts = []
        for keys, nums in self._runs:
            lo, hi = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
            if hi > lo:
                parts.append(nums[lo:hi])
        found = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        return np.sort(found[found < self._limit])

    def one_each(self, keys: Int64s) -> Int64s:
        """The number under each key, -1 where there is none; for tables with one number a key."""
        found = np.full(len(keys), -1, dtype=np.int64)
        wanted = keys.astype(np.uint64)
        for run_keys, run_nums in self._runs:
            if not len(run_keys):
                continue
            place = np.minimum(np.searchsorted(run_keys, wanted), len(run_keys) - 1)
            hit = (run_keys[place] == wanted) & (run_nums[place] < self._limit)
            found[hit] = run_nums[place[hit]]
        return found
