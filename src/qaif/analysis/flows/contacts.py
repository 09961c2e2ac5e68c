"""Whom a party dealt with directly: payments, with no convention about whose coins are whose.

In: a transaction that pays the party and in which it does not spend comes from whoever put in. Out: an output
of a transaction in which it spends goes to whom the output pays. Where others put in too, nobody can say who
paid which output.

Dust: what a fan-out of small outputs paid, where all such payments from one source come to less than the
limit. Nobody asked for it, and it says nothing of who got it.
"""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.parties import Parties
from qaif.analysis.transfers import inputs_of, outputs_of, totals
from qaif.chain.tables import COINBASE
from qaif.units import UNKNOWN, Bools, Int64s

DUST_SAT = 10_000  # ours: what all small payments of one source come to before they count
DUST_FAN = 20  # ours: from so many outputs under the limit on, a transaction is a fan-out


@dataclass(frozen=True)
class DustRule:
    """What counts as unsolicited dust.

    Attributes:
        sat: outputs under this are small, and so is their sum.
        fan: from so many small outputs on a transaction is a fan-out.
    """

    sat: int = DUST_SAT
    fan: int = DUST_FAN


UNSOLICITED = DustRule()


@dataclass(frozen=True)
class Contacts:
    """One row a payment and party on its other side.

    Attributes:
        incoming: who paid; else who was paid.
        tx_num: int64[n], the payment.
        script_num: int64[n], a script of the other side; -1 unknown.
        amount_sat: int64[n], in: all that the transaction paid the party, once for each that put in, not to
            be added up within a transaction; out: the output.
        others: int64[n], in: how many different scripts put in, unknown ones as one; out: 0 where the party
            put in all, else 1. A label of one script is not one of its cluster, so this counts scripts.
        dust: int64[k], outputs that were left out as dust, ascending.
    """

    incoming: bool
    tx_num: Int64s
    script_num: Int64s
    amount_sat: Int64s
    others: Int64s
    dust: Int64s


def paid_in(parties: Parties, members: Int64s, coins: Int64s, rule: DustRule) -> Contacts:
    """Who paid some scripts.

    Args:
        parties: whose scripts are whose.
        members: the scripts.
        coins: every output that was paid to them, ascending.
        rule: what is dust.
    """
    chain = parties.chain
    txs, row = np.unique(chain.tx_of_out(coins), return_inverse=True)
    ins, in_row = inputs_of(chain, txs)
    script = chain.txin.script_num.take(ins).astype(np.int64)
    own = np.zeros(len(txs), dtype=np.bool_)
    own[in_row[np.isin(script, members)]] = True
    payer = np.where(chain.txin.spent_out.take(ins) == COINBASE, UNKNOWN, parties.of(script))
    source = np.full(len(txs), UNKNOWN, dtype=np.int64)
    np.maximum.at(source, in_row, payer)
    dust = coins[_dust(parties, coins, row, source, rule) & ~own[row]]
    paid = ~own[row] & ~np.isin(coins, dust)
    amount = totals(row[paid], chain.txout.value_sat.take(coins[paid]), len(txs))
    pairs = np.unique(np.stack([in_row, script], axis=1)[(amount > 0)[in_row]], axis=0)
    at = pairs[:, 0]
    put_in = totals(at, np.ones(len(at), dtype=np.int64), len(txs))
    return Contacts(True, txs[at], pairs[:, 1], amount[at], put_in[at], dust)  # noqa: FBT003  the first field


def paid_out(parties: Parties, members: Int64s, spends: Int64s) -> Contacts:
    """Whom some scripts paid.

    Args:
        parties: whose scripts are whose.
        members: the scripts.
        spends: every input that spends from them, ascending.
    """
    chain = parties.chain
    txs = np.unique(chain.tx_of_in(spends))
    ins, in_row = inputs_of(chain, txs)
    others = np.zeros(len(txs), dtype=np.int64)
    others[in_row[~np.isin(chain.txin.script_num.take(ins), members)]] = 1
    outs, out_row = outputs_of(chain, txs)
    script = chain.txout.script_num.take(outs).astype(np.int64)
    theirs = ~np.isin(script, members)
    at, none = out_row[theirs], np.zeros(0, dtype=np.int64)
    amount = chain.txout.value_sat.take(outs[theirs]).astype(np.int64)
    return Contacts(False, txs[at], script[theirs], amount, others[at], none)  # noqa: FBT003


def _dust(parties: Parties, coins: Int64s, row: Int64s, source: Int64s, rule: DustRule) -> Bools:
    """Which coins are small parts of a fan-out, all such of their source being less than the limit."""
    chain = parties.chain
    value = chain.txout.value_sat.take(coins).astype(np.int64)
    txs = np.unique(chain.tx_of_out(coins))
    outs, out_row = outputs_of(chain, txs)
    small = (chain.txout.value_sat.take(outs) < rule.sat).astype(np.int64)
    fans = totals(out_row, small, len(txs)) >= rule.fan
    asked = np.flatnonzero((value < rule.sat) & fans[row])
    which, back = np.unique(source[row[asked]], return_inverse=True)
    together = totals(back, value[asked], len(which))
    found = np.zeros(len(coins), dtype=np.bool_)
    found[asked[together[back] < rule.sat]] = True
    return found
