"""Haircut through all that is held: what of every output is marked money, without limits or stops."""

from dataclasses import dataclass

import numpy as np

from qaif.chain.open import Chain
from qaif.kernels.flow_chain import FEES, FRESH, LOST, SUMS, haircut_into
from qaif.units import Int64s


@dataclass(frozen=True)
class WholeFlow:
    """Where marked money is in the whole of a chain view, pro rata.

    Attributes:
        marked: int64[outputs], satoshi of each output that bear the mark; spent outputs keep theirs.
        begun_sat: what was marked at first: the seeds, less what came to one from another.
        fee_sat: what of it went to miners.
        lost_sat: what was taken by transactions whose shares cannot be known, because they spend unknown
            values or were told with values that contradict each other.
    """

    marked: Int64s
    begun_sat: int
    fee_sat: int
    lost_sat: int


def haircut_all(chain: Chain, seeds: Int64s) -> WholeFlow:
    """Follow outputs through every transaction held, in one pass.

    Args:
        chain: the chain view; its columns are read in place.
        seeds: numbers of the outputs to begin with.
    """
    marked = np.zeros(chain.n_outs, dtype=np.int64)
    seed = np.zeros(chain.n_outs, dtype=np.uint8)
    seed[seeds] = 1
    sums = np.zeros(SUMS, dtype=np.int64)
    for segment in chain.segments:
        first, end = segment.span("tx")
        rows = min(end, chain.n_txs) - first
        if rows <= 0:
            break
        ins, in_end = segment.span("txin")[0], min(segment.span("txin")[1], chain.n_ins)
        outs, out_end = segment.span("txout")[0], min(segment.span("txout")[1], chain.n_outs)
        haircut_into(
            segment.column("tx", "in_lo")[:rows],
            segment.column("txin", "spent_out")[: in_end - ins],
            segment.column("txin", "value_sat")[: in_end - ins],
            ins,
            segment.column("tx", "out_lo")[:rows],
            segment.column("txout", "value_sat")[: out_end - outs],
            outs,
            seed,
            marked,
            sums,
        )
    return WholeFlow(marked, int(sums[FRESH]), int(sums[FEES]), int(sums[LOST]))
