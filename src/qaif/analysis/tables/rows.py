"""Rows of one primary table and what stands beside them: views of the store where they follow one another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qaif.chain.open import Chain
from qaif.chain.sections import Array
from qaif.chain.written import Texts
from qaif.units import Bools, Int64s


@dataclass(frozen=True)
class Values:
    """A column of some rows.

    Attributes:
        data: numbers, shape (n,), or texts.
        known: bool[n]; NULL where it is false. None where all are known.
    """

    data: Array | Texts
    known: Bools | None = None


@dataclass(frozen=True)
class Edges:
    """Where the blocks begin, once for a query: int64 of shape (n_blocks,), and their heights and times."""

    tx_lo: Int64s
    height: Array
    time_unix: Array

    @classmethod
    def of(cls, chain: Chain) -> "Edges":
        """The edges of a chain view."""
        block, count = chain.block, chain.n_blocks
        return cls(block.tx_lo[0:count], block.height[0:count], block.time[0:count])


class Rows:
    """Some rows of a table, ascending.

    Args:
        chain: the chain view.
        edges: its blocks' edges.
        table: the primary table.
        nums: the rows' numbers, ascending.
        inference: whether a script that only follows from an input counts.
    """

    def __init__(
        self, chain: Chain, edges: Edges, table: str, nums: Int64s, *, inference: bool = True
    ) -> None:
        self.chain, self.edges, self.table, self.nums = chain, edges, table, nums
        self.inference = inference
        self.together = bool(len(nums)) and int(nums[-1]) - int(nums[0]) == len(nums) - 1

    def __len__(self) -> int:
        """How many."""
        return len(self.nums)

    def column(self, name: str) -> Array:
        """A stored column: a view of the map where the rows follow one another in one segment."""
        view = getattr(getattr(self.chain, self.table), name)
        if not len(self.nums):
            return view[0:0]  # type: ignore[no-any-return]  # a ColumnView by its table's declaration
        if self.together:
            return view[int(self.nums[0]) : int(self.nums[-1]) + 1]  # type: ignore[no-any-return]
        return view.take(self.nums)  # type: ignore[no-any-return]

    def ends(self, name: str) -> Int64s:
        """A column of beginnings, one row on: where each row's own range ends."""
        view = getattr(getattr(self.chain, self.table), name)
        if not self.together:
            return view.take(self.nums + 1)  # type: ignore[no-any-return]
        last = int(self.nums[-1]) + 1
        return np.append(view[int(self.nums[0]) + 1 : last], view.one(last)) if len(self.nums) else view[0:0]

    @cached_property
    def tx_nums(self) -> Int64s:
        """The transaction of each row: of transactions, inputs and outputs."""
        if self.table == "tx":
            return self.nums
        if not len(self.nums):
            return self.nums
        column, owners = {
            "txin": ("in_lo", self.chain.tx_of_in),
            "txout": ("out_lo", self.chain.tx_of_out),
        }[self.table]
        if not self.together:
            return owners(self.nums)
        first, last = (int(num) for num in owners(self.nums[[0, -1]]))
        begins = getattr(self.chain.tx, column)[first : last + 1]
        return owner_of(begins, first, self.nums)

    @cached_property
    def block_nums(self) -> Int64s:
        """The block of each row."""
        if self.table == "block":
            return self.nums
        txs = self.tx_nums
        if not len(txs):
            return txs
        lo, hi = (int(at) for at in np.searchsorted(self.edges.tx_lo, txs[[0, -1]], "right") - 1)
        inner = self.edges.tx_lo[lo : hi + 1]
        if self.together and self.table == "tx":
            return owner_of(inner, lo, txs)
        found: Int64s = np.searchsorted(inner, txs, "right").astype(np.int64) - 1 + lo
        return found


def owner_of(begins: Array, first: int, nums: Int64s) -> Int64s:
    """Which of the ranges that begin at `begins`, numbered from `first`, each of consecutive numbers is in.

    Args:
        begins: ascending, strictly; the first is not after `nums[0]`.
        first: the number of the first range.
        nums: consecutive.
    """
    edge = np.append(np.maximum(begins, nums[0]), int(nums[-1]) + 1)
    return np.repeat(np.arange(first, first + len(begins), dtype=np.int64), np.diff(edge))


def known(values: Array) -> Values:
    """Numbers in which -1 (and -2) stand for unknown."""
    sure = values >= 0
    return Values(values, None if bool(sure.all()) else sure)


def height(rows: Rows) -> Values:
    """The height of each row's block."""
    return known(rows.edges.height[rows.block_nums])


def time(rows: Rows) -> Values:
    """The time of each row's block, seconds since 1970."""
    return Values(rows.edges.time_unix[rows.block_nums].astype(np.int64))
