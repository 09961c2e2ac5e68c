"""What amounts were worth: at the day of each transaction, and at one chosen day.

Prices are daily closes of one named source. Days are UTC days of block times. Everything is a `Decimal`; a
total is rounded to a hundredth once, at the end, half to even. Where a price is missing for one day that is
needed, the total is None and says why: a total without that day would be wrong, and nothing is filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

import numpy as np

from qaif.analysis.transfers import Transfers, totals
from qaif.records.daily_prices import DailyPrices, day_num_of, day_of
from qaif.units import SAT_PER_BTC, Int64s

_HUNDREDTH = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
AMOUNTS = ("received", "sent", "net_received", "net_sent")


@dataclass(frozen=True)
class FiatTotals:
    """Totals in one currency; None where a price is missing, and then `reason` says which.

    Attributes:
        received: what was received.
        sent: what is known to have been sent.
        net_received: received net of what the set pays to itself.
        net_sent: sent net of what the set pays to itself.
        turnover: received and sent together.
        reason: why totals are missing; None where they are not.
    """

    received: Decimal | None
    sent: Decimal | None
    net_received: Decimal | None
    net_sent: Decimal | None
    turnover: Decimal | None
    reason: str | None


NO_PRICES = "No prices are imported: `qaif prices import FILE.csv` takes daily closes."


def missing(reason: str) -> FiatTotals:
    """No totals, and why."""
    return FiatTotals(None, None, None, None, None, reason)


def at_transaction_days(transfers: Transfers, prices: DailyPrices | None) -> FiatTotals:
    """Totals with each transaction at the close of its own day."""
    if prices is None:
        return missing(NO_PRICES)
    days, row = np.unique(transfers.day_num, return_inverse=True)
    closes = prices.on(days)
    known = [close for close in closes if close is not None]
    if len(known) < len(closes):
        return missing(_missing_days(days, closes, prices))
    by_day = {name: totals(row, getattr(transfers, f"{name}_sat"), len(days)) for name in AMOUNTS}
    with localcontext(_EXACT):
        return _written({name: _worth(sums, known) for name, sums in by_day.items()})


def at_one_day(transfers: Transfers, prices: DailyPrices | None, day: date) -> FiatTotals:
    """Totals with everything at the close of one day."""
    if prices is None:
        return missing(NO_PRICES)
    close = prices.on(np.array([day_num_of(day)]))[0]
    if close is None:
        return missing(f"{prices.source} has no {prices.currency} price for {day.isoformat()}.")
    with localcontext(_EXACT):
        return _written({n: _worth([int(getattr(transfers, f"{n}_sat").sum())], [close]) for n in AMOUNTS})


def _worth(amounts_sat: Int64s | list[int], closes: list[Decimal]) -> Decimal:
    pairs = zip(amounts_sat, closes, strict=True)
    return sum((int(sat) * close for sat, close in pairs), Decimal(0)) / SAT_PER_BTC


def _written(worth: Mapping[str, Decimal]) -> FiatTotals:
    turnover = worth["received"] + worth["sent"]
    shown = {name: amount.quantize(_HUNDREDTH) for name, amount in worth.items()}
    return FiatTotals(**shown, turnover=turnover.quantize(_HUNDREDTH), reason=None)


def _missing_days(days: Int64s, closes: list[Decimal | None], prices: DailyPrices) -> str:
    gone = [day_of(int(day)) for day, close in zip(days, closes, strict=True) if close is None]
    return (
        f"{prices.source} has no {prices.currency} price for {len(gone):,} of {len(days):,} days with "
        f"transactions; the first is {gone[0].isoformat()}, the last {gone[-1].isoformat()}."
    )
