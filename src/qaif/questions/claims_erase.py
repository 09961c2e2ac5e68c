"""What is left of a private person's data once it is erased, and what else may hold the name?"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.errors import NotFoundError, UsageError
from qaif.evidence.claims.entity import NAMES
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer
from qaif.questions.asked import refuse_secrets
from qaif.records.audit import add_entry
from qaif.records.engine import Records
from qaif.records.judgements import erase as erase_judgements
from qaif.records.proposals import erase as erase_proposals
from qaif.records.statement_rows import Logged
from qaif.workspace.folder import Workspace

_SHORTEST_NAME = 3
_MOST_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class ErasureAnswer(Answer):
    """What was erased, and what was not.

    Attributes:
        statements: statements that were emptied.
        statement_rows: rows of the log that were.
        judgements: judgements that were.
        proposals, decisions: of machines and people, that were.
        documents: kept documents that the erased statements rested on; they are kept as they are.
        datasets: lists and packs that said it; the statement is not taken in again from them.
        may_still_hold: what else may hold the name, in words.
    """

    statements: int
    statement_rows: int
    judgements: int
    proposals: int
    decisions: int
    documents: tuple[str, ...]
    datasets: tuple[str, ...]
    may_still_hold: tuple[str, ...]


def erase(path: Path, entity_id: str, reason: str, by: str | None, now: datetime) -> ErasureAnswer:
    """Erase what is held of a private person; each row keeps its place and its id, and nothing else.

    Raises:
        UsageError: no reason or no analyst is given.
        NotFoundError: nothing is held of that entity.
    """
    who = analyst_named(by)
    refuse_secrets(reason)
    if not reason.strip():
        raise UsageError("An erasure needs a reason.", way_out="Write --reason, and name nobody in it.")
    with Records.open(Workspace.open(path).path) as records:
        ids = records.statements.ids_about(entity_id)
        rows = [row for each in ids for row in records.statements.history(each)]
        if not rows:
            raise NotFoundError(
                f"Nothing is held of {entity_id[:100]}.", way_out="Look for its id with `qaif claims`."
            )
        names = _names(rows, entity_id)
        emptied = records.statements.erase(ids)
        with records.writing() as connection:
            judged = erase_judgements(connection, entity_id)
            proposed, decided = erase_proposals(connection, set(ids), names)
            add_entry(
                connection,
                now,
                "claims.erased",
                f"{len(ids)} statements",
                {"statements": len(ids), "by": who, "reason": reason},
            )
        quoting = records.statements.quoting(names)
        named = records.statements.naming(names)
    documents = {row.statement.assertion.document_sha256 or row.entry.document_sha256 for row in rows} | {
        each for _, each in quoting
    }
    datasets = tuple(sorted({row.statement.assertion.dataset for row in rows} - {""}))
    kept = tuple(sorted(each for each in documents if each))
    return ErasureAnswer(
        layer="claim",
        statements=len(ids),
        statement_rows=emptied,
        judgements=judged,
        proposals=proposed,
        decisions=decided,
        documents=kept,
        datasets=datasets,
        may_still_hold=_may_still_hold(kept, datasets, len(quoting), named),
    )


def _names(rows: list[Logged], entity_id: str) -> list[str]:
    said = {
        text
        for row in rows
        if row.statement.entity_id == entity_id and row.statement.prop in NAMES
        for text in (row.statement.value, row.statement.original)
        if text
    }
    return sorted(text for text in said if len(text) >= _SHORTEST_NAME)


def _may_still_hold(
    documents: tuple[str, ...], datasets: tuple[str, ...], quoting: int, named: tuple[str, ...]
) -> tuple[str, ...]:
    out = [
        f"The kept document {each} holds it: a document is evidence and is never changed. Remove the file "
        "from the workspace yourself where you must."
        for each in documents
    ]
    out += [f"The file of {each}, wherever you keep it, holds it." for each in datasets]
    if named:
        shown = ", ".join(named[:_MOST_NAMED])
        out.append(f"Statements of {len(named)} other entities have the name in their values: {shown}.")
    if quoting:
        out.append(f"{quoting} quotation(s) of other statements hold the name; see `qaif claims` of those.")
    out.append("Case files and exports that were written before, and copies of the workspace, hold it.")
    out.append("Reasons that analysts wrote when they entered statements are kept; name nobody in them.")
    return tuple(out)
