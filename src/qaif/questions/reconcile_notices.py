"""What the figures of one document say of each other: sums not of one thing, worths not of one day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Literal

from qaif.evidence.stated.figures import StatedFigure
from qaif.questions.answer import Layer
from qaif.questions.reconcile_bases import Days, fitting_days
from qaif.questions.reconcile_measured import Measured
from qaif.records.daily_prices import DailyPrices
from qaif.units import btc_text

_NAMED_DAYS = 6
_NOT_THE_SAME = (
    "volume of transactions. These are not the same thing: what was raised is what came in; a volume also "
    "counts what went out again, so that coins which came and went stand in it twice."
)


@dataclass(frozen=True)
class Notice:
    """Something about several figures together.

    Attributes:
        kind: `raised is not volume`, or `two worths of one amount`.
        figures: the numbers of the figures that it is about.
        sentence: what it is, in words.
        days: for each of the figures, the days at whose close it would hold; empty without prices.
        both_days: the days at whose close both hold.
        layer: what the sentence rests on.
    """

    kind: Literal["raised is not volume", "two worths of one amount"]
    figures: tuple[int, ...]
    sentence: str
    days: tuple[tuple[str, ...], ...]
    both_days: tuple[str, ...]
    layer: Layer


def notices(
    figures: Sequence[StatedFigure], measured: Sequence[Measured], prices: DailyPrices | None, days: Days
) -> tuple[Notice, ...]:
    """Look at the figures of a document together.

    Args:
        figures: all of them.
        measured: what was counted on the chain; may be empty.
        prices: daily closes, or None.
        days: the days that the document names.
    """
    until = max(days.all, default=None)
    return (
        *_raised_and_volume(figures, measured, prices, until),
        *_two_worths(figures, prices, until),
    )


def _raised_and_volume(
    figures: Sequence[StatedFigure],
    measured: Sequence[Measured],
    prices: DailyPrices | None,
    until: str | None,
) -> Iterator[Notice]:
    """What is raised is what came in; a volume counts what went out too."""
    volumes = [one for one in figures if one.role == "volume" and one.kind == "coins"]
    for raised in (one for one in figures if one.role == "raised" and one.kind in ("coins", "money")):
        for volume in volumes:
            fits = _days(raised, volume, prices, until)
            same = raised.kind == "coins" and raised.covers(_middle(volume))
            yield Notice(
                kind="raised is not volume",
                figures=(raised.number, volume.number),
                sentence=_raised_words(raised, volume, same=same or bool(fits), fits=fits, measured=measured),
                days=(fits,),
                both_days=fits,
                layer="claim",
            )


def _raised_words(
    raised: StatedFigure,
    volume: StatedFigure,
    *,
    same: bool,
    fits: tuple[str, ...],
    measured: Sequence[Measured],
) -> str:
    words = [
        f"The document says of {raised.quoted} that it was raised, and of {volume.quoted} that it is a "
        + _NOT_THE_SAME
    ]
    if same:
        at = f" at the close of {_listed(fits)}" if fits else ""
        words.append(
            f"The sum that it calls raised is about what the whole volume was worth{at}: it may be the "
            "volume under another name, and the sum raised would then be smaller."
        )
    whole = next((one for one in measured if one.of == "address" and not one.cut_off), None)
    if whole is not None:
        least = "at least " if whole.lower_bound else ""
        words.append(
            f"In the transactions held, {whole.whom} received {least}"
            f"{btc_text(whole.coins['received'])} BTC; {least}"
            f"{btc_text(whole.coins['received and sent together'])} BTC went in and out."
        )
    return " ".join(words)


def _two_worths(
    figures: Sequence[StatedFigure], prices: DailyPrices | None, until: str | None
) -> Iterator[Notice]:
    """Sums of money that are said of one amount of coins, and that no one price gives."""
    coins = {one.number: one for one in figures if one.kind == "coins"}
    money = [one for one in figures if one.kind == "money" and one.of_chain]
    for one, other in combinations(money, 2):
        amount = _amount_of(one, other, coins)
        if amount is None or one.unit != other.unit or _overlap(one, other):
            continue
        days = (_days(one, amount, prices, until), _days(other, amount, prices, until))
        both = tuple(sorted(set(days[0]) & set(days[1])))
        yield Notice(
            kind="two worths of one amount",
            figures=(one.number, other.number, amount.number),
            sentence=_worths_words(one, other, amount, days),
            days=days,
            both_days=both,
            layer="claim",
        )


def _amount_of(one: StatedFigure, other: StatedFigure, coins: dict[int, StatedFigure]) -> StatedFigure | None:
    """The coins that two sums may both be the worth of: those of one of them, the other naming none."""
    named = {figure.worth_of for figure in (one, other) if figure.worth_of is not None}
    return coins.get(named.pop()) if len(named) == 1 else None


def _overlap(one: StatedFigure, other: StatedFigure) -> bool:
    """Whether some sum is covered by both."""
    return (other.most is None or one.least <= other.most) and (one.most is None or other.least <= one.most)


def _worths_words(
    one: StatedFigure,
    other: StatedFigure,
    amount: StatedFigure,
    days: tuple[tuple[str, ...], tuple[str, ...]],
) -> str:
    implied = [f"{_middle(figure) / _middle(amount):,.0f} {figure.unit}" for figure in (one, other)]
    words = (
        f"{one.quoted} and {other.quoted} cannot both be what {amount.quoted} were worth on one day: "
        f"that would take one price of {implied[0]} and of {implied[1]} a bitcoin at once."
    )
    if days[0] or days[1]:
        words += f" At daily closes the first holds on {_listed(days[0])}, the second on {_listed(days[1])}."
    return words


def _days(
    figure: StatedFigure, coins: StatedFigure, prices: DailyPrices | None, until: str | None
) -> tuple[str, ...]:
    if figure.kind != "money" or prices is None or prices.currency != figure.unit:
        return ()
    return fitting_days(figure, _middle(coins), prices, until)


def _middle(figure: StatedFigure) -> Decimal:
    return (figure.least + (figure.most if figure.most is not None else figure.least)) / 2


def _listed(days: Sequence[str]) -> str:
    """Days in words: the last few, since the nearest to the document matter most."""
    if not days:
        return "no day with a price"
    if len(days) <= _NAMED_DAYS:
        return ", ".join(days)
    return f"{len(days):,} days, the last of which are {', '.join(days[-_NAMED_DAYS:])}"
