"""Columns of the table `transactions`. Sums are int64 satoshi, exact."""

import numpy as np

from qaif.analysis.tables.rows import Rows, Values, known, time
from qaif.analysis.tables.rows import height as block_height
from qaif.chain import written
from qaif.chain.segments import ColumnView
from qaif.kernels import sums
from qaif.units import Bools, Int64s

_WITNESS_SCALE = 4

__all__ = ["block_height", "time"]


def txid(rows: Rows) -> Values:
    """Ids, as shown."""
    return Values(written.hashes(rows.column("txid_raw")))


def block_num(rows: Rows) -> Values:
    """Blocks."""
    return Values(rows.block_nums)


def position(rows: Rows) -> Values:
    """Places in the block, as far as they are proven."""
    return known(rows.column("place").astype(np.int64))


def coinbases(rows: Rows) -> Bools:
    """Which transactions make new coins: the first of each block, where blocks are whole."""
    if not rows.chain.whole:
        return rows.chain.coinbases(rows.tx_nums)
    if not rows.together or rows.table != "tx":
        return np.asarray(rows.edges.tx_lo[rows.block_nums] == rows.tx_nums)
    edge, start = rows.edges.tx_lo, int(rows.nums[0])
    lo, hi = np.searchsorted(edge, [start, start + len(rows)])
    first = np.zeros(len(rows), dtype=np.bool_)
    first[edge[lo:hi] - start] = True
    return first


def is_coinbase(rows: Rows) -> Values:
    """Which make new coins."""
    return Values(coinbases(rows))


def version(rows: Rows) -> Values:
    """Versions."""
    return Values(rows.column("version"))


def locktime(rows: Rows) -> Values:
    """Locktimes."""
    return Values(rows.column("locktime").astype(np.int64))


def size(rows: Rows) -> Values:
    """Bytes with witnesses."""
    return Values(rows.column("size").astype(np.int64), _is_sized(rows))


def _is_sized(rows: Rows) -> Bools | None:
    """Whether the size with witnesses is known; None where that is so of every transaction."""
    known = np.asarray(rows.column("size") > 0)
    return None if known.all() else known


def _weight(rows: Rows) -> Int64s:
    base = rows.column("base_size").astype(np.int64)
    return base * (_WITNESS_SCALE - 1) + rows.column("size")


def weight(rows: Rows) -> Values:
    """Weights."""
    return Values(_weight(rows), _is_sized(rows))


def vsize(rows: Rows) -> Values:
    """Virtual bytes."""
    return Values(-(-_weight(rows) // _WITNESS_SCALE), _is_sized(rows))


def input_count(rows: Rows) -> Values:
    """Inputs."""
    return Values(rows.ends("in_lo") - rows.column("in_lo"))


def output_count(rows: Rows) -> Values:
    """Outputs."""
    return Values(rows.ends("out_lo") - rows.column("out_lo"))


def output_sat(rows: Rows) -> Values:
    """What the outputs are worth."""
    return Values(_sums(rows, "out_lo", rows.chain.txout.value_sat)[0])


def input_sat(rows: Rows) -> Values:
    """What the inputs are worth, where all are known."""
    total, whole = _sums(rows, "in_lo", rows.chain.txin.value_sat)
    whole = whole & ~coinbases(rows)
    return Values(total, whole)


def fee_sat(rows: Rows) -> Values:
    """Inputs less outputs, where all inputs are known."""
    total, whole = _sums(rows, "in_lo", rows.chain.txin.value_sat)
    spent, _ = _sums(rows, "out_lo", rows.chain.txout.value_sat)
    return Values(total - spent, whole & ~coinbases(rows))


def _sums(rows: Rows, column: str, values: ColumnView) -> tuple[Int64s, Bools]:
    """The sum of each row's range of values, and whether all of them are known."""
    lo, hi = rows.column(column), rows.ends(column)
    if not len(lo):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    if rows.together:
        return sums.range_sums(values[int(lo[0]) : int(hi[-1])], int(lo[0]), lo, hi)
    length = hi - lo
    begins = np.cumsum(length) - length
    inner = values.take(np.repeat(lo - begins, length) + np.arange(int(length.sum())))
    return sums.range_sums(inner, 0, begins, begins + length)
