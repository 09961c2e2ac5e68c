"""Haircut through all that is held: what of every output is marked money, without limits or stops."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qaif.chain.open import Chain
from qaif.chain.sections import Array
from qaif.kernels.flow_about import haircut_about_into
from qaif.kernels.flow_chain import FEES, FRESH, LOST, SUMS, haircut_into
from qaif.units import Bytes, Int64s


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
    seed, sums = _marked_first(chain, seeds), np.zeros(SUMS, dtype=np.int64)
    for piece in _pieces(chain):
        haircut_into(*piece, seed, marked, sums)
    return WholeFlow(marked, int(sums[FRESH]), int(sums[FEES]), int(sums[LOST]))


@dataclass(frozen=True)
class AboutFlow:
    """About where marked money is: the haircut in floating point, to be shown as approximate.

    Attributes:
        share: float32[outputs], what share of each output bears the mark; spent outputs keep theirs.
        begun_sat, fee_sat, lost_sat: as in `WholeFlow`, to the nearest satoshi of what floating point says.
        approximate: always.
    """

    share: NDArray[np.float32]
    begun_sat: int
    fee_sat: int
    lost_sat: int
    approximate: Literal[True] = True

    def marked(self, chain: Chain, outs: Int64s) -> Int64s:
        """About how many satoshi of some outputs bear the mark."""
        value = chain.txout.value_sat.take(outs)
        about: Int64s = np.rint(self.share[outs].astype(np.float64) * value).astype(np.int64)
        return about


def haircut_about(chain: Chain, seeds: Int64s) -> AboutFlow:
    """The same as `haircut_all`, several times as fast, and not to the satoshi.

    Args:
        chain: the chain view; its columns are read in place.
        seeds: numbers of the outputs to begin with.
    """
    share = np.zeros(chain.n_outs, dtype=np.float32)
    seed, sums = _marked_first(chain, seeds), np.zeros(SUMS)
    for piece in _pieces(chain):
        haircut_about_into(*piece, seed, share, sums)
    begun, fee, lost = (round(float(sums[place])) for place in (FRESH, FEES, LOST))
    return AboutFlow(share, begun, fee, lost)


def _marked_first(chain: Chain, seeds: Int64s) -> Bytes:
    seed = np.zeros(chain.n_outs, dtype=np.uint8)
    seed[seeds] = 1
    return seed


def _pieces(chain: Chain) -> Iterator[tuple[Array, Array, Array, int, Array, Array, int]]:
    """What the kernels are told of each segment."""
    for segment in chain.segments:
        first, end = segment.span("tx")
        rows = min(end, chain.n_txs) - first
        if rows <= 0:
            return
        ins, in_end = segment.span("txin")[0], min(segment.span("txin")[1], chain.n_ins)
        outs, out_end = segment.span("txout")[0], min(segment.span("txout")[1], chain.n_outs)
        yield (
            segment.column("tx", "in_lo")[:rows],
            segment.column("txin", "spent_out")[: in_end - ins],
            segment.column("txin", "value_sat")[: in_end - ins],
            ins,
            segment.column("tx", "out_lo")[:rows],
            segment.column("txout", "value_sat")[: out_end - outs],
            outs,
        )
