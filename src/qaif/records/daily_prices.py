"""Daily closing prices as arrays: what a question passes down to the analysis."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from qaif.units import Int64s

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class DailyPrices:
    """One source's closing prices in one currency.

    Attributes:
        source: who says so, as named when they were imported.
        currency: such as `USD`.
        sha256: of the files that they came from, in order of import.
        day_num: days since 1970-01-01, ascending.
        close: the price of one bitcoin, one a day.
    """

    source: str
    currency: str
    sha256: tuple[str, ...]
    day_num: Int64s
    close: tuple[Decimal, ...]

    def on(self, day_nums: Int64s) -> list[Decimal | None]:
        """The price of each day; None where there is none."""
        if not len(self.day_num):
            return [None] * len(day_nums)
        place = np.minimum(np.searchsorted(self.day_num, day_nums), len(self.day_num) - 1)
        known = self.day_num[place] == day_nums
        return [self.close[at] if ok else None for at, ok in zip(place, known, strict=True)]


def day_num_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(day_num: int) -> date:
    """The day that is so many days after 1970-01-01."""
    return _EPOCH + timedelta(days=day_num)
