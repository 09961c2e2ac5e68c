"""What a set of scripts did in each period: transactions, amounts, counterparties. Counts and satoshi, int64.

A transaction moves `moved_in_sat + net_sent_sat` of `transfers.py`: what came in, or what went out, net of
what the set pays back to itself. A counterparty is a script on the other side; change that goes to a script
which is not known to be the set's counts as one. Data outputs, new coins and unknown scripts do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from qaif.analysis.activity.periods import Periods, Window
from qaif.analysis.counterparties import NULL_DATA_TYPE
from qaif.analysis.transfers import Transfers, inputs_of, outputs_of, totals
from qaif.chain.open import Chain
from qaif.records.daily_prices import DailyPrices
from qaif.units import SAT_PER_BTC, Bools, Int64s

LARGEST_LEFT_OUT = 10


@dataclass(frozen=True)
class Rows:
    """Transactions of a set inside a window, int64 of shape (n,) but where said.

    Attributes:
        time_unix: of the block.
        moved_sat: see the module.
        receives: bool; it pays the set, and the set does not spend in it.
        to_itself: bool; the set spends in it, and it pays nobody else.
        largest: bool; one of the ten that moved most.
        pair_row: for each counterparty of each transaction, the transaction's row, shape (pairs,).
        pair_key: the counterparty's script.
    """

    time_unix: Int64s
    moved_sat: Int64s
    receives: Bools
    to_itself: Bools
    largest: Bools
    pair_row: Int64s
    pair_key: Int64s

    def __len__(self) -> int:
        return len(self.time_unix)


@dataclass(frozen=True)
class Series:
    """One row a period, int64 of shape (periods,).

    Attributes:
        periods: which.
        transactions: how many.
        received: those that pay the set, and in which it does not spend.
        moved_sat: what they moved.
        counterparties: scripts on the other side, each once a period.
        new_counterparties: those of them never met before.
        without_largest: transactions but for the ten largest of all.
        without_largest_sat: what those moved.
        without_own: transactions but for those that pay nobody else.
        fiat: worth of `moved_sat` at each day's close; None where prices are missing.
    """

    periods: Periods
    transactions: Int64s
    received: Int64s
    moved_sat: Int64s
    counterparties: Int64s
    new_counterparties: Int64s
    without_largest: Int64s
    without_largest_sat: Int64s
    without_own: Int64s
    fiat: tuple[Decimal, ...] | None


def rows_in(chain: Chain, transfers: Transfers, window: Window) -> Rows:
    """The set's transactions in a window, with their counterparties."""
    spends, receives = np.flatnonzero(transfers.inputs), np.flatnonzero(transfers.inputs == 0)
    outs, out_at = outputs_of(chain, transfers.tx_num[spends])
    foreign = ~np.isin(outs, transfers.out_nums, assume_unique=True)
    paid = chain.txout.script_num.take(outs[foreign]).astype(np.int64)
    paid_row = spends[out_at[foreign]]
    kept = chain.script_type.take(paid) != NULL_DATA_TYPE
    ins, in_at = inputs_of(chain, transfers.tx_num[receives])
    payer = chain.txin.script_num.take(ins).astype(np.int64)
    known = payer >= 0
    row = np.concatenate([paid_row[kept], receives[in_at[known]]])
    key = np.concatenate([paid[kept], payer[known]])
    others = totals(paid_row, np.ones(len(paid_row), dtype=np.int64), len(transfers))
    inside = (transfers.time_unix >= window.begins_unix) & (transfers.time_unix <= window.ends_unix)
    return _cut(transfers, inside, (transfers.inputs > 0) & (others == 0), (row, key))


def _cut(transfers: Transfers, inside: Bools, to_itself: Bools, pairs: tuple[Int64s, Int64s]) -> Rows:
    moved = transfers.moved_in_sat + transfers.net_sent_sat
    place = np.cumsum(inside) - 1
    row, key = pairs
    mine = inside[row]
    moved = moved[inside]
    largest = np.zeros(len(moved), dtype=np.bool_)
    largest[np.lexsort((np.arange(len(moved)), -moved))[:LARGEST_LEFT_OUT]] = True
    return Rows(
        time_unix=transfers.time_unix[inside],
        moved_sat=moved,
        receives=(transfers.inputs == 0)[inside],
        to_itself=to_itself[inside],
        largest=largest,
        pair_row=place[row[mine]].astype(np.int64),
        pair_key=key[mine],
    )


def series_of(rows: Rows, periods: Periods, prices: DailyPrices | None) -> Series:
    """Sums by period."""
    place, count = periods.of(rows.time_unix), len(periods)

    def total(amount: Int64s) -> Int64s:
        return totals(place, amount, count)

    met, new = _counterparties(rows, place, count)
    return Series(
        periods=periods,
        transactions=total(np.ones(len(rows), dtype=np.int64)),
        received=total(rows.receives.astype(np.int64)),
        moved_sat=total(rows.moved_sat),
        counterparties=met,
        new_counterparties=new,
        without_largest=total((~rows.largest).astype(np.int64)),
        without_largest_sat=total(np.where(rows.largest, 0, rows.moved_sat)),
        without_own=total((~rows.to_itself).astype(np.int64)),
        fiat=_fiat(rows, place, count, prices),
    )


def _counterparties(rows: Rows, place: Int64s, count: int) -> tuple[Int64s, Int64s]:
    if not len(rows.pair_key):
        return np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    keys, which = np.unique(rows.pair_key, return_inverse=True)
    at = place[rows.pair_row]
    once = np.unique(at * len(keys) + which) // len(keys)
    first = np.full(len(keys), count, dtype=np.int64)
    np.minimum.at(first, which, at)
    ones = np.ones(len(once), dtype=np.int64)
    return totals(once, ones, count), totals(first, np.ones(len(keys), dtype=np.int64), count)


def _fiat(rows: Rows, place: Int64s, count: int, prices: DailyPrices | None) -> tuple[Decimal, ...] | None:
    """The worth of each period; None where the price of one needed day is missing."""
    if prices is None:
        return None
    days, which = np.unique(rows.time_unix // 86_400, return_inverse=True)
    closes = prices.on(days)
    worth: Sequence[Decimal] = [close for close in closes if close is not None]
    if len(worth) < len(closes):
        return None
    out = [Decimal(0)] * count
    by_day = totals(which.astype(np.int64), rows.moved_sat, len(days))
    at = np.zeros(len(days), dtype=np.int64)
    at[which] = place
    for where, amount, close in zip(at.tolist(), by_day.tolist(), worth, strict=True):
        out[where] += amount * close / SAT_PER_BTC
    return tuple(each.quantize(Decimal("0.01")) for each in out)
