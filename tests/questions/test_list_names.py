"""Names of lists made ready once and kept: used while they are true, thrown away when they are not."""

import random
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from evidence.extraction.test_names import made_names
from qaif.evidence import name_index
from qaif.evidence.name_index import NameIndex
from qaif.questions import list_names
from qaif.questions.list_names import Searcher, search_names
from qaif.questions.lists import import_list
from qaif.records.database import Database
from qaif.records.engine import Records
from qaif.records.statement import Assertion, Entry, Statement
from support import list_files as files
from support.workspaces import answer

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ENTRY = Entry(entered_by="a", entered_at="2026-11-25T00:00:00Z", tool="t")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace = tmp_path / "w"
    import_list(workspace, files.put(tmp_path, "1.xml", files.a_whole_list()), NOW)
    return workspace


def _rows(folder: Path) -> list[tuple[int, int]]:
    with Database(folder).reading() as connection:
        rows = connection.execute(text("SELECT last_seq, name_count FROM name_index")).fetchall()
        return [(row[0], row[1]) for row in rows]


def _made_anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often names are made ready, and of how many."""
    made: list[int] = []

    class Counting(Searcher):
        def __init__(self, names: list[object]) -> None:
            super().__init__(names)  # type: ignore[arg-type]
            made.extend([len(names)] if names else [])

    monkeypatch.setattr(list_names, "Searcher", Counting)
    return made


def test_what_is_kept_finds_what_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made_anew(monkeypatch)
    asked = ("Zaydun Mithali", "זיידון מיתאלי", "Invented Trading Hous 3", "Nobody Whatsoever", "")
    first = [search_names(folder, name, least=60) for name in asked]
    assert made == [first[0].names_searched]
    assert [search_names(folder, name, least=60) for name in asked] == first
    assert made == [first[0].names_searched]
    assert first[0].candidates[0].score == 100


def test_claims_of_others_leave_it_and_each_change_of_a_list_does_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _made_anew(monkeypatch)
    search_names(folder, "Zaydun Mithali")
    with Records.open(folder) as records:
        records.statements.say([Statement("e", "Person", "name", "X", Assertion(asserted_by="a"))], ENTRY)
    search_names(folder, "Zaydun Mithali")
    assert len(made) == 1
    second = files.put(tmp_path, "2.xml", files.a_whole_list(date(2024, 6, 1), count=5))
    import_list(folder, second, NOW)
    assert search_names(folder, "Invented Trading House 5", least=96).candidates == ()
    assert (len(made), made[1]) == (2, made[0] - 1)
    with Records.open(folder) as records:
        named = records.names.every()[1]
        one = next(each for each in named if each.name == "Zaydun Mithali")
        row = next(r for r in records.statements.of_entity(one.entity_id) if r.seq == one.seq)
        records.statements.retract([row.id], ENTRY)
    assert search_names(folder, "Zaydun Mithali", least=96).candidates == ()
    assert len(made) == 3


def test_an_erasure_throws_it_away_and_none_is_kept_of_the_erased(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search_names(folder, "Zaydun Mithali")
    assert len(_rows(folder)) == 1
    with Records.open(folder) as records:
        stand, named = records.names.every()
    answer(folder, "claims", "erase", found.candidates[0].entity_id, "--reason", "asked for", "--by", "A")
    assert _rows(folder) == []
    with Records.open(folder) as records:  # somebody who read the names before the erasure keeps none of them
        monkeypatch.setattr(records.names, "every", lambda: (stand, named))
        list_names.searcher_of(records)
    assert _rows(folder) == []
    assert search_names(folder, "Zaydun Mithali").candidates == ()
    assert len(_rows(folder)) == 1


def test_other_rules_make_it_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made_anew(monkeypatch)
    search_names(folder, "Zaydun Mithali")
    monkeypatch.setattr(list_names, "rules_digest", lambda: "others")
    search_names(folder, "Zaydun Mithali")
    search_names(folder, "Zaydun Mithali")
    assert len(made) == 2
    assert len(_rows(folder)) == 1


def test_a_busy_file_is_no_hindrance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qaif.records.database.BUSY_SECONDS", 0.1)
    with Database(folder).writing():
        assert search_names(folder, "Zaydun Mithali").candidates
    assert _rows(folder) == []


def test_the_rules_are_every_module_that_names_are_compared_by() -> None:
    folder, found, left = Path(name_index.__file__).parent, set[str](), ["name_index.py"]
    while left:
        name = left.pop()
        found.add(name)
        imported = re.findall(
            r"^from qaif\.evidence\.(\w+) import", (folder / name).read_text(), re.MULTILINE
        )
        left += [f"{each}.py" for each in imported if f"{each}.py" not in found]
    assert found == set(name_index._RULES)


def test_packed_and_read_back_is_the_same_index() -> None:
    names = [*made_names(2_000, seed=3), "", "قناديل الخير", "מגדל", "\ud800x", "Шторм 24"]
    index = NameIndex(names)
    again = NameIndex.unpacked(index.packed(), lambda asked: {at: names[at] for at in asked})
    chance = random.Random(4)  # noqa: S311  names for a test
    for name in [*chance.sample(names, 100), "قنادیل", "Storm 24", "nobody at all", "x"]:
        assert again.search(name, most=20, least=50) == index.search(name, most=20, least=50)
    assert len(again) == len(names)
    gone = NameIndex.unpacked(index.packed(), lambda _: {})
    assert gone.search(names[0]) == []


def test_statements_are_found_by_the_kind_of_their_entity(folder: Path) -> None:
    with Database(folder).reading() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM statements AS s WHERE s.schema IN ('Campaign')")
        ).fetchall()
    assert any("statements_by_schema" in str(row) for row in plan)
