"""Are two entities the same? A person judges, with a reason, and can withdraw it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from qaif.errors import NotFoundError, UsageError
from qaif.evidence.claims.entity import put_together
from qaif.evidence.claims.judging import check, joined, members, shared
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.records.audit import add_entry
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.judgements import SAME, WITHDRAWN, Judgement, add, held, rows
from qaif.records.statement_rows import Logged
from qaif.workspace.folder import Workspace

Verdict = Literal["same", "different", "unsure", "withdrawn"]
_NAME_ALONE = (
    "They have nothing in common here but perhaps a name. A name alone never makes two entities one: "
    "see that the reason says what else does."
)


@dataclass(frozen=True, kw_only=True)
class JudgementAnswer(Answer):
    """A judgement that was recorded.

    Attributes:
        recorded: the judgement.
        members: every id that the first entity now goes by.
        shared: what the two have in common that is more than a name.
    """

    recorded: Judgement
    members: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class JudgementsAnswer(Answer):
    """Every judgement, and which of them hold."""

    holding: tuple[Judgement, ...]
    history: tuple[Judgement, ...]


def judge(  # noqa: PLR0913, PLR0917  what, of whom, why, who, when
    path: Path, verdict: Verdict, left: str, right: str, reason: str, by: str | None, now: datetime
) -> JudgementAnswer:
    """Record a judgement of two entities, or withdraw the one that holds.

    Raises:
        UsageError: no reason or no analyst is given.
        InputError: another judgement forbids it; the message says which.
        NotFoundError: nothing is said of one of them, or a withdrawal of what does not hold.
    """
    refuse_secrets(reason)
    if not reason.strip():
        raise UsageError("A judgement needs a reason.", way_out="Write --reason.")
    stamp = utc_stamp(now)
    made = Judgement(
        left_id=left, right_id=right, judgement=verdict, author=analyst_named(by), reason=reason, at=stamp
    )
    with Records.open(Workspace.open(path).path) as records:
        sides = [_said_of(records, each, verdict) for each in (left, right)]
        with records.writing() as connection:
            check(rows(connection), made)
            add(connection, made)
            add_entry(connection, now, f"judgement.{verdict}", f"judgement of {stamp}", {"by": made.author})
        main_of = joined(records.judgements.all())
    entities = [(put_together(side) or (None,))[0] for side in sides]
    common = shared(*entities)
    return JudgementAnswer(
        layer="claim",
        coverage=CoverageOf(complete=True, reasons=(_NAME_ALONE,) if verdict == SAME and not common else ()),
        recorded=made,
        members=members(main_of, left),
        shared=common,
    )


def _said_of(records: Records, entity_id: str, verdict: Verdict) -> tuple[Logged, ...]:
    """What holds of an entity; it must be something, unless a judgement is withdrawn."""
    refuse_secrets(entity_id)
    said = records.statements.of_entity(entity_id)
    if not said and verdict != WITHDRAWN:
        raise NotFoundError(
            f"No statement of {entity_id[:100]} holds here, so there is nothing to judge.",
            way_out="Look for its id with `qaif claims`.",
        )
    return said


def judgements(path: Path) -> JudgementsAnswer:
    """Every judgement of a workspace."""
    with Records.open(Workspace.open(path).path) as records:
        all_rows = records.judgements.all()
    return JudgementsAnswer(layer="claim", holding=held(all_rows), history=all_rows)
