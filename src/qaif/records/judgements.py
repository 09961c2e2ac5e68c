"""Whether two entities are the same, as people judged it. Rows are only ever added; a withdrawal is a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, or_, select, update

from qaif.records.database import Database
from qaif.records.schema import judgements
from qaif.records.statements import ERASED

SAME, DIFFERENT, UNSURE, WITHDRAWN = "same", "different", "unsure", "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One judgement of two entities, or its withdrawal.

    Attributes:
        left_id, right_id: the two entities.
        judgement: same, different, unsure or withdrawn.
        author: who judged.
        reason: why.
        at: when, ISO 8601 in UTC.
        seq: its row; 0 before it is recorded.
        erased: it is a tombstone.
    """

    left_id: str
    right_id: str
    judgement: str
    author: str
    reason: str
    at: str
    seq: int = 0
    erased: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """The two entities, whichever was named first."""
        return (min(self.left_id, self.right_id), max(self.left_id, self.right_id))


class Judgements:
    """The log of judgements of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, until: str | None = None) -> tuple[Judgement, ...]:
        """Every row, oldest first; up to a moment (ISO 8601 in UTC), if one is named."""
        with self._database.reading() as connection:
            return rows(connection, until)

    def erase(self, entity_id: str) -> int:
        """Empty every row that names an entity, for good; how many there were."""
        with self._database.writing() as connection:
            return erase(connection, entity_id)


def rows(connection: Connection, until: str | None = None) -> tuple[Judgement, ...]:
    """Every row, oldest first, inside a transaction."""
    wanted = select(judgements).order_by(judgements.c.seq)
    if until is not None:
        wanted = wanted.where(judgements.c.at <= until)
    return tuple(
        Judgement(**{**dict(row._mapping), "erased": bool(row.erased)})  # noqa: SLF001  its documented name
        for row in connection.execute(wanted)
    )


def add(connection: Connection, judgement: Judgement) -> None:
    """Record a judgement inside a transaction."""
    names = ("left_id", "right_id", "judgement", "author", "reason", "at")
    connection.execute(insert(judgements).values({name: getattr(judgement, name) for name in names}))


def erase(connection: Connection, entity_id: str) -> int:
    """Empty every row that names an entity, inside a transaction."""
    named = or_(judgements.c.left_id == entity_id, judgements.c.right_id == entity_id)
    found = connection.execute(select(judgements).where(named, judgements.c.erased == 0)).all()
    for row in found:
        ids = [_blank(each, entity_id) for each in (row.left_id, row.right_id)]
        connection.execute(
            update(judgements)
            .where(judgements.c.seq == row.seq)
            .values(left_id=ids[0], right_id=ids[1], reason="", erased=1)
        )
    return len(found)


def _blank(each: str, entity_id: str) -> str:
    return f"{ERASED}-{sha256(each.encode()).hexdigest()[:16]}" if each == entity_id else each


def held(all_rows: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """What holds: of each pair the last row, unless that withdraws."""
    last: dict[tuple[str, str], Judgement] = {}
    for row in all_rows:
        if not row.erased:
            last[row.pair] = row
    return tuple(row for row in last.values() if row.judgement != WITHDRAWN)
