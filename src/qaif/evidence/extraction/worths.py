# ruff: noqa: E501  words of many scripts, a table's line a word or a cue
"""What coins are said to be worth, and where one text says it twice and differently.

A sum of money is a worth where it stands beside an amount of coins with a word or a bracket between that says so
("3370 BTC (29 million dollars)"), or is said to be in coins ("24 million dollars in bitcoin").
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from qaif.evidence.extraction.shape import Extraction, Indicator
from qaif.evidence.folding import fold, fold_pattern
from qaif.evidence.sums import Sum, agree, read_sum

_COINS = ("BTC", "SAT")
_OTHER_COINS = ("USDT", "USDC", "ETH", "LTC", "TRX", "XMR")
_SAT = 100_000_000
_BETWEEN = 60  # characters between coins and what they are worth
_MOST_COMPARED = 300
_MOST_APART = 2  # sums of which one is more than twice the other are hardly said of one thing
_WORTH = re.compile(
    fold_pattern(
        r"[(=≈~]|(?<![^\W_])(?:worth|equal|equivalent|equivalents?|about|roughly|approximately|around|some|nearly|valued|then|"
        r"soit|pres de|environ|equivalant|valeur|около|примерно|порядка|приблизительно|то есть|эквивалент\w*|"
        r"معادل|ما يعادل|يعادل|بقيمه|قيمتها|اي|نحو|حوالي|تقريبا|حدود|بقيمت|ارزش|"
        r"בערך|שווי|בשווי|כ-?|שהם|yaklasik|yani|degerinde|karsiligi)(?![^\W_])"
    )
)
_NO_WORTH = re.compile(r"[.;!?\n](?:\s|$)")
_IN_COINS = re.compile(
    fold_pattern(
        r"\s?(?:worth of |in |of |en |в |في |من |ב-?|به )?(?:the form of |عمله )?(?:bitcoins?|btc|بيتكوين|البيتكوين|بتكوين|بيت ?كوين|ביטקוין|биткоин\w*|биткойн\w*)(?![^\W_])"
    )
)


class Worth(NamedTuple):
    """A sum of money that coins are said to be worth.

    Args:
        money: the sum.
        coins: how many coins; None where the text does not say it there.
    """

    money: Indicator
    coins: Indicator | None


class Disagreement(NamedTuple):
    """Two amounts of one text that can hardly both be right.

    Args:
        one: the first.
        other: the second.
        sentence: the same in words.
    """

    one: Indicator
    other: Indicator
    sentence: str


def worths(text: str, extraction: Extraction) -> tuple[Worth, ...]:
    """Every worth that a text tells, in its order.

    Args:
        text: the document's text, of which the extraction was made.
        extraction: what was found.
    """
    amounts = [one for one in extraction.indicators if one.kind == "amount"]
    found = {money.start: Worth(money, coins) for money, coins in _beside(text, amounts)}
    for one in amounts:
        if not _is_coins(one) and one.start not in found and _IN_COINS.match(_folded(text, one.end)):
            found[one.start] = Worth(one, None)
    return tuple(found[start] for start in sorted(found))


def disagreements(text: str, extraction: Extraction) -> tuple[Disagreement, ...]:
    """Where a text seems to say of one thing that it is worth two sums, or of one sum that it is two amounts.

    Only the first 300 worths of a text are held against each other.
    """
    return tuple(_compared(worths(text, extraction)[:_MOST_COMPARED]))


def _compared(listed: Sequence[Worth]) -> Iterator[Disagreement]:
    for one, other in combinations(listed, 2):
        money, coins = (_sum(one.money), _sum(other.money)), (one.coins, other.coins)
        if money[0].unit != money[1].unit:
            continue
        same_coins = not (coins[0] and coins[1]) or agree(_sum(coins[0]), _sum(coins[1]))
        if same_coins and _differ(*money):
            yield _said(one.money, other.money, "One thing seems to be said to be worth")
        elif coins[0] and coins[1] and agree(*money) and _differ(_sum(coins[0]), _sum(coins[1])):
            yield _said(coins[0], coins[1], "For one sum of money the text seems to name")


def _said(one: Indicator, other: Indicator, words: str) -> Disagreement:
    places = f"characters {one.start} to {one.end} and {other.start} to {other.end}"
    return Disagreement(one, other, f"{words} {one.value} and {other.value} ({places}).")


def _differ(one: Sum, other: Sum) -> bool:
    low, high = sorted((one.number, other.number))
    return high <= _MOST_APART * low and not agree(one, other)


def _sum(one: Indicator) -> Sum:
    """An amount as a number and its unit; coins always in bitcoin."""
    read = read_sum(one.value)
    if read is None:
        raise ValueError(one.value)
    return Sum(read.number / _SAT, "BTC") if read.unit == "SAT" else read


def _is_coins(one: Indicator) -> bool:
    return one.value.rpartition(" ")[2].upper() in (*_COINS, *_OTHER_COINS)


def _beside(text: str, amounts: Sequence[Indicator]) -> Iterator[tuple[Indicator, Indicator]]:
    """Money and the coins that stand beside it with a word between that makes it their worth."""
    taken: set[int] = set()
    for first, second in pairwise(amounts):
        coins = [one for one in (first, second) if one.value.rpartition(" ")[2].upper() in _COINS]
        gap = fold(text[first.end : second.start]) if second.start - first.end <= _BETWEEN else "\n"
        if len(coins) != 1 or _NO_WORTH.search(gap) or not _WORTH.search(gap):
            continue
        money = second if coins[0] is first else first
        if not _is_coins(money) and money.start not in taken:
            taken.add(money.start)
            yield money, coins[0]


def _folded(text: str, start: int) -> str:
    return fold(text[start : start + _BETWEEN])
