"""Much entered at once: indexes and a trigger are laid aside, and the log ends as it would without that."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from qaif.records import laid_aside, statements
from qaif.records.database import Database
from qaif.records.engine import Records
from qaif.records.statement import Assertion, Entry, Statement

ENTRY = Entry(entered_by="a", entered_at="2026-11-25T00:00:00Z", tool="t")
OLD, NEW = Assertion(asserted_by="old"), Assertion(asserted_by="new")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_aside, "LEAST", 50)
    monkeypatch.setattr(statements, "_CHUNK", 20)


@pytest.fixture
def dropped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much was laid aside, each time."""
    made: list[int] = []
    entered = laid_aside.LaidAside.entered

    def counting(self: laid_aside.LaidAside, count: int) -> None:
        before = len(self._aside)
        entered(self, count)
        made.extend([len(self._aside)] if len(self._aside) > before else [])

    monkeypatch.setattr(laid_aside.LaidAside, "entered", counting)
    return made


def _made_of(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
    return [(row[0], row[1]) for row in rows]


def _said(count: int, by: Assertion, start: int = 0) -> list[Statement]:
    return [
        Statement(f"e{n}", "Person", "name", f"n{n}", by, key=f"k{n}") for n in range(start, start + count)
    ]


def test_the_log_has_all_its_indexes_and_triggers_again(tmp_path: Path, dropped: list[int]) -> None:
    with Records.open(tmp_path) as records:
        with Database(tmp_path).reading() as connection:
            before = _made_of(connection)
        records.statements.say(_said(30, OLD), ENTRY)
        assert dropped == []
        records.statements.say(_said(200, NEW), ENTRY)
        assert dropped == [6]  # five indexes and the trigger
        with Database(tmp_path).writing() as connection:
            assert _made_of(connection) == before
            row = "seq, id, said, entity_id, schema, prop, value, lang, locator, assertion_id, entry_id"
            with pytest.raises(IntegrityError, match="only ever added"):
                connection.execute(
                    text(f"INSERT OR REPLACE INTO statements ({row}) SELECT {row} FROM statements LIMIT 1")
                )
        assert len(records.statements.by_key("k150")) == 1


def test_what_ends_in_an_error_leaves_all_as_it_was(tmp_path: Path, dropped: list[int]) -> None:
    def broken() -> Iterator[Statement]:
        yield from _said(150, NEW)
        raise ValueError("the file ends here")

    with Records.open(tmp_path) as records:
        with Database(tmp_path).reading() as connection:
            before = _made_of(connection)
        with pytest.raises(ValueError, match="ends here"):
            records.statements.say(broken(), ENTRY)
        assert dropped == [6]
        with Database(tmp_path).reading() as connection:
            assert _made_of(connection) == before
        assert records.statements.last_seq() == 0


def test_old_and_new_in_any_order_end_in_the_log_of_one_by_one(tmp_path: Path, dropped: list[int]) -> None:
    chance = random.Random(7)  # noqa: S311  an order for a test
    first = _said(60, OLD)
    blocks = [_said(40, NEW, start) for start in range(0, 400, 40)] + [
        _said(20, OLD, start) for start in (0, 40, 80)
    ]
    chance.shuffle(blocks)
    stream = [each for block in blocks for each in block]
    digests = []
    for name, pieces in (("one", [stream]), ("many", [[each] for each in stream])):
        folder = tmp_path / name
        folder.mkdir()
        with Records.open(folder) as records:
            records.statements.say(first, ENTRY)
            gone = records.statements.ids_about("e41")
            records.statements.erase(records.statements.ids_about("e3"))
            records.statements.retract(gone, ENTRY)
            for piece in pieces:
                records.statements.say(piece, ENTRY)
            order = [row.statement for row in records.statements.with_props(["name"])]
            digests.append((records.statements.digest(), records.statements.last_seq(), order))
    assert digests[0] == digests[1]
    assert dropped


def test_a_large_log_keeps_its_indexes_while_little_is_entered(tmp_path: Path, dropped: list[int]) -> None:
    with Records.open(tmp_path) as records:
        records.statements.say(_said(400, OLD), ENTRY)
        del dropped[:]
        records.statements.say(_said(150, NEW, 1000), ENTRY)
        assert dropped == []
        records.statements.say(_said(400, Assertion(asserted_by="newer"), 2000), ENTRY)
        assert dropped == [6]
