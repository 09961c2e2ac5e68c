"""Decisions on screenings: who may, why, and two where the policy wants two."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from oracle import decisions as oracle
from qaif.errors import AccessError, NotFoundError, StoreDamagedError, UsageError
from qaif.questions.access import Caller, CaseOf
from qaif.questions.decide import answer_digest, decide, decisions, is_answer, recorded, waiting
from qaif.questions.decision_rules import Standing, standing
from qaif.records.audit_tree import ToRecord
from qaif.records.engine import Records
from qaif.records.screening_decisions import ScreeningDecision

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ANN, BOB = Caller("ann", "analyst"), Caller("bob", "analyst")
APP, APQ = Caller("app", "approver"), Caller("apq", "approver")
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records.open(tmp_path)


def answer(outcome: str = "hold", verdict: str = "HIT", *, two: bool = True) -> dict[str, Any]:
    return {
        "basis": {"policy": {"name": "us-exchange", "version": 1, "sha256": "ab" * 32}},
        "address": ADDRESS,
        "verdict": verdict,
        "policy_outcome": outcome,
        "two_people": two,
    }


def screened(records: Records, outcome: str = "hold", *, two: bool = True) -> int:
    return records.tree.append([recorded(answer(outcome, two=two), "desk", NOON)])[0]


def test_one_person_decides_where_one_is_enough(records: Records) -> None:
    entry = screened(records, "alert", two=False)
    done = decide(records, entry, "release", "A namesake.", ANN, NOON)
    assert done.standing == Standing("release", ("ann",))
    later = decide(records, entry, "hold", "Asked the bank.", BOB, NOON)
    assert later.standing == Standing("hold", ("bob",))
    assert [(each.decision, each.reason) for each in later.decisions] == [
        ("release", "A namesake."),
        ("hold", "Asked the bank."),
    ]


def test_four_eyes_are_of_two_people_of_whom_the_second_is_an_approver(records: Records) -> None:
    entry = screened(records)
    first = decide(records, entry, "release", "A namesake.", ANN, NOON)
    assert first.standing == Standing(None, (), "release", "ann")
    with pytest.raises(AccessError, match="proposed this already"):
        decide(records, entry, "release", "Again.", ANN, NOON)
    with pytest.raises(AccessError, match="must be an approver"):
        decide(records, entry, "release", "Yes.", BOB, NOON)
    assert decisions(records, entry).standing.decided is None
    done = decide(records, entry, "release", "Seen the passport.", APP, NOON)
    assert done.standing == Standing("release", ("ann", "app"))
    assert [each.action for each in records.audit.entries()[1:]] == ["decision.proposed", "decision.made"]


def test_an_approver_is_not_their_own_second(records: Records) -> None:
    entry = screened(records)
    decide(records, entry, "reject", "Listed.", APP, NOON)
    with pytest.raises(AccessError, match="another person"):
        decide(records, entry, "reject", "Listed, I say.", APP, NOON)
    assert decide(records, entry, "reject", "Yes.", APQ, NOON).standing.by == ("app", "apq")


def test_who_disagrees_makes_a_proposal_of_their_own(records: Records) -> None:
    entry = screened(records)
    decide(records, entry, "release", "A namesake.", ANN, NOON)
    assert decide(records, entry, "hold", "Not sure.", APP, NOON).standing == Standing(
        None, (), "hold", "app"
    )
    decide(records, entry, "hold", "Right.", APQ, NOON)
    again = decide(records, entry, "release", "Cleared now.", APP, NOON).standing
    assert again == Standing("hold", ("app", "apq"), "release", "app")


@pytest.mark.parametrize("two_people", [True, False])
def test_what_random_decisions_amount_to_beside_the_oracle(*, two_people: bool) -> None:
    chance = Random(2)  # noqa: S311  a test's dice
    people = [("a", "analyst"), ("b", "approver"), ("c", "approver")]
    for _ in range(500):
        made = [
            (chance.choice(("release", "hold")), *chance.choice(people)) for _ in range(chance.randint(0, 7))
        ]
        rows = [
            ScreeningDecision(screening_entry=1, decision=what, author=who, role=role, at="", reason="")
            for what, who, role in made
        ]
        now = standing(rows, two_people=two_people)
        expected = oracle.stands(made, two_people=two_people)
        assert (now.decided, now.by, now.proposed, now.proposed_by) == expected, made


def test_who_may_not_decide(records: Records) -> None:
    entry = screened(records)
    for caller in (
        Caller("v", "viewer"),
        Caller("m", "administrator"),
        Caller("k", "approver", frozenset(("read",))),
    ):
        with pytest.raises(AccessError):
            decide(records, entry, "release", "x", caller, NOON)
    with pytest.raises(NotFoundError, match="no case"):
        decide(records, entry, "release", "x", ANN, NOON, CaseOf("c", frozenset(("bob",))))
    assert decide(records, entry, "release", "x", ANN, NOON, CaseOf("c", frozenset(("ann",)))).decisions


def test_what_cannot_be_decided(records: Records) -> None:
    entry = screened(records)
    for decision, reason in (("clear", "x"), ("release", " "), ("release", "")):
        with pytest.raises(UsageError):
            decide(records, entry, decision, reason, ANN, NOON)
    other = records.tree.append([ToRecord(at=NOON, action="tried", subject="x")])[0]
    bare = records.tree.append([ToRecord(at=NOON, action="screening", subject="HIT")])[0]
    for number in (other, bare, 99, 0, -1):
        with pytest.raises(NotFoundError):
            decide(records, number, "release", "x", ANN, NOON)


def test_where_it_is_not_said_two_must_decide(records: Records) -> None:
    details = {"outcome": "none", "policy": "p/1"}
    entry = records.tree.append([ToRecord(at=NOON, action="screening", subject="HIT", details=details)])[0]
    assert decide(records, entry, "release", "x", APP, NOON).standing.decided is None


def test_what_waits(records: Records) -> None:
    hold, alert = screened(records), screened(records, "alert", two=False)
    nothing = records.tree.append([recorded(answer("none", "UNKNOWN"), "desk", NOON)])[0]
    assert [each.screening.entry for each in waiting(records).waiting] == [hold, alert]
    decide(records, alert, "release", "x", ANN, NOON)
    decide(records, hold, "release", "x", ANN, NOON)
    assert [each.standing.proposed for each in waiting(records).waiting] == ["release"]
    decide(records, hold, "release", "x", APP, NOON)
    assert waiting(records).waiting == ()
    listed = screened(records, "none", two=False)
    assert [each.screening.entry for each in waiting(records).waiting] == [listed]
    assert decisions(records, nothing).standing == Standing()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE screening_decisions SET decision = 'release'",
        "UPDATE screening_decisions SET reason = 'another'",
        "UPDATE screening_decisions SET author = 'app'",
        "UPDATE screening_decisions SET role = 'approver'",
        "UPDATE screening_decisions SET at = '2020-01-01T00:00:00Z'",
        "UPDATE screening_decisions SET entry_id = 1",
        "INSERT INTO screening_decisions VALUES (2, 1, 9, 'reject', 'app', 'approver', 'now', '')",
    ],
)
def test_a_decision_that_the_log_does_not_have_is_not_shown(
    records: Records, change: str, tmp_path: Path
) -> None:
    entry = screened(records)
    decide(records, entry, "reject", "Listed.", ANN, NOON)
    raw = sqlite3.connect(tmp_path / "records.sqlite")
    with raw:
        for trigger in ("update", "replace"):
            raw.execute(f"DROP TRIGGER screening_decisions_no_{trigger}")
        raw.execute(change)
    raw.close()
    with pytest.raises(StoreDamagedError, match="not as the audit log has it"):
        decisions(records, entry)


@pytest.mark.parametrize(
    "change", ["UPDATE screening_decisions SET role = 'x'", "DELETE FROM screening_decisions"]
)
def test_decisions_are_only_added(records: Records, change: str, tmp_path: Path) -> None:
    decide(records, screened(records), "reject", "Listed.", ANN, NOON)
    raw = sqlite3.connect(tmp_path / "records.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        raw.execute(change)
    raw.close()


def test_a_decision_that_was_taken_away_is_noticed_when_the_log_is_verified(
    records: Records, tmp_path: Path
) -> None:
    decide(records, screened(records), "reject", "Listed.", ANN, NOON)
    assert records.checked([]).problems == ()
    raw = sqlite3.connect(tmp_path / "records.sqlite")
    with raw:
        raw.execute("DROP TRIGGER screening_decisions_no_delete")
        raw.execute("DELETE FROM screening_decisions")
    raw.close()
    assert records.checked([]).problems == ("Decision of entry 2 is missing.",)


def test_the_answer_that_was_given_is_told_from_another(records: Records) -> None:
    entry = screened(records)
    kept = decisions(records, entry, queries=True).screening
    assert kept.address == ADDRESS
    assert decisions(records, entry).screening.address is None
    assert is_answer(kept, {**answer(), "compared": None, "recorded": 7, "row": 1})
    assert not is_answer(kept, {**answer(), "verdict": "NO_DIRECT_HIT"})
    assert answer_digest({"b": 1, "a": "\u00e9"}) == answer_digest({"a": "\u00e9", "b": 1})


def test_no_address_and_no_reason_stand_in_the_log(records: Records) -> None:
    entry = screened(records)
    decide(records, entry, "reject", "Their passport says so.", ANN, NOON)
    log = repr(records.audit.entries())
    assert ADDRESS not in log
    assert "passport" not in log
