"""The edition for publication: no donor, no link, no alleged name, no live address; and a person redacted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qaif.questions.alleged_persons import alleged_persons
from qaif.questions.answer import as_json, plain
from qaif.questions.case_material import MaterialRequest, material
from qaif.questions.case_pins import pins_of
from qaif.questions.investigation import InvestigationRequest
from qaif.report.document.edition import BLANK, Edition, edited, shortened
from qaif.report.document.publication import publication
from qaif.report.document.sections.listed import document
from qaif.report.document.written import manner, write_report
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called
from support.workspaces import run

BTC = 10**8
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PERSON, LISTED = "Nadim al-Safsaf", "Karim the Listed"
LINK = "https://pay.example/donate"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two givers fund a wallet that still holds coins; a blog names one man, a court another."""
    ws = tmp_path_factory.mktemp("edition") / "ws"
    story = Story()
    gifts = [
        story.pay([story.fund(f"giver {n}")], [(30 * BTC, "fund"), (19 * BTC, f"giver {n}")]) for n in (1, 2)
    ]
    story.pay([(gifts[0].txid, 0)], [(2 * BTC, "shop"), (27 * BTC, "fund")])
    put(Workspace.open_or_create(ws).chain_dir, story.branch.blocks)
    says(ws, "CryptoWallet", called("fund"), "publicKey", called("fund"))
    says(ws, "CryptoWallet", called("fund"), "summary", f"run by {PERSON.upper()}, see {LINK}")
    says(ws, "Person", "p1", "name", PERSON)
    says(ws, "Person", "p2", "name", LISTED, "court finding")
    says(ws, "CryptoWallet", called("fund"), "notes", f"{LISTED} was sentenced")
    return ws


def says(  # noqa: PLR0917  a statement
    folder: Path, schema: str, entity: str, prop: str, value: str, status: str = "alleged"
) -> None:
    what = ("--schema", schema, "--entity", entity, "--prop", prop, "--value", value, "--status", status)
    result = run(folder, "claims", "add", *what, "--asserted-by", "a blog", "--by", "me")
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    asked = MaterialRequest(
        "A case", (InvestigationRequest(subject=called("fund")),), pins_of(folder, "research-desk")
    )
    return as_json(material(folder, asked, NOW))


def everything(told: dict[str, Any], edition: Edition) -> str:
    return json.dumps(plain(edited(document(told), edition)), ensure_ascii=False)


def test_the_full_edition_has_all_of_it(told: dict[str, Any]) -> None:
    whole = everything(told, Edition())
    for text in (called("giver 1"), called("fund"), PERSON.upper(), LISTED):
        assert text in whole


def test_the_publication_has_no_donor_no_link_no_alleged_name_and_no_live_address(
    told: dict[str, Any], folder: Path
) -> None:
    edition = publication(told, alleged_persons(folder))
    shown = everything(told, edition)
    payments = [
        row["txid_hex"] for found in told["investigations"][0]["addresses"] for row in found["transactions"]
    ]
    gone = (called("giver 1"), called("giver 2"), called("fund"), LINK, "https://", *payments[:2])
    for text in gone:
        assert text not in shown, text
    assert PERSON.casefold() not in shown.casefold()
    assert BLANK in shown
    assert LISTED in shown, "a court named him"
    assert shortened(called("fund")) in shown
    assert '"review.payers"' in shown, "how many gave stays"
    assert called("shop") in shown, "whom it paid stays"


def test_a_confirmed_name_appears_and_a_redacted_one_nowhere(told: dict[str, Any], folder: Path) -> None:
    alleged = alleged_persons(folder)
    assert alleged == (PERSON,)
    assert PERSON.upper() in everything(told, publication(told, alleged, confirmed=[PERSON]))
    both = everything(told, publication(told, alleged, redacted=["karim  THE listed"]))
    assert LISTED not in both


def test_redacting_is_not_deceived_by_letters() -> None:
    edition = Edition(redacted=("محمد الكُرد", "Éric Le Blanc", "Blanc"))
    for text in ("قال محمد  الكرد كذا", "ERIC\nle BLANC said", "le eric Le Blanc's"):
        assert BLANK in edition.text(text)
        assert "blanc" not in edition.text(text).casefold()
    assert edition.text("blank") == "blank"
    assert Edition(redacted=("",)).text("all of it") == "all of it"


def test_the_files_of_the_edition_hold_none_of_it(told: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    edition = publication(told, alleged_persons(folder))
    how = replace(manner(formats="html,json"), edition=lambda _: edition, with_annex=True)
    write_report(told, tmp_path, how)
    for file in tmp_path.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "annex-addresses.json":
            assert json.loads(text) == {shortened(called("fund")): called("fund")}
            continue
        for secret in (called("giver 1"), called("fund"), PERSON.upper(), LINK):
            assert secret not in text, (file.name, secret)


def test_the_command_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    """No file of the folder, `case.json` included, holds what the edition leaves out."""
    for arguments in (("new", "one"), ("add", "one", called("fund"))):
        result = run(folder, "case", *arguments, "--by", "me")
        assert result.exit_code == 0, result.output
    out = ("--out", str(tmp_path / "out"), "--lang", "en", "--format", "html,pdf,json")
    result = run(folder, "case", "report", "one", "--edition", "publication", *out)
    assert result.exit_code == 0, result.output
    for file in (tmp_path / "out").iterdir():
        content = file.read_bytes()
        for secret in (called("giver 1"), called("fund"), PERSON.upper(), LINK):
            assert secret.encode() not in content, (file.name, secret)
    full = run(folder, "case", "report", "one", "--out", str(tmp_path / "full"), "--format", "json")
    assert full.exit_code == 0, full.output
    assert called("giver 1") in (tmp_path / "full" / "case.json").read_text(encoding="utf-8")
    assert (tmp_path / "full" / "policy-from-the-case.yaml").exists()


def test_options_of_the_publication_are_of_it_alone(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "case", "report", "one", "--live", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
