# ruff: noqa: E501, RUF001  words of many scripts, a table's line a noun
"""Counts that a document states: `1,240 transactions`, `آلاف المعاملات`, `hundreds of donors`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qaif.evidence.extraction.numbers import DIGITS, SCALE, SCALES, START, read_digits
from qaif.evidence.folding import Folded, fold, fold_pattern
from qaif.evidence.stated.cues import Role

_NOUNS: dict[Role, str] = {
    "transactions": r"transactions?|transfers?|معامل(?:ات|ه)|تحويل(?:ات|ا)?|عمليات|עסקאות|העברות|virements?|транзакц\w+|перевод\w+|islem\w*|تراكنش\w*",
    "receipts": r"donations?|deposits?|gifts|incoming payments?|تبرعات|תרומות|הפקדות|dons|пожертвован\w+|bagis\w*",
    "payers": r"donors?|donators?|contributors?|متبرع\w*|מתרימים|תורמים|donateurs?|донор\w*|жертвовател\w+|bagisci\w*",
    "addresses": r"(?:bitcoin )?(?:addresses|wallets)|عناوين|محافظ|כתובות|ארנקים|adresses|portefeuilles|адрес\w+|кошельк\w+|adres\w*|cuzdan\w*",
}
_ORDERS: dict[str, tuple[int, int | None]] = {
    r"tens of thousands|عشرات الالاف|עשרות אלפי|dizaines de milliers|десятки тысяч|on binlerce": (
        20_000,
        999_999,
    ),
    r"hundreds of thousands|مئات الالاف|מאות אלפי|centaines de milliers|сотни тысяч|yuz binlerce": (
        200_000,
        9_999_999,
    ),
    r"thousands|الاف|אלפי|milliers|тысяч\w*|binlerce|هزاران": (2_000, 99_999),
    r"hundreds|مئات|מאות|centaines|сотн\w+|yuzlerce|صدها": (200, 9_999),
    r"dozens|tens|عشرات|עשרות|dizaines|десятк\w+|onlarca|ده ?ها": (20, 999),
    r"millions|ملايين|מיליוני|миллион\w+|milyonlarca|ميليون ?ها": (2_000_000, None),
}
_OF = r"(?:\s(?:of|من|de|d'))?(?:\s(?:bitcoin|small|separate|individual|different|some))?\s(?:ال|ה)?"
_NOUN = "|".join(f"(?P<{role.replace('-', '_')}>{fold_pattern(words)})" for role, words in _NOUNS.items())
_IN_DIGITS = re.compile(rf"{START}(?P<digits>{DIGITS})(?:\s(?P<scale>{SCALE}))?{_OF}(?:{_NOUN})(?![^\W_])")
_IN_ORDERS = [
    (re.compile(rf"(?<![^\W_])(?P<order>{fold_pattern(words)}){_OF}(?:{_NOUN})(?![^\W_])"), bounds)
    for words, bounds in _ORDERS.items()
]
_WITH_SCALE_BEFORE = re.compile(rf"(?:\d|{SCALE})\s?\Z")


@dataclass(frozen=True)
class Count:
    """A count at one place.

    Args:
        role: of what.
        value: as a plain number; an order of size in words, such as `thousands`.
        least: the fewest that the words cover.
        most: the most; None without end.
        start: first character in the text.
        end: one past the last.
        exact: it is a number, not an order of size.
    """

    role: Role
    value: str
    least: Decimal
    most: Decimal | None
    start: int
    end: int
    exact: bool


def counts(folded: Folded) -> tuple[Count, ...]:
    """Every count of a text, in its order; what overlaps an earlier and longer one is left out."""
    found = sorted(_found(folded), key=lambda one: (one.start, -one.end))
    out: list[Count] = []
    for one in found:
        if not out or one.start >= out[-1].end:
            out.append(one)
    return tuple(out)


def _found(folded: Folded) -> Iterator[Count]:
    for match in _IN_DIGITS.finditer(folded.text):
        number, _ = read_digits(match["digits"], "")
        scale = match["scale"]
        number = number * SCALES[fold(scale).rstrip(".")] if scale else number
        if number == number.to_integral_value():
            yield Count(_role(match), f"{number:f}", number, number, *_span(folded, match), exact=True)
    for pattern, (least, most) in _IN_ORDERS:
        for match in pattern.finditer(folded.text):
            if _WITH_SCALE_BEFORE.search(folded.text[max(0, match.start() - 12) : match.start()]):
                continue  # "500 thousand transactions" has its number before it
            top = None if most is None else Decimal(most)
            yield Count(_role(match), match["order"], Decimal(least), top, *_span(folded, match), exact=False)


def _role(match: re.Match[str]) -> Role:
    return next(role for role in _NOUNS if match[role.replace("-", "_")])


def _span(folded: Folded, match: re.Match[str]) -> tuple[int, int]:
    return int(folded.places[match.start()]), int(folded.places[match.end() - 1]) + 1
