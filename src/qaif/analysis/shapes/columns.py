"""Shapes of a chain's transactions, from its columns."""

from collections.abc import Iterator

import numpy as np

from qaif.analysis.shapes.contract import Shapes, fields
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.kernels.tx_shape import UNTYPED, shapes_into
from qaif.units import Int64s

AT_ONCE = 100_000


def shapes_of(chain: Chain, lo: int, hi: int) -> Shapes:
    """Shapes of the transactions from number `lo` up to `hi`.

    Raises:
        ValueError: they are not all in the chain.
    """
    in_lo, out_lo = ends_of(chain, lo, hi)
    ins = np.arange(in_lo[0], in_lo[-1], dtype=np.int64)
    outs = np.arange(out_lo[0], out_lo[-1], dtype=np.int64)
    nums = np.arange(lo, hi, dtype=np.int64)
    return _shapes(chain, nums, (in_lo - in_lo[0], ins), (out_lo - out_lo[0], outs))


def shapes_at(chain: Chain, tx_nums: Int64s) -> Shapes:
    """Shapes of any transactions, in the order given.

    Raises:
        IndexError: one of them is not in the chain.
    """
    ins, in_row = inputs_of(chain, tx_nums)
    outs, out_row = outputs_of(chain, tx_nums)
    counts = (np.bincount(row, minlength=len(tx_nums)) for row in (in_row, out_row))
    in_lo, out_lo = (np.concatenate([[0], np.cumsum(each)]).astype(np.int64) for each in counts)
    return _shapes(chain, tx_nums, (in_lo, ins), (out_lo, outs))


def _shapes(
    chain: Chain, nums: Int64s, given_in: tuple[Int64s, Int64s], given_out: tuple[Int64s, Int64s]
) -> Shapes:
    """Shapes of transactions, from where their inputs and outputs begin and their numbers."""
    (in_lo, ins), (out_lo, outs) = given_in, given_out
    in_script = chain.txin.script_num.take(ins).astype(np.int64)
    out_script = chain.txout.script_num.take(outs).astype(np.int64)
    in_type = np.full(len(ins), UNTYPED, dtype=np.uint8)
    in_type[in_script >= 0] = chain.script.type.take(in_script[in_script >= 0])
    table = fields(len(nums))
    shapes_into(
        in_lo,
        chain.txin.value_sat.take(ins).astype(np.int64),
        in_script,
        in_type,
        out_lo,
        chain.txout.value_sat.take(outs).astype(np.int64),
        out_script,
        chain.script.type.take(out_script).astype(np.uint8),
        (chain.script.byte_lo.take(out_script + 1) - chain.script.byte_lo.take(out_script)).astype(np.int64),
        POOLS,
        POOL_FEES,
        DENOMINATIONS,
        table,
    )
    return Shapes(table, chain.coinbases(nums))


def all_shapes(chain: Chain) -> Iterator[tuple[int, Shapes]]:
    """Shapes of the whole chain, piece by piece: the number of the first, and the shapes."""
    for lo in range(0, chain.n_txs, AT_ONCE):
        yield lo, shapes_of(chain, lo, min(lo + AT_ONCE, chain.n_txs))


def ends_of(chain: Chain, lo: int, hi: int) -> tuple[Int64s, Int64s]:
    """Where the inputs and outputs of each transaction begin, and where those of the last end: int64[n + 1].

    Raises:
        ValueError: not all of the transactions from number `lo` up to `hi` are in the chain.
    """
    if not 0 <= lo <= hi <= chain.n_txs:
        raise ValueError(f"transactions {lo} to {hi} are not all of the chain's {chain.n_txs}")
    nums = np.arange(lo, hi + 1, dtype=np.int64)
    in_lo: Int64s = chain.tx.in_lo.take(nums).astype(np.int64)
    out_lo: Int64s = chain.tx.out_lo.take(nums).astype(np.int64)
    return in_lo, out_lo
