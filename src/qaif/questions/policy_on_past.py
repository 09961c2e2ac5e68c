"""What a changed policy would have said of past screenings: judged anew from the facts that each one kept."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qaif.errors import InputError
from qaif.questions.answer import Answer, CoverageOf
from qaif.screening.facts import Contact, Facts, Fault, Indicator, Listing, Tag, Transfer
from qaif.screening.policy import Policy
from qaif.screening.verdict import Judged, judge

_SHOWN = 200
_KEPT = ("address", "verdict", "policy_outcome", "time", "listings", "contacts", "tags", "faults", "rules")


@dataclass(frozen=True)
class Differs:
    """A past screening of which the policy says something else.

    Attributes:
        line: where it stands in the file.
        address, time: what was screened, and when.
        outcome_then, outcome_now: the policy's outcome.
        rules_gone, rules_new: ids of the rules that fired only then, or would fire only now.
    """

    line: int
    address: str
    time: str
    outcome_then: str
    outcome_now: str
    rules_gone: tuple[str, ...]
    rules_new: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyTestAnswer(Answer):
    """How a policy differs from what was said.

    Attributes:
        tested: how many past screenings were judged anew.
        skipped: lines that are no screening, such as rows with an error.
        changes: how many went from one outcome to another, as `then -> now`.
        differs: those of which something else is said, at most 200.
        left_out: how many more.
    """

    tested: int
    skipped: int
    changes: dict[str, int]
    differs: tuple[Differs, ...]
    left_out: int


def policy_on_past(policy: Policy, path: Path) -> PolicyTestAnswer:
    """Judge past screenings anew.

    Args:
        policy: the policy that is tried.
        path: past answers, JSON lines as `qaif screen --batch` prints them, or one as `--json` prints it.

    Raises:
        InputError: the file cannot be read, or holds no screening.
    """
    tested, skipped, differs = 0, 0, []
    for line, told in past_answers(path):
        if told is None:
            skipped += 1
            continue
        tested += 1
        found = _differs(line, told, judge(policy, _facts(told), _faults(told)))
        if found is not None:
            differs.append(found)
    if not tested:
        raise InputError(
            f"{path} holds no screening.", way_out="Give what `qaif screen --batch` or `--json` printed."
        )
    changes = Counter(f"{each.outcome_then} -> {each.outcome_now}" for each in differs)
    return PolicyTestAnswer(
        layer="claim",
        basis={"policy": {"name": policy.name, "version": policy.version, "sha256": policy.sha256}},
        coverage=CoverageOf(
            complete=not skipped,
            reasons=("Each was judged from the facts that it kept: chain and lists were not asked anew.",),
        ),
        tested=tested,
        skipped=skipped,
        changes=dict(sorted(changes.items())),
        differs=tuple(differs[:_SHOWN]),
        left_out=max(0, len(differs) - _SHOWN),
    )


def _differs(line: int, told: Mapping[str, Any], judged: Judged) -> Differs | None:
    then = {str(each["id"]) for each in told["rules"]}
    now = {each.rule.id for each in judged.fired}
    if (told["policy_outcome"], then) == (judged.policy_outcome, now):
        return None
    return Differs(
        line=line,
        address=str(told["address"]),
        time=str(told["time"]),
        outcome_then=str(told["policy_outcome"]),
        outcome_now=judged.policy_outcome,
        rules_gone=tuple(sorted(then - now)),
        rules_new=tuple(sorted(now - then)),
    )


def past_answers(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """Each past answer of a file with its line; None for a line that is none.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read.", way_out="Give JSON lines in UTF-8.") from error
    whole = _answer(text)
    if whole is not None:
        yield 1, whole
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, _answer(line)


def _answer(text: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and all(each in told for each in _KEPT) else None


def _facts(told: Mapping[str, Any]) -> Facts:
    """The facts of a past answer.

    Raises:
        InputError: they are not of this form.
    """
    try:
        transfer = told.get("transfer")
        return Facts(
            now=told["time"],
            listings=tuple(map(_listing, told["listings"])),
            tags=tuple(Tag(**each) for each in told["tags"]),
            contacts=tuple(map(_contact, told["contacts"])),
            indicators=tuple(Indicator(**each) for each in told.get("indicators", ())),
            transfer=None if transfer is None else Transfer(**transfer),
            first_seen=told.get("first_seen"),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InputError(
            f"The screening of {str(told.get('address'))[:100]} is not of this version's form.",
            way_out="Screen anew.",
        ) from error


def _faults(told: Mapping[str, Any]) -> tuple[Fault, ...]:
    return tuple(Fault(**each) for each in told["faults"])


def _listing(told: Mapping[str, Any]) -> Listing:
    return Listing(**_tuples(told))


def _contact(told: Mapping[str, Any]) -> Contact:
    fields = _tuples(told)
    fields["listings"] = tuple(map(_listing, told["listings"]))
    fields["tags"] = tuple(Tag(**each) for each in told["tags"])
    return Contact(**fields)


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
