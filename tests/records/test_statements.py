from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from qaif.errors import NotFoundError
from qaif.records.database import Database
from qaif.records.engine import Records
from qaif.records.statement import Assertion, Entry, Statement, digest_of
from qaif.records.statements import replace, retract, say

PAPER = Assertion(asserted_by="The Daily Example", resting_on=("A Report",), quote="said", span=(3, 7))
ENTRY = Entry(entered_by="analyst", entered_at="2026-11-25T00:00:00Z", tool="test")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path) as opened:
        yield opened


def _said(number: int, value: str = "x") -> Statement:
    return Statement(f"e{number}", "Person", "name", value, PAPER, key=f"k{number}")


def test_what_is_said_holds_until_it_is_taken_back_and_can_be_said_again(records: Records) -> None:
    one, log = _said(1), records.statements
    assert log.say([one, one], ENTRY).added == 1
    first = log.last_seq()
    assert log.say([one], ENTRY).already == 1
    assert [each.statement for each in log.of_entity("e1")] == [one]
    assert log.of_entity("e1")[0].statement.assertion.root == "A Report"
    log.retract([one.id.hex()], changed(ENTRY, reason="it was another"))
    assert log.of_entity("e1") == ()
    assert [each.statement for each in log.of_entity("e1", as_of=first)] == [one]
    with pytest.raises(NotFoundError, match=one.id.hex()):
        log.retract([one.id.hex()], ENTRY)
    log.say([one], ENTRY)
    assert [row.said for row in log.history(one.id.hex())] == [True, False, True]
    assert log.history(one.id.hex())[1].entry.reason == "it was another"


def test_a_past_moment_is_a_past_row(records: Records) -> None:
    log = records.statements
    log.say([_said(1)], changed(ENTRY, entered_at="2026-01-01T00:00:00Z"))
    log.say([_said(2)], changed(ENTRY, entered_at="2026-02-01T00:00:00Z"))
    assert log.last_seq("2025-12-31T00:00:00Z") == 0
    assert log.last_seq("2026-01-15T00:00:00Z") == 1
    assert log.last_seq() == 2
    assert log.of_entity("e2", as_of=1) == ()


def test_an_id_is_of_all_that_is_said_and_of_who_says_it() -> None:
    one = _said(1)
    others = [
        changed(one, value="y"),
        changed(one, prop="alias"),
        changed(one, lang="ar"),
        changed(one, original="X"),
        changed(one, assertion=changed(PAPER, asserted_by="Another")),
        changed(one, assertion=changed(PAPER, span=(3, 8))),
        changed(one, assertion=changed(PAPER, status="alleged")),
    ]
    assert len({each.id for each in (one, *others)}) == len(others) + 1
    assert changed(one, key="another", locator="row 5").id == one.id


def test_fields_cut_elsewhere_have_another_digest() -> None:
    cut = (("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""), ("abc", None))
    assert len({digest_of(*each) for each in cut}) == len(cut)


@pytest.mark.parametrize(
    "given",
    [{"reliability": "G"}, {"reliability": ""}, {"credibility": 0}, {"credibility": 7}, {"status": "true"}],
)
def test_a_grade_or_status_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is one of|is 1 to 6"):
        changed(PAPER, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_random_retractions_and_additions_end_as_a_fresh_load(
    records: Records, tmp_path: Path, seed: int
) -> None:
    rng, log, database = Random(seed), records.statements, Database(tmp_path)  # noqa: S311  a test's dice
    pool = [_said(number, str(number % 7)) for number in range(60)]
    held: set[Statement] = set()
    states: dict[int, str] = {}
    for part in range(10):
        with database.writing() as connection:
            for _ in range(100):
                one = rng.choice(pool)
                if one in held and rng.random() < 0.6:
                    retract(connection, [one.id], ENTRY)
                    held.remove(one)
                else:
                    say(connection, [one], ENTRY)
                    held.add(one)
        states[log.last_seq()] = _fresh(tmp_path / f"past{part}", held)
    for seq, digest in states.items():
        assert log.digest(as_of=seq) == digest
    assert log.digest() == digest


def _fresh(folder: Path, held: set[Statement]) -> str:
    folder.mkdir()
    with Records.open(folder) as records:
        records.statements.say(sorted(held, key=lambda each: each.id), ENTRY)
        return records.statements.digest()


def test_a_dataset_replaced_says_the_new_and_takes_back_the_gone(tmp_path: Path) -> None:
    listed = changed(PAPER, dataset="list")
    old = [changed(_said(number), assertion=listed) for number in range(10)]
    new = [*old[5:], *(changed(_said(number), assertion=listed) for number in range(20, 23))]
    with Records.open(tmp_path) as records:
        database = Database(tmp_path)
        records.statements.say([_said(100)], ENTRY)
        for said in (old, new):
            with database.writing() as connection:
                done = replace(connection, "list", said, ENTRY)
        assert (done.added, done.already, done.retracted) == (3, 5, 5)
        held = {each.statement for each in records.statements.of_dataset("list")}
        assert held == set(new)
        assert len(records.statements.of_entity("e100")) == 1


def test_an_erased_statement_leaves_a_tombstone_and_does_not_come_back(
    records: Records, tmp_path: Path
) -> None:
    log, one = records.statements, changed(_said(1), value="A Private Person", assertion=PAPER)
    log.say([one, changed(_said(2), assertion=changed(PAPER, quote="other"))], ENTRY)
    log.retract([one.id.hex()], ENTRY)
    log.say([one], ENTRY)
    assert log.erase([one.id.hex()]) == 3
    assert log.of_entity("e1") == ()
    assert log.say([one], ENTRY).erased == 1
    rows = log.history(one.id.hex())
    assert len(rows) == 3
    assert all(
        row.erased and row.statement.value == "" and row.statement.assertion.quote == "" for row in rows
    )
    assert log.of_entity("e2")[0].statement.assertion.quote == "other"
    records.close()
    for file in tmp_path.glob("records.sqlite*"):
        assert b"A Private Person" not in file.read_bytes()


@pytest.mark.parametrize(
    "command",
    [
        "DELETE FROM statements",
        "UPDATE statements SET value = 'y'",
        "UPDATE statements SET value = 'y', said = 0, erased = 1",
        "INSERT OR REPLACE INTO statements SELECT * FROM statements",
        "DELETE FROM entries",
        "UPDATE entries SET reason = 'y'",
        "DELETE FROM assertions",
        "UPDATE assertions SET reliability = 'A'",
    ],
)
def test_the_log_refuses_to_be_changed(records: Records, tmp_path: Path, command: str) -> None:
    records.statements.say([_said(1)], ENTRY)
    with pytest.raises(DatabaseError, match="only ever added"), Database(tmp_path).writing() as connection:
        connection.execute(text(command))
    assert len(records.statements.of_entity("e1")) == 1


@pytest.mark.parametrize("original", [None, "", "X", "\ud800"])
def test_an_id_is_the_digest_of_all_fields(original: str | None) -> None:
    for fields in (("e", "Person", "name", "ü", "en"), ("eP", "erson", "name", "", "")):
        entity, schema, prop, value, lang = fields
        made = Statement(entity, schema, prop, value, PAPER, lang, original, key="k", locator="row 1")
        assert made.id == digest_of(*fields, original, after=PAPER.digest)[:16]
