"""Derived tables: sorted runs made from primary columns alone.

Each has one rule (`append`) from the columns of a range to rows, and shares `truncate` (keep numbers under a
limit) and `merge` (sorted runs into one). So a derived table of another version can be built again from what
is stored, and the first index, a later block and a rebuild go one way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from qaif.chain.sections import Array
from qaif.chain.tables import DERIVED
from qaif.kernels import join, sort
from qaif.units import Int64s, UInt64s

Run = tuple[UInt64s, Int64s]
Columns = Mapping[str, Array]
_MERGE_ROWS = 1 << 20


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


def _known_inputs(values: Array, first: Mapping[str, int]) -> Run:
    known = np.flatnonzero(values >= 0)
    return _sorted(values[known], known + first["txin"])


def _script_ins(columns: Columns, first: Mapping[str, int]) -> Run:
    return _known_inputs(columns["txin.script_num"], first)


def _spent_by(columns: Columns, first: Mapping[str, int]) -> Run:
    return _known_inputs(columns["txin.spent_out"], first)


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
    places = [0] * len(runs)
    while any(place < len(keys) for place, (keys, _) in zip(places, runs, strict=True)):
        bound = min(
            int(keys[min(place + rows, len(keys)) - 1])
            for place, (keys, _) in zip(places, runs, strict=True)
            if place < len(keys)
        )
        ends = [int(np.searchsorted(keys, np.uint64(bound), "right")) for keys, _ in runs]
        yield _merge_whole(
            [(k[p:e], n[p:e]) for p, e, (k, n) in zip(places, ends, runs, strict=True) if e > p]
        )
        places = [max(place, end) for place, end in zip(places, ends, strict=True)]


def _merge_whole(runs: list[Run]) -> Run:
    while len(runs) > 1:
        merged = [_merge_two(a, b) for a, b in zip(runs[::2], runs[1::2], strict=False)]
        runs = merged + (runs[-1:] if len(runs) % 2 else [])
    return runs[0]


def _merge_two(a: Run, b: Run) -> Run:
    size = len(a[0]) + len(b[0])
    keys, nums = np.empty(size, dtype=np.uint64), np.empty(size, dtype=np.int64)
    join.merge_two(a[0], a[1], b[0], b[1], keys, nums)
    return keys, nums
