"""Watches, alerts and appeal files over HTTP: what the command line has, in the name of who asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qaif.questions.keys import KeyWanted, new_key
from qaif.questions.users import add_user
from qaif.questions.watch_run import watch_run
from qaif.records.engine import Records
from qaif.screening.policy import policy_named
from support.api_workspace import made
from support.served import Served, served
from support.stories import Story, called
from support.watching import BTC, NOW, coin, grown, imported
from support.workspaces import answer

NOTE = "a suspicion that nobody outside may read"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Served, Path]]:
    work = made(tmp_path)
    own = replace(policy_named("us-exchange"), name="ours")
    with served(work, clock=lambda: NOW, policies={"ours": own}) as it:
        yield it, work


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """`bad` is listed; `ann` and `bob` have money; nothing was dealt yet."""
    story = Story()
    story.coins = {name: story.fund(name) for name in ("bad", "ann", "bob")}  # type: ignore[attr-defined]
    grown(tmp_path / "w", story)
    imported(tmp_path, tmp_path / "w", "bad")
    return story


def _moved(work: Path, story: Story) -> None:
    story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    watch_run(work, NOW)


def test_watch_be_told_answer_and_stop(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    grown(work, story)
    with served(work, clock=lambda: NOW) as it:
        (watch,) = it.answer("watches/add", {"subject": called("ann"), "note": NOTE})["watches"]
        assert (watch["added_by"], watch["note"], watch["kind"]) == ("tester", NOTE, "address")
        assert it.answer("watches") == answer(work, "watch", "list")
        assert it.ask("watches/add", {"subject": called("ann")}).status_code == 400
        assert it.answer("alerts", {})["alerts"] == []
        _moved(work, story)
        (raised,) = it.answer("alerts", {"open": True})["alerts"]
        assert it.answer("alerts", {}) == answer(work, "watch", "alerts")
        assert it.answer("alerts", {"watch": watch["id"] + 1})["alerts"] == []
        said = {"alert": raised["alert"]["id"], "judgement": "false", "why": "rent", "until": "2030-01-01"}
        (disposed,) = it.answer("alerts/dispose", said)["alerts"]
        assert {each: disposed["disposition"][each] for each in ("judgement", "why", "until", "by")} == {
            "judgement": "false",
            "why": "rent",
            "until": "2030-01-01",
            "by": "tester",
        }
        assert it.answer("alerts", {"open": True})["alerts"] == []
        assert it.answer("watches/remove", {"watch": watch["id"]})["watches"][0]["removed_at"]
        assert it.answer("watches")["watches"] == []
        assert it.ask("watches/remove", {"watch": watch["id"]}).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("watches/add", {"subject": called("ann"), "by": "another"}, 422),
        ("watches/add", {"subject": called("ann"), "alerts": ["weather"]}, 422),
        ("watches/add", {"subject": called("ann"), "alerts": ["contact"]}, 400),
        ("watches/add", {"subject": called("ann"), "least_sat": -1}, 422),
        ("watches/add", {"subject": called("ann")[:-1] + "!"}, 400),
        ("alerts/dispose", {"alert": 1, "judgement": "perhaps", "why": "x"}, 422),
        ("alerts/dispose", {"alert": 999, "judgement": "true", "why": "x"}, 404),
        ("alerts/dispose", {"alert": 999, "judgement": "true", "why": "x", "until": "2024-02-31"}, 400),
        ("appeal/internal", {"address": called("bad"), "policy": "nobodys"}, 404),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    house: tuple[Served, Path], name: str, body: dict[str, object], status: int
) -> None:
    it, _ = house
    got = it.ask(name, body)
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json"
    assert it.answer("watches")["watches"] == []


def test_the_persons_edition_stays_as_it_is_whatever_is_watched(
    house: tuple[Served, Path],
) -> None:
    it, work = house
    before = it.answer("appeal/person", {"address": called("bad")})
    assert before["listings"]
    assert before["payments"] == answer(work, "appeal", called("bad"))["payments"]
    it.answer("watches/add", {"subject": called("bad"), "note": NOTE})
    assert it.answer("appeal/person", {"address": called("bad")}) == before
    inside = it.answer("appeal/internal", {"address": called("bad"), "policy": "ours"})
    assert inside["screening"]["verdict"] == "HIT"
    assert inside["person"] == before
    assert inside["edition"].startswith("INTERNAL")


def test_a_viewer_reads_alerts_but_neither_watches_nor_makes_appeal_files(
    house: tuple[Served, Path],
) -> None:
    it, work = house
    keys = {}
    with Records.open(work) as records:
        for role in ("viewer", "analyst"):
            add_user(records, f"a-{role}", role, None, "setup", NOW)
            wanted = KeyWanted(
                user=f"a-{role}", name="t", scopes=("read", "screen", "write", "decide"), days=None
            )
            keys[role] = new_key(records, wanted, "setup", datetime.now(UTC)).key
        wanted = KeyWanted(user="a-analyst", name="desk", scopes=("screen",), days=None)
        keys["desk"] = new_key(records, wanted, "setup", datetime.now(UTC)).key
    viewer, analyst, desk = (it.by(keys[name]) for name in ("viewer", "analyst", "desk"))
    watched = {"subject": called("paid")}
    assert viewer.post("/v1/alerts", json={}).status_code == 200
    assert viewer.post("/v1/watches/add", json=watched).status_code == 403
    for edition in ("person", "internal"):
        asked = {"address": called("bad")}
        assert viewer.post(f"/v1/appeal/{edition}", json=asked).status_code == 403
        assert analyst.post(f"/v1/appeal/{edition}", json=asked).status_code == 200
    assert desk.post("/v1/appeal/person", json={"address": called("bad")}).status_code == 200
    assert desk.post("/v1/appeal/internal", json={"address": called("bad")}).status_code == 403
    assert analyst.post("/v1/watches/add", json=watched).json()["watches"][0]["added_by"] == "a-analyst"


def test_what_is_asked_is_entered_before_it_is_answered(house: tuple[Served, Path]) -> None:
    it, work = house
    it.answer("watches/add", {"subject": called("paid"), "note": NOTE})
    it.answer("appeal/person", {"address": called("bad")})
    with Records.open(work) as records:
        entries = [each.action for each in records.audit.entries()]
    assert entries.index("question.watches/add") < entries.index("watch.added")
    assert "question.appeal/person" in entries
