"""What the scripts of a cluster did together: sums of what is known, all of them lower bounds."""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.transfers import totals
from qaif.chain.open import Chain
from qaif.units import UNKNOWN, Bools, Int64s

_FEW = 2_000  # members; of more, all rows are looked through instead of the postings of each
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Figures:
    """Figures of some scripts taken together.

    Attributes:
        txs: transactions in which one of them pays or is paid.
        first_tx: the first of these; -1 where there is none.
        last_tx: the last.
        received_sat: all that was paid to them, by one another too: no member that is missing makes it less.
        sent_sat: the known values of all that they spent, fees and what they paid to one another included.
        from_others_sat: what came from outside of them, as they are grouped here: a member that is missing
            counts as outside, so the true sum may be less.
        to_others_sat: what they paid to outside, fees included, likewise.
        balance_sat: their outputs that nothing spends; None where not all blocks or not all values are held.
        unknown_inputs: their inputs whose value is unknown, which none of these sums counts.
    """

    txs: int
    first_tx: int
    last_tx: int
    received_sat: int
    sent_sat: int
    from_others_sat: int
    to_others_sat: int
    balance_sat: int | None
    unknown_inputs: int


def figures_of(chain: Chain, members: Int64s) -> Figures:
    """The figures of scripts, ascending."""
    ins, outs = rows_of(chain, members)
    paid, in_tx = chain.txout.value_sat.take(outs).astype(np.int64), chain.tx_of_in(ins)
    spent = chain.txin.value_sat.take(ins).astype(np.int64)
    txs = np.union1d(in_tx, chain.tx_of_out(outs))
    in_row, out_row = np.searchsorted(txs, in_tx), np.searchsorted(txs, chain.tx_of_out(outs))
    unknown = spent == UNKNOWN
    sent = totals(in_row, np.where(unknown, 0, spent), len(txs))
    received = totals(out_row, paid, len(txs))
    open_ = totals(in_row, unknown.astype(np.int64), len(txs)) > 0
    unspent = chain.spent_by(outs) == UNKNOWN
    return Figures(
        txs=len(txs),
        first_tx=int(txs[0]) if len(txs) else UNKNOWN,
        last_tx=int(txs[-1]) if len(txs) else UNKNOWN,
        received_sat=int(paid.sum()),
        sent_sat=int(spent[~unknown].sum()),
        from_others_sat=int(np.where(open_, 0, np.maximum(received - sent, 0)).sum()),
        to_others_sat=int(np.maximum(sent - received, 0).sum()),
        balance_sat=int(paid[unspent].sum()) if chain.held.complete and not unknown.any() else None,
        unknown_inputs=int(unknown.sum()),
    )


def rows_of(chain: Chain, members: Int64s) -> tuple[Int64s, Int64s]:
    """The inputs and outputs of scripts, ascending."""
    if len(members) <= _FEW:
        none = [np.zeros(0, dtype=np.int64)]
        ins = np.concatenate([*none, *(chain.ins_of(int(num)) for num in members)])
        outs = np.concatenate([*none, *(chain.outs_of(int(num)) for num in members)])
        return np.sort(ins), np.sort(outs)
    inside = np.zeros(chain.n_scripts + 1, dtype=np.bool_)  # the last row stands for an unknown script
    inside[members] = True
    return (
        _looked_through(chain, "txin", inside, chain.n_ins),
        _looked_through(chain, "txout", inside, chain.n_outs),
    )


def _looked_through(chain: Chain, table: str, inside: Bools, count: int) -> Int64s:
    column = {"txin": chain.txin.script_num, "txout": chain.txout.script_num}[table]
    parts = (
        np.flatnonzero(inside[column[lo : min(lo + _AT_ONCE, count)]]) + lo
        for lo in range(0, count, _AT_ONCE)
    )
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])
