"""What a set of scripts did in each transaction: the rows behind every figure of a review.

For one transaction, over the set's inputs and outputs:

- `received` is the sum of its outputs to the set; `sent` is the sum of the known values of its inputs from
  it.
- Where the value of an input of the set is unknown, `sent_floor` is the least that the set can have put in:
  all outputs of the transaction less what the others put in (where that is known), or `sent`, whichever is
  more; a transaction never pays out more than it takes in. Else it is `sent`.
- The set pays `min(sent, received)` to itself. `net_sent = max(sent - received, 0)`, fee included, and
  `net_received = max(received - sent, 0)`. With an unknown input value both are the least that is certain:
  `net_sent = max(sent_floor - received, 0)` and `net_received = 0`. `net_received` is also 0 where the script
  of another input is unknown: that input may be the set's own.

All sums are int64 satoshi; numpy's `bincount` is not used for them, since it adds in floating point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_FEED, BASIS_INFERRED, COINBASE
from qaif.units import UNKNOWN, Bools, Int64s


@dataclass(frozen=True)
class Transfers:
    """One row a transaction in which the set pays or is paid, in chain order; all int64 of shape (n,).

    Attributes:
        tx_num: the transaction.
        block_num: its block.
        time_unix: its block's time.
        inputs: how many of its inputs spend from the set.
        outputs: how many of its outputs pay the set.
        unknown_inputs: those of `inputs` whose value is unknown.
        told_inputs: those of `inputs` whose script the feed told.
        inferred_inputs: those of `inputs` whose script is inferred.
        received_sat: see the module.
        sent_sat: see the module.
        sent_floor_sat: see the module.
        net_received_sat: see the module.
        net_sent_sat: see the module.
        alone: bool; every input spends from the set, so every output was paid by it.
        strangers: inputs whose script is unknown; any may be the set's own.
        in_nums: the set's inputs, ascending, of its own length.
        out_nums: the set's outputs, ascending, of its own length.
    """

    tx_num: Int64s
    block_num: Int64s
    time_unix: Int64s
    inputs: Int64s
    outputs: Int64s
    unknown_inputs: Int64s
    told_inputs: Int64s
    inferred_inputs: Int64s
    received_sat: Int64s
    sent_sat: Int64s
    sent_floor_sat: Int64s
    net_received_sat: Int64s
    net_sent_sat: Int64s
    alone: Bools
    strangers: Int64s
    in_nums: Int64s
    out_nums: Int64s

    @property
    def day_num(self) -> Int64s:
        """The UTC day of each row, in days since 1970-01-01."""
        return self.time_unix // 86_400

    @property
    def moved_in_sat(self) -> Int64s:
        """All that was received where the set is not known to spend, else `net_received_sat`."""
        return np.where(self.inputs == 0, self.received_sat, self.net_received_sat)

    def __len__(self) -> int:
        return len(self.tx_num)


@dataclass(frozen=True)
class _Rest:
    """The rest of the set's transactions; `total_out_sat` only of those in which it spends."""

    total_out_sat: Int64s
    others_sat: Int64s
    others_unknown: Int64s
    others: Int64s
    strangers: Int64s


def transfers_of(chain: Chain, script_nums: Sequence[int], *, inference: bool = True) -> Transfers:
    """Every transaction of a set of scripts.

    Args:
        chain: the chain; its tip is the moment asked about.
        script_nums: the set.
        inference: count inputs whose script is only inferred.
    """
    in_nums = _union([chain.ins_of(num) for num in script_nums])
    out_nums = _union([chain.outs_of(num) for num in script_nums])
    if not inference:
        in_nums = in_nums[chain.txin.script_basis.take(in_nums) < BASIS_INFERRED]
    tx_num = np.union1d(chain.tx_of_in(in_nums), chain.tx_of_out(out_nums))
    block_num = chain.block_of_tx(tx_num)
    own = _own(chain, tx_num, in_nums, out_nums)
    rest = _rest(chain, tx_num, own["inputs"], in_nums, inference=inference)
    received, sent, unknown = own["received_sat"], own["sent_sat"], own["unknown_inputs"] > 0
    least = np.maximum(sent, rest.total_out_sat - rest.others_sat)
    floor = np.where(unknown & (rest.others_unknown == 0), least, sent)
    return Transfers(
        tx_num=tx_num,
        block_num=block_num,
        time_unix=chain.block.time.take(block_num).astype(np.int64),
        **own,
        sent_floor_sat=floor,
        net_received_sat=np.where(unknown | (rest.strangers > 0), 0, np.maximum(received - sent, 0)),
        net_sent_sat=np.maximum(floor - received, 0),
        alone=(own["inputs"] > 0) & (rest.others == 0),
        strangers=rest.strangers,
        in_nums=in_nums,
        out_nums=out_nums,
    )


def _own(chain: Chain, tx_num: Int64s, in_nums: Int64s, out_nums: Int64s) -> dict[str, Int64s]:
    """What the set's own inputs and outputs add up to in each transaction, by the names of `Transfers`."""
    in_row = np.searchsorted(tx_num, chain.tx_of_in(in_nums))
    out_row = np.searchsorted(tx_num, chain.tx_of_out(out_nums))
    value, basis = chain.txin.value_sat.take(in_nums), chain.txin.script_basis.take(in_nums)

    def count(row: Int64s, which: Bools) -> Int64s:
        return totals(row, which.astype(np.int64), len(tx_num))

    return {
        "inputs": count(in_row, np.ones(len(in_row), dtype=np.bool_)),
        "outputs": count(out_row, np.ones(len(out_row), dtype=np.bool_)),
        "unknown_inputs": count(in_row, value == UNKNOWN),
        "told_inputs": count(in_row, basis == BASIS_FEED),
        "inferred_inputs": count(in_row, basis >= BASIS_INFERRED),
        "received_sat": totals(out_row, chain.txout.value_sat.take(out_nums), len(tx_num)),
        "sent_sat": totals(in_row, np.where(value == UNKNOWN, 0, value), len(tx_num)),
    }


def _rest(chain: Chain, tx_num: Int64s, inputs: Int64s, in_nums: Int64s, *, inference: bool) -> _Rest:
    count, spends = len(tx_num), np.flatnonzero(inputs)
    all_ins, at = inputs_of(chain, tx_num)
    theirs = ~np.isin(all_ins, in_nums, assume_unique=True)
    other, row = all_ins[theirs], at[theirs]
    value = chain.txin.value_sat.take(other).astype(np.int64)
    stranger = script_unknown(chain, other, inference=inference)
    all_outs, out_at = outputs_of(chain, tx_num[spends])
    return _Rest(
        total_out_sat=totals(spends[out_at], chain.txout.value_sat.take(all_outs), count),
        others_sat=totals(row, np.where(value == UNKNOWN, 0, value), count),
        others_unknown=totals(row, (value == UNKNOWN).astype(np.int64), count),
        others=totals(row, np.ones(len(row), np.int64), count),
        strangers=totals(row, stranger.astype(np.int64), count),
    )


def script_unknown(chain: Chain, in_nums: Int64s, *, inference: bool) -> Bools:
    """Whether it is unknown whose script each input spends; never of a coinbase, which spends none."""
    unknown = chain.txin.script_num.take(in_nums) == UNKNOWN
    if not inference:
        unknown |= chain.txin.script_basis.take(in_nums) >= BASIS_INFERRED
    found: Bools = unknown & (chain.txin.spent_out.take(in_nums) != COINBASE)
    return found


def inputs_of(chain: Chain, tx_num: Int64s) -> tuple[Int64s, Int64s]:
    """Every input of these transactions, and for each the row of its transaction in `tx_num`."""
    return _ranges(chain.tx.in_lo.take(tx_num), chain.tx.in_lo.take(tx_num + 1))


def outputs_of(chain: Chain, tx_num: Int64s) -> tuple[Int64s, Int64s]:
    """Every output of these transactions, and for each the row of its transaction in `tx_num`."""
    return _ranges(chain.tx.out_lo.take(tx_num), chain.tx.out_lo.take(tx_num + 1))


def totals(row: Int64s, amount: Int64s, count: int) -> Int64s:
    """Sum amounts by row, in int64."""
    out = np.zeros(count, dtype=np.int64)
    np.add.at(out, row, amount.astype(np.int64))
    return out


def _ranges(lo: Int64s, hi: Int64s) -> tuple[Int64s, Int64s]:
    """All numbers of the ranges [lo, hi), and the row of each."""
    length = (hi - lo).astype(np.int64)
    row = np.repeat(np.arange(len(lo), dtype=np.int64), length)
    before = np.cumsum(length) - length
    nums = np.arange(len(row), dtype=np.int64) - before[row] + lo[row]
    return nums.astype(np.int64), row


def _union(parts: Sequence[Int64s]) -> Int64s:
    none = np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([none, *parts]))
