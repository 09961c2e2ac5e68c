"""The demo: the whole way, labelled as simulated, the same each time, and in nobody else's folder."""

import json
import shutil
from pathlib import Path

import pytest

from qaif.errors import UsageError
from qaif.feeds.simulation.article import ARTICLE_NAME
from qaif.feeds.simulation.plan import BEGINS_UNIX, DAY, RISE_FROM_DAY
from qaif.questions.activity import ActivityRequest, activity
from qaif.questions.answer import as_json
from qaif.questions.demo import CHAIN_NAME, PRICE_SOURCE, Demo, demo
from qaif.report.case import case_html, case_json
from qaif.units import utc_day


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def made(folder: Path) -> Demo:
    return demo(folder)


def test_it_is_like_the_case_that_it_is_modelled_on(made: Demo) -> None:
    assert made.answer.tx_count == 4_499
    assert made.answer.turnover_sat == 339_739_736_136
    assert (made.answer.first_seen[:4], made.answer.last_seen[:4]) == ("2021", "2024")
    assert made.answer.coverage.complete
    assert made.answer.layer == "fact"


def test_it_says_that_it_is_simulated(made: Demo, folder: Path) -> None:
    assert made.answer.simulated
    assert made.answer.basis["simulated"] is True
    assert made.investigation.simulated
    page = case_html(as_json(made.investigation))
    assert "Simulated: this chain" in page
    assert "INVENTED" in (folder / ARTICLE_NAME).read_text(encoding="utf-8")
    assert "invented" in PRICE_SOURCE


def test_the_article_gives_its_address_twice_and_a_misprint_once(made: Demo) -> None:
    (found,) = made.investigation.addresses
    assert found.address == made.answer.address
    assert len(found.mentions) == 2
    (miss,) = made.investigation.near_misses
    assert miss.kind == "checksum"
    assert miss.close_to[0] == found.address
    assert made.investigation.document is not None
    assert made.investigation.document.links == ("hxxps://kite-pay[.]example/donate",)


def test_every_figure_has_its_rows(made: Demo) -> None:
    (found,) = made.investigation.addresses
    assert found.review is not None
    rows = found.transactions
    assert len(rows) == found.review.tx_count
    assert sum(row.received_sat for row in rows) == found.review.received_sat
    assert sum(row.sent_sat for row in rows) == found.review.sent_sat
    assert {row.layer for row in rows} == {"fact"}
    assert {kin.seen for kin in found.same_key} == {True, False}  # somebody paid the key in another form


def test_the_planted_rise_is_found_in_its_month(made: Demo) -> None:
    got = activity(made.answer.workspace, ActivityRequest(addresses=(made.answer.address,)))
    assert (got.conclusion, got.rose) == ("break", True)
    assert got.since == utc_day(BEGINS_UNIX + RISE_FROM_DAY * DAY).replace(day=1)
    (found,) = made.investigation.addresses
    assert found.activity is not None
    assert (found.activity.conclusion, found.activity.since) == ("break", got.since)
    assert found.review is not None
    assert sum(row.count for row in found.activity.by_month) == found.review.tx_count
    page = case_html(as_json(made.investigation))
    assert "Whether its activity changed" in page
    assert f"changed from {got.since:%Y-%m}" in page
    assert found.activity.sentence.replace("'", "&#39;") in page
    assert "activity-scan" in page


def test_worth_rests_on_the_invented_prices(made: Demo) -> None:
    (found,) = made.investigation.addresses
    assert found.review is not None
    assert found.review.fiat.source == PRICE_SOURCE
    assert found.review.fiat.at_transaction_day.turnover is not None


def test_once_more_in_the_same_folder_gives_the_same_case(made: Demo, folder: Path) -> None:
    again = demo(folder)
    assert case_json(as_json(again.investigation)) == case_json(as_json(made.investigation))
    assert again.answer == made.answer


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other things"):
        demo(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(UsageError, match="holds other things"):
        demo(tmp_path / "notes.txt")


def test_the_demo_of_another_seed_is_left_alone(made: Demo, tmp_path: Path, folder: Path) -> None:
    del made
    marker = tmp_path / CHAIN_NAME / "SIMULATED.json"
    marker.parent.mkdir()
    shutil.copy(folder / CHAIN_NAME / "SIMULATED.json", marker)
    with pytest.raises(UsageError, match="the demo of seed 1, not 2"):
        demo(tmp_path, seed=2)
    assert json.loads(marker.read_text(encoding="utf-8"))["seed"] == 1
