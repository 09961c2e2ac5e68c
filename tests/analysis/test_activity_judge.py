"""The scan: what it fits, what it calls a break, what only looks like one; how often it is wrong."""

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest

from campaigns import activity_error as campaign
from qaif.analysis.activity.designs import flat, steady, steps
from qaif.analysis.activity.echo import LARGEST, echo
from qaif.analysis.activity.judge import ALPHA, is_break, judged
from qaif.analysis.activity.method import MEASURED_FILE, activity_method
from qaif.analysis.activity.model import Drawn, draw, fit, scan
from qaif.units import Int64s

MONTHS = 48
TIME = np.arange(MONTHS)
EVEN = np.ones(MONTHS)


def drawn(mean: object, seed: int = 7) -> Int64s:
    return np.random.default_rng(seed).poisson(np.asarray(mean, dtype=float) * EVEN).astype(np.int64)


def test_a_flat_fit_is_the_mean_and_any_fit_balances_its_columns() -> None:
    counts = drawn(9).astype(float)[:, None]
    exposure = np.linspace(20, 31, MONTHS)
    one = fit(counts, np.log(exposure), np.ones((MONTHS, 1)))
    assert one.mean[:, 0] == pytest.approx(exposure * counts.sum() / exposure.sum())
    for design in (flat(MONTHS, 12.0), *steady(MONTHS, 12.0)):
        fitted = fit(counts, np.log(exposure), design)
        assert design.T @ (counts - fitted.mean) == pytest.approx(0, abs=1e-6)
        left = ((counts - fitted.mean) ** 2 / fitted.mean).sum()
        assert fitted.phi[0] == pytest.approx(left / (MONTHS - design.shape[1]))


def test_several_series_fitted_at_once_are_as_each_alone() -> None:
    both = np.column_stack([drawn(3, 1), drawn(40, 2)]).astype(float)
    design = steady(MONTHS, 12.0)[0]
    together = fit(both, np.zeros(MONTHS), design)
    for column in range(2):
        alone = fit(both[:, [column]], np.zeros(MONTHS), design)
        assert together.mean[:, column] == pytest.approx(alone.mean[:, 0], rel=1e-6)


def test_a_step_is_found_in_its_month() -> None:
    found = judged(drawn(np.where(TIME >= 37, 30, 10)), EVEN, "month")
    assert (found.kind, found.at, found.rose) == ("break", 37, True)
    assert found.p_step is not None
    assert found.p_step <= ALPHA
    fell = judged(drawn(np.where(TIME >= 30, 5, 25)), EVEN, "month")
    assert (fell.kind, fell.at, fell.rose) == ("break", 30, False)


@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("flat", 10),
        ("in ratio", 5 * 6 ** (TIME / MONTHS)),
        ("in amount", 3 + 40 * TIME / MONTHS),
        ("down in amount", 43 - 40 * TIME / MONTHS),
        ("a season", 20 * np.exp(0.7 * np.sin(2 * np.pi * TIME / 12))),
    ],
)
def test_what_is_steady_is_no_break(name: str, mean: object) -> None:
    found = judged(drawn(mean), EVEN, "month")
    assert found.kind == ("none" if name in ("flat", "a season") else "trend"), (name, found)
    if name == "in ratio":
        assert found.yearly is not None
        assert found.yearly.low < 6 ** (12 / MONTHS) < found.yearly.high


def test_longer_months_are_no_more_activity() -> None:
    days = np.where(TIME >= 37, 31.0, 10.0)
    assert judged(drawn(days), days, "month").kind == "none"
    assert judged(drawn(days), EVEN, "month").kind == "break"


def test_too_little_is_said() -> None:
    assert judged(drawn(10)[:17], EVEN[:17], "month").kind == "too-little"
    assert judged(drawn(10)[:18], EVEN[:18], "month").kind != "too-little"
    few = np.zeros(MONTHS, dtype=np.int64)
    few[-4:] = 4
    assert judged(few, EVEN, "month").kind == "too-little"


def test_the_same_series_has_the_same_chance() -> None:
    counts = drawn(np.where(TIME >= 40, 14, 10))
    one, two = (scan(counts, EVEN, steady(MONTHS, 12.0), steps(MONTHS), draws=99, seed=3) for _ in range(2))
    assert (one.p, one.at, one.statistic) == (two.p, two.at, two.statistic)


@pytest.mark.parametrize("ratio", [1.0, 1.4, 1.6, 1.8, 3.0])
def test_a_decision_that_stops_early_is_the_same(ratio: float) -> None:
    for seed in range(6):
        counts = drawn(np.where(TIME >= 36, 10 * ratio, 10), seed)
        whole = judged(counts, EVEN, "month", draws=199, seed=seed).kind == "break"
        assert is_break(counts, EVEN, "month", draws=199, seed=seed) == whole


def most_alarms(series: int, rate: float, chance: float) -> int:
    """The least number of alarms that as many series at a rate pass with less than a chance."""
    left, alarms = 1.0, 0
    while left > chance:
        left -= comb(series, alarms) * rate**alarms * (1 - rate) ** (series - alarms)
        alarms += 1
    return alarms - 1


@pytest.mark.parametrize("name", campaign.STATED)
def test_false_alarms_are_as_rare_as_stated(name: str) -> None:
    """The campaign's short form; of 100 series at 1 % more than 5 are called with a chance under 0.1 %."""
    series = 100
    assert most_alarms(series, ALPHA, 1e-3) == 5
    assert campaign.quiet_hits(campaign.Task(name, 0, series)) <= 5


@pytest.mark.parametrize("known", [0.0, 0.3, 0.6])
def test_series_are_drawn_with_their_mean_scatter_and_likeness(known: float) -> None:
    mean = np.full(200, 30.0)
    series = draw(np.random.default_rng(5), Drawn(mean, 6.0, known), 400)
    assert series.mean() == pytest.approx(30, rel=0.02)
    assert series.var(axis=1).mean() == pytest.approx(180, rel=0.05)
    left = series - 30.0
    assert (left[1:] * left[:-1]).mean() / 180 == pytest.approx(known, abs=0.04)
    none = draw(np.random.default_rng(5), Drawn(mean, 1.0, known), 400) - 30.0
    assert abs((none[1:] * none[:-1]).mean() / 30) < 0.02  # what scatters by chance alone has no runs


@pytest.mark.parametrize("known", [0.3, 0.6])
def test_a_likeness_is_found_in_short_series(known: float) -> None:
    series = draw(np.random.default_rng(6), Drawn(20.0 * EVEN, 8.0, known), 60).astype(np.int64)
    found = [echo(series[:, number], EVEN, 12.0) for number in range(60)]
    assert np.mean(found) == pytest.approx(known, abs=0.12)
    assert all(0 <= each <= LARGEST for each in found)
    own = [echo(drawn(20, seed), EVEN, 12.0) for seed in range(60)]
    assert float(np.median(own)) <= 0.1


def test_runs_of_busy_months_are_seldom_breaks() -> None:
    """About 3 of 100; with independent draws alone it was 16."""
    assert campaign.quiet_hits(campaign.Task("echo", 0, 100)) <= most_alarms(100, 0.03, 1e-3)
    assert most_alarms(100, 0.03, 1e-3) < 12


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    first = campaign.Kept(path)
    assert first.row(name="flat") is None
    first.add({"name": "flat", "alarms": 3})
    assert campaign.Kept(path).row(name="flat") == {"name": "flat", "alarms": 3}
    assert campaign.Kept(path).row(name="sparse") is None


def test_a_trebled_rate_is_mostly_found_near_its_place() -> None:
    results = campaign.broken(campaign.Task("", 0, 20, 5, 12, 10))
    near = [kind for kind, distance, _ in results if kind == "break" and distance <= 1]
    assert len(near) >= 15


def test_an_interval_of_alarms() -> None:
    assert campaign.interval(0, 100) == ("0.00", "3.62")
    assert campaign.interval(5, 100) == ("1.64", "11.28")


def test_what_the_product_prints_was_measured_by_the_campaign() -> None:
    method = activity_method()
    assert "False alarms on drawn series" in method.measured
    page = campaign.PAGE.read_text(encoding="utf-8")
    figures = json.loads(MEASURED_FILE.read_text(encoding="utf-8"))
    assert campaign.tables(figures) in page
