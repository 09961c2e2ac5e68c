"""Activity on made chains: a rise in its month, a service that did not change, a chain held in part."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracle import activity as twin
from oracle import review as review_twin
from oracle.addresses import address
from oracle.blockmaker import Block
from oracle.parse import parse_block
from qaif.analysis.activity.judge import is_break
from qaif.analysis.activity.periods import GRAINS, periods
from qaif.analysis.activity.series import rows_in, series_of
from qaif.analysis.activity.window import window_of
from qaif.analysis.transfers import transfers_of
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.activity import ActivityAnswer, ActivityRequest, activity_on
from qaif.questions.answer import as_json
from qaif.records.daily_prices import DailyPrices, day_num_of
from support.economy import PEOPLE, Economy
from support.economy import script as person_script
from support.indexing import put
from support.services import blocks_of, script

BEGINS, DAYS = date(2017, 1, 1), 4 * 365
RISES = date(2019, 9, 1)
ROSE, SAME, SLOW = 0, 1, 2  # services: one rises threefold, one does not, one grows steadily
COUNTED = ("transactions", "received", "moved_sat", "counterparties", "new_counterparties")
LIKE = range(10, 33)  # services of the first one's age and volume
STEADY = (SAME, *range(40, 48))  # as large as the first one is over all its time, and none changes


def address_of(service: int) -> str:
    written = address(script(service), "regtest")
    assert written is not None
    return written


def plan(rng: np.random.Generator) -> list[dict[int, int]]:
    days = []
    for number in range(DAYS):
        risen = BEGINS + timedelta(days=number) >= RISES
        rates = {ROSE: 1.2 if risen else 0.4, SLOW: 0.2 * 4 ** (number / DAYS)}
        rates |= dict.fromkeys(LIKE, 0.35) | dict.fromkeys(STEADY, 0.6)
        days.append({service: int(rng.poisson(rate)) for service, rate in rates.items()})
    return days


@dataclass
class Made:
    """A store, its blocks, and what was answered about it."""

    folder: Path
    blocks: list[Block]
    answers: dict[str, ActivityAnswer] = field(default_factory=dict)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    blocks = blocks_of(BEGINS, plan(np.random.default_rng(11)), spend_every=4)
    folder = tmp_path_factory.mktemp("activity") / "chain"
    put(folder, blocks)
    return Made(folder, blocks)


def asked(made: Made, *services: int, prices: DailyPrices | None = None, **changes: Any) -> ActivityAnswer:
    request = ActivityRequest(addresses=tuple(map(address_of, services)), **changes)
    name = f"{request} {prices is None}"
    if name not in made.answers:
        with Chain.open(made.folder) as chain:
            made.answers[name] = activity_on(chain, prices, request)
    return made.answers[name]


def test_a_rise_is_found_in_its_month_and_told_in_a_sentence(made: Made) -> None:
    got = asked(made, ROSE)
    assert (got.conclusion, got.since, got.rose, got.by) == ("break", RISES, True, "month")
    assert got.compared is not None
    main = got.compared.measures[0]
    assert main.ratio is not None
    assert main.low is not None
    assert main.high is not None
    assert main.low < 3 < main.high
    assert (got.compared.before_from, got.compared.before_periods) == (date(2017, 9, 1), 24)
    assert f"From 2019-09 the address made {main.ratio} times as many transactions a month" in got.sentence
    assert "as in the two years before" in got.sentence
    assert f"95 % interval {main.low} to {main.high}" in got.sentence
    assert "at most 0.05 %" in got.sentence
    assert got.layer == "inference"
    assert any("because its activity rose" in limit for limit in got.limits)


def test_a_service_of_the_same_size_that_did_not_change_is_not_flagged(made: Made) -> None:
    got = asked(made, SAME)
    rose, same = (sum(row.transactions for row in one.by_month) for one in (asked(made, ROSE), got))
    assert 0.8 < same / rose < 1.25
    assert (got.conclusion, got.since, got.rose, got.compared) == ("none", None, None, None)
    assert "no break and no trend" in got.sentence


def test_services_that_did_not_change_are_flagged_as_rarely_as_stated(made: Made) -> None:
    """Of 32 at one in a hundred, more than three are flagged with a chance of 3 in 10,000."""
    flagged = []
    with Chain.open(made.folder) as chain:
        for service in (*STEADY, *LIKE):
            transfers = transfers_of(chain, [chain.script_num(script(service))])
            window = window_of(chain, transfers, whole=True)
            assert window is not None
            series = series_of(rows_in(chain, transfers, window), periods(window, "month"), None)
            whole = series.periods.whole
            counts, days = series.transactions[whole], series.periods.days[whole].astype(float)
            if is_break(counts, days, "month", draws=199, seed=service):
                flagged.append(service)
    assert len(flagged) <= 3, flagged


def test_what_grows_steadily_is_a_trend(made: Made) -> None:
    got = asked(made, SLOW)
    assert (got.conclusion, got.since) == ("trend", None)
    assert "a trend, and no break" in got.sentence
    assert got.test.yearly_low is not None
    assert got.test.yearly_high is not None
    assert got.test.yearly_low < Decimal("1.414") < got.test.yearly_high


def test_several_addresses_are_one_set(made: Made) -> None:
    both, one = asked(made, ROSE, SAME), asked(made, ROSE)
    alone = asked(made, SAME)
    counts = [sum(row.transactions for row in each.by_month) for each in (both, one, alone)]
    assert counts[0] == counts[1] + counts[2]
    assert "the 2 addresses" in both.sentence


def test_the_network_and_those_alike_are_looked_at(made: Made) -> None:
    got = asked(made, ROSE)
    assert got.network_test is not None
    assert (got.network_test.conclusion, got.network_test.since) == ("break", RISES)
    assert not any("ot normalised" in limit for limit in got.limits)
    assert got.peers is not None
    assert got.peers.count >= 20
    assert got.peers.rose_as_much == 0
    flat = asked(made, SAME, before="2018-01-01..2018-12-31", after="2019-01-01..2019-12-31")
    assert flat.peers is not None
    assert flat.peers.rose_as_much is not None
    assert flat.peers.rose_as_much > 0


def test_measures_that_cannot_be_known_say_why(made: Made) -> None:
    got = asked(made, ROSE)
    assert got.compared is not None
    by_name = {one.measure: one for one in got.compared.measures}
    assert by_name["fiat"].ratio is None
    assert "no prices" in by_name["fiat"].reason
    assert by_name["without_largest"].agrees
    assert by_name["moved_sat"].agrees
    first = day_num_of(BEGINS)
    days = np.arange(first, first + DAYS + 2)
    prices = DailyPrices("made", "USD", (), days, tuple(Decimal(100) for _ in days))
    priced = asked(made, ROSE, prices=prices)
    assert priced.compared is not None
    worth = {one.measure: one for one in priced.compared.measures}
    assert worth["fiat"].ratio == worth["moved_sat"].ratio
    assert [row.fiat for row in priced.by_month] == [
        (Decimal(row.moved_sat) / 10**6).quantize(Decimal("0.01")) for row in priced.by_month
    ]


def test_spans_that_the_user_names_are_compared(made: Made) -> None:
    got = asked(made, SAME, before="2017-02-01..2017-12-31", after="2018-01-01..2018-12-31")
    assert got.compared is not None
    assert (got.compared.before_periods, got.compared.after_periods) == (11, 12)
    assert "if the two spans were chosen without looking" in got.sentence
    rows = {row.period: row.transactions for row in got.by_month}
    counts = [
        sum(n for name, n in rows.items() if low <= name <= high)
        for low, high in (("2018-01", "2018-12"), ("2017-02", "2017-12"))
    ]
    expected = Decimal(counts[0]) / 365 / (Decimal(counts[1]) / 334)
    assert got.compared.measures[0].ratio == pytest.approx(expected, rel=Decimal("0.005"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"before": "2018-01-01..2018-12-31"}, "Only one of two spans"),
        ({"before": "2018-01-01", "after": "2019-01-01..2019-12-31"}, "two days with two dots"),
        ({"before": "2018-12-31..2018-01-01", "after": "2019-01-01..2019-12-31"}, "the earlier one first"),
        ({"before": "2018-01-02..2018-01-30", "after": "2019-01-01..2019-12-31"}, "No whole month"),
        ({"baseline": "2030-01-01..2031-01-01"}, "given with --baseline"),
        ({"by": "year"}, "days, weeks or months"),
    ],
)
def test_a_span_that_is_none_is_refused(made: Made, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        asked(made, SAME, **changes)


def test_single_months_stand_out_of_a_named_baseline(made: Made) -> None:
    named = asked(made, ROSE, baseline="2018-01-01..2018-12-31")
    months = {one.period for one in named.unusual}
    after = {month for month in months if month >= "2019-09"}
    assert len(after) >= 10
    assert len(months - after) <= 1  # one in twenty of those that are named may be chance
    assert all(one.corrected <= Decimal("0.05") and one.count > one.expected for one in named.unusual)
    assert not asked(made, SAME).unusual


def test_bursts_after_given_days(made: Made) -> None:
    got = asked(made, SAME, dates=(date(2018, 3, 1), date(2018, 9, 1), date(1999, 1, 1)))
    assert got.bursts is not None
    assert got.bursts.left_out == (date(1999, 1, 1),)
    by_day = {row.period: row.transactions for row in got.by_day}
    days = [first + timedelta(days=n) for first in got.bursts.dates for n in range(7)]
    assert got.bursts.count == sum(by_day.get(day.isoformat(), 0) for day in days)
    assert got.bursts.chance is not None
    assert got.bursts.chance > Decimal("0.01")


def test_the_past_does_not_know_the_rise(made: Made) -> None:
    got = asked(made, ROSE, as_of="2019-08-31")
    assert (got.conclusion, got.since) == ("none", None)
    assert got.observed_to == date(2019, 7, 31)  # the last block of August is of its noon


def test_too_little_is_said(made: Made) -> None:
    early = asked(made, ROSE, as_of="2017-01-15")
    assert early.conclusion == "too-little"
    assert "Too little to say" in early.sentence
    never = asked(made, 99)
    assert (never.conclusion, never.by_month) == ("too-little", ())
    assert "Too little is held" in never.sentence


def test_a_part_of_a_chain_is_judged_by_payments_to_it_in_the_longest_run(made: Made, tmp_path: Path) -> None:
    part = Made(tmp_path / "part", [*made.blocks[40:70], *made.blocks[200:1400]])
    put(part.folder, part.blocks)
    got = asked(part, ROSE)
    assert not got.coverage.complete
    assert (got.measure, got.conclusion, got.since) == ("received", "break", RISES)
    assert "receipts a month" in got.sentence
    assert "not normalised" in got.sentence
    assert "spending can go unseen" in got.coverage.reasons[-1]
    assert got.observed_from is not None
    assert got.observed_from > date(2017, 7, 1)
    assert got.peers is None
    assert got.compared is not None
    assert [one.reason for one in got.compared.measures if one.measure == "moved_sat"] == [
        "spending can go unseen here"
    ]


def test_every_answer_can_be_written(made: Made) -> None:
    document = as_json(asked(made, ROSE, dates=(date(2018, 3, 1),)))
    assert list(document)[:4] == ["layer", "basis", "as_of", "coverage"]
    assert document["basis"]["methods"][-1]["id"] == "activity-scan"
    assert document["test"]["chance_of_break"] == "0.0005"


@pytest.mark.parametrize("seed", [3, 8])
def test_series_are_those_of_the_twin(tmp_path: Path, seed: int) -> None:
    economy = Economy.of(seed, 60)
    put(tmp_path / "chain", economy.blocks)
    parsed = [parse_block(block.raw) for block in economy.blocks]
    for person in range(PEOPLE):
        own = {person_script(person), person_script((person + 1) % PEOPLE)}
        rows = review_twin.rows_of(parsed, own, lambda _: None)
        with Chain.open(tmp_path / "chain") as chain:
            transfers = transfers_of(chain, [chain.script_num(each) for each in own])
            window = window_of(chain, transfers, whole=True)
            assert window is not None
            for grain in GRAINS:
                series = series_of(rows_in(chain, transfers, window), periods(window, grain), None)
                got = {
                    series.periods.name(int(place)): {
                        name: int(getattr(series, name)[place]) for name in COUNTED
                    }
                    for place in np.flatnonzero(series.transactions)
                }
                assert got == twin.tables(rows, own, grain), (seed, person, grain)
