"""Release, hold or reject? People decide on screenings that are in the audit log, and say why."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qaif.errors import AccessError, InputError, NotFoundError, UsageError
from qaif.questions.access_rules import Caller, CaseOf, require
from qaif.questions.answer import Answer, as_json
from qaif.questions.asked import refuse_secrets
from qaif.questions.decision_rules import DECISIONS, Decision, Standing, is_second, standing
from qaif.questions.screen import ScreenAnswer
from qaif.records.audit import Entry
from qaif.records.audit_texts import texts_of
from qaif.records.audit_tree import ToRecord
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.screening_decisions import (
    ScreeningDecision,
    decided_among,
    decisions_on,
    put_decision,
    reason_digest,
)
from qaif.workspace.folder import Workspace

SCREENING = "screening"
MOST_LOOKED_AT = 100_000
_LONGEST_REASON = 4_000
_APART = ("compared", "recorded", "row")  # what an answer says beside itself


@dataclass(frozen=True)
class Screening:
    """A screening as the audit log has it.

    Attributes:
        entry: the number of its entry.
        at, by: when, and who asked.
        verdict, outcome: what was answered.
        policy, policy_sha256: by which policy, name and version.
        two_people: that wants two people to decide.
        answer_sha256: digest of the answer.
        address: what was screened, where that is kept and wanted.
    """

    entry: int
    at: str
    by: str
    verdict: str
    outcome: str
    policy: str
    policy_sha256: str
    two_people: bool
    answer_sha256: str
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionAnswer(Answer):
    """A screening, and what was decided on it.

    Attributes:
        screening: the screening.
        standing: what the decisions amount to.
        decisions: all of them, oldest first.
    """

    screening: Screening
    standing: Standing
    decisions: tuple[ScreeningDecision, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingAnswer(Answer):
    """Screenings that wait: a HIT, an alert or a hold on which nothing is decided, or only by one of two.

    Attributes:
        waiting: them, oldest first.
        looked_at: how many entries of the log were looked at, the newest.
    """

    waiting: tuple[DecisionAnswer, ...]
    looked_at: int


def recorded(answer: Mapping[str, Any], by: str, at: datetime, via: str = "command line") -> ToRecord:
    """The entry of a screening, on which people can then decide.

    Args:
        answer: of a screening, as `as_json` writes it.
        by: who asked.
        at: when.
        via: how they came.
    """
    policy = answer["basis"]["policy"]
    return ToRecord(
        at=at,
        action=SCREENING,
        subject=str(answer["verdict"]),
        details={
            "outcome": answer["policy_outcome"],
            "two_people": answer["two_people"],
            "policy": f"{policy['name']}/{policy['version']}",
            "policy_sha256": policy["sha256"],
            "answer_sha256": answer_digest(answer),
            "by": by,
            "via": via,
        },
        query=str(answer["address"]),
    )


def record(workspace: Path, answer: ScreenAnswer, by: str, at: datetime) -> ScreenAnswer:
    """Put a screening into the audit log; the answer, with the number of its entry."""
    with Records.open(Workspace.open(workspace).path) as records:
        numbers = records.tree.append([recorded(as_json(answer), by, at)])
    return replace(answer, recorded=numbers[0])


def answer_digest(answer: Mapping[str, Any]) -> str:
    """SHA-256 of an answer's JSON: keys sorted, no blanks; without `compared`, `recorded` and `row`."""
    kept = {name: value for name, value in answer.items() if name not in _APART}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def decide(  # noqa: PLR0913, PLR0917  what, on which, why, who, when
    records: Records,
    entry: int,
    decision: str,
    reason: str,
    caller: Caller,
    now: datetime,
    case: CaseOf | None = None,
) -> DecisionAnswer:
    """Decide on a screening, or propose to where two people must.

    Args:
        records: the workspace's.
        entry: the screening, by its number in the audit log.
        decision: `release`, `hold` or `reject`.
        reason: why.
        caller: who decides, as a key, a session or a password proved it.
        now: the time.
        case: it is part of this one.

    Raises:
        UsageError: no such decision, or no reason.
        NotFoundError: the log has no such screening; or no such case, for this caller.
        AccessError: they may not; or two must decide, and this would be their own second.
    """
    wanted, why = decision_named(decision), _checked_reason(reason)
    require(caller, "decide", case)
    screening = screening_of(records, entry)
    made = ScreeningDecision(
        screening_entry=entry,
        decision=wanted,
        author=caller.name,
        role=caller.role,
        at=utc_stamp(now),
        reason=why,
    )
    with records.writing() as connection:
        before = decisions_on(connection, entry)
        stands = standing(before, two_people=screening.two_people)
        _refuse_own_second(stands, made)
        if is_second(stands, made):
            require(caller, "approve", case)
        put_decision(connection, made, _entry_of(screening, made, stands, caller, now))
        after = decisions_on(connection, entry)
    return _answer(screening, after)


def decisions(records: Records, entry: int, *, queries: bool = False) -> DecisionAnswer:
    """What was decided on a screening.

    Args:
        records: the workspace's.
        entry: the screening, by its number in the audit log.
        queries: with the address, where it is kept.

    Raises:
        NotFoundError: the log has no such screening.
        StoreDamagedError: a decision is not as it was recorded.
    """
    screening = screening_of(records, entry, queries=queries)
    with records.reading() as connection:
        return _answer(screening, decisions_on(connection, entry))


def waiting(records: Records, most: int = MOST_LOOKED_AT) -> WaitingAnswer:
    """Screenings that wait for a decision, or for a second one."""
    found = records.tree.newest(min(max(most, 1), MOST_LOOKED_AT), begins=SCREENING)
    grave = [each for each in found if _is_grave(each)]
    out = []
    with records.reading() as connection:
        decided = decided_among(connection, (each.number for each in grave))
        for each in grave:
            made = decisions_on(connection, each.number) if each.number in decided else ()
            answer = _answer(_screening(each, None), made)
            if answer.standing.decided is None or answer.standing.proposed is not None:
                out.append(answer)
    return WaitingAnswer(waiting=tuple(out), looked_at=len(found))


def _is_grave(entry: Entry) -> bool:
    if entry.action != SCREENING or "outcome" not in entry.details:
        return False
    return entry.details["outcome"] in ("alert", "hold") or entry.subject == "HIT"


def screening_of(records: Records, entry: int, *, queries: bool = False) -> Screening:
    """A screening, by its number in the audit log.

    Raises:
        NotFoundError: that is no screening on which anybody can decide.
    """
    found = records.tree.entry(entry)
    if found is None or found.action != SCREENING or "outcome" not in found.details:
        raise NotFoundError(
            f"Entry {entry:,} of the audit log is no screening that can be decided on.",
            way_out="Screen with `qaif screen --record`, and see `qaif decide list`.",
        )
    with records.reading() as connection:
        texts = texts_of(connection, [entry]) if queries else {}
    return _screening(found, texts.get(entry))


def is_answer(screening: Screening, answer: Mapping[str, Any]) -> bool:
    """Whether an answer that somebody kept is the one that was given then."""
    return answer_digest(answer) == screening.answer_sha256


def decision_named(decision: str) -> Decision:
    """The decision of that name.

    Raises:
        UsageError: there is none.
    """
    for each in DECISIONS:
        if each == decision:
            return each
    raise UsageError(f"{decision[:64]!r} is no decision.", way_out=f"Write {', '.join(DECISIONS)}.")


def _checked_reason(reason: str) -> str:
    refuse_secrets(reason)
    text = reason.strip().encode("utf-8", "replace").decode()
    if not text:
        raise UsageError("A decision needs a reason.", way_out="Write --reason.")
    if len(text) > _LONGEST_REASON:
        raise InputError(f"A reason has at most {_LONGEST_REASON:,} characters.")
    return text


def _refuse_own_second(stands: Standing, made: ScreeningDecision) -> None:
    if stands.proposed != made.decision:
        return
    if stands.proposed_by == made.author:
        raise AccessError(
            f"{made.author} proposed this already; the policy wants two people to decide.",
            way_out="The second must be another person with the role approver.",
        )
    if made.role != "approver":
        raise AccessError(
            f"{made.author} has the role {made.role}; the second must be an approver.",
            way_out="Ask one with the role approver, or decide otherwise.",
        )


def _entry_of(
    screening: Screening, made: ScreeningDecision, stands: Standing, caller: Caller, now: datetime
) -> ToRecord:
    first = screening.two_people and not is_second(stands, made)
    return ToRecord(
        at=now,
        action="decision.proposed" if first else "decision.made",
        subject=f"screening {screening.entry}",
        details={
            "screening": screening.entry,
            "decision": made.decision,
            "by": made.author,
            "role": made.role,
            "via": caller.via,
            "reason_sha256": reason_digest(made.reason),
        },
    )


def _answer(screening: Screening, made: tuple[ScreeningDecision, ...]) -> DecisionAnswer:
    return DecisionAnswer(
        screening=screening, standing=standing(made, two_people=screening.two_people), decisions=made
    )


def _screening(entry: Entry, address: str | None) -> Screening:
    held = entry.details
    return Screening(
        entry=entry.number,
        at=entry.at,
        by=str(held.get("by", "")),
        verdict=entry.subject,
        outcome=str(held["outcome"]),
        policy=str(held.get("policy", "")),
        policy_sha256=str(held.get("policy_sha256", "")),
        two_people=held.get("two_people") is not False,  # where it is not said, two must
        answer_sha256=str(held.get("answer_sha256", "")),
        address=address,
    )
