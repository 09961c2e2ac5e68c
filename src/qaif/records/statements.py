"""The log of statements. Rows are only added: to say, to take back, to say again; each past state can be had.

A statement holds where the last row with its id says it. An erased row keeps its place and its id, and
nothing else; what was erased is not taken in again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from qaif.errors import NotFoundError
from qaif.records.assertion_ids import AssertionIds
from qaif.records.database import Database
from qaif.records.laid_aside import LaidAside
from qaif.records.listed_names import forget
from qaif.records.schema import assertions, entries, statements
from qaif.records.statement import ID_BYTES, Entry, Statement
from qaif.records.statement_rows import (
    INSERT_STATEMENT,
    SELECT_LOGGED,
    Logged,
    logged,
    statement_row,
    taken_back_row,
)

_CHUNK = 2_000  # few enough to be let go of before Python looks for garbage among them
_ASKED_AT_ONCE = 500
_NEVER = 1 << 62
_HOLDS = (
    "s.said = 1 AND s.seq <= ? AND NOT EXISTS "
    "(SELECT 1 FROM statements AS t WHERE t.id = s.id AND t.seq > s.seq AND t.seq <= ?)"
)
ERASED = "erased"


@dataclass(frozen=True)
class Said:
    """What became of statements that were to be entered.

    Attributes:
        added: rows that were added.
        already: statements that held already.
        erased: statements that were erased once, and were left out.
        retracted: statements that were taken back.
        last_seq: the last row of the log afterwards.
    """

    added: int = 0
    already: int = 0
    erased: int = 0
    retracted: int = 0
    last_seq: int = 0


class Statements:
    """The log of statements of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, said: Iterable[Statement], entry: Entry) -> Said:
        """Enter statements, all or none; those that hold already change nothing."""
        with self._database.writing() as connection:
            return say(connection, said, entry)

    def retract(self, ids: Sequence[str], entry: Entry) -> Said:
        """Take statements back, all or none.

        Raises:
            NotFoundError: one of them does not hold.
        """
        with self._database.writing() as connection:
            return retract(connection, [bytes.fromhex(each) for each in ids], entry)

    def last_seq(self, at: str | None = None) -> int:
        """The last row of the log, or the last entered up to a moment (ISO 8601 in UTC); 0 where none."""
        with self._database.reading() as connection:
            wanted = select(func.max(statements.c.seq))
            if at is not None:
                wanted = wanted.join(entries).where(entries.c.entered_at <= at)
            return connection.execute(wanted).scalar() or 0

    def names_after(self, seq: int) -> Iterator[str]:
        """Each key and entity id that rows of the log after `seq` have, some more than once."""
        rows = statements.c.seq > seq
        with self._database.reading() as connection:
            for column in (statements.c.key, statements.c.entity_id):
                wanted = select(column).where(rows, column.is_not(None)).distinct()
                yield from connection.execute(wanted).scalars()

    def of_entity(self, entity_id: str, as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds of an entity, in the order of entry; as of a row of the log, if one is named."""
        return self._holding("s.entity_id = ?", entity_id, as_of)

    def of_entities(self, entity_ids: Sequence[str], as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds of several entities, in the order of entry."""
        given = json.dumps(list(dict.fromkeys(entity_ids)))
        return self._holding("s.entity_id IN (SELECT value FROM json_each(?))", given, as_of)

    def of_schemata(self, schemata: Sequence[str], as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds of all entities of some kinds; every statement is looked at."""
        given = json.dumps(list(schemata))
        return self._holding("s.schema IN (SELECT value FROM json_each(?))", given, as_of)

    def by_key(self, key: str, as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds under a key: an address, an account, or an entity that is pointed to."""
        return self._holding("s.key = ?", key, as_of)

    def by_keys(self, keys: Sequence[str], as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds under any of some keys, in the order of entry."""
        given = json.dumps(list(dict.fromkeys(keys)))
        return self._holding("s.key IN (SELECT value FROM json_each(?))", given, as_of)

    def of_document(self, sha256_hex: str, as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds by the word of a document."""
        return self._holding("a.document_sha256 = ?", sha256_hex, as_of)

    def of_dataset(self, dataset: str, as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds by a list or pack; of the analyst's own case where empty."""
        return self._holding("a.dataset = ?", dataset, as_of)

    def says_anything(self, dataset: str) -> bool:
        """Anything holds by a list or pack."""
        of_it = select(assertions.c.id).where(assertions.c.dataset == dataset)
        wanted = select(statements.c.seq).where(statements.c.assertion_id.in_(of_it), _holds(None))
        with self._database.reading() as connection:
            return connection.execute(wanted.where(statements.c.erased == 0).limit(1)).first() is not None

    def datasets(self) -> tuple[str, ...]:
        """Every list or pack that says, or once said, something."""
        wanted = select(assertions.c.dataset).distinct().order_by(assertions.c.dataset)
        with self._database.reading() as connection:
            return tuple(connection.execute(wanted).scalars())

    def ids_about(self, entity_id: str) -> tuple[str, ...]:
        """The ids of all that was ever said of an entity, or that points to it, in hex."""
        named = (statements.c.entity_id == entity_id) | (statements.c.key == entity_id)
        wanted = select(statements.c.id).where(named, statements.c.erased == 0).distinct()
        with self._database.reading() as connection:
            return tuple(each.hex() for each in connection.execute(wanted).scalars())

    def quoting(self, texts: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
        """Of each assertion that quotes one of these texts: who asserts, and in which document."""
        wanted = select(assertions.c.asserted_by, assertions.c.document_sha256, assertions.c.quote)
        low = [text.casefold() for text in texts if text]
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(assertions.c.quote != "")).all()
        return tuple(
            (row.asserted_by, row.document_sha256)
            for row in rows
            if any(text in row.quote.casefold() for text in low)
        )

    def naming(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The entities of which a statement has one of these texts in its value; all are looked at."""
        low = [text.casefold() for text in texts if text]
        wanted = select(statements.c.entity_id, statements.c.value, statements.c.original)
        found: dict[str, None] = {}
        with self._database.reading() as connection:
            for row in connection.execute(wanted.where(statements.c.erased == 0)):
                whole = f"{row.value}\n{row.original or ''}".casefold()
                if any(text in whole for text in low):
                    found[row.entity_id] = None
        return tuple(found)

    def entered_at(self, seq: int) -> str | None:
        """When a row of the log was entered; None where there is no such row."""
        wanted = select(entries.c.entered_at).join(statements, statements.c.entry_id == entries.c.id)
        with self._database.reading() as connection:
            return connection.execute(wanted.where(statements.c.seq == seq)).scalar()

    def with_props(self, props: Sequence[str], as_of: int | None = None) -> tuple[Logged, ...]:
        """What holds of some properties, whatever the entity."""
        return self._holding("s.prop IN (SELECT value FROM json_each(?))", json.dumps(props), as_of)

    def ids_beginning(self, beginning: str) -> tuple[str, ...]:
        """The ids that begin so, in hex; two at most, for more than one names none."""
        whole = 2 * ID_BYTES
        low, high = (bytes.fromhex(beginning.ljust(whole, digit)[:whole]) for digit in "0f")
        wanted = select(statements.c.id).where(statements.c.id.between(low, high)).distinct().limit(2)
        with self._database.reading() as connection:
            return tuple(each.hex() for each in connection.execute(wanted).scalars())

    def history(self, statement_id: str) -> tuple[Logged, ...]:
        """Every row with a statement's id, oldest first."""
        sql = f"{SELECT_LOGGED} WHERE s.id = ? ORDER BY s.seq"
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(sql, (bytes.fromhex(statement_id),))
            return tuple(logged(row) for row in rows.fetchall())

    def erase(self, ids: Sequence[str]) -> int:
        """Empty every row of these statements, for good; the number of rows emptied."""
        with self._database.writing() as connection:
            forget(connection)
            return sum(_erase(connection, bytes.fromhex(each)) for each in ids)

    def digest(self, as_of: int | None = None) -> str:
        """SHA-256 over the ids of all that holds: equal where the same sources say the same."""
        wanted = select(statements.c.id).where(_holds(as_of), statements.c.erased == 0)
        out = sha256()
        with self._database.reading() as connection:
            for row in connection.execute(wanted.order_by(statements.c.id)):
                out.update(row.id)
        return out.hexdigest()

    def _holding(self, which: str, given: object, as_of: int | None) -> tuple[Logged, ...]:
        sql = f"{SELECT_LOGGED} WHERE {which} AND s.erased = 0 AND {_HOLDS} ORDER BY s.seq"
        upto = _NEVER if as_of is None else as_of
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(sql, (given, upto, upto))
            return tuple(logged(row) for row in rows.fetchall())


def say(
    connection: Connection, said: Iterable[Statement], entry: Entry, seen: set[bytes] | None = None
) -> Said:
    """Enter statements inside a transaction; `seen` takes the id of each."""
    entry_id = add_entry_of(connection, entry)
    assertion_ids = AssertionIds(connection)
    seen = set() if seen is None else seen
    aside = LaidAside(connection, _last(connection))
    given = added = erased = 0
    stream = iter(said)
    while chunk := list(islice(stream, _CHUNK)):
        given += len(chunk)
        rows = {each_id: each for each in chunk if (each_id := each.id) not in seen}
        seen.update(rows)
        made = assertion_ids.made
        old = [each_id for each_id, each in rows.items() if assertion_ids.of(each.assertion) not in made]
        gone = set[bytes]()
        if old:
            aside.back()
            held, gone = _standing(connection, old)
            for each_id in held | gone:
                del rows[each_id]
        new = [
            statement_row(each_id, each, assertion_ids.of(each.assertion), entry_id)
            for each_id, each in rows.items()
        ]
        if new:
            connection.exec_driver_sql(INSERT_STATEMENT, new)
        aside.entered(len(new))
        added, erased = added + len(new), erased + len(gone)
    aside.back()
    return Said(added, given - added - erased, erased, 0, _last(connection))


def retract(connection: Connection, ids: Sequence[bytes], entry: Entry) -> Said:
    """Take statements back inside a transaction.

    Raises:
        NotFoundError: one of them does not hold.
    """
    entry_id = add_entry_of(connection, entry)
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        asked = ids[start : start + _ASKED_AT_ONCE]
        columns = (statements.c.id, statements.c.entity_id, statements.c.schema, statements.c.assertion_id)
        held = {
            row.id: row
            for row in connection.execute(select(*columns).where(statements.c.id.in_(asked), _holds(None)))
        }
        for each in asked:
            if each not in held:
                raise NotFoundError(
                    f"No statement {each.hex()} holds here.",
                    way_out="Look with `qaif claims`.",
                    id=each.hex(),
                )
        connection.exec_driver_sql(INSERT_STATEMENT, [taken_back_row(held[each], entry_id) for each in asked])
    return Said(0, 0, 0, len(ids), _last(connection))


def replace(connection: Connection, dataset: str, said: Iterable[Statement], entry: Entry) -> Said:
    """Make a dataset say just these, inside a transaction: what is new is said, what is gone taken back."""
    held = held_of_dataset(connection, dataset)
    if not held:
        return say(connection, said, entry)
    seen: set[bytes] = set()
    entered = say(connection, said, entry, seen)
    gone = [each for each in held if each not in seen]
    taken = retract(connection, gone, entry) if gone else Said()
    return Said(entered.added, entered.already, entered.erased, taken.retracted, _last(connection))


def held_of_dataset(connection: Connection, dataset: str) -> set[bytes]:
    """The ids of all that holds by a dataset."""
    of_it = select(assertions.c.id).where(assertions.c.dataset == dataset)
    wanted = select(statements.c.id).where(statements.c.assertion_id.in_(of_it), _holds(None))
    return set(connection.execute(wanted.where(statements.c.erased == 0)).scalars())


def held_of(connection: Connection, ids: Sequence[bytes]) -> set[bytes]:
    """Which of these statements hold."""
    return _standing(connection, ids)[0] if ids else set()


def add_entry_of(connection: Connection, entry: Entry) -> int:
    """Record an act of entering; its number."""
    done = connection.execute(insert(entries).values(**vars(entry)))
    key = done.inserted_primary_key
    assert key is not None  # noqa: S101  an INSERT of one row has one
    return int(key[0])


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(statements.c.seq))).scalar() or 0


def _holds(as_of: int | None) -> ColumnElement[bool]:
    """The row says its statement, and no later row (up to `as_of`) has the same id."""
    later = statements.alias("later")
    newer = and_(later.c.id == statements.c.id, later.c.seq > statements.c.seq)
    if as_of is None:
        return and_(statements.c.said == 1, ~select(later.c.seq).where(newer).exists())
    newer = and_(newer, later.c.seq <= as_of)
    return and_(statements.c.said == 1, statements.c.seq <= as_of, ~select(later.c.seq).where(newer).exists())


def _standing(connection: Connection, ids: Sequence[bytes]) -> tuple[set[bytes], set[bytes]]:
    """Which of these hold, and which were erased."""
    held: set[bytes] = set()
    gone: set[bytes] = set()
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS asked (id BLOB PRIMARY KEY) WITHOUT ROWID")
    connection.exec_driver_sql("DELETE FROM asked")
    connection.exec_driver_sql("INSERT INTO asked VALUES (?)", [(each,) for each in ids])
    found = connection.exec_driver_sql(
        # CROSS: SQLite would rather walk the whole log in its order than look for each of these.
        "SELECT s.id, s.said, s.erased FROM asked CROSS JOIN statements AS s ON s.id = asked.id "
        "ORDER BY asked.id, s.seq"
    )
    for statement_id, said, erased in found:
        if erased:
            gone.add(statement_id)
        elif said:
            held.add(statement_id)
        else:
            held.discard(statement_id)
    return held - gone, gone


def _erase(connection: Connection, statement_id: bytes) -> int:
    rows = connection.execute(
        select(statements.c.seq, statements.c.entity_id, statements.c.assertion_id).where(
            statements.c.id == statement_id, statements.c.erased == 0
        )
    ).all()
    for row in rows:
        blank = f"{ERASED}-{sha256(row.entity_id.encode()).hexdigest()[:16]}"
        connection.execute(
            update(statements)
            .where(statements.c.seq == row.seq)
            .values(
                entity_id=blank, value="", original=None, key=None, locator="", lang="", prop=ERASED, erased=1
            )
        )
        _erase_assertion(connection, row.assertion_id)
    return len(rows)


def _erase_assertion(connection: Connection, assertion_id: int) -> None:
    """Empty the quotation of an assertion that no statement needs any more."""
    needed = select(statements.c.seq).where(
        statements.c.assertion_id == assertion_id, statements.c.erased == 0
    )
    if connection.execute(needed.limit(1)).one_or_none() is None:
        connection.execute(
            update(assertions)
            .where(assertions.c.id == assertion_id)
            .values(quote="", span_start=None, span_end=None, erased=1)
        )
