"""The audit log as a tree: what is added, proven, erased, and noticed when it is changed."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import IntegrityError

from campaigns.audit_tampering import run
from oracle.merkle_log import root as slow_root
from qaif.errors import NotFoundError, StoreDamagedError, UsageError
from qaif.records.audit import chained
from qaif.records.audit_texts import (
    Keeping,
    Retention,
    entries_about,
    erase_before,
    keeping_named,
    opening_of,
    opens,
    set_retention,
    texts_of,
)
from qaif.records.audit_tree import Head, ToRecord, leaf_of
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.merkle_log import is_consistent, is_included

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


def entry(number: int, query: str | None = None) -> ToRecord:
    return ToRecord(at=NOON, action="tried", subject=f"n{number}", details={"n": number}, query=query)


def filled(records: Records, count: int) -> None:
    records.tree.append([entry(each) for each in range(count)])


def rows(folder: Path) -> list[tuple[int, str, str, str, str]]:
    raw = sqlite3.connect(folder / "records.sqlite")
    found = raw.execute("SELECT id, at, action, subject, details FROM audit ORDER BY id").fetchall()
    raw.close()
    return found


def test_entries_added_either_way_are_one_chain(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.audit.append(NOON, "one", "a")
        assert records.tree.append([entry(1), entry(2)]) == range(2, 4)
        assert records.tree.append([]) == range(4, 4)
        records.audit.append(NOON, "four", "b")
        assert [each.number for each in records.audit.entries()] == [1, 2, 3, 4]
        assert records.checked([]).problems == ()
        assert [each.number for each in records.tree.newest(2)] == [3, 4]
        assert [each.number for each in records.tree.newest(9, begins="tr")] == [2, 3]
        assert records.tree.newest(9, begins="t_") == ()


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        filled(records, 3)
        bad = ToRecord(at=NOON, action="x", subject="y", details={"z": object()})  # type: ignore[dict-item]
        with pytest.raises(TypeError):
            records.tree.append([entry(1), bad])
        assert records.tree.size() == 3


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_roots_are_those_of_rfc_6962_at_every_size(tmp_path: Path, size: int) -> None:
    with Records.open(tmp_path) as records:
        for start in range(0, size, 100):
            records.tree.append([entry(each) for each in range(start, min(start + 100, size))])
            records.tree.checkpoint()  # kept hashes are made in steps
        leaves = [json.dumps(list(row)).encode() for row in rows(tmp_path)]
        assert records.tree.checkpoint() == Head(size, slow_root(leaves))
        checked = records.checked(range(size + 1))
        assert checked.head == Head(size, slow_root(leaves))
        for each in {0, 1, 2, size // 2, size - 1, size} & set(range(size + 1)):
            assert records.tree.checkpoint(each).root == slow_root(leaves[:each]) == checked.roots[each]


@pytest.mark.parametrize("text", ["", "a", '"\\\n\t\x00\x1f\x7f', "\u00e9\u2028\U0001f600", "</script>"])
def test_a_row_is_hashed_as_json_writes_it(text: str) -> None:
    row = (7, text, "b", text, json.dumps({"x": text}))
    assert leaf_of(*row) == json.dumps(list(row), ensure_ascii=False).encode()
    parts = [text, "b", text]
    assert chained(*parts) == sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def test_proofs_lead_to_roots(tmp_path: Path) -> None:
    chance = Random(5)  # noqa: S311  a test's dice
    with Records.open(tmp_path) as records:
        filled(records, 65_800)  # past the second kept level
        head = records.tree.checkpoint()
        for number in (1, 256, 257, 65_536, 65_537, 65_800, *chance.sample(range(1, 65_801), 3)):
            proof = records.tree.prove(number)
            assert is_included(proof.leaf, number - 1, head.size, proof.path, head.root)
            old = records.tree.checkpoint(number)
            between = records.tree.consistency(number)
            assert is_consistent(number, old.root, head.size, head.root, between)
        assert records.checked([head.size]).roots[head.size] == head.root


def test_many_who_write_at_once_make_one_chain(tmp_path: Path) -> None:
    def writer(place: int) -> list[int]:
        numbers: list[int] = []
        with Records.open(tmp_path) as records:
            for at in range(5):
                numbers += records.tree.append([entry(100 * place + 10 * at + n) for n in range(10)])
                records.tree.checkpoint()
        return numbers

    Records.open(tmp_path).close()
    with ThreadPoolExecutor(4) as pool:
        numbers = [each for made in pool.map(writer, range(4)) for each in made]
    assert sorted(numbers) == list(range(1, 201))
    with Records.open(tmp_path) as records:
        assert records.checked([]).problems == ()
        assert records.checked([]).head == records.tree.checkpoint()


def test_what_is_not_in_the_log_cannot_be_proven(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        filled(records, 3)
        for number in (0, 4, -1):
            with pytest.raises(NotFoundError):
                records.tree.prove(number)
            with pytest.raises(NotFoundError):
                records.tree.consistency(number)
        with pytest.raises(NotFoundError):
            records.tree.prove(3, size=2)
        with pytest.raises(NotFoundError):
            records.tree.checkpoint(4)
        with pytest.raises(NotFoundError):
            records.tree.row(4)
        assert records.tree.entry(4) is None


def test_a_forger_who_makes_everything_anew_is_noticed_beside_a_checkpoint(tmp_path: Path) -> None:
    """Each way at each place of a short log; of ten thousand at a few: the first, the last, and chance's."""
    (tmp_path / "short").mkdir()
    (tmp_path / "long").mkdir()
    assert run(10, list(range(10)), tmp_path / "short") == []
    places = [0, 9_999, Random(7).randrange(10_000)]  # noqa: S311  a test's dice
    assert run(10_000, places, tmp_path / "long") == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM audit WHERE id = 300", "Entries 300 to 300 are missing"),
        ("UPDATE audit SET details = '{}' WHERE id = 300", "Entry 300 is not as it was written"),
        ("UPDATE audit SET digest = 'x' WHERE id = 300", "Entry 300 is not as it was written"),
        ("DELETE FROM audit WHERE id > 300", "There were more entries than the 300"),
    ],
)
def test_a_careless_forger_is_noticed_without_one(tmp_path: Path, statement: str, said: str) -> None:
    with Records.open(tmp_path) as records:
        filled(records, 600)
        records.tree.checkpoint()
        raw = sqlite3.connect(tmp_path / "records.sqlite")
        with raw:
            raw.execute("DROP TRIGGER audit_no_update")
            raw.execute("DROP TRIGGER audit_no_delete")
            raw.execute(statement)
        raw.close()
        assert any(said in each for each in records.checked([]).problems)


def test_a_missing_entry_makes_no_checkpoint(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        filled(records, 300)
        raw = sqlite3.connect(tmp_path / "records.sqlite")
        with raw:
            raw.execute("DROP TRIGGER audit_no_delete")
            raw.execute("DELETE FROM audit WHERE id = 7")
        raw.close()
        with pytest.raises(StoreDamagedError, match="1 to 256"):
            records.tree.checkpoint()


@pytest.mark.parametrize("keeping", ["text", "digest", "nothing"])
def test_a_confidential_text_never_stands_in_the_log(tmp_path: Path, keeping: Keeping) -> None:
    with Records.open(tmp_path) as records:
        with records.writing() as connection:
            set_retention(connection, Retention(keeping))
        records.tree.append([entry(1, ADDRESS), entry(2, "another"), entry(3)])
        assert not any(ADDRESS in str(row) for row in rows(tmp_path))
        assert (ADDRESS.encode() in (tmp_path / "records.sqlite").read_bytes()) is (keeping == "text")
        with records.reading() as connection:
            assert entries_about(connection, ADDRESS) == ((1,) if keeping != "nothing" else ())
            assert entries_about(connection, ADDRESS[:-1]) == ()
            kept = {1: ADDRESS, 2: "another"} if keeping == "text" else {}
            assert texts_of(connection, [1, 2, 3]) == kept


def test_the_same_question_has_no_digest_that_tells_it(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.tree.append([entry(1, ADDRESS), entry(2, ADDRESS)])
        one, two = (json.loads(row[4])["query_digest"] for row in rows(tmp_path))
        assert one != two


def test_a_text_is_erased_and_the_tree_still_verifies(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        late = ToRecord(at=NOON + timedelta(days=1), action="late", subject="s", query="kept one")
        records.tree.append([entry(1, ADDRESS), late])
        before = records.tree.checkpoint()
        with records.writing() as connection:
            assert erase_before(connection, utc_stamp(NOON + timedelta(hours=1))) == 1
        assert ADDRESS.encode() not in (tmp_path / "records.sqlite").read_bytes()
        assert records.tree.checkpoint() == before
        assert records.checked([]).problems == ()
        with records.reading() as connection:
            assert texts_of(connection, [1, 2]) == {2: "kept one"}
            assert opening_of(connection, 1) is None


def test_an_entry_opens_to_its_own_text_alone(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.tree.append([entry(1, ADDRESS)])
        with records.reading() as connection:
            opening = opening_of(connection, 1)
    assert opening is not None
    text, salt = opening
    details = rows(tmp_path)[0][4]
    assert opens(details, text, salt)
    assert not opens(details, text + "x", salt)
    assert not opens(details, text, salt[1:])
    assert not opens("{}", text, salt)


def test_a_text_changed_behind_the_program_is_not_shown(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.tree.append([entry(1, ADDRESS)])
        raw = sqlite3.connect(tmp_path / "records.sqlite")
        with raw:
            raw.execute("UPDATE audit_texts SET text = 'another'")
        raw.close()
        with records.reading() as connection:
            assert texts_of(connection, [1]) == {}


def test_no_other_way_of_keeping() -> None:
    with pytest.raises(UsageError, match="text, digest, nothing"):
        keeping_named("all")


def test_the_log_stays_append_only(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        filled(records, 2)
        with pytest.raises(IntegrityError, match="append-only"), records.writing() as connection:
            connection.exec_driver_sql("UPDATE audit SET subject = 'x'")
