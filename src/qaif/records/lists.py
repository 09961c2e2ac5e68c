"""Imported lists: each version with its digest and date, what was flagged, and what changed between two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Row, func, insert, select

from qaif.errors import ListError, ListShrankError, NotFoundError
from qaif.records.audit import add_entry
from qaif.records.database import Database
from qaif.records.documents import Document
from qaif.records.schema import assertions, documents, entries, list_problems, list_versions
from qaif.records.statement import Entry, Statement
from qaif.records.statements import Said, replace

_CHANGES = (
    "SELECT s.said, o.entity_id, o.schema, o.prop, o.value, s.id FROM statements AS s "
    "JOIN assertions AS a ON a.id = s.assertion_id "
    "JOIN statements AS o ON o.seq = (SELECT max(t.seq) FROM statements AS t "
    "WHERE t.id = s.id AND t.said = 1 AND t.seq <= s.seq) "
    "WHERE s.seq > ? AND s.seq <= ? AND a.dataset = ? AND s.erased = 0 ORDER BY s.seq"
)
_ADDRESSES = (
    "SELECT DISTINCT s.value FROM statements AS s JOIN assertions AS a ON a.id = s.assertion_id "
    "WHERE a.dataset = ? AND s.prop IN ('publicKey', 'cryptoAddress') AND s.said = 1 AND s.erased = 0 "
    "AND NOT EXISTS (SELECT 1 FROM statements AS t WHERE t.id = s.id AND t.seq > s.seq) ORDER BY s.value"
)


@dataclass(frozen=True, kw_only=True)
class ListVersion:
    """One version of a list, as imported.

    Attributes:
        list: its name.
        format: of the file.
        sha256: of the file.
        version: as the file says it.
        published_at: the day that it is of, ISO 8601; None where it is not known.
        imported_at: when, ISO 8601 in UTC.
        last_seq: the last row of the log of statements once it was in.
        entity_count, statement_count, flagged_count: what it holds.
        id: its number; 0 before it is kept.
    """

    list: str
    format: str
    sha256: str
    version: str
    published_at: str | None
    imported_at: str
    last_seq: int = 0
    entity_count: int = 0
    statement_count: int = 0
    flagged_count: int = 0
    id: int = 0


@dataclass(frozen=True)
class ListProblem:
    """Something that was flagged in a version of a list; see `evidence.lists.making.Problem`."""

    locator: str
    kind: str
    said: str
    original: str


@dataclass(frozen=True)
class Counted:
    """What a list came to, known once all of it was read."""

    version: str
    published_at: str | None
    entity_count: int
    statement_count: int
    problems: Sequence[ListProblem]


@dataclass(frozen=True)
class Change:
    """One row of the log between two versions of a list.

    Attributes:
        said: it was said; False where it was taken back.
        entity_id, schema, prop, value: what.
        id: the statement's, in hex.
    """

    said: bool
    entity_id: str
    schema: str
    prop: str
    value: str
    id: str


class Reading(Protocol):
    """A list that is read while it is taken in; what it came to is known afterwards."""

    def statements(self) -> Iterable[Statement]:
        """What it says, read once."""

    def counted(self) -> Counted:
        """What it came to, once it was read."""


class Lists:
    """The versions of lists in a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_in(
        self, version: ListVersion, reading: Reading, entry: Entry, document: Document, *, may_shrink: bool
    ) -> tuple[ListVersion, Said]:
        """Make a list say what a file says, all of it or nothing, the audit log's row of it included.

        Args:
            version: of which list, which file, when; its counts are filled in here.
            reading: the file.
            entry: who imports it.
            document: the file, as a document.
            may_shrink: the user confirmed that the list lost half of its entries or more.

        Raises:
            ListShrankError: it lost that many, and that was not confirmed.
            ListError: it is older than what is loaded, or cannot be read.
        """
        with self._database.writing() as connection:
            before = _latest(connection, version.list)
            said = replace(connection, version.list, reading.statements(), entry)
            counted = reading.counted()
            if before is not None:
                _refuse_older(before, version.published_at or counted.published_at)
                if not may_shrink:
                    _refuse_shrunk(before, counted)
            _keep_document(connection, document)
            made = _keep(connection, version, counted, said.last_seq)
            _note(connection, made)
            return made, said

    def versions(self, name: str | None = None) -> tuple[ListVersion, ...]:
        """Every version, oldest first; of one list, if it is named."""
        wanted = select(list_versions).order_by(list_versions.c.id)
        if name is not None:
            wanted = wanted.where(list_versions.c.list == name)
        with self._database.reading() as connection:
            return tuple(_version(row) for row in connection.execute(wanted))

    def problems(self, version_id: int) -> tuple[ListProblem, ...]:
        """What was flagged in a version."""
        columns = list_problems.c
        wanted = select(columns.locator, columns.kind, columns.said, columns.original).where(
            columns.list_version_id == version_id
        )
        with self._database.reading() as connection:
            return tuple(ListProblem(*row) for row in connection.execute(wanted.order_by(columns.id)))

    def changes(self, name: str, after_seq: int, up_to_seq: int) -> tuple[Change, ...]:
        """What a list said and took back between two rows of the log."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_CHANGES, (after_seq, up_to_seq, name))
            return tuple(
                Change(bool(row[0]), row[1], row[2], row[3], row[4], row[5].hex()) for row in rows.fetchall()
            )

    def addresses(self, name: str) -> tuple[str, ...]:
        """Each address that a list names now, once."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_ADDRESSES, (name,)).fetchall()
            return tuple(row[0] for row in rows)

    def roots(self, name: str) -> frozenset[str]:
        """Everything that a list's statements rest on."""
        wanted = select(assertions.c.resting_on).where(assertions.c.dataset == name).distinct()
        with self._database.reading() as connection:
            return frozenset(connection.execute(wanted).scalars())


def _latest(connection: Connection, name: str) -> ListVersion | None:
    wanted = select(list_versions).where(list_versions.c.list == name)
    row = connection.execute(wanted.order_by(list_versions.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _version(row)


def _refuse_shrunk(before: ListVersion, counted: Counted) -> None:
    if counted.entity_count * 2 <= before.entity_count:
        raise ListShrankError(
            f"The list {before.list} has {counted.entity_count:,} entities; the version before had "
            f"{before.entity_count:,}. Nothing was imported.",
            way_out="See whether the file was cut off; if it is right, import it with --confirm-shrink.",
            before=before.entity_count,
            now=counted.entity_count,
        )


def _refuse_older(before: ListVersion, published_at: str | None) -> None:
    if before.published_at and published_at and published_at < before.published_at:
        raise ListError(
            f"The file is of {published_at}; the version of {before.list} that is loaded is of "
            f"{before.published_at}. Nothing was imported.",
            way_out="Import versions in the order of their dates, the oldest first.",
        )


def _keep_document(connection: Connection, document: Document) -> None:
    same = (documents.c.sha256 == document.sha256) & (documents.c.source == document.source)
    if connection.execute(select(documents.c.id).where(same)).one_or_none() is None:
        connection.execute(insert(documents).values(**vars(document)))


def _keep(connection: Connection, version: ListVersion, counted: Counted, last_seq: int) -> ListVersion:
    values = {
        **{name: value for name, value in vars(version).items() if name != "id"},
        "version": counted.version or version.version,
        "published_at": version.published_at or counted.published_at,
        "entry_id": connection.execute(select(func.max(entries.c.id))).scalar_one(),
        "last_seq": last_seq,
        "entity_count": counted.entity_count,
        "statement_count": counted.statement_count,
        "flagged_count": len(counted.problems),
    }
    done = connection.execute(insert(list_versions).values(**values))
    assert done.inserted_primary_key is not None  # noqa: S101  an INSERT of one row has one
    number = int(done.inserted_primary_key[0])
    if counted.problems:
        rows = [{"list_version_id": number, **vars(problem)} for problem in counted.problems]
        connection.execute(insert(list_problems), rows)
    del values["entry_id"]
    return ListVersion(**values, id=number)


def _note(connection: Connection, version: ListVersion) -> None:
    at = datetime.fromisoformat(version.imported_at)
    counts = {"entities": version.entity_count, "flagged": version.flagged_count}
    add_entry(connection, at, "list-imported", version.sha256, {"list": version.list, **counts})


def _version(row: Row[tuple[object, ...]]) -> ListVersion:
    values = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's documented name for a row as a mapping
    del values["entry_id"]
    return ListVersion(**values)


def version_at(versions: Sequence[ListVersion], day: str) -> ListVersion | None:
    """The newest version that is of a day or earlier; None where none is, or none says its day."""
    known = [each for each in versions if each.published_at and each.published_at[:10] <= day]
    return max(known, key=lambda each: (each.published_at or "", each.id), default=None)


def two_versions(
    versions: Sequence[ListVersion], older: int | None, newer: int | None
) -> tuple[ListVersion, ListVersion]:
    """The versions with these numbers; the last two where none is named.

    Raises:
        NotFoundError: there are not that many.
    """
    by_id = {each.id: each for each in versions}
    numbers = sorted(by_id)
    first = older if older is not None else (numbers[-2] if len(numbers) > 1 else None)
    second = newer if newer is not None else (numbers[-1] if numbers else None)
    if first not in by_id or second not in by_id or first == second:
        raise NotFoundError(
            f"There are not two such versions here; this list has {len(numbers)}.",
            way_out="See `qaif lists status`, and import another version.",
        )
    return by_id[first], by_id[second]
