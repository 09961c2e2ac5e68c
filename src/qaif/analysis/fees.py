"""Fees of all transactions of a chain view, in one pass over its columns."""

import numpy as np

from qaif.chain.open import Chain
from qaif.kernels.fees import fees_into
from qaif.units import Int64s


def fees(chain: Chain) -> Int64s:
    """What each transaction leaves to the miner, in satoshi: int64[transactions].

    -1 where the value of an input is not known, and for coinbases.

    Args:
        chain: the chain; its columns are read in place.
    """
    out = np.empty(chain.n_txs, dtype=np.int64)
    for segment in chain.segments:
        first, end = segment.span("tx")
        rows = min(end, chain.n_txs) - first
        if rows <= 0:
            break
        ins, in_end = segment.span("txin")[0], min(segment.span("txin")[1], chain.n_ins)
        outs, out_end = segment.span("txout")[0], min(segment.span("txout")[1], chain.n_outs)
        fees_into(
            segment.column("tx", "in_lo"),
            segment.column("txin", "value_sat")[: in_end - ins],
            ins,
            segment.column("tx", "out_lo"),
            segment.column("txout", "value_sat")[: out_end - outs],
            outs,
            out[first : first + rows],
        )
    return out
