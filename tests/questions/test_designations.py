import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from qaif.errors import UsageError
from qaif.questions.designations import DesignationsAnswer, designations
from qaif.questions.designations_judged import AuthorityAnswer
from qaif.questions.lists import import_list, import_seed
from qaif.records.database import Database
from qaif.records.engine import Records
from qaif.records.schema import judgements
from qaif.records.statement import Assertion, Entry, Statement
from qaif.workspace.folder import Workspace
from support import list_files as files

NOW = datetime(2024, 5, 2, tzinfo=UTC)
DAY = date(2024, 5, 10)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of four authorities, all of 1 May 2024."""
    made = tmp_path_factory.mktemp("lists")
    for name, content in (("us", files.a_whole_list()), ("un", files.un()), ("eu", files.eu())):
        import_list(made / "w", files.put(made, f"{name}.xml", content), NOW)
    orders = files.put(made, "il.xlsx", files.nbctf_orders())
    import_list(made / "w", orders, NOW, published="2024-05-01")
    return made / "w"


@pytest.fixture
def folder(loaded: Path, tmp_path: Path) -> Path:
    """The same, for one test to write to."""
    return Path(shutil.copytree(loaded, tmp_path / "w"))


def ask(folder: Path, what: str, whose: str, day: date = DAY) -> AuthorityAnswer:
    return designations(folder, what, day, [whose]).authorities[0]


def say(folder: Path, rows: Iterable[tuple[str, str, str, str]], key: bool = True) -> None:  # noqa: FBT001, FBT002
    said = Assertion(asserted_by="an analyst")
    entry = Entry(entered_by="an analyst", entered_at="2024-05-02T00:00:00Z", tool="test")
    points = ("owner", "asset", "subject", "object", "entity", "holder", "director", "organization")
    with Records.open(folder) as records:
        records.statements.say(
            [Statement(*row, said, key=row[3] if key and row[2] in points else None) for row in rows], entry
        )


def judge(folder: Path, left: str, right: str, word: str) -> None:
    database = Database(folder)
    with database.writing() as connection:
        connection.execute(
            insert(judgements).values(
                left_id=left,
                right_id=right,
                judgement=word,
                author="a",
                reason="r",
                at="2024-05-02T00:00:00Z",
            )
        )
    database.close()


def test_listed_itself_with_act_programme_and_place(folder: Path) -> None:
    got = ask(folder, "ofac-101", "US")
    assert got.status == "listed itself"
    (one,) = got.designations
    assert (one.programme, one.legal_act) == (("SDGT",), ("Executive Order 13224 (Terrorism)",))
    assert (one.from_, one.to, one.by_the_list) == ("2019-09-10", None, True)
    assert {link.locator for link in one.links} == {"SanctionsEntry 101"}
    assert all(link.status == "official listing" and link.document_sha256 for link in one.links)


def test_an_address_is_listed_by_the_list_that_names_it(folder: Path) -> None:
    assert ask(folder, files.bitcoin(1), "US").status == "listed itself"
    for ether in (files.ETHER, files.ETHER.lower()):
        got = designations(folder, ether, DAY, ["US"])
        assert got.authorities[0].status == "listed itself"
        assert any("chain not analysed" in reason for reason in got.coverage.reasons)
    assert ask(folder, files.bitcoin(1), "EU").status == "not listed"
    assert ask(folder, files.bitcoin(4), "EU").status == "listed itself"
    assert ask(folder, files.bitcoin(99), "US").status == "not listed"


def test_before_its_listing_it_was_not_and_the_list_does_not_tell_who_else_was(folder: Path) -> None:
    got = ask(folder, "ofac-101", "US", date(2018, 1, 1))
    assert got.status == "list not loaded"
    assert "begins on 2019-09-10" in got.reasons[0]
    assert ask(folder, "ofac-101", "US", date(2020, 1, 1)).status == "listed itself"


def test_an_address_is_not_older_on_a_list_than_the_list_shows(folder: Path) -> None:
    """Its holder was listed in 2019; the first version that is loaded, of 2024, has the address."""
    assert ask(folder, "ofac-101", "US", date(2020, 1, 1)).status == "listed itself"
    got = ask(folder, files.bitcoin(1), "US", date(2020, 1, 1))
    assert got.status == "list not loaded"
    assert "does not say since when" in got.reasons[0]


def test_a_list_that_is_too_old_says_no_more_than_whom_it_lists(folder: Path) -> None:
    late = date(2024, 9, 1)
    assert ask(folder, "ofac-101", "US", late).status == "listed itself"
    assert "too old" in ask(folder, "ofac-101", "US", late).reasons[0]
    assert ask(folder, files.bitcoin(99), "US", late).status == "list too old"


def test_a_list_that_is_not_loaded_is_no_answer(folder: Path) -> None:
    got = designations(folder, files.bitcoin(1), DAY, ["UK", "CA"])
    assert [each.status for each in got.authorities] == ["list not loaded", "list not loaded"]
    assert not got.coverage.complete
    assert "UK: list not loaded." in got.coverage.reasons


def test_orders_of_israel_end(folder: Path) -> None:
    assert ask(folder, files.bitcoin(6), "IL").status == "listed itself"
    over = ask(folder, files.bitcoin(6), "IL", date(2025, 3, 2))
    assert over.status == "list too old"
    assert over.not_in_force[0].to == "2025-03-01"
    assert "ASO 12/23 ended on 2025-03-01" in over.reasons[0]
    assert ask(folder, files.TRON, "IL", date(2023, 12, 31)).status == "listed itself"  # some day of 2023
    assert ask(folder, files.TRON, "IL").status == "not listed"
    assert "ended on 2023" in ask(folder, files.TRON, "IL").reasons[0]
    assert ask(folder, files.bitcoin(7), "IL").status == "not listed"
    assert "begins on 2024-06-05" in ask(folder, files.bitcoin(7), "IL").reasons[0]


def test_a_users_number_is_found_as_an_account(folder: Path) -> None:
    got = designations(folder, "123456789", DAY, ["IL"])
    assert (got.kind, got.authorities[0].status) == ("address or account", "listed itself")


def test_a_name_alone_is_nobody(folder: Path) -> None:
    got = designations(folder, "جبهة الإغاثة المثال", DAY, ["US", "EU", "UN"])
    assert (got.kind, got.entities) == ("name", ())
    assert [each.status for each in got.authorities][:2] == ["names alike, not decided"] * 2
    assert {each.entity_id for each in got.candidates} >= {"ofac-101", "eu-501"}
    assert not got.coverage.complete
    nobody = designations(folder, "Quux Wibble", DAY, ["US"])
    assert nobody.authorities[0].status == "name not found"
    assert "never clear" in nobody.coverage.reasons[-1]


def test_an_entity_with_a_listed_name_is_not_called_unlisted_until_a_person_decides(folder: Path) -> None:
    say(folder, [("case-1", "Organization", "name", "Example Relief Front")])
    got = ask(folder, "case-1", "US")
    assert (got.status, got.alike[0].entity_id) == ("names alike, not decided", "ofac-101")
    judge(folder, "case-1", "ofac-101", "different")
    assert ask(folder, "case-1", "US").status == "not listed"
    judge(folder, "ofac-101", "case-1", "same")
    assert ask(folder, "case-1", "US").status == "listed itself"
    judge(folder, "case-1", "ofac-101", "withdrawn")
    assert ask(folder, "case-1", "US").status == "names alike, not decided"


def test_owned_by_half_is_blocked_in_the_united_states_only(folder: Path) -> None:
    say(
        folder,
        [
            ("case-2", "Company", "name", "Wadi Quux Holdings"),
            ("own-1", "Ownership", "owner", "ofac-101"),
            ("own-1", "Ownership", "asset", "case-2"),
            ("own-1", "Ownership", "percentage", "25"),
            ("own-2", "Ownership", "owner", "ofac-102"),
            ("own-2", "Ownership", "asset", "case-2"),
            ("own-2", "Ownership", "percentage", "25 %"),
        ],
    )
    got = ask(folder, "case-2", "US")
    assert got.status == "blocked by ownership"
    assert got.owned is not None
    assert (got.owned.least, got.owned.most) == ("50", "50")
    assert len(got.owned.statement_ids) == 6
    assert ask(folder, "case-2", "EU").status == "not listed"


def test_control_and_a_smaller_share_are_relations_without_effect(folder: Path) -> None:
    say(
        folder,
        [
            ("case-3", "Company", "name", "Wadi Quux Trading"),
            ("own-3", "Ownership", "owner", "ofac-101"),
            ("own-3", "Ownership", "asset", "case-3"),
            ("own-3", "Ownership", "percentage", "49"),
            ("dir-3", "Directorship", "director", "ofac-102"),
            ("dir-3", "Directorship", "organization", "case-3"),
        ],
    )
    got = ask(folder, "case-3", "US")
    assert got.status == "claimed relation, no listing effect"
    assert {each.entity_id for each in got.relations} == {"ofac-101", "ofac-102"}
    assert any("49 per cent at the most" in reason for reason in got.reasons)


def test_an_address_that_others_say_is_theirs_is_not_listed_by_that(folder: Path) -> None:
    said = Assertion(asserted_by="a newspaper")
    entry = Entry(entered_by="an analyst", entered_at="2024-05-02T00:00:00Z", tool="test")
    address = files.bitcoin(50)
    rows = [
        Statement("case-w", "CryptoWallet", "publicKey", address, said, key=address),
        Statement("case-w", "CryptoWallet", "holder", "ofac-101", said, key="ofac-101"),
    ]
    with Records.open(folder) as records:
        records.statements.say(rows, entry)
    got = ask(folder, address, "US")
    assert got.status == "claimed relation, no listing effect"
    assert got.relations[0].links[0].asserted_by == "a newspaper"


def test_whoever_is_struck_off_is_listed_until_then(folder: Path, tmp_path: Path) -> None:
    later = files.put(tmp_path, "later.xml", files.a_whole_list(date(2024, 6, 1), count=5))
    import_list(folder, later, datetime(2024, 6, 2, tzinfo=UTC))
    assert ask(folder, "ofac-205", "US", date(2024, 5, 20)).status == "listed itself"
    assert ask(folder, "ofac-204", "US", date(2024, 6, 3)).status == "listed itself"
    gone = ask(folder, "ofac-205", "US", date(2024, 6, 3))
    assert not gone.designations
    assert gone.status in ("not listed", "names alike, not decided")


def test_the_seed_is_what_others_say_and_lists_nobody(tmp_path: Path) -> None:
    folder = Workspace.open_or_create(tmp_path / "w").path
    import_seed(folder, NOW)
    got = designations(folder, "org-hamas", DAY, ["US", "EU", "UN", "RU"], since=1996)
    assert {each.status for each in got.authorities} == {"list not loaded"}
    assert [{one.designates for one in each.said} for each in got.authorities] == [
        {True},
        {True},
        {False},
        {False},
    ]
    assert not any(one.by_the_list for each in got.authorities for one in each.said)
    assert got.matrix is not None
    us = got.matrix.rows[0]
    assert us.said[got.matrix.days.index("1996-12-31")] == ""
    assert us.said[got.matrix.days.index("1997-12-31")] == "designated"
    bank = designations(folder, "org-islamic-national-bank-gaza", DAY, ["US"]).authorities[0].said
    assert [(each.from_, each.legal_act) for each in bank] == [("2010-03-18", ("Executive Order 13224",))]
    assert bank[0].sources == ("https://home.treasury.gov/news/press-releases/tg594",)


def test_a_matrix_over_time(folder: Path) -> None:
    got = designations(folder, "ofac-101", DAY, ["US", "CA"], since=2017)
    assert got.matrix is not None
    assert got.matrix.days == (*(f"{year}-12-31" for year in range(2017, 2024)), "2024-05-10")
    assert got.matrix.rows[0].statuses == (*["list not loaded"] * 2, *["listed itself"] * 6)
    assert set(got.matrix.rows[1].statuses) == {"list not loaded"}


@pytest.mark.parametrize("whose", [[], [""], ["USA1"], ["XXX"], ["U"]])
def test_there_is_no_default_jurisdiction(folder: Path, whose: list[str]) -> None:
    with pytest.raises(UsageError):
        designations(folder, "ofac-101", DAY, whose)


def test_jurisdictions_have_one_name(folder: Path) -> None:
    got: DesignationsAnswer = designations(folder, "ofac-101", DAY, ["gb", "UK", "us"])
    assert [each.jurisdiction for each in got.authorities] == ["UK", "US"]
