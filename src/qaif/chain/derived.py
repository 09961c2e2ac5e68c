"""Derived tables: sorted runs made from primary columns alone.

Each has one rule (`append`) from the columns of a range to rows, and shares `truncate` (keep numbers under a
limit) and `merge` (sorted runs into one). So a derived table of another version can be built again from what
is stored, and the first index, a later block and a rebuild go one way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from qaif.chain.sections import Array
from qaif.chain.tables import DERIVED
from qaif.kernels import join, sort
from qaif.units import Bytes, Int64s, UInt64s

Run = tuple[UInt64s, Int64s]
Merged = TypeVar("Merged", Int64s, Bytes)
Columns = Mapping[str, Array]
_MERGE_ROWS = 1 << 14


def words_of_hashes(hashes: Array) -> UInt64s:
    """Hashes u1[n, 32] as numbers u8[n, 4]; not copied where they are contiguous."""
    return np.ascontiguousarray(hashes).view("<u8").reshape(-1, 4)


def key_of_hashes(hashes: Array) -> UInt64s:
    """The first eight bytes of each 32-byte hash as a number."""
    return np.ascontiguousarray(words_of_hashes(hashes)[:, 0])


def _sorted(keys: Array, nums: Array) -> Run:
    by_key, order = sort.sorted_rows(keys.astype(np.uint64, copy=False))
    return by_key, nums[order].astype(np.int64, copy=False)  # stable: ties stay ascending


def _by_txid(columns: Columns, first: Mapping[str, int]) -> Run:
    txid = columns["tx.txid_raw"]
    return _sorted(key_of_hashes(txid), np.arange(len(txid), dtype=np.int64) + first["tx"])


def _by_script(columns: Columns, first: Mapping[str, int]) -> Run:
    lo, data = columns["script.byte_lo"] - first["script_byte"], columns["script_byte.value"]
    hi = np.append(lo[1:], len(data)) if len(lo) else lo
    return _sorted(join.hash64_rows(data, lo, hi), np.arange(len(lo), dtype=np.int64) + first["script"])


def _script_outs(columns: Columns, first: Mapping[str, int]) -> Run:
    scripts = columns["txout.script_num"]
    return _sorted(scripts, np.arange(len(scripts), dtype=np.int64) + first["txout"])


def _script_ins(columns: Columns, first: Mapping[str, int]) -> Run:
    script = columns["txin.script_num"]
    rows = np.flatnonzero((script >= 0) & (columns["txin.spent_out"] < 0))
    return _sorted(script[rows], rows + first["txin"])


def _spent_by(columns: Columns, first: Mapping[str, int]) -> Run:
    spent = columns["txin.spent_out"]
    rows = np.flatnonzero(spent >= 0)
    return _sorted(spent[rows], rows + first["txin"])


_RULES: dict[str, Callable[[Columns, Mapping[str, int]], Run]] = {
    "by_txid": _by_txid,
    "by_script": _by_script,
    "script_outs": _script_outs,
    "script_ins": _script_ins,
    "spent_by": _spent_by,
}


def append(
    columns: Columns, first: Mapping[str, int], made: Mapping[str, Run] | None = None
) -> dict[str, Run]:
    """Every derived table's rows for a range.

    Args:
        columns: the range's primary columns, `table.column`.
        first: number of the first row of each primary table.
        made: tables whose rows the joins have made already, equal to what their rules give.
    """
    known = made or {}
    return {t.name: known[t.name] if t.name in known else _RULES[t.name](columns, first) for t in DERIVED}


def truncate(run: Run, limit: int) -> Run:
    """The rows whose number is under the limit."""
    keys, nums = run
    kept = nums < limit
    return keys[kept], nums[kept]


def merge(runs: Sequence[Run], rows: int = _MERGE_ROWS) -> Iterator[Run]:
    """Merge sorted runs, piece by piece; a piece holds at least `rows` rows, and all rows of its last key."""
    for pieces in _pieces([keys for keys, _ in runs], rows):
        yield _merge_whole([(runs[i][0][rows_], runs[i][1][rows_]) for i, rows_ in pieces])


def merge_keys(runs: Sequence[Run], rows: int = _MERGE_ROWS) -> Iterator[tuple[UInt64s, Bytes]]:
    """The same keys, and which of the runs each is from; ties in the order of the runs (at most 256)."""
    for pieces in _pieces([keys for keys, _ in runs], rows):
        parts = [(runs[i][0][rows_], np.full(rows_.stop - rows_.start, i, np.uint8)) for i, rows_ in pieces]
        yield _merge_whole(parts)


def merge_nums(runs: Sequence[Run], sources: Iterable[Bytes]) -> Iterator[Int64s]:
    """The numbers beside the keys of `merge_keys`, by what it said of their runs."""
    places = np.zeros(len(runs), dtype=np.int64)
    for piece in sources:
        count = np.bincount(piece, minlength=len(runs))
        parts = [nums[at : at + n] for (_, nums), at, n in zip(runs, places, count, strict=True)]
        yield join.interleave(np.concatenate(parts), np.cumsum(count) - count, piece)
        places += count


def _pieces(keys: Sequence[UInt64s], rows: int) -> Iterator[list[tuple[int, slice]]]:
    """Which rows of which runs are merged together."""
    places = [0] * len(keys)
    while any(place < len(run) for place, run in zip(places, keys, strict=True)):
        bound = min(
            int(run[min(place + rows, len(run)) - 1])
            for place, run in zip(places, keys, strict=True)
            if place < len(run)
        )
        ends = [int(np.searchsorted(run, np.uint64(bound), "right")) for run in keys]
        yield [(i, slice(p, e)) for i, (p, e) in enumerate(zip(places, ends, strict=True)) if e > p]
        places = [max(place, end) for place, end in zip(places, ends, strict=True)]


def _merge_whole(runs: list[tuple[UInt64s, Merged]]) -> tuple[UInt64s, Merged]:
    while len(runs) > 1:
        merged = [_merge_two(a, b) for a, b in zip(runs[::2], runs[1::2], strict=False)]
        runs = merged + (runs[-1:] if len(runs) % 2 else [])
    return runs[0]


def _merge_two(a: tuple[UInt64s, Merged], b: tuple[UInt64s, Merged]) -> tuple[UInt64s, Merged]:
    size = len(a[0]) + len(b[0])
    keys, beside = np.empty(size, dtype=np.uint64), np.empty(size, dtype=a[1].dtype)
    join.merge_two(a[0], a[1], b[0], b[1], keys, beside)
    return keys, beside
