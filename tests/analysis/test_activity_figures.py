"""Exact tails, ratios, corrections, bursts and the calendar, each against its slow twin."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from oracle import activity as twin
from oracle.blockmaker import seeded
from qaif.analysis.activity.amounts import amount_ratio
from qaif.analysis.activity.bursts import FURTHEST_MOVE, burst
from qaif.analysis.activity.exact import Counted, discoveries, rate_ratio, upper_tail
from qaif.analysis.activity.periods import GRAINS, Window, number_of, periods
from qaif.analysis.activity.segments import segments
from qaif.records.daily_prices import day_num_of


@pytest.mark.parametrize("seed", range(40))
def test_tails_are_those_of_exact_fractions(seed: int) -> None:
    rng = seeded(seed)
    both = rng.randint(1, 60)
    first, share = rng.randint(0, both), Fraction(rng.randint(1, 19), 20)
    phi = rng.choice([Fraction(1), Fraction(rng.randint(11, 90), 10)])
    expected = float(twin.upper_tail(first, both, share, phi))
    got = upper_tail(first, both, float(share), float(phi))
    assert got == pytest.approx(expected, rel=1e-9), (seed, first, both, share, phi)


@pytest.mark.parametrize("phi", [1.0, 3.5])
def test_the_ends_of_an_interval_leave_a_fortieth_on_each_side(phi: float) -> None:
    found = rate_ratio(Counted(30, 9.0), Counted(21, 24.0), phi)
    assert found.ratio == pytest.approx(30 / 9 / (21 / 24))
    assert found.high is not None
    shares = [9.0 * ratio / (9.0 * ratio + 24.0) for ratio in (found.low, found.high)]
    assert upper_tail(30, 51, shares[0], phi) == pytest.approx(0.025, rel=1e-6)
    assert 1 - upper_tail(31, 51, shares[1], phi) == pytest.approx(0.025, rel=1e-6)


def test_uneven_counts_widen_an_interval() -> None:
    narrow, wide = (rate_ratio(Counted(30, 1.0), Counted(10, 1.0), phi) for phi in (1.0, 4.0))
    assert narrow.high is not None
    assert wide.high is not None
    assert wide.low < narrow.low < 3 < narrow.high < wide.high
    assert narrow.p < 0.01 < wide.p


def test_nothing_before_has_no_ratio_and_no_end() -> None:
    found = rate_ratio(Counted(12, 1.0), Counted(0, 1.0), 1.0)
    assert (found.ratio, found.high) == (None, None)
    assert found.low > 2
    assert rate_ratio(Counted(0, 1.0), Counted(0, 1.0), 1.0).p == 1.0


@pytest.mark.parametrize("seed", range(10))
def test_corrections_are_those_of_their_definition(seed: int) -> None:
    rng = seeded(seed)
    chances = [Fraction(rng.randint(1, 400), 1000) for _ in range(rng.randint(1, 12))]
    expected = [float(each) for each in twin.discoveries(chances)]
    assert discoveries(np.array([float(each) for each in chances])) == pytest.approx(expected), seed


@pytest.mark.parametrize("grain", GRAINS)
def test_periods_are_those_of_the_calendar(grain: str) -> None:
    rng = seeded(5)
    for _ in range(40):
        begins = rng.randint(1_231_006_505, 1_700_000_000)
        ends = begins + rng.randint(0, 900 * 86_400)
        them = periods(Window(begins, ends), next(each for each in GRAINS if each == grain))
        times = [rng.randint(begins, ends) for _ in range(20)]
        places = them.of(np.array(times))
        assert [them.name(int(place)) for place in places] == [twin.period_name(t, grain) for t in times]
        expected = [twin.whole(them.name(place), grain, begins, ends) for place in range(len(them))]
        assert them.whole.tolist() == expected
        assert them.name(0) == twin.period_name(begins, grain)
        assert them.name(len(them) - 1) == twin.period_name(ends, grain)


def test_a_second_more_or_less_makes_a_month_whole_or_not() -> None:
    march, april = 1_583_020_800, 1_585_699_200
    assert periods(Window(march, april - 1), "month").whole.tolist() == [True]
    assert periods(Window(march, april - 2), "month").whole.tolist() == [False]
    assert periods(Window(march + 1, april - 1), "month").whole.tolist() == [False]
    assert number_of(np.array([march // 86_400]), "month").tolist() == [602]


def test_a_span_chooses_the_whole_periods_inside_it() -> None:
    them = periods(Window(1_583_020_800, 1_593_561_599), "month")  # March to June 2020
    assert them.between(date(2020, 3, 2), date(2020, 5, 31)).tolist() == [False, True, True, False]


@pytest.mark.parametrize("seed", range(12))
def test_bursts_are_those_of_their_twin(seed: int) -> None:
    rng = seeded(seed)
    days = [rng.randint(0, 5) for _ in range(rng.randint(60, 500))]
    length, first = rng.randint(1, 9), date(2020, 1, 1)
    places = sorted({rng.randrange(len(days) - length) for _ in range(rng.randint(1, 4))})
    found = burst(np.array(days), day_num_of(first), [first + timedelta(days=p) for p in places], length)
    seen, moves, reached = twin.burst(days, places, length, FURTHEST_MOVE)
    assert (found.count, found.moves) == (seen, moves - 1), seed
    if found.p is not None:
        assert found.p == pytest.approx(reached / moves)
    assert (found.p is None) == (moves - 1 < 39)


def test_a_burst_after_its_dates_is_found_and_one_elsewhere_is_not() -> None:
    days = np.ones(400, dtype=np.int64)
    for place in (100, 180, 290):
        days[place : place + 5] = 6
    first = date(2020, 1, 1)
    right = burst(days, day_num_of(first), [first + timedelta(days=p) for p in (100, 180, 290)], 5)
    wrong = burst(days, day_num_of(first), [first + timedelta(days=p) for p in (60, 140, 250)], 5)
    assert right.p is not None
    assert right.p < 0.01
    assert right.expected == 15
    assert wrong.p is not None
    assert wrong.p > 0.5


def test_dates_outside_are_left_out_and_few_moves_tell_nothing() -> None:
    first = date(2020, 1, 1)
    found = burst(
        np.ones(30, dtype=np.int64), day_num_of(first), [first, date(2019, 1, 1), date(2020, 1, 29)], 7
    )
    assert found.dates == (first,)
    assert found.left_out == (date(2019, 1, 1), date(2020, 1, 29))
    assert (found.p, found.expected) == (None, None)


def test_amounts_are_compared_by_rank() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.lognormal(0, 1, 24), rng.lognormal(0, 1, 9)
    same = amount_ratio(after, before)
    assert same.p > 0.05
    more = amount_ratio(after * 8, before)
    assert more.p < 0.01
    assert more.high is not None
    assert more.low < 8 * after.mean() / before.mean() < more.high
    one_large = before.copy()
    one_large[3] += 10_000
    assert amount_ratio(after, one_large).p == pytest.approx(same.p, abs=0.2)
    assert amount_ratio(after, np.zeros(5)).high is None


def test_stretches_end_where_the_level_changes() -> None:
    counts = np.array([10, 12, 9, 11, 10, 8, 12, 30, 28, 33, 31, 29, 30])
    found = segments(counts, np.ones(13), 1.0)
    assert [(one.first, one.last, one.count) for one in found] == [(0, 6, 72), (7, 12, 181)]
    assert len(segments(counts[:7], np.ones(7), 1.0)) == 1
    assert segments(np.zeros(0, dtype=np.int64), np.zeros(0), 1.0) == ()
