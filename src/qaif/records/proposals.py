"""What a machine proposes to take from a document, and what people decided about it.

A proposal is nothing that is claimed. Decisions are only ever added; the last one of a proposal holds.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from qaif.records.database import Database
from qaif.records.schema import decisions, proposals
from qaif.records.statement import digest_of

ACCEPTED, REJECTED, EDITED = "accepted", "rejected", "edited"
_ID_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a machine proposes.

    Attributes:
        document_sha256: of which document.
        place: its number among the proposals of the document, in the order of the text.
        kind: what it is said to be, such as `address` or `name`.
        span: where in the document's text, [start, end) in code points.
        payload: what would be claimed: value, quote, schema, property and what else there is.
        made_by: by which method, with version.
        made_at: when, ISO 8601 in UTC.
        erased: it is a tombstone.
    """

    document_sha256: str
    place: int
    kind: str
    span: tuple[int, int]
    payload: dict[str, Any] = field(hash=False)
    made_by: str
    made_at: str
    id: str = ""
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person decided about a proposal.

    Attributes:
        proposal_id: about which.
        decision: accepted, rejected or edited.
        author: who.
        at: when, ISO 8601 in UTC.
        reason: why.
        payload: what was claimed in the end.
        statement_ids: the statements that were made, in hex.
    """

    proposal_id: str
    decision: str
    author: str
    at: str
    reason: str
    payload: dict[str, Any] = field(hash=False)
    statement_ids: tuple[str, ...] = ()


def proposal_id(document_sha256: str, kind: str, span: tuple[int, int], value: str, made_by: str) -> str:
    """A proposal's id: the same method finds the same thing in the same place under the same id."""
    return digest_of(document_sha256, kind, str(span[0]), str(span[1]), value, made_by).hex()[:_ID_LENGTH]


class Proposals:
    """The proposals of a workspace, with their decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, proposed: Iterable[Proposal]) -> int:
        """Record proposals; those that are recorded already stay as they are. How many are new."""
        new = 0
        with self._database.writing() as connection:
            known = {row.id for row in connection.execute(select(proposals.c.id))}
            for each in proposed:
                if each.id not in known:
                    known.add(each.id)
                    connection.execute(insert(proposals).values(**_columns(each)))
                    new += 1
        return new

    def of_document(self, sha256: str) -> tuple[Proposal, ...]:
        """The proposals of a document, in the order of its text."""
        wanted = select(proposals).where(proposals.c.document_sha256 == sha256)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(proposals.c.span_start, proposals.c.place)).all()
        return tuple(_proposal(row) for row in rows)

    def named(self, beginning: str) -> tuple[Proposal, ...]:
        """The proposals whose id begins so."""
        wanted = select(proposals).where(proposals.c.id.startswith(beginning, autoescape=True))
        with self._database.reading() as connection:
            return tuple(_proposal(row) for row in connection.execute(wanted.order_by(proposals.c.id)))

    def decisions(self, ids: Sequence[str]) -> dict[str, Decision]:
        """The last decision of each proposal that has one."""
        last = select(func.max(decisions.c.seq)).group_by(decisions.c.proposal_id)
        wanted = select(decisions).where(decisions.c.seq.in_(last))
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        asked = set(ids)
        return {row.proposal_id: _decision(row) for row in rows if row.proposal_id in asked}

    def history(self, one: str) -> tuple[Decision, ...]:
        """Every decision of a proposal, oldest first."""
        wanted = select(decisions).where(decisions.c.proposal_id == one).order_by(decisions.c.seq)
        with self._database.reading() as connection:
            return tuple(_decision(row) for row in connection.execute(wanted))


def decide(connection: Connection, decision: Decision) -> None:
    """Record a decision inside a transaction."""
    values = {
        **vars(decision),
        "payload": json.dumps(decision.payload, ensure_ascii=False, sort_keys=True),
        "statement_ids": json.dumps(decision.statement_ids),
    }
    connection.execute(insert(decisions).values(values))


def erase(connection: Connection, statement_ids: set[str], names: Sequence[str]) -> tuple[int, int]:
    """Empty the proposals and decisions that made statements, or that hold a name; how many of each."""
    gone = set()
    for row in connection.execute(select(decisions).where(decisions.c.erased == 0)).all():
        if statement_ids & set(json.loads(row.statement_ids)) or _holds(row.payload + row.reason, names):
            gone.add(row.proposal_id)
    for row in connection.execute(select(proposals.c.id, proposals.c.payload)).all():
        if _holds(row.payload, names):
            gone.add(row.id)
    n_proposals = n_decisions = 0
    for each in sorted(gone):
        blank = update(proposals).where(proposals.c.id == each, proposals.c.payload != _TOMBSTONE)
        n_proposals += connection.execute(blank.values(payload=_TOMBSTONE)).rowcount
        emptied = update(decisions).where(decisions.c.proposal_id == each, decisions.c.erased == 0)
        n_decisions += connection.execute(emptied.values(reason="", payload="{}", erased=1)).rowcount
    return n_proposals, n_decisions


_TOMBSTONE = '{"erased": true}'


def _holds(text: str, names: Sequence[str]) -> bool:
    low = text.casefold()
    return any(json.dumps(name, ensure_ascii=False)[1:-1].casefold() in low for name in names)


def _columns(each: Proposal) -> dict[str, object]:
    return {
        "id": each.id,
        "document_sha256": each.document_sha256,
        "place": each.place,
        "kind": each.kind,
        "span_start": each.span[0],
        "span_end": each.span[1],
        "payload": json.dumps(each.payload, ensure_ascii=False, sort_keys=True),
        "made_by": each.made_by,
        "made_at": each.made_at,
    }


def _proposal(row: Row[Any]) -> Proposal:
    payload = json.loads(row.payload)
    return Proposal(
        id=row.id,
        document_sha256=row.document_sha256,
        place=row.place,
        kind=row.kind,
        span=(row.span_start, row.span_end),
        payload=payload,
        made_by=row.made_by,
        made_at=row.made_at,
        erased=row.payload == _TOMBSTONE,
    )


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        proposal_id=row.proposal_id,
        decision=row.decision,
        author=row.author,
        at=row.at,
        reason=row.reason,
        payload=json.loads(row.payload),
        statement_ids=tuple(json.loads(row.statement_ids)),
    )
