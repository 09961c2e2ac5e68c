"""The SQL engine: one SQLite file a workspace, brought to the newest schema when it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from qaif.errors import StoreBusyError, StoreDamagedError, StoreError, StoreVersionError
from qaif.records.schema import SCHEMA_VERSION

FILE_NAME = "records.sqlite"
BUSY_SECONDS = 10
CACHE_KIB = 1 << 17  # random ids spread over the indexes: an import in a small cache reads them again
_IMMEDIATE = "qaif_begin_immediate"


class Database:
    """A workspace's records file, with its transactions.

    Args:
        folder: the workspace; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._engine = _engine(self.path)

    def migrate(self) -> None:
        """Bring the file to the newest schema, making it where it is missing.

        Raises:
            StoreVersionError: a later version of the program wrote it.
            StoreDamagedError: it is not a SQLite file.
        """
        with self.reading() as connection:
            if _version(connection) == SCHEMA_VERSION:
                return
        with self.writing() as connection:
            _upgrade(connection, self.path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the file."""
        with _errors(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; all of it is kept, or nothing where it raises."""
        with _errors(self.path), self._engine.connect() as connection:
            connection.execution_options(**{_IMMEDIATE: True})
            with connection.begin():
                yield connection

    def write_beside(self, *, beside: bool) -> None:
        """Write changes into a file beside this one first (SQLite's WAL): a third of the waits for the disk.

        Kept up for as long as a service runs; whoever else has the file open then keeps it so, which does no
        harm.

        Raises:
            StoreError: the file cannot be used.
        """
        with _errors(self.path), closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection:
            try:
                connection.execute(f"PRAGMA journal_mode = {'WAL' if beside else 'DELETE'}")
            except sqlite3.OperationalError as error:
                if beside:
                    raise StoreError(f"The records {self.path} cannot be used: {error}.") from error

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by `_on_begin`, not guessed by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    alone = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    """Say in our words what SQLite says of the file."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise StoreBusyError(
                f"Another process is writing to {path}.", way_out="Wait for it to end and try again."
            ) from error
        raise StoreError(f"The records {path} cannot be used: {error.orig}.") from error
    except DatabaseError as error:
        if "not a database" not in str(error.orig) and "malformed" not in str(error.orig):
            raise
        raise StoreDamagedError(
            f"The records {path} are damaged: {error.orig}.", way_out="Put a good copy of the file back."
        ) from error


def _version(connection: Connection) -> str | None:
    """The schema of a file: None where it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if row is None else str(row)


def _upgrade(connection: Connection, path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "qaif.records:migrations")
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    version = _version(connection)
    if version is not None and version not in known:
        raise StoreVersionError(
            f"The records {path} have schema {version}; this program knows up to {SCHEMA_VERSION}.",
            way_out="Use the version of the program that wrote them, or a later one.",
        )
    command.upgrade(config, "head")
