"""The audit log: what was done in a workspace. Rows are only ever added; the file's triggers hold that.

Each row's digest covers the row before it, so that a row changed behind the program's back shows. Whoever can
write the file can still rewrite all of it: only a checkpoint of the tree over it that is kept elsewhere
proves more (`qaif.records.audit_tree`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring

from sqlalchemy import Connection, insert, select

from qaif.errors import StoreDamagedError
from qaif.records.database import Database
from qaif.records.documents import utc_stamp
from qaif.records.schema import audit


@dataclass(frozen=True)
class Entry:
    """One row of the log."""

    number: int
    at: str
    action: str
    subject: str
    details: Mapping[str, object]
    digest: str


class AuditLog:
    """The append-only log of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        at: datetime,
        action: str,
        subject: str,
        details: Mapping[str, str | int | bool | None] | None = None,
    ) -> Entry:
        """Add one row: when, what was done, to what. Secrets and names of people do not belong here."""
        with self._database.writing() as connection:
            return add_entry(connection, at, action, subject, details or {})

    def entries(self) -> tuple[Entry, ...]:
        """All rows, oldest first.

        Raises:
            StoreDamagedError: a row is not as it was written.
        """
        with self._database.reading() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.id)).all()
        before, out = "", []
        for row in rows:
            if row.digest != chained(before, row.at, row.action, row.subject, row.details):
                raise StoreDamagedError(f"Row {row.id} of the audit log is not as it was written.")
            out.append(Entry(row.id, row.at, row.action, row.subject, json.loads(row.details), row.digest))
            before = row.digest
        return tuple(out)


def add_entry(
    connection: Connection,
    at: datetime,
    action: str,
    subject: str,
    details: Mapping[str, str | int | bool | None],
) -> Entry:
    """Add one row inside a transaction, together with what it speaks of."""
    newest = select(audit.c.id, audit.c.digest).order_by(audit.c.id.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    number, before = (1, "") if last is None else (last.id + 1, last.digest)
    shown = json.dumps(dict(details), sort_keys=True, ensure_ascii=False)
    stamp = utc_stamp(at)
    digest = chained(before, stamp, action, subject, shown)
    connection.execute(
        insert(audit).values(
            id=number, at=stamp, action=action, subject=subject, details=shown, digest=digest
        )
    )
    return Entry(number, stamp, action, subject, dict(details), digest)


def chained(*parts: str) -> str:
    """The digest of a row: of that before it, and of its own columns, as a JSON array."""
    return hashlib.sha256(f"[{', '.join(map(encode_basestring, parts))}]".encode()).hexdigest()
