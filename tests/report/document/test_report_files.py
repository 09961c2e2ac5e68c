"""Reports as files: hostile text stays text, each figure is tied, the same bytes everywhere."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pypdf
import pytest

from qaif.errors import InputError, UsageError
from qaif.report.document.catalogue import WORDS, catalogue
from qaif.report.document.html import html
from qaif.report.document.language import Language, language
from qaif.report.document.pdf import page_pictures, pdf, settable
from qaif.report.document.sections.listed import document
from qaif.report.document.view import view
from qaif.report.document.written import JSON_NAME, made_once, manner, write_report
from qaif.workspace.signatures import new_key
from qaif.workspace.signed_folder import MANIFEST, sign_folder, verify_folder
from report.test_case import Page
from support import sample_case as sample
from support.sample_material import ODD, material

LANGUAGES = ("en", "ar")
NAMES = {
    *(JSON_NAME, MANIFEST),
    *(f"report.{code}.{kind}" for code in LANGUAGES for kind in ("html", "pdf")),
}
WRITE = """
import json, sys
from pathlib import Path
from qaif.report.document.written import manner, write_report
folder = Path(sys.argv[1])
folder.mkdir()
write_report(json.loads(sys.stdin.read()), folder, manner())
"""


def shown(code: str, **changes: Any) -> tuple[dict[str, Any], Language]:
    spoken = language(catalogue(code))
    return view(document(material(**changes)), spoken), spoken


def page_of(code: str) -> tuple[str, Page]:
    text = html(*shown(code))
    return text, Page(text)


def sentences(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node] if node.get("is") in ("sentence", "picture") or "cells" in node else []
        return own + [each for value in node.values() for each in sentences(value)]
    return [each for value in node for each in sentences(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("code", LANGUAGES)
def test_hostile_text_stays_text_in_the_page(code: str) -> None:
    text, page = page_of(code)
    assert sample.HOSTILE in page.text
    assert "#strong[x]" in page.text
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "img", "iframe", "object", "form", "base", "link"})
    assert page.unbalanced == []
    assert "http://www.w3.org/2000/svg" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "src"]
    assert [a["content"] for t, a in page.tags if a.get("http-equiv")] == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_tie_leads_to_its_evidence_and_ids_are_unique(code: str) -> None:
    _, page = page_of(code)
    assert page.hrefs
    assert {href[1:] for href in page.hrefs} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    direction = {"en": "ltr", "ar": "rtl"}[code]
    assert ("html", {"lang": code, "dir": direction}) in page.tags
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")


def test_no_figure_stands_without_evidence() -> None:
    told, _ = shown("en")
    found = sentences(told["sections"])
    assert {one["layer"] for one in found} == {"fact", "inference", "claim"}
    assert all(one["refs"] for one in found)
    numbers = {one["number"] for one in told["evidence"]}
    assert {ref for one in found for ref in one["refs"]} <= numbers
    assert all(one["ref"] for one in told["evidence"])


@pytest.mark.parametrize("code", LANGUAGES)
def test_addresses_are_isolated_left_to_right_wherever_they_stand(code: str) -> None:
    text, _ = page_of(code)
    body = text[text.index("<main>") : text.index('<section id="s-evidence"')]
    body = re.sub(r'aria-label="[^"]*"', "", body)
    assert body.count(f'<bdi dir="ltr" class="address">{sample.ADDRESS}</bdi>') == body.count(sample.ADDRESS)
    assert '<bdi dir="ltr" class="sat">' in body


def test_likelihood_and_confidence_stand_in_sentences_of_their_own() -> None:
    _, page = page_of("en")
    assert "Ada judges it likely that" in page.text
    assert "Ada has low confidence in the judgement" in page.text
    for one in document(material()).sentences():
        assert not {"likelihood", "confidence"} <= one.values.keys()


def test_the_pdf_is_an_archive_tagged_and_holds_hostile_text_as_text() -> None:
    content = pdf(shown("en")[0])
    assert content.startswith(b"%PDF-1.7")
    read = pypdf.PdfReader(io.BytesIO(content))
    root: Any = read.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>B<", xmp)
    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    text = "".join(each.extract_text() for each in read.pages)
    flat = "".join(text.split())
    assert "<script>alert(1)</script>" in flat
    assert "#strong[x]$a$" in flat
    assert "[U+1F4A9]" in flat


def test_text_that_no_font_has_is_shown_by_its_code() -> None:
    assert settable("a\u00a0b\u200fc") == "a bc"
    assert settable("مرحبا") == "مرحبا"
    assert settable("\x00\U0001f4a9") == "[U+0000][U+1F4A9]"
    assert all(each.isprintable() for each in settable(ODD))


def test_arabic_pages_can_be_drawn() -> None:
    pictures = page_pictures(shown("ar")[0], 20)
    assert len(pictures) > 1
    assert all(each.startswith(b"\x89PNG") for each in pictures)


def test_the_same_inputs_give_the_same_bytes_in_two_time_zones_and_locales(tmp_path: Path) -> None:
    told = json.dumps(material())
    digests = []
    for name, zone, locale in (("one", "Asia/Gaza", "ar_EG.UTF-8"), ("two", "America/Lima", "C")):
        environment = os.environ | {"TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONHASHSEED": "random"}
        subprocess.run(
            [sys.executable, "-c", WRITE, str(tmp_path / name)],
            input=told, text=True, env=environment, check=True, timeout=300, encoding="utf-8",
        )  # fmt: skip
        there = sorted((tmp_path / name).iterdir())
        assert {each.name for each in there} == NAMES
        digests.append([hashlib.sha256(each.read_bytes()).hexdigest() for each in there])
    assert digests[0] == digests[1]


def test_the_manifest_names_all_and_a_signed_report_verifies(tmp_path: Path) -> None:
    who = new_key(tmp_path / "key")
    folder = tmp_path / "report"
    folder.mkdir()
    write_report(material(), folder, manner("en", "html,json", key=tmp_path / "key"))
    assert verify_folder(folder, who).standing == "as signed"
    page = folder / "report.en.html"
    page.write_bytes(page.read_bytes()[:-1] + b" ")
    assert verify_folder(folder, who).standing == "not as signed"
    plain = tmp_path / "plain"
    plain.mkdir()
    write_report(material(), plain, manner("en", "html"))
    rows = {one["name"]: one["sha256"] for one in json.loads((plain / MANIFEST).read_bytes())["files"]}
    assert rows == {"report.en.html": hashlib.sha256((plain / "report.en.html").read_bytes()).hexdigest()}
    assert verify_folder(plain).standing == "not as signed"
    sign_folder(plain, tmp_path / "key")
    assert verify_folder(plain, who).standing == "as signed"


def test_the_data_names_each_statement_once_with_its_words(tmp_path: Path) -> None:
    made = write_report(material(), tmp_path, manner("en,ar", "json"))
    told = json.loads((tmp_path / JSON_NAME).read_bytes())
    assert len(told["statements"]) == len(made_once(made))
    assert len({one["key"] for one in told["statements"]}) == len(told["statements"])
    assert all(set(one["text"]) == {"en", "ar"} and one["evidence"] for one in told["statements"])


def test_another_language_comes_as_a_file_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "xx"
    shutil.copytree(WORDS / "en", folder)
    own = folder / "case.toml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace('code = "en"', 'code = "nl"').replace('"Summary"', '"Samenvatting"'))
    write_report(material(), tmp_path, manner("en", "html", catalogues=[folder]))
    assert "Samenvatting" in (tmp_path / "report.nl.html").read_text()
    assert 'lang="nl"' in (tmp_path / "report.nl.html").read_text()
    said = tomllib.loads(text)["claim"]["said"]
    own.write_text(text.replace(said, said.replace("{by} says of", "It is so of")))
    with pytest.raises(InputError, match=r"must hold .by."):
        manner("en", "html", catalogues=[folder])
    for odd in ("nonsense = [", "[language]\ncode = 1\n"):
        own.write_text(odd)
        with pytest.raises(InputError):
            manner("en", "html", catalogues=[folder])
    with pytest.raises(UsageError):
        manner("en", "docx")
    with pytest.raises(UsageError):
        manner("en", calendar="julian")


def test_only_a_simulated_case_is_called_simulated() -> None:
    simulated = html(*shown("ar", simulated=True))
    assert simulated.count("محاكاة: لا شيء") == 3
    assert "محاكاة: لا شيء" not in page_of("ar")[0]
