"""The audit log as a Merkle tree (RFC 6962): entries added many at once, checkpoints of it, and proofs.

Leaf n is row n of the log, as `leaf_of` writes it. Hashes of the perfect subtrees of 256, 65,536 ... leaves
are kept (`audit_nodes`), so that a checkpoint or a proof reads a few hundred rows of a log however long; they
are made when they are first needed, so an entry that is added costs no more than its row. What proves that
nothing was changed is only ever computed from the rows themselves: see `qaif.records.audit_check`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json.encoder import encode_basestring

from sqlalchemy import Connection, Row, func, insert, select

from qaif.errors import NotFoundError, StoreDamagedError
from qaif.records.audit import Entry, chained
from qaif.records.audit_texts import Hidden, Hiding, storable
from qaif.records.database import Database
from qaif.records.documents import utc_stamp
from qaif.records.gate_tables import audit_nodes, audit_texts
from qaif.records.merkle_log import consistency, folded, inclusion, leaf_hash, range_hash
from qaif.records.schema import audit

STEP = 8  # levels between kept nodes
SPAN = 1 << STEP
_TOP = 56
_ROWS = 1 << 14  # read at once while nodes are made
_AT_ONCE = _ROWS // SPAN  # nodes made in one transaction while there are many to make


@dataclass(frozen=True, kw_only=True)
class ToRecord:
    """What is to be added to the log.

    Attributes:
        at: when.
        action: what was done, such as `screening`, `key.revoked`.
        subject: to what; never a confidential text.
        details: more of it.
        query: a confidential text, such as an address that was asked about: see `qaif.records.audit_texts`.
    """

    at: datetime
    action: str
    subject: str
    details: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    query: str | None = None


@dataclass(frozen=True)
class Head:
    """The tree at a size: the number of its entries, and their root."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Proof:
    """That an entry is in the tree of a head.

    Attributes:
        number: the entry's, from 1.
        leaf: the hash of its leaf.
        head: the tree.
        path: the hashes from the bottom up.
    """

    number: int
    leaf: bytes
    head: Head
    path: tuple[bytes, ...]


class AuditTree:
    """The tree over the audit log of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entries: Sequence[ToRecord]) -> range:
        """Add entries in their order, in one transaction; their numbers."""
        with self._database.writing() as connection:
            return append_in(connection, entries)

    def size(self) -> int:
        """The number of entries."""
        with self._database.reading() as connection:
            return _size(connection)

    def entry(self, number: int) -> Entry | None:
        """An entry, by number."""
        with self._database.reading() as connection:
            return entry_in(connection, number)

    def row(self, number: int) -> tuple[int, str, str, str, str]:
        """An entry as its leaf is made of it: number, time, action, subject, details in JSON.

        Raises:
            NotFoundError: there is none of this number.
        """
        columns = (audit.c.id, audit.c.at, audit.c.action, audit.c.subject, audit.c.details)
        with self._database.reading() as connection:
            found = connection.execute(select(*columns).where(audit.c.id == number)).one_or_none()
        if found is None:
            raise NotFoundError(f"The log has no entry {number:,}.")
        return (found.id, found.at, found.action, found.subject, found.details)

    def newest(self, most: int, begins: str = "", among: Sequence[int] | None = None) -> tuple[Entry, ...]:
        """The newest entries, oldest first.

        Args:
            most: how many at most.
            begins: how their action begins.
            among: only those of these numbers.
        """
        wanted = select(audit).where(audit.c.action.startswith(begins, autoescape=True))
        if among is not None:
            wanted = wanted.where(audit.c.id.in_(among[-most:]))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(audit.c.id.desc()).limit(most)).all()
        return tuple(_entry(row) for row in reversed(rows))

    def checkpoint(self, size: int | None = None) -> Head:
        """The tree as it is, or as it was at a size.

        Raises:
            NotFoundError: it has not so many entries.
            StoreDamagedError: entries are missing.
        """
        self._catch_up()
        with self._database.writing() as connection:
            nodes = _Nodes(connection)
            return nodes.head(_wanted(nodes.size, size))

    def prove(self, number: int, size: int | None = None) -> Proof:
        """The proof that an entry (from 1) is in the tree as it is, or as it was at a size.

        Raises:
            NotFoundError: there is no such entry in it.
            StoreDamagedError: entries are missing.
        """
        self._catch_up()
        with self._database.writing() as connection:
            nodes = _Nodes(connection)
            head = nodes.head(_wanted(nodes.size, size))
            if not 1 <= number <= head.size:
                raise NotFoundError(f"The log of {head.size:,} entries has no entry {number:,}.")
            path = inclusion(nodes.perfect, number - 1, head.size)
            return Proof(number, nodes.perfect(0, number - 1), head, path)

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the tree of the first `old` entries is the beginning of that of `size`.

        Raises:
            NotFoundError: there are not so many entries, or `old` is 0.
            StoreDamagedError: entries are missing.
        """
        self._catch_up()
        with self._database.writing() as connection:
            nodes = _Nodes(connection)
            wanted = _wanted(nodes.size, size)
            if not 0 < old <= wanted:
                raise NotFoundError(f"A log of {wanted:,} entries does not begin with one of {old:,}.")
            return consistency(nodes.perfect, old, wanted)

    def _catch_up(self) -> None:
        """Make kept nodes in transactions of a moment each, so that others can write in between."""
        while True:
            with self._database.writing() as connection:
                if _Nodes(connection, most=_AT_ONCE).behind < _AT_ONCE:
                    return


def append_in(connection: Connection, entries: Sequence[ToRecord]) -> range:
    """Add entries inside a transaction, together with what they speak of; their numbers."""
    newest = select(audit.c.id, audit.c.digest).order_by(audit.c.id.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    first, digest = (1, "") if last is None else (last.id + 1, last.digest)
    hiding = Hiding(connection) if any(each.query is not None for each in entries) else None
    rows, texts = [], []
    for number, each in enumerate(entries, first):
        hidden = Hidden({}) if hiding is None or each.query is None else hiding.hide(each.query)
        stamp = utc_stamp(each.at)
        shown = json.dumps({**each.details, **hidden.details}, sort_keys=True, ensure_ascii=False)
        digest = chained(digest, stamp, each.action, each.subject, shown)
        rows.append((number, stamp, each.action, each.subject, shown, digest))
        if hidden.salt:
            texts.append((number, stamp, hidden.salt, storable(each.query or "")))
    _put(connection, rows, texts)
    return range(first, first + len(rows))


def entry_in(connection: Connection, number: int) -> Entry | None:
    """An entry, by number, inside a transaction."""
    row = connection.execute(select(audit).where(audit.c.id == number)).one_or_none()
    return None if row is None else _entry(row)


def _put(
    connection: Connection,
    rows: list[tuple[int, str, str, str, str, str]],
    texts: list[tuple[int, str, bytes, str]],
) -> None:
    """Write rows by the driver itself: the library's own way takes several times as long."""
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO audit (id, at, action, subject, details, digest) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
    if texts:
        connection.exec_driver_sql(
            f"INSERT INTO {audit_texts.name} (entry_id, at, salt, text) VALUES (?, ?, ?, ?)",  # noqa: S608  ours
            texts,
        )


def leaf_of(number: int, at: str, action: str, subject: str, details: str) -> bytes:
    """A row of the log as the tree hashes it: a JSON array of its columns but for the chained digest."""
    texts = ", ".join(map(encode_basestring, (at, action, subject, details)))
    return f"[{number}, {texts}]".encode()


def _entry(row: Row[int, str, str, str, str, str]) -> Entry:
    return Entry(row.id, row.at, row.action, row.subject, json.loads(row.details), row.digest)


def _wanted(size: int, asked: int | None) -> int:
    if asked is not None and not 0 <= asked <= size:
        raise NotFoundError(f"The log has {size:,} entries, and not {asked:,}.")
    return size if asked is None else asked


def _size(connection: Connection) -> int:
    return connection.execute(select(func.max(audit.c.id))).scalar_one() or 0


class _Nodes:
    """Hashes of perfect subtrees, of kept nodes and of rows."""

    def __init__(self, connection: Connection, most: int | None = None) -> None:
        self._connection = connection
        self._rows: dict[int, list[bytes]] = {}
        self.size = _size(connection)
        self.behind = 0  # nodes over leaves that were missing before
        self._catch_up(most)

    def head(self, size: int) -> Head:
        """The tree of the first `size` leaves."""
        return Head(size, range_hash(self.perfect, 0, size))

    def perfect(self, level: int, place: int) -> bytes:
        """The hash of the perfect subtree at a place of a level."""
        if level < STEP:
            first, count = place << level, 1 << level
            within = first % SPAN
            return folded(self._leaves(first // SPAN)[within : within + count])
        kept = level - level % STEP
        first, count = place << (level - kept), 1 << (level - kept)
        return folded(self._kept(kept, first, count))

    def _leaves(self, block: int) -> list[bytes]:
        """The hashes of up to 256 leaves."""
        if block not in self._rows:
            first = block * SPAN + 1
            last = min(first + SPAN - 1, self.size)
            self._rows[block] = self._hashed(first, last)
        return self._rows[block]

    def _hashed(self, first: int, last: int) -> list[bytes]:
        columns = (audit.c.id, audit.c.at, audit.c.action, audit.c.subject, audit.c.details)
        wanted = select(*columns).where(audit.c.id.between(first, last)).order_by(audit.c.id)
        rows = self._connection.execute(wanted).all()
        if len(rows) != last - first + 1:
            raise StoreDamagedError(
                f"Of the entries {first:,} to {last:,} of the audit log some are missing.",
                way_out="See what `qaif audit verify` says, and put a good copy of the records back.",
            )
        return [leaf_hash(leaf_of(*row)) for row in rows]

    def _kept(self, level: int, first: int, count: int) -> list[bytes]:
        places = audit_nodes.c.place.between(first, first + count - 1)
        wanted = select(audit_nodes.c.hash).where(audit_nodes.c.level == level, places)
        found = list(self._connection.execute(wanted.order_by(audit_nodes.c.place)).scalars())
        if len(found) != count:
            raise StoreDamagedError(
                "Kept hashes of the audit log are missing.",
                way_out="See what `qaif audit verify` says, and put a good copy of the records back.",
            )
        return found

    def _catch_up(self, most: int | None) -> None:
        """Make the nodes that became whole since the last were made; of those over leaves so many at most."""
        made = self.size
        for level in range(STEP, _TOP, STEP):
            newest = select(func.max(audit_nodes.c.place)).where(audit_nodes.c.level == level)
            last = self._connection.execute(newest).scalar_one()
            first, end = (0 if last is None else last + 1), made >> level
            if level == STEP:
                self.behind = max(0, end - first)
                end = end if most is None else min(end, first + most)
                made = end * SPAN
            if end <= first:
                break
            for start in range(first, end, _AT_ONCE):
                self._make(level, start, min(start + _AT_ONCE, end))

    def _make(self, level: int, start: int, end: int) -> None:
        below = (
            self._hashed(start * SPAN + 1, end * SPAN)
            if level == STEP
            else self._kept(level - STEP, start * SPAN, (end - start) * SPAN)
        )
        made = [
            {"level": level, "place": start + at, "hash": folded(below[at * SPAN : (at + 1) * SPAN])}
            for at in range(end - start)
        ]
        self._connection.execute(insert(audit_nodes), made)
