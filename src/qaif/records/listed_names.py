"""The names that lists have now, and what makes them ready to be searched, kept until the lists change.

What is kept is made of the statements and holds nothing else; it is thrown away with every erasure, and not
used once a later row of the log belongs to a list. Each name goes by the row of its statement.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from qaif.records.database import Database
from qaif.records.schema import list_versions, name_index, statements

_HOLDS = (
    "s.said = 1 AND s.erased = 0 "
    "AND NOT EXISTS (SELECT 1 FROM statements AS t WHERE t.id = s.id AND t.seq > s.seq)"
)
_SELECT = (
    "SELECT s.seq, s.entity_id, s.schema, s.prop, s.value, a.dataset FROM statements AS s "
    "JOIN assertions AS a ON a.id = s.assertion_id "
)
_EVERY = (
    f"{_SELECT} WHERE a.dataset IN (SELECT list FROM list_versions) "  # noqa: S608  words of ours
    f"AND s.prop IN ('name', 'alias', 'weakAlias', 'previousName') AND {_HOLDS} ORDER BY s.seq"
)
_SOME = f"{_SELECT} WHERE s.seq IN (SELECT value FROM json_each(?)) AND {_HOLDS}"  # noqa: S608  words of ours
_CHANGED = (
    "SELECT 1 FROM statements AS s JOIN assertions AS a ON a.id = s.assertion_id "
    "WHERE s.seq > ? AND a.dataset IN (SELECT list FROM list_versions) LIMIT 1"
)
_ERASED = (
    "SELECT 1 FROM statements AS s WHERE s.seq IN (SELECT value FROM json_each(?)) AND s.erased = 1 LIMIT 1"
)


@dataclass(frozen=True)
class ListedName:
    """One name of a list.

    Attributes:
        seq: the row of its statement.
        entity_id, schema: whose it is.
        prop: which sort of name.
        name: the name.
        list: on which list.
    """

    seq: int
    entity_id: str
    schema: str
    prop: str
    name: str
    list: str


@dataclass(frozen=True)
class Stand:
    """Up to where names were read: the last row of the log, and the last version of a list."""

    last_seq: int
    list_version_id: int


@dataclass(frozen=True)
class KeptNames:
    """Names made ready, as they are kept.

    Attributes:
        rules: by which rules they were made ready.
        stand: up to where they were read.
        seqs: int64 little-endian, the row of each name.
        name_count, consonants, keys, ends, positions: see `evidence.name_index.PackedNames`.
    """

    rules: str
    stand: Stand
    seqs: bytes
    name_count: int
    consonants: bytes
    keys: bytes
    ends: bytes
    positions: bytes


class ListedNames:
    """The names of lists in a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def every(self) -> tuple[Stand, tuple[ListedName, ...]]:
        """Each name that a list has now, in the order of entry, and up to where they were read."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_EVERY).fetchall()
            return _stand(connection), tuple(ListedName(*row) for row in rows)

    def at(self, seqs: list[int]) -> dict[int, ListedName]:
        """The names of some rows, by row; those that do not hold any more are left out."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_SOME, (json.dumps(seqs),)).fetchall()
            return {row[0]: ListedName(*row) for row in rows}

    def kept(self, rules: str) -> KeptNames | None:
        """Names that were made ready by these rules; None where there are none, or a list changed since."""
        with self._database.reading() as connection:
            row = connection.execute(select(name_index).where(name_index.c.rules == rules)).one_or_none()
            if row is None or row.list_version_id != _stand(connection).list_version_id:
                return None
            if connection.exec_driver_sql(_CHANGED, (row.last_seq,)).first():
                return None
            values = {name: getattr(row, name) for name in _FIELDS}
            return KeptNames(rules, Stand(row.last_seq, row.list_version_id), **values)

    def keep(self, names: KeptNames, seqs: list[int]) -> None:
        """Keep names that were made ready, in place of others; not if one of them was erased meanwhile."""
        with self._database.writing() as connection:
            forget(connection)
            if connection.exec_driver_sql(_ERASED, (json.dumps(seqs),)).first():
                return
            values = {name: getattr(names, name) for name in _FIELDS}
            connection.execute(insert(name_index).values(rules=names.rules, **vars(names.stand), **values))


_FIELDS = ("seqs", "name_count", "consonants", "keys", "ends", "positions")


def forget(connection: Connection) -> None:
    """Throw away what is kept, inside a transaction."""
    connection.execute(delete(name_index))


def _stand(connection: Connection) -> Stand:
    last = connection.execute(select(func.max(statements.c.seq))).scalar() or 0
    return Stand(last, connection.execute(select(func.max(list_versions.c.id))).scalar() or 0)
