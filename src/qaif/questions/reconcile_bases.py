"""What a document's figures may have been counted on: of whom, what, up to when, at which price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import groupby
from typing import Literal

import numpy as np

from qaif.evidence.stated.figures import StatedFigure, days_of
from qaif.questions.answer import Layer
from qaif.questions.reconcile_measured import Measured
from qaif.records.daily_prices import DailyPrices, day_num_of, day_of
from qaif.units import SAT_PER_BTC, btc

Of = Literal["address", "addresses", "cluster", "document"]
AT_EACH_DAY = "the close of each transaction's day"
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_HUNDREDTH = Decimal("0.01")
_WORTH_OF_EACH_DAY = {
    "received": "received",
    "sent": "sent",
    "net received": "net_received",
    "net sent": "net_sent",
    "received and sent together": "turnover",
}
_BEGIN = date(2009, 1, 3)
_MOST_DAYS = 12
_NEAR = timedelta(days=60)


@dataclass(frozen=True)
class Basis:
    """One way in which a figure may have been counted, and what comes of it.

    Attributes:
        quantity: what was counted.
        of: of one address, of all that the document names, of a cluster, or the document's own coins.
        whom: which, in words.
        cut_offs: days to whose end it was counted; empty where all that is held was.
        price: at which price, in words; empty where none is needed.
        price_days: the days of it.
        value: what comes out: bitcoin, money, a number, days, or a day as ISO 8601.
        unit: of it.
        lower_bound: the true value may be more, since not all is held.
        layer: what it rests on; a price is somebody's claim.
        dated_by_document: which of its days the document itself names.
        near_a_date: its price is one of a day at most 60 days from one that the document names.
    """

    quantity: str
    of: Of
    whom: str
    cut_offs: tuple[str, ...]
    price: str
    price_days: tuple[str, ...]
    value: str
    unit: str
    lower_bound: bool
    layer: Layer
    dated_by_document: tuple[str, ...]
    near_a_date: bool = False
    exact: Decimal = field(default=Decimal(0), repr=False)


@dataclass(frozen=True)
class Days:
    """The days that a document names, as ISO 8601.

    Attributes:
        told: those with day, month and year, or whole months and years by their last day.
        assumed: those to which the year had to be supplied.
    """

    told: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Both, in their order."""
        return tuple(sorted({*self.told, *self.assumed}))


def days_named(figures: Sequence[StatedFigure], yearless: Sequence[str]) -> Days:
    """The days that a document names and that a chain can be asked about; at most twelve, the latest.

    A day without a year is taken for the first such day after the latest day that has one.
    """
    exact = {one.value for one in figures if one.kind == "date" and len(one.value) == len("2009-01-03")}
    spans = [days_of(one.value) for one in figures if one.kind == "date"]
    ends = {span[1].isoformat() for span in spans if span and span[1] >= _BEGIN}
    told = tuple(sorted(ends)[-_MOST_DAYS:])
    latest = date.fromisoformat(max(exact & ends)) if exact & ends else None
    assumed = [_after(latest, text) for text in yearless] if latest else []
    return Days(told, tuple(sorted({day.isoformat() for day in assumed if day})))


def _after(latest: date, yearless: str) -> date | None:
    """The first day called `--MM-DD` after another."""
    month, _, day = yearless.removeprefix("--").partition("-")
    for year in (latest.year, latest.year + 1):
        try:
            found = date(year, int(month), int(day))
        except ValueError:
            continue
        if found > latest:
            return found
    return None


def bases_of(
    figure: StatedFigure,
    coins: Sequence[StatedFigure],
    measured: Sequence[Measured],
    prices: DailyPrices | None,
    days: Days,
) -> tuple[Basis, ...]:
    """Every basis on which a figure can be tried, as far as it can be computed here.

    Args:
        figure: the figure.
        coins: the document's own figures in coins, of which a sum of money may be the worth.
        measured: what was counted on the chain, of whom and up to when.
        prices: daily closes in the figure's currency, or None.
        days: the days that the document names.
    """
    if figure.kind == "money":
        priced = prices is not None and prices.currency == figure.unit
        return _of_money(figure, coins, measured, prices, days) if prices and priced else ()
    plain = (one for each in measured for one in _plain(figure, each, days))
    return _merged(list(plain))


def _plain(figure: StatedFigure, one: Measured, days: Days) -> Iterator[Basis]:
    wanted = {"coins": one.coins, "count": one.counts, "span": one.spans, "date": one.dates}[figure.kind]
    for quantity, number in wanted.items():
        amount = btc(number) if figure.kind == "coins" else Decimal(number)
        shown = date.fromordinal(number).isoformat() if figure.kind == "date" else f"{amount.normalize():f}"
        yield _basis(one, quantity, amount, shown, figure.unit, days)


def _basis(  # noqa: PLR0913, PLR0917  a row of `Basis`
    one: Measured, quantity: str, exact: Decimal, value: str, unit: str, days: Days
) -> Basis:
    return Basis(
        quantity=quantity,
        of=one.of,
        whom=one.whom,
        cut_offs=(one.cut_off,) if one.cut_off else (),
        price="",
        price_days=(),
        value=value,
        unit=unit,
        lower_bound=one.lower_bound,
        layer=one.layer,
        dated_by_document=(one.cut_off,) if one.cut_off in days.all else (),
        exact=exact,
    )


def _of_money(
    figure: StatedFigure,
    coins: Sequence[StatedFigure],
    measured: Sequence[Measured],
    prices: DailyPrices,
    days: Days,
) -> tuple[Basis, ...]:
    out: list[Basis] = []
    for one in measured:
        for quantity, amount_sat in one.coins.items():
            bare = _basis(one, quantity, btc(amount_sat), "", figure.unit, days)
            out += _at_days(figure, bare, prices, days)
            worth = one.worth.get(_WORTH_OF_EACH_DAY.get(quantity, ""))
            if worth is not None:
                out.append(_priced(bare, worth, AT_EACH_DAY, (), days))
    for own in coins:
        amount = own.least + ((own.most or own.least) - own.least) / 2
        bare = Basis(
            "the coins that the document states", "document", f"figure {own.number}, {own.value}", (), "", (),
            "", figure.unit, False, "claim", (), exact=amount,  # noqa: FBT003  a row of the class above
        )  # fmt: skip
        out += _at_days(figure, bare, prices, days)
    return _merged(out)


def _at_days(figure: StatedFigure, bare: Basis, prices: DailyPrices, days: Days) -> list[Basis]:
    """Worth at each day that the document names, and the days at whose close the figure would fit."""
    nums = np.array([day_num_of(date.fromisoformat(day)) for day in days.all], dtype=np.int64)
    out = [
        _priced(bare, _times(bare.exact, close), f"the close of {day}", (day,), days)
        for day, close in zip(days.all, prices.on(nums), strict=True)
        if close is not None
    ]
    if bare.exact <= 0:
        return out
    return out + [_run(bare, run, prices, days) for run in _fitting_runs(figure, bare, prices, days)]


def fitting_days(
    figure: StatedFigure, coins: Decimal, prices: DailyPrices, until: str | None
) -> tuple[str, ...]:
    """Days up to one at whose close so many coins were worth what a figure says."""
    last = day_num_of(date.fromisoformat(until)) if until else None
    return tuple(
        day_of(int(num)).isoformat()
        for num, close in zip(prices.day_num, prices.close, strict=True)
        if (last is None or num <= last) and figure.covers(_times(coins, close))
    )


def _fitting_runs(
    figure: StatedFigure, bare: Basis, prices: DailyPrices, days: Days
) -> list[tuple[str, ...]]:
    """The same, within 60 days of a day that the document names, days in a row together."""
    named = [date.fromisoformat(day) for day in days.all]
    fitting = [
        day
        for day in map(
            date.fromisoformat, fitting_days(figure, bare.exact, prices, max(days.all, default=None))
        )
        if any(abs(day - one) <= _NEAR for one in named) and day.isoformat() not in days.all
    ]
    runs = groupby(enumerate(fitting), key=lambda pair: pair[1].toordinal() - pair[0])
    return [tuple(day.isoformat() for _, day in run) for _, run in runs]


def _run(bare: Basis, run: tuple[str, ...], prices: DailyPrices, days: Days) -> Basis:
    close = prices.on(np.array([day_num_of(date.fromisoformat(run[0]))], dtype=np.int64))[0]
    words = f"the close of {run[0]}" if len(run) == 1 else f"the close of any day from {run[0]} to {run[-1]}"
    found = _priced(bare, _times(bare.exact, close or Decimal(0)), words, run, days)
    return Basis(**{**vars(found), "near_a_date": True})


def _times(coins: Decimal, close: Decimal) -> Decimal:
    with localcontext(_EXACT):
        return (coins * close).quantize(_HUNDREDTH)


def _priced(bare: Basis, worth: Decimal, words: str, price_days: tuple[str, ...], days: Days) -> Basis:
    named = tuple(day for day in price_days if day in days.all)
    changes = {
        "price": words,
        "price_days": price_days,
        "value": f"{worth:f}",
        "exact": worth,
        "layer": "claim",
        "dated_by_document": tuple(dict.fromkeys((*bare.dated_by_document, *named))),
    }
    return Basis(**{**vars(bare), **changes})


def _merged(bases: Sequence[Basis]) -> tuple[Basis, ...]:
    """Bases that differ in nothing but the cut-off are one with several."""
    out: dict[tuple[object, ...], Basis] = {}
    for one in bases:
        key = (one.quantity, one.of, one.whom, one.price, one.value, one.lower_bound)
        before = out.get(key)
        if before is None:
            out[key] = one
            continue
        whole = {"cut_offs", "dated_by_document"}
        both = {name: (*getattr(before, name), *getattr(one, name)) for name in whole}
        merged = {name: tuple(dict.fromkeys(days)) for name, days in both.items()}
        out[key] = Basis(**{**vars(before), **merged})
    return tuple(out.values())


def satoshi(amount: Decimal) -> int:
    """Bitcoin as satoshi."""
    return int(amount * SAT_PER_BTC)
