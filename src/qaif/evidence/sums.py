"""Sums of money as sources write them: whether two can be the same, one of them rounded."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

_SUM = re.compile(r"(?P<number>-?[\d.,' ]*\d)(?:\s*(?P<unit>[A-Za-z]{3,6}))?")
_MOST_ROUNDED = 10  # a tenth: 3.2 million may be called 3 million, 1.4 million not 1 million


class Sum(NamedTuple):
    """A number and its unit, the unit empty where none is told."""

    number: Decimal
    unit: str


def read_sum(text: str) -> Sum | None:
    """Read `24000000 USD`, `24,000,000` or `3370 BTC`; nothing where it is no such number."""
    match = _SUM.fullmatch(text.strip())
    if not match:
        return None
    try:
        number = Decimal(re.sub("[,' ]", "", match["number"]))
    except InvalidOperation:
        return None
    return Sum(number, (match["unit"] or "").upper())


def agree(one: Sum, other: Sum) -> bool:
    """Whether two sums can be one: in one unit, equal or the one the other rounded by a tenth at most."""
    if one.unit and other.unit and one.unit != other.unit:
        return False
    low, high = sorted((abs(one.number), abs(other.number)))
    if one.number == other.number:
        return True
    if one.number.is_signed() != other.number.is_signed() or (high - low) * _MOST_ROUNDED > high:
        return False
    return _rounded(one.number, other.number) or _rounded(other.number, one.number)


def _rounded(short: Decimal, whole: Decimal) -> bool:
    """Whether the second, rounded to the digits of the first, is the first."""
    exponent = short.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(int(exponent))
    return (whole / step).quantize(Decimal(1), ROUND_HALF_UP) * step == short
