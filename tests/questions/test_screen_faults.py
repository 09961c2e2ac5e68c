"""A matrix of faults: none makes silence of a hit, and none lets NO_DIRECT_HIT stand."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qaif.questions.screen import ScreenRequest, screen
from qaif.screening.policy import Policy, policy_named
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called
from support.workspaces import answer

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
US = replace(policy_named("us-exchange"), tip_minutes=10**9)
Harm = Callable[[Path], object]


def chain(folder: Path) -> Path:
    return Workspace.open(folder).chain_dir


def records(folder: Path) -> Path:
    return Workspace.open(folder).records_path


def segment(folder: Path) -> Path:
    return max(chain(folder).glob("*.seg"), key=lambda path: path.stat().st_size)


def cut(path: Path, part: float) -> None:
    os.truncate(path, int(path.stat().st_size * part))


def overwrite(path: Path, content: bytes, at: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def another_schema(folder: Path) -> None:
    with sqlite3.connect(records(folder)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffff'")


def without_tables(folder: Path) -> None:
    with sqlite3.connect(records(folder)) as connection:
        connection.execute("DROP TABLE statements")


def without_log(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def empty(folder: Path) -> None:
    records(folder).write_bytes(b"")
    without_log(records(folder))


def half_of_records(folder: Path) -> None:
    with sqlite3.connect(records(folder)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    without_log(records(folder))
    cut(records(folder), 0.5)


def head_of_records(folder: Path) -> None:
    without_log(records(folder))
    overwrite(records(folder), b"no database at all" * 8)


def records_a_folder(folder: Path) -> None:
    without_log(records(folder))
    into_a_folder(records(folder))


def empty_folder(folder: Path) -> None:
    for path in chain(folder).iterdir():
        path.unlink()


def all_records(folder: Path) -> None:
    for path in folder.glob("records*"):
        path.unlink()


def joins_nonsense(folder: Path) -> None:
    clusters = Workspace.open(folder).clusters_dir
    clusters.mkdir(exist_ok=True)
    (clusters / "joins-nothing.txt").write_text("no transaction")


def only_some_blocks(folder: Path) -> None:
    shutil.rmtree(chain(folder))
    story = Story()
    for name in ("bad", "friend"):
        story.fund(name)
    put(chain(folder), story.branch.blocks[1:])


def other_list(folder: Path, seen: str) -> None:
    path = files.put(folder.parent, "newer.ftm.json", listed("bad", seen=seen))
    answer(folder, "lists", "import", str(path))


HARM: dict[str, Harm] = {
    "the manifest is cut in half": lambda f: cut(chain(f) / "MANIFEST", 0.5),
    "the manifest is empty": lambda f: cut(chain(f) / "MANIFEST", 0),
    "the manifest is of zeros": lambda f: overwrite(chain(f) / "MANIFEST", bytes(64)),
    "the manifest is gone": lambda f: (chain(f) / "MANIFEST").unlink(),
    "the manifest is a folder": lambda f: into_a_folder(chain(f) / "MANIFEST"),
    "a segment is gone": lambda f: segment(f).unlink(),
    "a segment is cut in half": lambda f: cut(segment(f), 0.5),
    "a segment is cut by a byte": lambda f: cut(segment(f), 1 - 1e-9),
    "a segment is empty": lambda f: cut(segment(f), 0),
    "a segment's head is overwritten": lambda f: overwrite(segment(f), b"\xff" * 64),
    "the chain's folder is gone": lambda f: shutil.rmtree(chain(f)),
    "the chain's folder is empty": empty_folder,
    "only some blocks are held": only_some_blocks,
    "the records are empty": empty,
    "the records are cut in half": half_of_records,
    "the records' head is overwritten": head_of_records,
    "the records are of a later schema": another_schema,
    "a table of the records is gone": without_tables,
    "the records are gone": all_records,
    "the records are a folder": records_a_folder,
    "a list of next year is loaded": lambda f: other_list(f, "2025-05-01T06:00:00"),
    "a list of tomorrow is loaded": lambda f: other_list(f, "2024-05-03T06:00:00"),
    "what joins nothing cannot be read": joins_nonsense,
}
CLOCKS = {
    f"the clock is {days:+} days off": timedelta(days=days)
    for days in (3, 4, 30, 365, 3650, -2, -3, -30, -3650)
}
POLICIES: dict[str, Policy] = {
    "the tip may be a minute old": replace(US, tip_minutes=1),
    "the tip may be a day old": replace(US, tip_minutes=1440),
    "lists must be of today": replace(US, list_days=0),
    **{
        f"{other} must be loaded": replace(US, jurisdictions=("US", other))
        for other in ("EU", "UK", "UN", "IL")
    },
    "only the EU must be loaded": replace(US, jurisdictions=("EU",)),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without a fault: a chain, and a list that names one of two people."""
    folder = tmp_path_factory.mktemp("faults") / "w"
    story = Story()
    for name in ("bad", "friend"):
        story.fund(name)
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    path = files.put(folder.parent, "us_ofac_sdn.ftm.json", listed("bad"))
    answer(folder, "lists", "import", str(path))
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "w"))


def verdicts(folder: Path, policy: Policy = US, now: datetime = NOW) -> tuple[str, str]:
    """Of who is listed, and of who is not; whoever is UNKNOWN is told why."""
    found = []
    for name in ("bad", "friend"):
        got = screen(folder, ScreenRequest(address=called(name), policy=policy, now=now))
        assert bool(got.faults) != got.coverage.complete
        assert all(each.kind and each.said for each in got.faults)
        found.append(got.verdict)
    return found[0], found[1]


def test_without_a_fault(folder: Path) -> None:
    assert verdicts(folder) == ("HIT", "NO_DIRECT_HIT")
    assert verdicts(folder, now=NOW + timedelta(days=2)) == ("HIT", "NO_DIRECT_HIT"), "as old as allowed"


def test_the_matrix_is_large_enough() -> None:
    assert len(HARM) + len(CLOCKS) + len(POLICIES) >= 40


@pytest.mark.parametrize("harm", HARM)
def test_harm(folder: Path, harm: str) -> None:
    HARM[harm](folder)
    bad, friend = verdicts(folder)
    assert friend == "UNKNOWN"
    assert bad == ("UNKNOWN" if "records" in harm else "HIT")


@pytest.mark.parametrize("clock", CLOCKS)
def test_clocks(folder: Path, clock: str) -> None:
    assert verdicts(folder, now=NOW + CLOCKS[clock]) == ("HIT", "UNKNOWN")


@pytest.mark.parametrize("policy", POLICIES)
def test_policies(folder: Path, policy: str) -> None:
    assert verdicts(folder, POLICIES[policy]) == ("HIT", "UNKNOWN")
