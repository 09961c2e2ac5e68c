"""Migrations, up and down, with data in them."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from qaif.records import schema
from qaif.records.audit_tree import ToRecord
from qaif.records.database import Database
from qaif.records.engine import Records
from qaif.records.listed_names import KeptNames
from qaif.records.statement import Assertion, Entry, Statement

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _migrated(folder: Path, revision: str, *, down: bool = False) -> None:
    with Database(folder).writing() as connection:
        config = Config()
        config.set_main_option("script_location", "qaif.records:migrations")
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def _columns(connection: Connection) -> dict[str, set[str]]:
    found = inspect(connection)
    return {table: {c["name"] for c in found.get_columns(table)} for table in found.get_table_names()}


def test_documents_of_the_first_schema_keep_what_they_were(tmp_path: Path) -> None:
    _migrated(tmp_path, "0001")
    with Database(tmp_path).writing() as connection:
        for kind in ("plain", "html"):
            connection.execute(
                text(
                    "INSERT INTO documents (sha256, taken_at, source, tool, media_type, size, name) "
                    f"VALUES ('{kind}', '2026-01-01T00:00:00Z', 'here', 'qaif', 'text/{kind}', 3, 'a')"
                )
            )
    with Records.open(tmp_path) as records:
        kept = {each.sha256: each for each in records.documents.list()}
        assert kept["plain"].kind == "text"
        assert kept["html"].kind == "html"
        assert kept["html"].note == ""
        assert kept["html"].size == 3


def test_down_and_up_again_keeps_documents_and_the_log(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.audit.append(NOW, "tried", "something")
        records.statements.say(
            [Statement("e", "Person", "name", "x", Assertion(asserted_by="a"))],
            Entry(entered_by="a", entered_at="2026-11-25T00:00:00Z", tool="t"),
        )
        before = records.audit.entries()
    _migrated(tmp_path, "0001", down=True)
    with Database(tmp_path).reading() as connection:
        assert "statements" not in _columns(connection)
        assert "note" not in _columns(connection)["documents"]
    with Records.open(tmp_path) as records:
        assert records.audit.entries() == before
        assert records.statements.of_entity("e") == ()


def test_the_log_and_its_tree_stay_where_the_fourth_schema_comes_and_goes(tmp_path: Path) -> None:
    entries = [ToRecord(at=NOW, action="tried", subject=f"n{n}", query="q") for n in range(300)]
    with Records.open(tmp_path) as records:
        records.tree.append(entries)
        before, log = records.tree.checkpoint(), records.audit.entries()
    _migrated(tmp_path, "0003", down=True)
    with Database(tmp_path).reading() as connection:
        assert {"audit_nodes", "users", "api_keys", "sessions"}.isdisjoint(_columns(connection))
    with Records.open(tmp_path) as records:
        assert records.audit.entries() == log
        assert records.tree.checkpoint() == before
        assert records.checked([300]).roots == {300: before.root}


def test_the_tables_are_those_that_the_code_declares(tmp_path: Path) -> None:
    with Records.open(tmp_path), Database(tmp_path).reading() as connection:
        made = _columns(connection)
        made.pop("alembic_version")
        assert made == {t.name: {c.name for c in t.columns} for t in schema.metadata.tables.values()}
        indexes = {each["name"] for table in made for each in inspect(connection).get_indexes(table)}
        declared = {str(i.name) for t in schema.metadata.tables.values() for i in t.indexes}
        assert declared <= indexes


def test_statements_stay_where_the_third_schema_comes_and_goes(tmp_path: Path) -> None:
    said = [Statement(f"e{n}", "Campaign", "name", f"n{n}", Assertion(asserted_by="a")) for n in range(20)]
    entry = Entry(entered_by="a", entered_at="2026-11-25T00:00:00Z", tool="t")
    with Records.open(tmp_path) as records:
        records.statements.say(said, entry)
        before = records.statements.digest()
        stand, names = records.names.every()
        kept = KeptNames("r", stand, b"", 0, b"", b"", b"", b"")
        records.names.keep(kept, [])
        assert (names, records.names.kept("r"), records.names.kept("s")) == ((), kept, None)
    _migrated(tmp_path, "0002", down=True)
    with Database(tmp_path).reading() as connection:
        assert "name_index" not in _columns(connection)
        assert {"statements_by_schema"}.isdisjoint(
            each["name"] for each in inspect(connection).get_indexes("statements")
        )
        assert connection.execute(text("SELECT count(*) FROM statements")).scalar() == 20
    with Records.open(tmp_path) as records:
        assert records.statements.digest() == before
        assert [row.statement for row in records.statements.of_schemata(["Campaign"])] == said
        assert records.names.kept("r") is None
