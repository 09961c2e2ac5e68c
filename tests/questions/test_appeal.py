"""Two editions of an appeal: nothing that only the desk knows changes a byte of what the person may have."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qaif.questions.answer import as_json
from qaif.questions.appeal import appeal_for_person, appeal_internal
from qaif.questions.screen import ScreenRequest
from qaif.questions.watch_list import WatchAsked, watch_add
from qaif.questions.watch_run import watch_run
from qaif.screening.policy import policy_named
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called
from support.workspaces import answer, refusal, run

BTC = 10**8
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """`bad` is listed and paid `person`, who paid `bad` back, and `other`, another customer."""
    story, work = Story(), tmp_path / "w"
    first = story.pay([story.fund("bad")], [(10 * BTC, "person"), (39 * BTC, "bad")])
    story.pay([(first.txid, 0)], [(3 * BTC, "bad"), (6 * BTC, "other")])
    put(Workspace.open_or_create(work).chain_dir, story.branch.blocks)
    path = files.put(tmp_path, "us_ofac_sdn.ftm.json", listed("bad"))
    answer(work, "lists", "import", str(path))
    return work


def person(work: Path, name: str = "person") -> dict[str, Any]:
    return as_json(appeal_for_person(work, called(name), NOW))


def planted(folder: Path, work: Path) -> tuple[str, ...]:
    """A report, claims, a judgement, and a watch with its alerts, all with secrets in them."""
    report = folder / "secret-report.txt"
    report.write_text(f"SECRETREPORT: {called('person')} belongs to SECRETNAME.\n")
    by = ("--by", "SECRETANALYST")
    answer(work, "add", str(report))
    for entity, prop, value in (
        (called("person"), "holder", "secret-entity"),
        ("secret-entity", "name", "SECRETNAME"),
        (called("other"), "topics", "SECRETKIND"),
    ):
        kind = "CryptoWallet" if prop != "name" else "Person"
        said = ("--entity", entity, "--prop", prop, "--value", value, "--schema", kind)
        answer(work, "claims", "add", *said, "--asserted-by", "SECRETSOURCE", *by)
    done = run(work, "judge", "same", "secret-entity", "NK-bad", "--reason", "SECRETREASON", *by)
    assert done.exit_code == 0, done.output
    asked = WatchAsked("address", called("person"), note="SECRETNOTE", categories=("*",))
    watch_add(work, asked, "SECRETANALYST", NOW)
    watch_run(work, NOW)
    return ("SECRET", "secret-", called("other"))


def test_the_person_reads_lists_and_public_payments(work: Path) -> None:
    got = person(work)
    assert got["listings"] == []
    came, went = got["payments"]
    assert (came["direction"], came["amount_sat"], came["other"]) == ("in", 10 * BTC, called("bad"))
    assert (went["direction"], went["amount_sat"], went["other"]) == ("out", 3 * BTC, called("bad"))
    assert came["listed_by_then"] == "not known"
    assert "does not say that its holder knew" in got["receipt"]
    (listing,) = person(work, "bad")["listings"]
    assert (listing["jurisdiction"], listing["legal_acts"]) == ("US", ["SDGT"])


def test_no_secret_changes_a_byte_of_it(tmp_path: Path, work: Path) -> None:
    before = {name: json.dumps(person(work, name)) for name in ("person", "bad", "other", "nobody")}
    secrets = planted(tmp_path, work)
    after = {name: json.dumps(person(work, name)) for name in before}
    assert after == before
    assert not [each for each in secrets if each in after["person"]]
    page = run(work, "appeal", called("person")).stdout
    assert not [each for each in secrets if each in page]


def test_the_internal_edition_has_what_was_planted(tmp_path: Path, work: Path) -> None:
    """So that the test above could fail: the same secrets show where they may."""
    planted(tmp_path, work)
    asked = ScreenRequest(address=called("person"), policy=policy_named("us-exchange"), now=NOW)
    told = json.dumps(as_json(appeal_internal(work, asked)))
    assert "SECRETNAME" in told
    assert "SECRETSOURCE" in told
    assert "INTERNAL" in told
    assert "SECRETNAME" in run(work, "appeal", called("person"), "--edition", "internal").stdout


def test_an_edition_that_is_none_is_refused(work: Path) -> None:
    assert refusal(work, "appeal", called("person"), "--edition", "both")[1]["code"] == "usage"
