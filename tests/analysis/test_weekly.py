"""Whether a week stands out: how rarely it does by chance over all that is watched, and that a jump does."""

import numpy as np
import pytest

from campaigns.watch_error import SERIES, alarms, counts_of
from qaif.analysis.activity.weekly import (
    FALSE_SHARE,
    LEAST_WEEKS,
    YEAR,
    standing_out,
    week_chance,
)


@pytest.mark.parametrize("watched", [1, 20])
@pytest.mark.parametrize("name", SERIES)
def test_false_alarms_are_as_rare_as_stated(name: str, watched: int) -> None:
    """1 in 20 is stated; twice the scatter of the count is allowed above it. The campaign draws more."""
    weeks, seed = 1_200 // watched, 7
    found = alarms(name, watched, weeks, seed)
    assert found <= weeks * FALSE_SHARE + 2 * (weeks * FALSE_SHARE * (1 - FALSE_SHARE)) ** 0.5


@pytest.mark.parametrize("level", [0.5, 3, 30])
def test_a_jump_is_found_among_many(level: float) -> None:
    rng = np.random.default_rng(3)
    chances = []
    for place in range(50):
        series = counts_of(rng, level, 1)
        count = int(10 * level + 8) if place == 17 else int(series[-1])
        chances.append(week_chance(series[:-1], count))
    found = np.flatnonzero(standing_out(np.array(chances, dtype=np.float64)) <= FALSE_SHARE)
    assert found.tolist() == [17]


def test_too_few_weeks_say_nothing() -> None:
    assert week_chance(np.ones(LEAST_WEEKS - 1, dtype=np.int64), 50) is None
    assert week_chance(np.ones(LEAST_WEEKS, dtype=np.int64), 50) is not None
    assert week_chance(np.zeros(YEAR, dtype=np.int64), 0) == 1.0
    assert not len(standing_out(np.zeros(0)))
