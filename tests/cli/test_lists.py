import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qaif.questions.lists import import_list
from qaif.records.engine import Records
from support import list_files as files
from support.web_server import plain, web_server
from support.workspaces import answer, refusal, run


def test_a_list_is_recognised_imported_and_not_twice(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    path = files.put(tmp_path, "list.xml", files.a_whole_list())
    got = answer(folder, "lists", "import", str(path))
    version = got["version"]
    assert (got["new"], version["list"], version["published_at"]) == (True, "us-ofac-sdn", "2024-05-01")
    assert (got["flagged"], got["problems"][0]["original"]) == ({"other chain": 1}, files.TRON)
    assert got["addresses"] == {"bitcoin": 2, "other chains": 2}
    assert (folder / "documents" / version["sha256"]).read_bytes() == path.read_bytes()
    with Records.open(folder) as records:
        assert records.documents.get(version["sha256"]).kind == "list"
        (row,) = [r for r in records.statements.by_key(files.bitcoin(1)) if r.statement.prop == "publicKey"]
        assert row.entry.document_sha256 == version["sha256"]
    again = answer(folder, "lists", "import", str(path))
    assert (again["new"], again["version"]["id"]) == (False, version["id"])
    assert "Already imported" in run(folder, "lists", "import", str(path)).stdout


def test_the_next_version_is_a_difference(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    first = files.put(tmp_path, "1.xml", files.a_whole_list())
    second = files.put(tmp_path, "2.xml", files.a_whole_list(date(2024, 6, 1), count=5))
    answer(folder, "lists", "import", str(first))
    got = answer(folder, "lists", "import", str(second))
    assert (got["added"], got["retracted"] > 0) == (0, True)
    diff = answer(folder, "lists", "diff", "us-ofac-sdn")
    assert (diff["added"], diff["removed"], diff["changed"]) == (0, 2, 0)  # the party and its entry
    assert {each["entity_id"] for each in diff["entities"]} == {"ofac-205", "ofac-entry-205"}
    by_id = {each["entity_id"]: each for each in diff["entities"]}
    assert "name: Invented Trading House 5" in by_id["ofac-205"]["taken_back"]
    assert "removed" in run(folder, "lists", "diff", "us-ofac-sdn").stdout
    assert refusal(folder, "lists", "diff", "un-sc")[1]["code"] == "not-found"


def test_a_list_that_shrank_by_half_waits_for_a_word(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    answer(folder, "lists", "import", str(files.put(tmp_path, "1.xml", files.a_whole_list(count=20))))
    small = files.put(tmp_path, "2.xml", files.a_whole_list(date(2024, 6, 1), count=2))
    before = answer(folder, "lists", "status")["lists"][0]["version"]
    kept = sorted((folder / "documents").iterdir())
    status, error = refusal(folder, "lists", "import", str(small))
    assert (status, error["code"]) == (65, "list-shrank")
    assert answer(folder, "lists", "status")["lists"][0]["version"] == before
    assert sorted((folder / "documents").iterdir()) == kept
    assert answer(folder, "lists", "import", str(small), "--confirm-shrink")["new"] is True


def test_an_older_file_does_not_undo_a_newer_one(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    answer(folder, "lists", "import", str(files.put(tmp_path, "1.xml", files.a_whole_list())))
    old = files.put(tmp_path, "0.xml", files.a_whole_list(date(2023, 1, 1)))
    assert refusal(folder, "lists", "import", str(old))[1]["code"] == "list"


@pytest.mark.parametrize(
    "content",
    [
        files.a_whole_list()[:-200],
        files.with_entity(
            files.un().replace(b"EXAMPLE RELIEF FRONT", b"Example Relief Front"), files.laughs(), "&l9;"
        ),
        files.zip_bomb(),
        b"<html></html>",
    ],
    ids=["cut off", "laughs", "bomb", "page"],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "w"
    answer(folder, "lists", "import", "--seed")
    with Records.open(folder) as records:
        digest = records.statements.digest()
    kept = sorted((folder / "documents").iterdir())
    status, error = refusal(folder, "lists", "import", str(files.put(tmp_path, "bad", content)))
    assert (status, error["code"]) == (65, "list")
    with Records.open(folder) as records:
        assert records.statements.digest() == digest
        assert len(records.lists.versions()) == 1
    assert sorted((folder / "documents").iterdir()) == kept


def test_a_file_without_a_day_is_too_old_until_its_user_says_it(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    plain = files.put(tmp_path, "plain.xml", files.ofac_plain(published=""))
    got = answer(folder, "lists", "import", str(plain))
    assert (got["version"]["published_at"], got["coverage"]["complete"]) == (None, False)
    assert answer(folder, "lists", "status")["lists"][0]["stale"] is True
    other = tmp_path / "v"
    dated = answer(other, "lists", "import", str(plain), "--published", "2024-05-04")
    assert dated["version"]["published_at"] == "2024-05-04"
    assert refusal(other, "lists", "import", str(plain), "--published", "yesterday")[0] == 2


def test_status_tells_age_digest_and_flags(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    today = date.today()  # noqa: DTZ011  the command's own day, give or take one
    answer(folder, "lists", "import", str(files.put(tmp_path, "1.xml", files.a_whole_list(today))))
    answer(folder, "lists", "import", str(files.put(tmp_path, "2.xml", files.eu("2020-01-01T00:00:00"))))
    got = {each["version"]["list"]: each for each in answer(folder, "lists", "status")["lists"]}
    assert got["us-ofac-sdn"]["age_days"] in (0, 1)
    assert (got["us-ofac-sdn"]["stale"], got["eu-fsf"]["stale"]) == (False, True)
    assert got["us-ofac-sdn"]["flagged"] == {"other chain": 1}
    assert "too old" in run(folder, "lists", "status").stdout
    assert not answer(folder, "lists", "status", "--stale-after", "100000")["coverage"]["reasons"]


def test_search_offers_candidates_across_scripts(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    answer(folder, "lists", "import", str(files.put(tmp_path, "1.xml", files.un())))
    got = answer(folder, "lists", "search", "זיידון מיתאלי")
    assert got["candidates"][0]["entity_id"] == "un-6908555"
    assert got["candidates"][0]["score"] < 100
    assert "never a match" in got["coverage"]["reasons"][0]
    assert answer(folder, "lists", "search", "Nobody Whatsoever")["candidates"] == []


def test_the_seed_is_sourced_or_says_that_it_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    assert answer(folder, "lists", "import", "--seed")["version"]["list"] == "designations-seed"
    with Records.open(folder) as records:
        rows = records.statements.of_dataset("designations-seed")
    for row in rows:
        said = row.statement.assertion
        assert said.status in ("reported", "alleged")
        assert (said.status == "alleged") == ("not yet sourced" in said.resting_on)
        assert said.status == "alleged" or said.quote
    assert {row.statement.schema for row in rows} <= {"Organization", "Company", "Sanction", "UnknownLink"}


def test_one_thing_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "w", "lists", "import")[0] == 2
    assert refusal(tmp_path / "w", "lists", "import", str(tmp_path / "none"))[1]["code"] == "not-found"
    assert refusal(tmp_path / "w", "lists", "import", str(tmp_path))[1]["code"] == "list"


def test_update_says_what_cannot_be_fetched(tmp_path: Path) -> None:
    assert refusal(tmp_path / "w", "lists", "update", "il-nbctf-orders")[0] == 2
    assert refusal(tmp_path / "w", "lists", "update", "no-such-list")[0] == 2
    assert refusal(tmp_path / "w", "lists", "update", "--from", "https://example.org/a.xml")[0] == 2


def test_update_fetches_follows_the_page_and_says_what_the_server_learns(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    page = b"<html><a href='/media/list.xml'>the list, as XML</a></html>"
    with web_server(lambda line, *_: plain(files.uk() if "list.xml" in line else page)) as web:
        got = run(
            folder, "lists", "update", "uk-sanctions", "--from", f"http://127.0.0.1:{web.port}/page", "--json"
        )
    assert got.exit_code == 0, got.output
    assert [line.split()[1] for line in web.asked] == ["/page", "/media/list.xml"]
    assert "your own network" in got.stderr
    (one,) = answer(folder, "lists", "status")["lists"]
    assert (one["version"]["list"], one["version"]["published_at"]) == ("uk-sanctions", "2024-05-01")
    with Records.open(folder) as records:
        assert records.documents.get(one["version"]["sha256"]).source.endswith("/media/list.xml")


def test_a_server_that_sends_a_page_or_an_error_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    with web_server(
        lambda line, *_: plain(b"<html></html>", "404 Not Found" if "gone" in line else "200 OK")
    ) as web:
        base = f"http://127.0.0.1:{web.port}"
        assert refusal(folder, "lists", "update", "un-sc", "--from", f"{base}/gone")[1]["code"] == "source"
        assert refusal(folder, "lists", "update", "un-sc", "--from", f"{base}/p")[1]["code"] == "source-shape"
    assert not answer(folder, "lists", "status")["lists"]


def test_the_notice_of_a_list_says_what_its_server_learns() -> None:
    from qaif.workspace.network.manner import Manner
    from qaif.workspace.network.notice import will_learn
    from qaif.workspace.network.places import Place

    said = " ".join(will_learn(Place.parse("https://example.org"), Manner(), lists=True))
    assert "not whom you look for" in said
    assert "internet address" in said


def test_many_versions_end_in_the_state_of_the_last_alone(tmp_path: Path) -> None:
    """Each version strikes some off and puts others back; the log then says what a fresh load says."""
    seed = 18
    rng = random.Random(seed)  # noqa: S311  made-up lists
    folder, fresh = tmp_path / "w", tmp_path / "fresh"
    for day in range(1, 9):
        chosen = rng.sample(range(200, 240), rng.randint(18, 40))
        content = files.ofac_advanced(
            date(2024, 5, day),
            [files.ofac_party(n, [f"Invented House {n}"], {files.bitcoin(n): "XBT"}) for n in chosen],
            [files.ofac_entry(n, date(2020, 1, 1 + n % 3), "SDGT") for n in chosen],
        )
        path = files.put(tmp_path, f"{day}.xml", content)
        import_list(folder, path, datetime(2024, 5, day, tzinfo=UTC), may_shrink=True)
    import_list(fresh, path, datetime(2024, 5, 9, tzinfo=UTC))
    digests = []
    for each in (folder, fresh):
        with Records.open(each) as records:
            digests.append(records.statements.digest())
    assert digests[0] == digests[1], seed
    with Records.open(folder) as records:
        first = records.lists.versions()[0]
        assert len(records.lists.versions()) == 8
        then = records.statements.of_dataset("us-ofac-sdn", first.last_seq)
    assert len({row.statement.entity_id for row in then}) == first.entity_count
