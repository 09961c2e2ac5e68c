"""Were there more transactions after some dates than chance explains?

The dates are moved together along the series, by every number of days up to half a year back and forth, and
the transactions in the days after them are counted again: what is special of the dates must not remain, what
is special of their distances, and of the time of life of the address, does. The whole set of moves is
counted, so nothing is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from qaif.records.daily_prices import day_num_of, day_of
from qaif.units import Int64s

FURTHEST_MOVE = 183  # days
FEWEST_MOVES = 39  # then the smallest chance that can be told is 2.5 %


@dataclass(frozen=True)
class Burst:
    """Transactions after given dates.

    Attributes:
        dates: those that lie in the series with all days after them.
        left_out: those that do not.
        days: how many days from each date on, the date itself included.
        count: transactions in these days, each once.
        expected: their median over all moves; None where too few moves are possible.
        moves: how many moves there were.
        p: the share of moves, the dates themselves among them, with at least as many; None as before.
    """

    dates: tuple[date, ...]
    left_out: tuple[date, ...]
    days: int
    count: int
    expected: int | None
    moves: int
    p: float | None


def burst(daily: Int64s, first_day: int, dates: Sequence[date], days: int) -> Burst:
    """Compare the days after some dates with the same days moved.

    Args:
        daily: transactions by day, of whole days.
        first_day: the day of the first, in days since 1970-01-01.
        dates: the dates.
        days: from each date on.
    """
    places = np.array(sorted({day_num_of(each) - first_day for each in dates}), dtype=np.int64)
    fits = (places >= 0) & (places + days <= len(daily))
    inside = places[fits]
    left_out = tuple(day_of(int(place) + first_day) for place in places[~fits])
    if not len(inside):
        return Burst((), left_out, days, 0, None, 0, None)
    low, high = int(inside.min()), len(daily) - days - int(inside.max())
    moves = [
        move
        for move in range(-min(low, FURTHEST_MOVE), min(high, FURTHEST_MOVE) + 1)
        if move == 0 or abs(move) >= days
    ]
    counts = np.array([_counted(daily, inside + move, days) for move in moves], dtype=np.int64)
    count = int(counts[moves.index(0)])
    told = len(moves) - 1 >= FEWEST_MOVES
    return Burst(
        dates=tuple(day_of(int(place) + first_day) for place in inside),
        left_out=left_out,
        days=days,
        count=count,
        expected=int(np.median(counts)) if told else None,
        moves=len(moves) - 1,
        p=float((counts >= count).mean()) if told else None,
    )


def _counted(daily: Int64s, places: Int64s, days: int) -> int:
    """Transactions in all these days, a day once."""
    covered = np.unique((places[:, None] + np.arange(days)[None, :]).ravel())
    return int(daily[covered].sum())
