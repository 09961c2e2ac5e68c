"""What people decided on screenings: rows that are only ever added, each with its entry in the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select

from qaif.errors import StoreDamagedError
from qaif.records.audit_tree import ToRecord, append_in, entry_in
from qaif.records.gate_tables import screening_decisions

_COLUMNS = ("screening_entry", "decision", "author", "role", "at", "reason")


@dataclass(frozen=True, kw_only=True)
class ScreeningDecision:
    """One person's decision on a screening.

    Attributes:
        screening_entry: the screening, by its entry in the audit log.
        decision: `release`, `hold` or `reject`.
        author, role: whose, and what they were when they decided.
        at: when, ISO 8601 in UTC.
        reason: why.
        entry_id: its own entry in the audit log; 0 before it is recorded.
    """

    screening_entry: int
    decision: str
    author: str
    role: str
    at: str
    reason: str
    entry_id: int = 0


def put_decision(connection: Connection, made: ScreeningDecision, entry: ToRecord) -> int:
    """Record a decision and its entry in the log, inside a transaction; the entry's number."""
    number = append_in(connection, [entry])[0]
    values = {name: getattr(made, name) for name in _COLUMNS}
    connection.execute(insert(screening_decisions).values(entry_id=number, **values))
    return number


def decisions_on(connection: Connection, screening_entry: int) -> tuple[ScreeningDecision, ...]:
    """The decisions on a screening, oldest first, each compared with its entry in the log.

    Raises:
        StoreDamagedError: one is not as it was recorded.
    """
    wanted = (
        select(screening_decisions)
        .where(screening_decisions.c.screening_entry == screening_entry)
        .order_by(screening_decisions.c.seq)
    )
    found = []
    for row in connection.execute(wanted).all():
        values = {name: getattr(row, name) for name in _COLUMNS}
        made = ScreeningDecision(entry_id=row.entry_id, **values)
        _compare(connection, made)
        found.append(made)
    return tuple(found)


def decided_among(connection: Connection, entries: Iterable[int]) -> frozenset[int]:
    """Which of these screenings anybody decided on."""
    wanted = select(screening_decisions.c.screening_entry).distinct()
    return frozenset(connection.execute(wanted).scalars()) & frozenset(entries)


def reason_digest(reason: str) -> str:
    """What the log holds of a reason."""
    return sha256(reason.encode()).hexdigest()


def _compare(connection: Connection, made: ScreeningDecision) -> None:
    entry = entry_in(connection, made.entry_id)
    held = {} if entry is None else entry.details
    expected = {
        "screening": made.screening_entry,
        "decision": made.decision,
        "by": made.author,
        "role": made.role,
        "reason_sha256": reason_digest(made.reason),
    }
    if entry is None or entry.at != made.at or any(held.get(k) != v for k, v in expected.items()):
        raise StoreDamagedError(
            f"A decision on screening {made.screening_entry:,} is not as the audit log has it.",
            way_out="See what `qaif audit verify` says, and put a good copy of the records back.",
        )
