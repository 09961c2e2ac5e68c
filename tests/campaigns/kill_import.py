"""Kill imports of a large list with SIGKILL at random: all that was there before is there after, and no more.

    PYTHONPATH=tests python -m campaigns.kill_import --kills 300

A workspace has some claims, or a small version of the list; a process of its own, forked, imports one large
enough for the log's indexes and its trigger to be laid aside, and is killed: amid SQLite's own work (after so
many of its steps), while the list is read (after so many statements), or at a moment. After each kill the
records must be whole by SQLite's own check, with every index and trigger, and say what they said before, or
all that the new version says; the import, done again, must end as one that nobody killed. In most runs SQLite
has a small cache, so that what is not yet committed stands in the file and must be undone from the journal.

Prints what it did, as JSON; ends with an error at the first workspace that is not good.
"""

import argparse
import datetime as dt
import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from qaif.evidence.lists.importing import FileReading
from qaif.questions.lists import import_list, import_seed
from qaif.records import database
from qaif.records.engine import Records
from qaif.records.laid_aside import LEAST, LaidAside
from qaif.records.statement import Statement
from support.list_files import bitcoin, ofac_advanced, ofac_entry, ofac_party

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
SMALL, LARGE = 40, 700
SMALL_CACHE_KIB = 256
STEPS = 1_000  # SQLite's steps between two looks


class State(NamedTuple):
    """What the records of a workspace say, and what they are made of."""

    said: str
    versions: tuple[str, ...]
    audit: int
    made_of: tuple[str, ...]


def list_file(folder: Path, count: int, day: int) -> Path:
    """A list of so many invented bodies, of the `day`th of January."""
    issued = dt.date(2026, 1, day)
    parties = [
        ofac_party(n, [f"Body {n}", f"Body {n} Alias", f"Body {n} Other"], {bitcoin(n): "XBT"})
        for n in range(1, count + 1)
    ]
    entries = [ofac_entry(n, dt.date(2019, 1, 1), "SDGT") for n in range(1, count + 1)]
    path = folder / f"{issued}.xml"
    path.write_bytes(ofac_advanced(issued, parties, entries))
    return path


def state(workspace: Path) -> State:
    """Look at the records, as the next command would; SQLite must find nothing wrong."""
    with Records.open(workspace) as records:
        said = records.statements.digest()
        versions = tuple(each.sha256 for each in records.lists.versions())
        audit = len(records.audit.entries())
    with sqlite3.connect(workspace / database.FILE_NAME) as connection:
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert found == "ok", found
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    connection.close()
    return State(said, versions, audit, tuple(f"{kind} {name} {sql}" for kind, name, sql in rows))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def _die_amid_sqlite(count: int) -> None:
    """Die after `count` times `STEPS` of SQLite's steps, wherever that is."""
    left, before = [count], database._on_connect

    def look() -> int:
        left[0] -= 1
        if left[0] <= 0:
            _die()
        return 0

    def connect(connection: Any, record: Any) -> None:
        before(connection, record)
        connection.set_progress_handler(look, STEPS)

    database._on_connect = connect  # type: ignore[assignment]


def die_amid_reading(count: int) -> None:
    """Die when the `count`th statement is read."""
    read = FileReading.statements

    def statements(self: FileReading) -> Iterator[Statement]:
        for number, each in enumerate(read(self)):
            if number == count:
                _die()
            yield each

    FileReading.statements = statements  # type: ignore[method-assign]


def _tell_when_aside(pipe: int) -> None:
    """Write `a` when the indexes are laid aside, and `b` when they are back."""
    entered, back = LaidAside.entered, LaidAside.back

    def telling_entered(self: LaidAside, count: int) -> None:
        entered(self, count)
        if self._aside:
            os.write(pipe, b"a")

    def telling_back(self: LaidAside) -> None:
        back(self)
        os.write(pipe, b"b")

    LaidAside.entered, LaidAside.back = telling_entered, telling_back  # type: ignore[method-assign]


def _child(workspace: Path, file: Path, how: Callable[[], None], cache_kib: int, pipe: int) -> None:
    """Import; never come back."""
    database.CACHE_KIB = cache_kib
    _tell_when_aside(pipe)
    how()
    try:
        import_list(workspace, file, NOW)
    except BaseException:  # noqa: BLE001  a forked child must not return
        traceback.print_exc()
        os._exit(3)
    os._exit(0)


class Fate(NamedTuple):
    """How a run ended.

    Attributes:
        killed: by SIGKILL.
        aside: the indexes were laid aside then.
        seconds: how long it ran.
    """

    killed: bool
    aside: bool
    seconds: float


def run(
    workspace: Path, file: Path, how: Callable[[], None], cache_kib: int, after: float | None = None
) -> Fate:
    """Import in a process of its own, killed after so many seconds where `how` does not end it."""
    told, telling = os.pipe()
    begun = time.monotonic()
    number = os.fork()
    if not number:
        os.close(told)
        _child(workspace, file, how, cache_kib, telling)
    os.close(telling)
    if after is not None:
        time.sleep(after)
        os.kill(number, signal.SIGKILL)
    _, ended = os.waitpid(number, 0)
    with open(told, "rb") as pipe:  # noqa: PTH123  a descriptor
        aside = pipe.read().endswith(b"a")
    killed = os.WIFSIGNALED(ended)
    if not killed and os.waitstatus_to_exitcode(ended):
        raise AssertionError("The import ended with an error.")
    return Fate(killed, aside, time.monotonic() - begun)


class Bounds(NamedTuple):
    """How far a run that nobody kills goes.

    Attributes:
        steps: of SQLite, in thousands.
        statements: that are read.
        seconds: of the clock.
    """

    steps: int
    statements: int
    seconds: float


def _uncut(workspace: Path, file: Path) -> Bounds:
    """Import without being killed, and measure how far that goes."""
    before, steps = database._on_connect, [0]

    def look() -> int:
        steps[0] += 1
        return 0

    def connect(connection: Any, record: Any) -> None:
        before(connection, record)
        connection.set_progress_handler(look, STEPS)

    database._on_connect = connect  # type: ignore[assignment]
    begun = time.monotonic()
    try:
        said = import_list(workspace, file, NOW).version.statement_count
    finally:
        database._on_connect = before
    return Bounds(steps[0], said, time.monotonic() - begun)


def _way(rng: random.Random, bounds: Bounds) -> tuple[str, Callable[[], None], float | None]:
    """One way to die, by name; and after how many seconds, where the clock decides."""
    which = rng.choice(("amid SQLite", "amid reading", "at a moment"))
    if which == "amid SQLite":
        count = rng.randint(1, bounds.steps)
        return which, lambda: _die_amid_sqlite(count), None
    if which == "amid reading":
        count = rng.randrange(bounds.statements)
        return which, lambda: die_amid_reading(count), None
    return which, lambda: None, rng.uniform(0, bounds.seconds)


def campaign(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so many imports.

    Raises:
        AssertionError: a workspace is not as it should be after one.
    """
    rng, counts = random.Random(seed), Counter[str]()  # noqa: S311  reproducible
    cases = [case_of(folder / name, small) for name, small in (("first", None), ("update", SMALL))]
    workspace = folder / "killed"
    while counts["killed"] < kills:
        case = rng.choice(cases)
        shutil.rmtree(workspace, ignore_errors=True)
        shutil.copytree(case.before, workspace)
        name, how, after = _way(rng, case.bounds)
        cache = rng.choice((SMALL_CACHE_KIB, SMALL_CACHE_KIB, database.CACHE_KIB))
        fate = run(workspace, case.large, how, cache, after)
        journal = (workspace / f"{database.FILE_NAME}-journal").exists()
        found, which = state(workspace), f"seed {seed}, kill {counts['killed']}, {name}"
        assert found in (case.old, case.new), f"{which}: neither what was nor what is new"
        assert fate.killed or found == case.new, which
        counts.update(killed=fate.killed, aside=fate.killed and fate.aside, journal=journal and fate.killed)
        counts[name] += fate.killed
        counts["done before it was killed"] += fate.killed and found == case.new
        import_list(workspace, case.large, NOW)
        assert state(workspace) == case.new, f"{which}: importing again ends otherwise"
    return {"seed": seed, "statements": cases[0].bounds.statements, **counts}


class Case(NamedTuple):
    """A workspace before, the list that is imported, and what the records say before and after."""

    before: Path
    large: Path
    old: State
    new: State
    bounds: Bounds


def case_of(folder: Path, small: int | None) -> Case:
    """The first import of a list, or an update of a small version of it; other claims stand there already."""
    folder.mkdir()
    before, whole = folder / "before", folder / "whole"
    import_seed(before, NOW)
    if small:
        import_list(before, list_file(folder, small, 1), NOW)
    shutil.copytree(before, whole)
    large = list_file(folder, LARGE, 2)
    bounds = _uncut(whole, large)
    assert bounds.statements > LEAST, "the list is too small for the indexes to be laid aside"
    return Case(before, large, state(before), state(whole), bounds)


def main() -> None:
    """Run it as the command line says."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asking.add_argument("--kills", type=int, default=300)
    asking.add_argument("--seed", type=int, default=1)
    given = asking.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(campaign(Path(folder), given.kills, given.seed)))


if __name__ == "__main__":
    main()
