"""Every section of a report on a made case, from clusters to designations, in both languages."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from qaif.questions.answer import as_json
from qaif.questions.designations import designations
from qaif.questions.lists import import_list
from qaif.report.document.catalogue import catalogue
from qaif.report.document.html import html
from qaif.report.document.language import language, text_of
from qaif.report.document.pdf import pdf
from qaif.report.document.sections.listed import document
from qaif.report.document.view import view
from qaif.workspace.folder import Workspace
from report.test_case import Page
from support import list_files
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import answer

BTC = 10**8
BY = ("--by", "Ada", "--asserted-by", "=blog <b>")
NOW = datetime(2024, 5, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An actor is paid into two addresses and pays a named service; a list and a campaign name it."""
    made = tmp_path_factory.mktemp("sections")
    folder, story = made / "w", Story()
    coins = [story.fund(f"hot {n}") for n in range(4)]
    gather = story.pay(coins, [(4 * COIN - 1, "hot 0")])
    payout = story.pay([(gather.txid, 0)], [(3 * BTC, "actor"), (2 * BTC, "actor 2"), (190 * BTC, "hot 1")])
    both = story.pay([(payout.txid, 0), (payout.txid, 1)], [(4 * BTC, "deposit"), (BTC - 500, "actor")])
    story.pay([(both.txid, 0)], [(4 * BTC - 500, "cold")])
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    wallet = ("--schema", "CryptoWallet", "--prop", "name", "--value", "Exchange {by} <script>")
    answer(folder, "claims", "add", *wallet, "--entity", called("deposit"), *BY)
    answer(folder, "campaign", "new", "Give <now>", *BY)
    appeal = ("--channel", "a channel", "--address", called("actor"), "--shown-from", "2019-01-05")
    answer(folder, "campaign", "appeal", "Give <now>", *appeal, *BY)
    listed = list_files.ftm_list().replace(list_files.bitcoin(1).encode(), called("actor").encode())
    import_list(folder, list_files.put(made, "list.ftm.json", listed), NOW)
    answer(folder, "case", "new", "one", "--by", "Ada")
    answer(folder, "case", "add", "one", called("actor"), "--as", "accepted", "--why", "ours", "--by", "Ada")
    written = answer(folder, "case", "report", "one", "--format", "json", "--lang", "en")
    case = Path(written["folder"]) / "case.json"
    told: dict[str, Any] = json.loads(case.read_text(encoding="utf-8"))
    listing = designations(folder, called("actor"), date(2024, 5, 10), ("US", "EU"), since=2020)
    told["more"][0]["designations"] = as_json(listing)  # the story's blocks are older than any list
    return told


def said(material: dict[str, Any], code: str) -> dict[str, str]:
    spoken = language(catalogue(code))
    made = {one.key: text_of(spoken.sentence(one)) for one in document(material).sentences()}
    return {key: text.translate(dict.fromkeys((0x2066, 0x2068, 0x2069))) for key, text in made.items()}


def test_each_section_is_there_in_order(material: dict[str, Any]) -> None:
    ids = [section.id for section in document(material).sections]
    wanted = ["summary", "facts", "inferences", "claims", "review", "clusters", "flows", "handoffs"]
    wanted += ["exposure", "said", "campaign", "designations", "methods", "unknown", "journal", "pins"]
    assert [each for each in wanted if each not in ids] == []
    order = [ids.index(each) for each in wanted]
    assert order == sorted(order)


def test_what_is_said_is_said_on_its_layer(material: dict[str, Any]) -> None:
    layers = {one.key: one.layer for one in document(material).sentences()}
    by_template = {key.rsplit(":", 1)[1]: layer for key, layer in layers.items()}
    assert by_template["review.one_day"] == "fact"
    for template in ("cluster.size", "cluster.joined", "flow.went"):
        assert by_template[template] == "inference"
    for template in ("handoff.named", "exposure.direct", "campaign.appeals", "decision"):
        assert by_template[template] == "claim", template
    assert {by_template.get("listed"), by_template.get("listed.undated")} == {"claim", None}


def test_the_sentences_say_what_the_story_is(material: dict[str, Any]) -> None:
    english = said(material, "en")
    actor, deposit = called("actor"), called("deposit")
    assert f"{actor} received 3.99999500 BTC." in english.values()
    assert f"By co-spend/1, {actor} is moved together with others: 2 scripts in all." in english.values()
    named = [text for key, text in english.items() if key.endswith("handoff.named")]
    assert len(named) == 1
    assert "as =blog <b> names it, in 1 payment." in named[0]
    assert "Exchange {by} <script>" in named[0]
    assert any(f" lists {actor} as of " in text for text in english.values())
    assert any("attributes 1 appeal with 1 address to the campaign Give <now>" in t for t in english.values())
    assert any(text.startswith("Ada accepted") and text.endswith(": ours") for text in english.values())
    assert deposit in json.dumps(material)


def test_arabic_says_the_same_with_its_own_plurals(material: dict[str, Any]) -> None:
    arabic, english = said(material, "ar"), said(material, "en")
    assert arabic.keys() == english.keys()
    actor = called("actor")
    assert any(f"يتحرك العنوان {actor} مع غيره، ضمن مجموعة من عنوانين" in text for text in arabic.values())
    assert any(f"العنوان {actor} على أنه يخص" in text for text in arabic.values())
    assert all("{" not in text.replace("{by} <script>", "") for text in arabic.values())


@pytest.mark.parametrize("code", ["en", "ar"])
def test_pages_of_every_section_hold_together(material: dict[str, Any], code: str) -> None:
    spoken = language(catalogue(code), "hijri", "arab")
    shown = view(document(material), spoken)
    page = Page(html(shown, spoken))
    assert page.unbalanced == []
    assert {href[1:] for href in page.hrefs} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "script" not in {tag for tag, _ in page.tags}
    pictures = html(shown, spoken).count("<svg")
    assert pictures >= 5
    assert pdf(shown).startswith(b"%PDF")
