"""Screening over HTTP: the direct way says what the full one says, and every question is in the audit log."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oracle.addresses import address
from qaif.api.screen_routes import digest
from qaif.questions.screen import screener
from qaif.questions.screen_direct import DirectScreener, direct_ground
from qaif.screening.policy import policy_named, ready_policies
from qaif.workspace.folder import Workspace
from support.economy import script
from support.served import Served, lines, served
from support.stories import called

BAD, PAID = called("bad"), called("paid")
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
SAME = ("verdict", "listings", "tags", "faults", "as_of", "basis", "moved_with", "time", "address")
ETHEREUM = "0x" + "ab" * 20


@pytest.mark.parametrize("name", ready_policies())
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "old"])
def test_the_direct_verdict_is_that_of_a_full_screening(
    story_workspace: Path, name: str, *, fresh: bool
) -> None:
    policy = policy_named(name)
    if fresh:
        policy = replace(policy, tip_minutes=10**9, jurisdictions=("US",))
    asked = [BAD, PAID, called("payer"), called("friend"), ETHEREUM, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"]
    asked += [made for n in range(5) if (made := address(script(n), "mainnet"))]
    with (
        direct_ground(Workspace.open(story_workspace)) as ground,
        screener(story_workspace, policy, NOW) as full,
    ):
        direct = DirectScreener(ground, policy, NOW)
        verdicts = set()
        for each in asked:
            quick, whole = direct.screen(each), full.screen(each)
            for field in SAME:
                assert getattr(quick, field) == getattr(whole, field), (each, field)
            left = set(quick.rules_not_tried)
            assert quick.rules == tuple(rule for rule in whole.rules if rule.id not in left)
            assert left == {
                rule.id
                for rule in policy.rules
                if rule.when.contact or rule.when.in_use or rule.when.indicators
            }
            verdicts.add(quick.verdict)
        assert verdicts == {"HIT", "UNKNOWN", *(["NO_DIRECT_HIT"] if fresh else [])}


def test_from_memory_or_read_anew_the_bytes_are_the_same(story_workspace: Path) -> None:
    policy = replace(policy_named("us-exchange"), tip_minutes=10**9)
    with served(story_workspace, policies={"us-exchange": policy}, clock=lambda: NOW) as it:
        for each in (BAD, PAID, f" {PAID} ", ETHEREUM):
            body = {"address": each, "policy": "us-exchange"}
            told = [it.ask("screen/direct", body).content for _ in range(3)]
            assert told[0] == told[1] == told[2] == it.service.desk.full(each, "us-exchange")
        assert it.answer("screen/direct", {"address": BAD, "policy": "us-exchange"})["verdict"] == "HIT"
        fine = it.answer("screen/direct", {"address": PAID, "policy": "us-exchange"})
        assert (fine["verdict"], fine["outcome_at_least"]) == ("NO_DIRECT_HIT", "none")
        whole = it.answer("screen", {"address": PAID, "policy": "us-exchange"})
        assert (whole["verdict"], whole["policy_outcome"]) == ("NO_DIRECT_HIT", "hold")


def test_a_batch_answers_every_row_as_if_it_stood_alone(story_workspace: Path) -> None:
    rng = random.Random(7)  # noqa: S311  a seed makes it the same each time
    people = [BAD, PAID, called("friend"), "not-an-address", ETHEREUM]
    rows = [{"address": rng.choice(people)} for _ in range(1_000)]
    rows[5] = {"address": PAID, "transfer": {"direction": "in", "amount_sat": 5}}  # type: ignore[dict-item]
    policy = replace(policy_named("us-exchange"), tip_minutes=10**9)
    with served(story_workspace, policies={"us-exchange": policy}, clock=lambda: NOW) as it:
        got = it.ask("screen/batch", {"policy": "us-exchange", "rows": rows})
        assert got.headers["content-type"] == "application/jsonl"
        told = lines(got.content)
        assert [each["row"] for each in told] == list(range(1, 1_001))
        for row, each in zip(rows[:30], told, strict=False):
            alone = it.ask("screen/direct", {"policy": "us-exchange", **row})
            if alone.status_code == 200:
                assert each == {"row": each["row"], "answer": alone.json(), "error": None}
            else:
                assert each["error"]["code"] == alone.json()["code"]
        whole = it.ask("screen/batch", {"policy": "us-exchange", "depth": "full", "rows": rows[:6]})
        for row, each in zip(rows[:6], lines(whole.content), strict=True):
            if each["answer"]:
                assert each["answer"] == it.answer("screen", {"policy": "us-exchange", **row})


def test_every_screening_is_in_the_log_before_it_is_answered(story_workspace: Path) -> None:
    with served(story_workspace) as it:
        before = it.service.records.tree.size()
        answers = [it.ask("screen/direct", {"address": each}) for each in (BAD, PAID, ETHEREUM)]
        it.ask("screen/batch", {"rows": [{"address": BAD}, {"address": "no"}, {"address": PAID}]})
        entries = it.service.records.tree.newest(it.service.records.tree.size() - before)
        assert [each.action for each in entries] == ["screening"] * 5
        assert [each.details["answer_sha256"] for each in entries[:3]] == [digest(a.content) for a in answers]
        assert entries[0].details["by"] == "tester"
        assert all(BAD not in str(each) and PAID not in str(each) for each in entries)


def test_where_nothing_can_be_written_down_nothing_is_answered(
    story_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(story_workspace) as it:

        def fails(_: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(it.service.recorder, "_append", fails)
        for name, body in (("screen/direct", {"address": BAD}), ("review", {"addresses": [BAD]})):
            got = it.ask(name, body)
            assert (got.status_code, got.json()["code"]) == (503, "busy")
            assert "HIT" not in got.text


def test_a_new_listing_counts_within_a_second(story_workspace: Path, tmp_path: Path) -> None:
    import shutil
    import time

    from support import list_files as files
    from support.listed_people import listed
    from support.workspaces import answer

    workspace = tmp_path / "w"
    shutil.copytree(story_workspace, workspace)
    with served(workspace) as it:
        assert it.answer("screen/direct", {"address": PAID})["verdict"] == "UNKNOWN"
        newer = listed("bad", "paid", seen="2024-05-03T06:00:00")
        answer(workspace, "lists", "import", str(files.put(tmp_path, "us_ofac_sdn.ftm.json", newer)))
        time.sleep(1)
        got = it.answer("screen/direct", {"address": PAID})
        assert (got["verdict"], got["listings"][0]["names"]) == ("HIT", ["Listed paid"])


def test_what_cannot_be_looked_at_is_not_answered(it: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(it.service.desk), "blind", property(lambda _: True))
    got = it.ask("screen/direct", {"address": PAID})
    assert (got.status_code, got.json()["code"]) == (503, "busy")
    assert it.http.get("/readyz").status_code == 503
