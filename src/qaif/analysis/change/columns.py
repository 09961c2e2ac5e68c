"""What change heuristics look at, from a chain's columns, and the bits that they set.

Heuristics that look at who spends an output see the spenders that the chain view holds: of `Chain.at(block)`
those up to that block, and never a later one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaif.analysis.shapes.columns import ends_of
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.kernels.tx_change import change_into
from qaif.kernels.tx_habits import HABITS, UNTYPED, habits_into
from qaif.units import Bools, Int64s, UInt32s

AT_ONCE = 50_000
Habits = NDArray[np.int64]


@dataclass(frozen=True)
class Bits:
    """What all heuristics say of the outputs of transactions that follow each other.

    Attributes:
        tx_lo: number of the first transaction.
        out_lo: int64[t + 1], the outputs of transaction i are the rows `out_lo[i]` up to `out_lo[i + 1]`.
        first_out: number of the first output.
        bits: uint32[outputs], as `kernels/tx_change` has them.
    """

    tx_lo: int
    out_lo: Int64s
    first_out: int
    bits: UInt32s

    def __len__(self) -> int:
        return len(self.out_lo) - 1


def change_bits(chain: Chain, lo: int, hi: int) -> Bits:
    """The bits of the transactions from number `lo` up to `hi`.

    Raises:
        ValueError: they are not all in the chain.
    """
    in_lo, out_lo = ends_of(chain, lo, hi)
    nums = np.arange(lo, hi, dtype=np.int64)
    ins = np.arange(in_lo[0], in_lo[-1], dtype=np.int64)
    outs = np.arange(out_lo[0], out_lo[-1], dtype=np.int64)
    in_script = chain.txin.script_num.take(ins).astype(np.int64)
    out_script = chain.txout.script_num.take(outs).astype(np.int64)
    spender, after = _spenders(chain, outs)
    bits = np.zeros(len(outs), dtype=np.uint32)
    change_into(
        in_lo - in_lo[0],
        chain.txin.value_sat.take(ins).astype(np.int64),
        in_script,
        out_lo - out_lo[0],
        chain.txout.value_sat.take(outs).astype(np.int64),
        out_script,
        chain.script.type.take(out_script).astype(np.uint8),
        _fresh(chain, lo, hi, out_script),
        chain.coinbases(nums),
        habits_of(chain, nums),
        spender,
        habits_of(chain, after),
        *_scripts_spent(chain, after),
        bits,
    )
    return Bits(lo, out_lo - out_lo[0], int(out_lo[0]), bits)


def habits_of(chain: Chain, tx_nums: Int64s) -> Habits:
    """How transactions were made: int64[t, HABITS], as `kernels/tx_habits` has it."""
    ins, in_row = inputs_of(chain, tx_nums)
    outs, out_row = outputs_of(chain, tx_nums)
    script = chain.txin.script_num.take(ins).astype(np.int64)
    kind = np.full(len(ins), UNTYPED, dtype=np.uint8)
    kind[script >= 0] = chain.script.type.take(script[script >= 0])
    habit = np.empty((len(tx_nums), HABITS), dtype=np.int64)
    habits_into(
        _beginnings(in_row, len(tx_nums)),
        chain.txin.value_sat.take(ins).astype(np.int64),
        kind,
        chain.txin.sequence.take(ins).astype(np.int64),
        chain.txin.script_size.take(ins).astype(np.int64),
        chain.txin.witness_size.take(ins).astype(np.int64),
        _beginnings(out_row, len(tx_nums)),
        chain.txout.value_sat.take(outs).astype(np.int64),
        chain.script.type.take(chain.txout.script_num.take(outs)).astype(np.uint8),
        chain.tx.version.take(tx_nums).astype(np.int64),
        chain.tx.locktime.take(tx_nums).astype(np.int64),
        chain.tx.size.take(tx_nums).astype(np.int64),
        chain.tx.base_size.take(tx_nums).astype(np.int64),
        habit,
    )
    return habit


def _beginnings(row: Int64s, count: int) -> Int64s:
    """Where the rows of each of `count` begin, and where the last end."""
    out = np.zeros(count + 1, dtype=np.int64)
    out[1:] = np.cumsum(np.bincount(row, minlength=count))
    return out


def _spenders(chain: Chain, outs: Int64s) -> tuple[Int64s, Int64s]:
    """For each output the row of its spender, -1 where there is none in view; and the spenders' numbers."""
    by = chain.spent_by(outs)
    held = by >= 0
    after, row = np.unique(chain.tx_of_in(by[held]), return_inverse=True)
    spender = np.full(len(outs), -1, dtype=np.int64)
    spender[held] = row
    return spender, after.astype(np.int64)


def _scripts_spent(chain: Chain, tx_nums: Int64s) -> tuple[Int64s, Int64s]:
    """The known scripts that transactions spend from, ascending within each, and where each begins."""
    ins, row = inputs_of(chain, tx_nums)
    script = chain.txin.script_num.take(ins).astype(np.int64)
    known = script >= 0
    script, row = script[known], row[known]
    return _beginnings(row, len(tx_nums)), script[np.lexsort((script, row))]


def _fresh(chain: Chain, lo: int, hi: int, out_script: Int64s) -> Bools:
    """Whether the script of each output appears first there: numbers follow first appearance.

    Scripts have numbers in the order in which they appear, inputs before outputs; so a script is new where
    its number is above every number before it.
    """
    if lo == hi:
        return np.zeros(0, dtype=np.bool_)
    block = int(chain.block_of_tx(np.array([lo]))[0])
    nums = np.arange(chain.block.tx_lo.one(block), hi, dtype=np.int64)
    ins, in_row = inputs_of(chain, nums)
    outs, out_row = outputs_of(chain, nums)
    most = np.full(len(nums), chain.block.script_lo.one(block) - 1, dtype=np.int64)
    np.maximum.at(most, in_row, chain.txin.script_num.take(ins).astype(np.int64))
    through = most.copy()
    np.maximum.at(through, out_row, chain.txout.script_num.take(outs).astype(np.int64))
    through = np.maximum.accumulate(through)
    before = np.maximum(most, np.concatenate([most[:1], through[:-1]]))
    found: Bools = out_script > before[out_row[len(outs) - len(out_script) :]]
    return found
