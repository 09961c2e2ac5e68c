"""Whom a set of scripts paid, and who paid it, as far as the chain itself can say.

Out: in each transaction in which the set spends, every output that is not of the set. Where the set put in
every input, the amount was paid by the set (`amount_sat`); where others put in too, nobody can say who paid
which output, and the amount stands apart (`shared_sat`).

In: in each transaction that pays the set and in which the set does not spend, every script that put in.
Where one script put in every input, what the set received came from it (`amount_sat`); where several did, it
is counted once for each of them in `shared_sat`, which must not be added up. `put_in_sat` is what its inputs
were worth.

Inputs whose script is unknown are one counterparty of kind `unknown`; a coinbase is `coinbase`; all data
outputs (OP_RETURN) are one of kind `data`. Nothing is ever split in proportion.
"""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.transfers import Transfers, inputs_of, outputs_of, script_unknown, totals
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_INFERRED, COINBASE
from qaif.units import UNKNOWN, Bools, Int64s

DATA = -3  # keys below zero are no script: these two, and UNKNOWN
NULL_DATA_TYPE = 6  # Bitcoin Core's TxoutType


@dataclass(frozen=True)
class Counterparties:
    """One row a counterparty, int64 of shape (n,); by `amount_sat`, then `shared_sat`, then first met.

    Attributes:
        key: the script's number, or `UNKNOWN`, `COINBASE` or `DATA`.
        tx_count: transactions with it.
        alone_tx_count: those of them whose amount stands in `amount_sat`.
        count: its outputs (out) or inputs (in) in them.
        amount_sat: see the module.
        shared_sat: see the module.
        put_in_sat: known values of its inputs; 0 for out.
        unknown_inputs: its inputs of unknown value; 0 for out.
        inferred_tx_count: transactions that are counted for it by an inference only: in those the set's own
            spend, or its.
        first_tx: the first transaction with it.
        last_tx: the last.
    """

    key: Int64s
    tx_count: Int64s
    alone_tx_count: Int64s
    count: Int64s
    amount_sat: Int64s
    shared_sat: Int64s
    put_in_sat: Int64s
    unknown_inputs: Int64s
    inferred_tx_count: Int64s
    first_tx: Int64s
    last_tx: Int64s

    def __len__(self) -> int:
        return len(self.key)


def paid_by_set(chain: Chain, transfers: Transfers) -> Counterparties:
    """The counterparties of what the set spent."""
    spends = np.flatnonzero(transfers.inputs)
    all_outs, at = outputs_of(chain, transfers.tx_num[spends])
    foreign = ~np.isin(all_outs, transfers.out_nums, assume_unique=True)
    outs, row = all_outs[foreign], spends[at[foreign]]
    key = chain.txout.script_num.take(outs).astype(np.int64)
    key[chain.script_type.take(key) == NULL_DATA_TYPE] = DATA
    pairs = _Pairs.of(key, row)
    value = pairs.sum(chain.txout.value_sat.take(outs))
    none = np.zeros(len(pairs.row), dtype=np.int64)
    inferred = transfers.inferred_inputs[pairs.row] > 0
    alone = transfers.alone[pairs.row]
    return _by_key(pairs, transfers.tx_num, alone, value, (none, none, inferred.astype(np.int64)))


def paid_to_set(chain: Chain, transfers: Transfers, *, inference: bool = True) -> Counterparties:
    """The counterparties of what the set received in transactions in which it does not spend."""
    receives = np.flatnonzero(transfers.inputs == 0)
    ins, at = inputs_of(chain, transfers.tx_num[receives])
    row = receives[at]
    key = chain.txin.script_num.take(ins).astype(np.int64)
    key[script_unknown(chain, ins, inference=inference)] = UNKNOWN
    inferred = (chain.txin.script_basis.take(ins) >= BASIS_INFERRED) & (key != UNKNOWN)
    key[chain.txin.spent_out.take(ins) == COINBASE] = COINBASE
    pairs = _Pairs.of(key, row)
    value = chain.txin.value_sat.take(ins).astype(np.int64)
    unknown = (value == UNKNOWN) & (key != COINBASE)
    of_inputs = (
        pairs.sum(np.where(value == UNKNOWN, 0, value)),
        pairs.sum(unknown.astype(np.int64)),
        (pairs.sum(inferred.astype(np.int64)) > 0).astype(np.int64),
    )
    funders = totals(pairs.row, np.ones(len(pairs.row), np.int64), len(transfers))
    alone = funders[pairs.row] == 1
    return _by_key(pairs, transfers.tx_num, alone, transfers.received_sat[pairs.row], of_inputs)


@dataclass(frozen=True)
class _Pairs:
    """Each counterparty of each transaction once."""

    keys: Int64s  # distinct
    which: Int64s  # of each pair: its place in `keys`
    row: Int64s  # of each pair: its transaction's row
    size: Int64s  # of each pair: how many inputs or outputs
    back: Int64s  # of each input or output: its pair

    @classmethod
    def of(cls, key: Int64s, row: Int64s) -> "_Pairs":
        keys, which = np.unique(key, return_inverse=True)
        width = max(len(keys), 1)
        pair, back, size = np.unique(row * width + which, return_inverse=True, return_counts=True)
        return cls(keys, pair % width, pair // width, size.astype(np.int64), back.astype(np.int64))

    def sum(self, amount: Int64s) -> Int64s:
        return totals(self.back, amount, len(self.row))


def _by_key(
    pairs: _Pairs, tx_num: Int64s, alone: Bools, value: Int64s, of_inputs: tuple[Int64s, Int64s, Int64s]
) -> Counterparties:
    def total(amount: Int64s) -> Int64s:
        return totals(pairs.which, amount, len(pairs.keys))

    tx = tx_num[pairs.row]
    first = np.full(len(pairs.keys), np.iinfo(np.int64).max, dtype=np.int64)
    last = np.full(len(pairs.keys), UNKNOWN, dtype=np.int64)
    np.minimum.at(first, pairs.which, tx)
    np.maximum.at(last, pairs.which, tx)
    amount, shared = total(np.where(alone, value, 0)), total(np.where(alone, 0, value))
    put_in, unknown, inferred = (total(part) for part in of_inputs)
    order = np.lexsort((pairs.keys, first, -shared, -amount))
    columns = (
        pairs.keys,
        total(np.ones(len(pairs.row), np.int64)),
        total(alone.astype(np.int64)),
        total(pairs.size),
        amount,
        shared,
        put_in,
        unknown,
        inferred,
        first,
        last,
    )
    return Counterparties(*(column[order] for column in columns))
