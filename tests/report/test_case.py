"""The case page: nothing active in it, every figure tied, every layer told, the same bytes each time."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from qaif.questions.answer import CoverageOf, as_json
from qaif.questions.investigation import Investigation
from qaif.report.case import case_html, case_json, write_case
from support import sample_case as sample

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a reader's browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.hrefs += [value or "" for name, value in attrs if name.endswith("href")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text += data


def page_of(investigation: Investigation) -> tuple[str, Page]:
    text = case_html(as_json(investigation))
    return text, Page(text)


def with_review(**changes: Any) -> Investigation:
    return sample.investigation(addresses=(sample.found(review=sample.review(**changes)),))


def test_hostile_text_stays_text() -> None:
    text, page = page_of(sample.investigation())
    assert sample.HOSTILE in page.text
    assert "<script" not in text
    assert {tag for tag, _ in page.tags}.isdisjoint(
        {"script", "img", "iframe", "object", "form", "base", "link"}
    )
    assert page.unbalanced == []


def test_a_page_with_a_script_would_be_noticed() -> None:
    assert "script" in {tag for tag, _ in Page("<p><script>x</script></p>").tags}
    assert Page("<p><b></p>").unbalanced


def test_nothing_is_loaded_and_nothing_leads_away() -> None:
    text, page = page_of(sample.investigation())
    policies = [attrs.get("content") for tag, attrs in page.tags if attrs.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert page.hrefs
    assert all(href.startswith("#") for href in page.hrefs)
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "src"]
    assert "https://" not in text.replace("hxxps://", "")
    assert "http://" not in text
    assert "bitcoin:" not in text
    assert "url(http" not in text
    assert "@import" not in text


def test_every_link_leads_to_a_row_and_ids_are_unique() -> None:
    _, page = page_of(sample.investigation())
    assert {href[1:] for href in page.hrefs} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {"a1-1", "a1-2", "a1-2016-12", "a1-2017-02", "a1-transactions"} <= set(page.ids)


def test_figures_are_tied_to_the_transactions_behind_them() -> None:
    text, _ = page_of(sample.investigation())
    assert f'<a href="#a1-1">{sample.FIRST.txid}</a>' in text  # the largest transfer
    assert '<a href="#a1-2016-12">2016-12</a>' in text  # a month
    assert '<a href="#a1-2017-01">' not in text  # a month with none
    assert '<a href="#a1-1">2016-12-31</a>' in text  # a counterparty's first
    assert '<a class="tie" href="#a1-2">see the transaction</a>' in text  # last seen


def test_each_row_and_sentence_tells_its_layer() -> None:
    text, _ = page_of(sample.investigation())
    for row in re.findall(r'<tr id="a1-\d+">.*?</tr>', text, flags=re.DOTALL):
        assert re.search(r'class="layer (fact|inference|claim)"', row)
    for tile in re.findall(r'<li><span class="name">.*?</li>', text, flags=re.DOTALL):
        assert 'class="layer ' in tile
    document = text[text.index('<section id="document"') : text.index('<section id="a1"')]
    assert 'class="layer claim"' in document
    assert 'class="layer fact"' not in document


def test_a_document_in_arabic_turns_by_itself() -> None:
    text, _ = page_of(sample.investigation())
    quote = text[text.index("<blockquote>") : text.index("</blockquote>")]
    assert '<p dir="auto">' in quote
    assert f'<mark dir="ltr">{sample.ADDRESS}</mark>' in quote
    assert "عنوان المحفظة" in quote


def test_methods_stand_with_their_measured_error_and_without_them_the_page_says_so() -> None:
    _, page = page_of(sample.investigation())
    assert "spender-script, version 1" in page.text
    assert "0 of 100." in page.text
    _, bare = page_of(replace(with_review(basis={"methods": []}), basis={}))
    assert "No figure of this case rests on an inference." in bare.text


def test_what_is_not_known_is_said() -> None:
    coverage = CoverageOf(complete=False, reasons=("Only 33 blocks are held.",))
    changes = {"coverage": coverage, "balance_sat": None, "lower_bound": True, "inputs_unknown_value": 1}
    _, page = page_of(replace(with_review(**changes), coverage=coverage, as_of=None))
    tail = page.text[page.text.rindex("What is not known") :]
    assert "Only 33 blocks are held." in tail
    assert f"What {sample.ADDRESS} holds" in tail
    assert "no price for 2017-02-25" in tail
    assert "The last page was not searched." in tail
    assert "at least 1.00000000 BTC went in and out" in page.text
    assert "no block is held" in page.text
    assert "the history is whole" not in page.text


def test_a_whole_history_is_not_called_a_lower_bound() -> None:
    _, page = page_of(sample.investigation())
    assert "at least" not in page.text.replace("at least one inference", "")
    assert "the history is whole" in page.text


def test_an_address_without_a_review_says_why() -> None:
    bare = sample.found(review=None, review_missing="No blocks are indexed.", transactions=())
    _, page = page_of(sample.investigation(addresses=(bare,), layer="fact"))
    assert "Nothing is said here of what it did: No blocks are indexed." in page.text
    assert "Month by month" not in page.text


def test_a_case_of_an_address_alone_and_one_that_found_nothing() -> None:
    _, alone = page_of(sample.investigation(document=None, near_misses=()))
    assert "The document" not in alone.text
    _, nothing = page_of(sample.investigation(addresses=()))
    assert "No valid Bitcoin address of this network stands in the document." in nothing.text


def test_only_a_simulated_chain_is_called_simulated_and_on_every_printed_page() -> None:
    text, _ = page_of(sample.investigation())
    assert "simulated" not in text.lower().replace(".simulated {", "")
    text, page = page_of(sample.investigation(simulated=True))
    assert page.text.count("Simulated: this chain") == 1
    assert "@bottom-center" in text
    assert "<title>Simulated: " in text
    assert "position: fixed" in text


def test_unknown_amounts_are_not_drawn_as_known_ones() -> None:
    row = sample.transaction(sample.LAST, net_sat=None, inputs_unknown_script=2)
    unknown = sample.found(transactions=(row,))
    text, page = page_of(sample.investigation(addresses=(unknown,)))
    assert "a1-timeline" not in text
    assert "not known" in page.text


def test_headers_of_tables_name_their_scope_and_the_page_its_language() -> None:
    _, page = page_of(sample.investigation())
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.tags
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if attrs.get("role") == "region")
    assert "@media print" in case_html(as_json(sample.investigation()))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, paper: str) -> float:
    high, low = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_of_text_can_be_read() -> None:
    css = case_html(as_json(sample.investigation()))
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", css))
    for name in ("ink", "soft", "in", "out", "fact", "inference", "claim"):
        for paper in ("paper", "wash"):
            assert contrast(colours[name], colours[paper]) >= 4.5, (name, paper)
    assert contrast("#ffffff", "#7a1f1f") >= 4.5
    assert contrast("#aaaaaa", "#ffffff") < 4.5


def test_the_same_answer_gives_the_same_bytes_and_the_page_follows_from_the_json(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files = write_case(sample.investigation(), tmp_path / name)
        written.append((files.json.read_bytes(), files.html.read_bytes()))
    assert written[0] == written[1]
    read_back = json.loads(written[0][0])
    assert read_back == as_json(sample.investigation())
    assert case_html(read_back).encode() == written[0][1]


def test_the_json_is_in_order_and_leaves_letters_as_they_are() -> None:
    text = case_json(as_json(sample.investigation()))
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "عنوان المحفظة" in text


@pytest.mark.parametrize(("count", "words"), [(1, "in 1 transaction of"), (2, "in 2 transactions of")])
def test_one_transaction_is_one(count: int, words: str) -> None:
    assert words in page_of(with_review(tx_count=count))[1].text


def test_an_address_that_never_occurs() -> None:
    changes = {"tx_count": 0, "first_seen": None, "last_seen": None, "by_month": (), "largest": ()}
    unused = sample.found(review=sample.review(**changes), transactions=())
    _, page = page_of(sample.investigation(addresses=(unused,)))
    assert "stands in no transaction of the blocks held" in page.text
    assert "see the transactions" not in page.text
