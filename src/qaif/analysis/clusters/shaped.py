"""Shapes of some transactions, from a chain's columns: of those that may join, not of all."""

import numpy as np

from qaif.analysis.shapes.contract import Shapes, fields
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.chain.open import Chain
from qaif.kernels.co_spend import rows_into
from qaif.kernels.tx_shape import UNTYPED, shapes_into
from qaif.units import Int64s


def shapes_at(chain: Chain, tx_nums: Int64s) -> Shapes:
    """Shapes of transactions, ascending; the same that `shapes/columns` gives of a range that holds them."""
    in_lo, ins = _rows(chain.tx.in_lo.take(tx_nums), chain.tx.in_lo.take(tx_nums + 1))
    out_lo, outs = _rows(chain.tx.out_lo.take(tx_nums), chain.tx.out_lo.take(tx_nums + 1))
    in_script = chain.txin.script_num.take(ins).astype(np.int64)
    out_script = chain.txout.script_num.take(outs).astype(np.int64)
    in_type = np.full(len(ins), UNTYPED, dtype=np.uint8)
    in_type[in_script >= 0] = chain.script.type.take(in_script[in_script >= 0])
    begin = chain.script.byte_lo.take(np.concatenate([out_script, out_script + 1])).astype(np.int64)
    table = fields(len(tx_nums))
    shapes_into(
        in_lo,
        chain.txin.value_sat.take(ins).astype(np.int64),
        in_script,
        in_type,
        out_lo,
        chain.txout.value_sat.take(outs).astype(np.int64),
        out_script,
        chain.script.type.take(out_script).astype(np.uint8),
        begin[len(out_script) :] - begin[: len(out_script)],
        POOLS,
        POOL_FEES,
        DENOMINATIONS,
        table,
    )
    return Shapes(table, chain.coinbases(tx_nums))


def _rows(lo: Int64s, hi: Int64s) -> tuple[Int64s, Int64s]:
    """Where the rows of each range begin, int64[n + 1], and all rows."""
    begin = np.zeros(len(lo) + 1, dtype=np.int64)
    np.cumsum(hi - lo, out=begin[1:])
    rows = np.empty(int(begin[-1]), dtype=np.int64)
    rows_into(lo.astype(np.int64), begin, rows)
    return begin, rows
