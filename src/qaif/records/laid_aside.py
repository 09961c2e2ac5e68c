"""What slows the log of statements down is laid aside while much is entered in one transaction, and put back.

A trigger on INSERT makes SQLite keep a copy of every page that one row changes; random ids make each index a
search. Both are part of the transaction: whatever becomes of it, nobody else sees the log without them.
"""

from sqlalchemy import Connection

LEAST = 10_000  # rows of one transaction, below which nothing is worth the trouble
_NO_REPLACE = "statements_no_replace"
_MADE_BY = (
    "SELECT name, type, sql FROM sqlite_master "
    "WHERE tbl_name = 'statements' AND sql IS NOT NULL AND (type = 'index' OR name = ?) ORDER BY name"
)


class LaidAside:
    """The indexes of the log and its trigger against replacing, inside one transaction.

    No row may be replaced in between, and nothing be looked for by the indexes; `back` ends that.

    Args:
        connection: the transaction.
        before: how many rows the log has, at the most.
    """

    def __init__(self, connection: Connection, before: int) -> None:
        self._connection = connection
        self._before = before
        self._entered = 0
        self._aside: list[str] = []

    def entered(self, count: int) -> None:
        """So many rows more were entered; where they are many beside those before, go without indexes."""
        self._entered += count
        if self._aside or self._entered < max(LEAST, self._before // 2):
            return
        rows = self._connection.exec_driver_sql(_MADE_BY, (_NO_REPLACE,)).fetchall()
        for name, kind, _ in rows:
            self._connection.exec_driver_sql(f"DROP {kind} {name}")
        self._aside = [sql for _, _, sql in rows]

    def back(self) -> None:
        """Put everything back; nothing where nothing was laid aside. It may be laid aside again."""
        for sql in self._aside:
            self._connection.exec_driver_sql(sql)
        self._before += self._entered
        self._entered, self._aside = 0, []
