"""A large import that is killed in its midst, while the log's indexes are gone, leaves all as it was."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from qaif.records.engine import Records
from qaif.records.laid_aside import LEAST
from qaif.records.statement import Assertion, Entry, Statement

ENTRY = Entry(entered_by="analyst", entered_at="2026-11-25T00:00:00Z", tool="test")
PAPER = Assertion(asserted_by="The Daily Example")
NEW = Assertion(asserted_by="A List")  # said for the first time, so that nothing is looked up in between
MANY = 2 * LEAST

CHILD = """
import os, signal, sys
from pathlib import Path
from qaif.records import statements
from qaif.records.engine import Records
from qaif.records.laid_aside import LaidAside
sys.path.insert(0, sys.argv[3])
from test_killed_imports import ENTRY, MANY, many

class Deadly(LaidAside):
    def entered(self, count):
        super().entered(count)
        if self._aside and sys.argv[2] == "dropped":
            left = self._connection.exec_driver_sql(
                "SELECT count(*) FROM sqlite_master WHERE tbl_name = 'statements' "
                "AND sql IS NOT NULL AND type = 'index'"
            ).scalar()
            assert left == 0, left
            die()
        if self._aside and self._entered >= MANY and sys.argv[2] == "entered":
            die()

    def back(self):
        if self._aside and sys.argv[2] == "half back":
            self._connection.exec_driver_sql(self._aside[0])
            die()
        super().back()
        if self._before >= MANY and sys.argv[2] == "put back":
            die()

def die():
    print("dying", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

statements.LaidAside = Deadly
with Records.open(Path(sys.argv[1])) as records:
    records.statements.say(many(), ENTRY)
"""


def many() -> list[Statement]:
    return [Statement(f"n{n}", "Person", "name", f"Name {n}", NEW, key=f"k{n}") for n in range(MANY)]


def _schema(folder: Path) -> list[tuple[str, str, str]]:
    (file,) = [path for path in folder.rglob("*") if path.suffix in (".db", ".sqlite", ".sqlite3")]
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY 1, 2"
        ).fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return rows


@pytest.mark.parametrize("moment", ["dropped", "entered", "half back", "put back"])
def test_a_kill_leaves_the_old_state(tmp_path: Path, moment: str) -> None:
    with Records.open(tmp_path) as records:
        records.statements.say([Statement("e1", "Person", "name", "First", PAPER, key="k")], ENTRY)
        before = records.statements.digest(), records.statements.last_seq()
    schema = _schema(tmp_path)
    command = [sys.executable, "-c", CHILD, str(tmp_path), moment, str(Path(__file__).parent)]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "dying\n"), killed.stderr
    with Records.open(tmp_path) as records:
        assert (records.statements.digest(), records.statements.last_seq()) == before
    assert _schema(tmp_path) == schema
    with Records.open(tmp_path) as records:
        assert records.statements.say(many(), ENTRY).added == MANY
    assert _schema(tmp_path) == schema
