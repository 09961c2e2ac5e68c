"""The review of a set of scripts: a chain and prices in, figures and arrays out.

Definitions (those of one transaction stand in `transfers.py`, of counterparties in `counterparties.py`):

- `received_sat` is the sum of all outputs to the set. `sent_sat` is the sum of the known values of all its
  inputs. A transaction that spends from the set and pays change back counts in full on both sides; the net
  sums leave out what the set pays to itself. `turnover_sat = received_sat + sent_sat`.
- `balance_sat = received_sat - sent_sat`, outputs that nobody can spend included (`unspendable_sat` of them).
- `lower_bound`: the history is not all held, or the value of an input of the set is unknown. Then sums cover
  what is known, and the balance is None.
- First and last seen go by chain order; days, months and years by the block's own time in UTC, which may go
  back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from qaif.analysis import counterparties as cp
from qaif.analysis import fiat
from qaif.analysis.counterparties import Counterparties
from qaif.analysis.fiat import FiatTotals
from qaif.analysis.transfers import Transfers, script_unknown, totals, transfers_of
from qaif.chain.open import Chain
from qaif.chain.spendable import SPENDABLE, unspendable
from qaif.records.daily_prices import DailyPrices
from qaif.units import UNKNOWN, Int64s, utc_day

_SECONDS_A_YEAR = 31_557_600  # 365.25 days


@dataclass(frozen=True)
class Months:
    """One row a calendar month (UTC), from the first with a transaction to the last, empty ones too; int64.

    Attributes:
        month_num: months since 1970-01.
        tx_count: transactions.
        received_count: those that pay the set.
        sent_count: those that spend from it.
        received_sat: what they pay it.
        sent_sat: known values of what they spend.
        sent_at_least_sat: the least that it can have sent, from what they pay out.
        net_received_sat: net of what the set pays to itself.
        net_sent_sat: the same.
        unknown_inputs: inputs of the set of unknown value.
    """

    month_num: Int64s
    tx_count: Int64s
    received_count: Int64s
    sent_count: Int64s
    received_sat: Int64s
    sent_sat: Int64s
    sent_at_least_sat: Int64s
    net_received_sat: Int64s
    net_sent_sat: Int64s
    unknown_inputs: Int64s


@dataclass(frozen=True)
class Review:
    """The figures of a review; see the module for what they mean.

    Attributes:
        transfers: the rows behind them.
        tx_count: transactions that pay the set or spend from it.
        received_sat: see the module.
        sent_sat: see the module.
        sent_at_least_sat: the least that it can have sent, from what its transactions pay out.
        balance_sat: see the module; None where it cannot be known.
        turnover_sat: see the module.
        net_received_sat: see `transfers.py`.
        net_sent_sat: see `transfers.py`.
        unspendable_sat: outputs to the set that nobody can ever spend.
        inputs_unknown_value: inputs of the set whose value is unknown.
        inputs_unknown_script: inputs of the chain of which not even the script is known; any may be the
            set's.
        lower_bound: see the module.
        active_days: UTC days with a transaction.
        years_active: years of 365.25 days between the earliest and the latest transaction, to a hundredth.
        months: by month.
        largest: rows of `transfers`, by the greater of `moved_in_sat` and `net_sent_sat`, greatest first.
        paid_by_set: counterparties out.
        paid_to_set: counterparties in.
        at_transaction_days: fiat totals.
        chosen_day: the day of the next; None where the chain is empty.
        at_chosen_day: fiat totals.
        rests_on_claim: that a transaction is in its block is, of one at least, only claimed by a source.
    """

    transfers: Transfers
    tx_count: int
    received_sat: int
    sent_sat: int
    sent_at_least_sat: int
    balance_sat: int | None
    turnover_sat: int
    net_received_sat: int
    net_sent_sat: int
    unspendable_sat: int
    inputs_unknown_value: int
    inputs_unknown_script: int
    lower_bound: bool
    active_days: int
    years_active: Decimal
    months: Months
    largest: Int64s
    paid_by_set: Counterparties
    paid_to_set: Counterparties
    at_transaction_days: FiatTotals
    chosen_day: date | None
    at_chosen_day: FiatTotals
    rests_on_claim: bool

    @property
    def rests_on_inference(self) -> bool:
        """Whether any figure or counterparty needs an input's script that is inferred."""
        return bool(self.transfers.inferred_inputs.any() or self.paid_to_set.inferred_tx_count.any())

    def unclosed(self) -> "Review":
        """The same figures where something after the chain's tip is asked about: lower bounds, no balance."""
        return replace(self, lower_bound=True, balance_sat=None)


def review(  # noqa: PLR0913  two things to review, and four ways how
    chain: Chain,
    script_nums: Sequence[int],
    prices: DailyPrices | None = None,
    *,
    chosen_day: date | None = None,
    inference: bool = True,
    whole: bool | None = None,
) -> Review:
    """Review a set of scripts as one, net of what moves between them.

    Args:
        chain: the chain; its tip is the moment asked about.
        script_nums: the set; a script that does not occur (-1) adds nothing.
        prices: daily closes, or None.
        chosen_day: the day of the second kind of fiat totals; the tip's day where None.
        inference: count inputs whose script only follows from what they show.
        whole: the history of the set is known to its end; whether the whole chain is held where None.
    """
    rows = transfers_of(chain, [num for num in script_nums if num != UNKNOWN], inference=inference)
    if chosen_day is None and chain.n_blocks:
        chosen_day = utc_day(chain.tip.time_unix)
    received, sent = int(rows.received_sat.sum()), int(rows.sent_sat.sum())
    unknown = int(rows.unknown_inputs.sum())
    lower_bound = unknown > 0 or not (chain.held.complete if whole is None else whole)
    return Review(
        transfers=rows,
        tx_count=len(rows),
        received_sat=received,
        sent_sat=sent,
        sent_at_least_sat=int(rows.sent_floor_sat.sum()),
        balance_sat=None if lower_bound else received - sent,
        turnover_sat=received + sent,
        net_received_sat=int(rows.net_received_sat.sum()),
        net_sent_sat=int(rows.net_sent_sat.sum()),
        unspendable_sat=_unspendable_sat(chain, rows.out_nums),
        inputs_unknown_value=unknown,
        inputs_unknown_script=_unknown_scripts(chain, inference=inference),
        lower_bound=lower_bound,
        active_days=len(np.unique(rows.day_num)),
        years_active=_years(rows.time_unix),
        months=by_month(rows),
        largest=_largest(rows),
        paid_by_set=cp.paid_by_set(chain, rows),
        paid_to_set=cp.paid_to_set(chain, rows, inference=inference),
        at_transaction_days=fiat.at_transaction_days(rows, prices),
        chosen_day=chosen_day,
        at_chosen_day=fiat.missing("No block is held.")
        if chosen_day is None
        else fiat.at_one_day(rows, prices, chosen_day),
        rests_on_claim=bool((chain.tx.place.take(rows.tx_num) == UNKNOWN).any()),
    )


def by_month(rows: Transfers) -> Months:
    """Sums by calendar month."""
    month = rows.time_unix.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    low, high = (int(month.min()), int(month.max()) + 1) if len(month) else (0, 0)

    def total(amount: Int64s) -> Int64s:
        return totals(month - low, amount, high - low)

    return Months(
        month_num=np.arange(low, high, dtype=np.int64),
        tx_count=total(np.ones(len(rows), dtype=np.int64)),
        received_count=total((rows.outputs > 0).astype(np.int64)),
        sent_count=total((rows.inputs > 0).astype(np.int64)),
        received_sat=total(rows.received_sat),
        sent_sat=total(rows.sent_sat),
        sent_at_least_sat=total(rows.sent_floor_sat),
        net_received_sat=total(rows.net_received_sat),
        net_sent_sat=total(rows.net_sent_sat),
        unknown_inputs=total(rows.unknown_inputs),
    )


def _largest(rows: Transfers) -> Int64s:
    amount = np.maximum(rows.moved_in_sat, rows.net_sent_sat)
    order = np.lexsort((np.arange(len(rows)), -amount))
    return order[amount[order] > 0].astype(np.int64)


def _years(time_unix: Int64s) -> Decimal:
    seconds = int(time_unix.max() - time_unix.min()) if len(time_unix) else 0
    return (Decimal(seconds) / _SECONDS_A_YEAR).quantize(Decimal("0.01"))


def _unspendable_sat(chain: Chain, out_nums: Int64s) -> int:
    if not len(out_nums):
        return 0
    dead = unspendable(chain, out_nums) != SPENDABLE
    return int(chain.txout.value_sat.take(out_nums[dead]).sum())


def _unknown_scripts(chain: Chain, *, inference: bool) -> int:
    ins = chain.unresolved.in_num[0 : chain.limits["unresolved"]]
    return int(script_unknown(chain, ins, inference=inference).sum()) if len(ins) else 0
