"""Extraction held against answer lists that were written before it met the documents."""

from pathlib import Path

import pytest

from campaigns.extraction_accuracy import ARTICLE, BEGIN, END, PAGE, table
from qaif.evidence.extraction.extract import extract
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS
from support.answers import DOCUMENTS, HELD_OUT, KEPT_OUT, LISTS, MADE, NOT_FITTED, TUNING, score, score_of

RECALL, PRECISION = 900, 800


@pytest.mark.parametrize("name", [*MADE, *HELD_OUT])
def test_made_documents_meet_the_bars(name: str) -> None:
    result = score_of(DOCUMENTS / f"{name}.txt")
    assert result.recall >= RECALL, result.missed
    assert result.precision >= PRECISION, result.wrong
    assert not result.forbidden


@pytest.mark.parametrize("name", [*NOT_FITTED, *TUNING, *KEPT_OUT])
def test_documents_met_later_are_not_misread(name: str) -> None:
    result = score_of(DOCUMENTS / f"{name}.txt")
    assert result.precision >= PRECISION, result.wrong
    assert not result.forbidden


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Bank Orvendal was sanctioned by the Treasury of Kestria.", "designated by"),
        ("Bank Orvendal has not been sanctioned by the Treasury of Kestria.", "not designated by"),
        ("Bank Orvendal wasn't listed by the Council of Ruvania.", "not designated by"),
        ("Bank Orvendal is linked to the Oskari Movement.", "linked to"),
        ("Bank Orvendal is not linked to the Oskari Movement.", None),
    ],
)
def test_what_is_denied_is_not_proposed(text: str, role: str | None) -> None:
    made = extract(text, list(plain_passages(text)), NETWORKS["mainnet"])
    assert [one.role for one in made.relations] == ([role] if role else [])


def test_the_article_meets_the_bars(shared: Path) -> None:
    result = score_of(shared / "documents" / f"{ARTICLE}.txt")
    assert result.recall >= RECALL, result.missed
    assert result.precision >= PRECISION, result.wrong
    assert not result.forbidden


def test_an_extraction_of_another_text_scores_nothing() -> None:
    text = (DOCUMENTS / "news-en.txt").read_text(encoding="utf-8")
    listed = (LISTS / "news-en.txt").read_text(encoding="utf-8")
    empty = extract("Nothing.", list(plain_passages("Nothing.")), NETWORKS["mainnet"])
    assert score(text, listed, empty).recall == 0


def test_a_forbidden_relation_is_noticed() -> None:
    text = "The World Bank was blacklisted by the Treasury of Dilomar."
    found = extract(text.replace("World Bank", "Sand Bank "), [*plain_passages(text)], NETWORKS["mainnet"])
    listed = "+ name | * | Treasury of Dilomar\n- name | * | Treasury of Dilomar"
    assert score(text, listed, found).forbidden


def test_the_page_is_not_stale(shared: Path) -> None:
    measured = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert measured == table(shared), "run tests/campaigns/extraction_accuracy.py --shared FOLDER --write"
