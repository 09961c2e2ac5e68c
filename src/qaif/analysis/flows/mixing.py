"""Which of some transactions are mixes, by their shapes."""

import numpy as np

from qaif.analysis.shapes.contract import Shapes, fields
from qaif.analysis.shapes.detectors import DETECTORS
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.kernels.mix_rules import mixes_into
from qaif.kernels.tx_shape import UNTYPED, shapes_into
from qaif.units import Int64s

MIX_DETECTORS = tuple(detector for detector in DETECTORS if detector.mix)
_TWO = 2  # who mixes shares inputs and outputs with somebody; no detector says otherwise


def mixes(chain: Chain, tx_nums: Int64s, in_counts: Int64s, out_counts: Int64s) -> Int64s:
    """What the detectors of mixes say together of each transaction: YES, UNKNOWN_KIND or NO.

    Args:
        chain: the chain view.
        tx_nums: transactions, in any order.
        in_counts: how many inputs each has.
        out_counts: how many outputs.
    """
    said = np.zeros(len(tx_nums), dtype=np.int64)
    asked = np.flatnonzero((in_counts >= _TWO) & (out_counts >= _TWO))
    if not len(asked):
        return said
    found = np.empty(len(asked), dtype=np.int64)
    mixes_into(shapes_at(chain, tx_nums[asked]).table, POOLS, found)
    said[asked] = found
    return said


def shapes_at(chain: Chain, tx_nums: Int64s) -> Shapes:
    """Shapes of transactions that need not stand side by side."""
    ins, in_row = inputs_of(chain, tx_nums)
    outs, out_row = outputs_of(chain, tx_nums)
    in_script = chain.txin.script_num.take(ins).astype(np.int64)
    out_script = chain.txout.script_num.take(outs).astype(np.int64)
    in_type = np.full(len(ins), UNTYPED, dtype=np.uint8)
    in_type[in_script >= 0] = chain.script.type.take(in_script[in_script >= 0])
    table = fields(len(tx_nums))
    rows = np.arange(len(tx_nums) + 1)
    shapes_into(
        np.searchsorted(in_row, rows).astype(np.int64),
        chain.txin.value_sat.take(ins).astype(np.int64),
        in_script,
        in_type,
        np.searchsorted(out_row, rows).astype(np.int64),
        chain.txout.value_sat.take(outs).astype(np.int64),
        out_script,
        chain.script.type.take(out_script).astype(np.uint8),
        (chain.script.byte_lo.take(out_script + 1) - chain.script.byte_lo.take(out_script)).astype(np.int64),
        POOLS,
        POOL_FEES,
        DENOMINATIONS,
        table,
    )
    return Shapes(table, chain.coinbases(tx_nums))
