"""Sections that judge a case: each figure in its layer, in both languages, from a chain of known sums."""

from datetime import UTC, datetime
from typing import Any

import pytest

from qaif.questions.answer import as_json
from qaif.questions.case_material import MaterialRequest, material
from qaif.questions.case_pins import pins_of
from qaif.questions.investigation import InvestigationRequest
from qaif.report.document.catalogue import catalogue
from qaif.report.document.language import language, text_of
from qaif.report.document.model import Document, Section, Sentence, Table
from qaif.report.document.sections.listed import document
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called
from support.workspaces import run

BTC = 10**8
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A fund is given 60 BTC and pays a deposit address that a court names; an article tells of it."""
    folder = tmp_path_factory.mktemp("judging")
    story = Story()
    gifts = [story.pay([story.fund(f"giver {n}")], [(30 * BTC, "fund")]) for n in (1, 2)]
    story.pay([(one.txid, 0) for one in gifts], [(2 * BTC, "deposit"), (3 * BTC, "shop"), (54 * BTC, "fund")])
    put(Workspace.open_or_create(folder / "ws").chain_dir, story.branch.blocks)
    prices = folder / "p.csv"
    prices.write_text("date,close\n2011-02-03,100\n2011-02-04,120\n")
    assert run(folder / "ws", "prices", "import", str(prices)).exit_code == 0
    for prop, value in (("publicKey", called("deposit")), ("summary", "deposit address at an exchange")):
        what = ("--schema", "CryptoWallet", "--entity", called("deposit"), "--prop", prop, "--value", value)
        said = run(folder / "ws", "claims", "add", *what, "--asserted-by", "a court", "--by", "me")
        assert said.exit_code == 0, said.output
    text = folder / "article.txt"
    text.write_text(
        f"The wallet {called('fund')} raised 114 BTC. It received 114 BTC. The address sent 77 BTC.\n"
        "The group raised 17,300 dollars in bitcoin. The wallet saw a volume of 174 BTC.\n"
    )
    pins = pins_of(folder / "ws", "research-desk")
    asked = MaterialRequest("A case", (InvestigationRequest(subject=str(text)),), pins)
    return as_json(material(folder / "ws", asked, NOW))


def section(made: dict[str, Any], name: str) -> Section:
    return next(one for one in report(made).sections if one.id == name)


def report(made: dict[str, Any]) -> Document:
    return document(made)


def words(one: Sentence, code: str = "en") -> str:
    return text_of(language(catalogue(code)).sentence(one))


def tables(section: Section) -> list[Table]:
    inner = [part for part in section.parts if isinstance(part, Section)]
    return [part for one in (section, *inner) for part in one.parts if isinstance(part, Table)]


def test_every_section_is_there_in_order(made: dict[str, Any]) -> None:
    names = [one.id for one in report(made).sections]
    wanted = ["reconciliation", "rivals", "requests", "recommendations"]
    assert [name for name in names if name in wanted] == wanted


@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_figures_are_judged_and_are_claims(made: dict[str, Any], code: str) -> None:
    sentences = list(section(made, "reconciliation").sentences())
    assert {one.layer for one in sentences} == {"claim"}
    assert all("article.txt" in words(one, code) for one in sentences), "each says whose figure it is"
    templates = [one.template for one in sentences if one.template.startswith("figure.")]
    assert templates.count("figure.confirmed") >= 3
    assert "figure.contradicted" in templates, "77 BTC were not sent"
    assert "notice.raised" in [one.template for one in sentences]


def test_a_contradiction_stands_with_what_comes_out(made: dict[str, Any]) -> None:
    sentences = section(made, "reconciliation").sentences()
    (one,) = [one for one in sentences if one.template == "figure.contradicted"]
    assert "77 BTC" in words(one)
    assert "60 BTC" in words(one)


def test_rivals_have_their_checks_on_the_layer_of_each(made: dict[str, Any]) -> None:
    (checks,) = tables(section(made, "rivals"))
    assert {row.layer for row in checks.rows} == {"fact", "inference", "claim"}
    assert len(checks.rows) == 14


def test_whom_to_ask(made: dict[str, Any]) -> None:
    found = section(made, "requests")
    (payments,) = tables(found)
    assert [row.cells[3].value for row in payments.rows if row.cells[3]] == [2 * BTC]
    (one,) = found.sentences()
    assert "a court" in words(one)
    assert (one.template, one.layer) == ("request.named", "claim")


def test_rules_from_the_case(made: dict[str, Any]) -> None:
    shown = tables(section(made, "recommendations"))
    (table,) = [one for one in shown if one.title.template == "table.rules"]
    assert [row.cells[0].value for row in table.rows if row.cells[0]] == ["listed", "dealt-directly", "near"]


def test_every_term_has_words_in_both_languages(made: dict[str, Any]) -> None:
    names = ("reconciliation", "rivals", "requests", "recommendations")
    rows = [row for name in names for one in tables(section(made, name)) for row in one.rows]
    terms = {cell.value for row in rows for cell in row.cells if cell and cell.kind == "term"}
    for code in ("en", "ar"):
        assert terms <= set(catalogue(code).terms), terms - set(catalogue(code).terms)
