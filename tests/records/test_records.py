import hashlib
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from qaif.errors import NotFoundError, StoreBusyError, StoreDamagedError, StoreVersionError
from qaif.records import database
from qaif.records.database import Database
from qaif.records.documents import Document, utc_stamp
from qaif.records.engine import Records
from qaif.records.schema import metadata

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
DIGEST = hashlib.sha256(b"x").hexdigest()


def taken(source: str, when: datetime) -> Document:
    return Document(DIGEST, utc_stamp(when), source, "qaif 0", "text/plain", 1, source)


def test_migrations_end_in_the_declared_tables(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    with Database(tmp_path).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_twice_keeps_what_is_there(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.documents.add(taken("a.txt", NOON))
    with Records.open(tmp_path) as records:
        assert [d.sha256 for d in records.documents.list()] == [DIGEST]


def test_a_document_keeps_its_first_taking(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        first = records.documents.add(taken("a.txt", NOON))
        again = records.documents.add(taken("a.txt", NOON.replace(year=2027)))
        other = records.documents.add(taken("b.txt", NOON.replace(year=2027)))
        assert again == first
        assert first.taken_at == "2026-01-02T12:00:00Z"
        assert records.documents.get(DIGEST) == first
        assert records.documents.list() == (first, other)
        with pytest.raises(NotFoundError):
            records.documents.get("00" * 32)


def test_the_audit_log_is_read_back_in_order(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.audit.append(NOON, "one", "a", {"n": 1})
        records.audit.append(NOON, "two", "b")
        assert [(e.number, e.action, dict(e.details)) for e in records.audit.entries()] == [
            (1, "one", {"n": 1}),
            (2, "two", {}),
        ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'other'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT id, at, 'other', subject, details, digest FROM audit",
    ],
)
def test_the_audit_log_cannot_be_changed(tmp_path: Path, statement: str) -> None:
    with Records.open(tmp_path) as records:
        records.audit.append(NOON, "one", "a")
        with pytest.raises(IntegrityError, match="append-only"), Database(tmp_path).writing() as connection:
            connection.exec_driver_sql(statement)
        assert [e.action for e in records.audit.entries()] == ["one"]


def test_a_log_changed_behind_the_triggers_shows(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.audit.append(NOON, "one", "a")
        raw = sqlite3.connect(tmp_path / "records.sqlite")
        raw.executescript("DROP TRIGGER audit_no_update; UPDATE audit SET action = 'other';")
        raw.close()
        with pytest.raises(StoreDamagedError, match="Row 1"):
            records.audit.entries()


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    raw = sqlite3.connect(tmp_path / "records.sqlite")
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(StoreVersionError, match="9999"):
        Records.open(tmp_path)


def test_a_file_that_is_not_sqlite_is_named(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamagedError, match=r"records\.sqlite"):
        Records.open(tmp_path)


def test_a_busy_file_is_said_to_be_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    Records.open(tmp_path).close()
    raw = sqlite3.connect(tmp_path / "records.sqlite")
    raw.execute("BEGIN IMMEDIATE")
    try:
        with Records.open(tmp_path) as records, pytest.raises(StoreBusyError):
            records.audit.append(NOON, "one", "a")
    finally:
        raw.close()


def test_processes_that_open_a_new_file_together_all_succeed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime; "
        "from qaif.records.engine import Records; r = Records.open(Path(sys.argv[1])); "
        "r.audit.append(datetime.now(UTC), 'opened', 'x')"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(4)]
    assert [one.wait() for one in running] == [0, 0, 0, 0]
    with Records.open(tmp_path) as records:
        assert [entry.number for entry in records.audit.entries()] == [1, 2, 3, 4]


class StoppedError(Exception):
    pass


def add_and_stop(folder: Path) -> None:
    with Database(folder).writing() as connection:
        connection.exec_driver_sql("INSERT INTO audit VALUES (1, 'a', 'b', 'c', '{}', 'd')")
        raise StoppedError


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        with pytest.raises(StoppedError):
            add_and_stop(tmp_path)
        assert records.audit.entries() == ()
