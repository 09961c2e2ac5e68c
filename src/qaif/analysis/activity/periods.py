"""Days, weeks (from Monday) and months, all UTC: which period a time falls in, and which are whole."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from qaif.records.daily_prices import day_num_of, day_of
from qaif.units import Bools, Int64s

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
_DAY = 86_400
_MONDAY = 3  # 1970-01-01 was a Thursday
_WEEK = 7


@dataclass(frozen=True)
class Window:
    """The time of which every transaction of the set is held, from and to a second since 1970, both in."""

    begins_unix: int
    ends_unix: int


@dataclass(frozen=True)
class Periods:
    """Successive periods that a window touches.

    Attributes:
        grain: day, week or month.
        first: the number of the first.
        first_day: day on which each begins, and at the end the day after the last; shape (count + 1,).
        whole: bool; the window covers all of it.
        window: the window.
    """

    grain: Grain
    first: int
    first_day: Int64s
    whole: Bools
    window: Window

    @property
    def days(self) -> Int64s:
        """Days in each."""
        return np.diff(self.first_day)

    def __len__(self) -> int:
        return len(self.whole)

    def of(self, time_unix: Int64s) -> Int64s:
        """The place of each time among these periods; may lie outside."""
        return number_of(time_unix // _DAY, self.grain) - self.first

    def begins(self, place: int) -> date:
        """The first day of one."""
        return day_of(int(self.first_day[place]))

    def name(self, place: int) -> str:
        """`2019-09` for a month, the first day for a week or a day."""
        day = self.begins(place)
        return day.strftime("%Y-%m") if self.grain == "month" else day.isoformat()

    def between(self, first: date, last: date) -> Bools:
        """The whole periods that lie between two days, both included."""
        low, high = day_num_of(first), day_num_of(last)
        chosen: Bools = self.whole & (self.first_day[:-1] >= low) & (self.first_day[1:] <= high + 1)
        return chosen


def periods(window: Window, grain: Grain) -> Periods:
    """The periods that a window touches."""
    days = np.array([window.begins_unix, max(window.ends_unix, window.begins_unix)], dtype=np.int64) // _DAY
    low, high = (int(n) for n in number_of(days, grain))
    first_day = np.array([_first_day(number, grain) for number in range(low, high + 2)], dtype=np.int64)
    starts, ends = first_day[:-1] * _DAY, first_day[1:] * _DAY
    whole = (starts >= window.begins_unix) & (ends <= window.ends_unix + 1)
    return Periods(grain, low, first_day, whole, window)


def number_of(day_num: Int64s, grain: Grain) -> Int64s:
    """The number of the period that each day falls in."""
    if grain == "day":
        return day_num.astype(np.int64)
    if grain == "week":
        return ((day_num + _MONDAY) // _WEEK).astype(np.int64)
    return day_num.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_day(number: int, grain: Grain) -> int:
    if grain == "day":
        return number
    if grain == "week":
        return number * _WEEK - _MONDAY
    return int(np.datetime64(number, "M").astype("datetime64[D]").astype(np.int64))
