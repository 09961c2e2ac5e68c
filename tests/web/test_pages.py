"""Each page in both languages in a real browser before a real service on the demo chain."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from support.window import AXE, Window

ADDRESS = "mrvc76R7eGvn7v7N9gRsfM5i1RNypnuKaK"
PAYMENT = "e1f359f2d46b8336a652535e589182db308aee23962378a33a64df82fa745789"
PLACES = (
    *("/", f"/address/{ADDRESS}", f"/cluster/{ADDRESS}", f"/claims/{ADDRESS}", f"/graph/{ADDRESS}"),
    *("/documents", "/screening", "/cases", "/settings", f"/tx/{PAYMENT}", "/block/1746"),
    "/name/%D9%84%D8%AC%D9%86%D8%A9",
)
HOSTILE = "\"><img src=x onerror=\"document.title='OWNED'\"><script>document.title='OWNED'</script>"
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_every_page_is_shown_in_its_language_without_a_word_in_the_console(
    opened: Window, language: str, direction: str
) -> None:
    opened.speak(language, "arab" if language == "ar" else "latn")
    for place in (*PLACES, _document(opened)):
        opened.go(place)
        assert opened.page.locator("html").get_attribute("dir") == direction, place
        assert opened.page.locator("html").get_attribute("lang") == language, place
        assert opened.page.locator(".problem").count() == 0, (place, opened.page.inner_text("main"))
        heading = opened.page.inner_text("h1")
        if not place.startswith("/name/"):  # an Arabic name in either language
            assert bool(re.search("[\u0620-\u064a]", heading)) == (language == "ar"), (place, heading)
        assert not re.search(r"\b[a-z_]+\.[a-z_]+\b(?<!\.txt)", heading), (
            place,
            heading,
        )  # a key of a catalogue
        assert opened.said == [], place
        if AXE.is_file():
            assert opened.findings() == [], place


def _document(opened: Window) -> str:
    opened.go("/documents")
    href = opened.page.locator("table a").first.get_attribute("href")
    assert href is not None
    return href.removeprefix("#")


def test_an_address_page_has_the_figures_of_the_case_of_the_demo(opened: Window) -> None:
    opened.go(f"/address/{ADDRESS}")
    page = opened.page.inner_text("main")
    for figure in (
        "4,499",
        "1,698.81511564 BTC",
        "3,397.39736136 BTC",
        "0.23286992 BTC",
        "161,079,405.81 USD",
    ):
        assert figure in page
    assert "From 2024-03 the address made 4.59 times as many transactions" in page
    assert opened.page.locator(".plot canvas").count() == 1
    opened.speak("ar", "arab")
    arabic = "".join(chr(ord(sign) + 0x630) if sign.isdigit() else sign for sign in "3,397.39736136 BTC")
    arabic = arabic.replace(",", "\u066c").replace(".", "\u066b")
    assert arabic in opened.page.inner_text("main")
    assert ADDRESS in opened.page.inner_text("h1")


def test_what_is_looked_at_stands_in_no_url_that_is_sent(opened: Window) -> None:
    opened.page.fill("input[aria-label='Search']", f"bitcoin:{ADDRESS}?amount=1")
    opened.page.press("input[aria-label='Search']", "Enter")
    opened.settle()
    assert opened.page.url.endswith(f"/#/address/{ADDRESS}")
    opened.go(f"/graph/{ADDRESS}")
    assert len(opened.sent) > 5
    assert not [url for url in opened.sent if ADDRESS in url.partition("#")[0]]


def test_the_graph_grows_stays_where_it_is_and_everything_can_be_undone(opened: Window) -> None:
    opened.go(f"/graph/{ADDRESS}")
    first = _picture(opened)
    assert first["nodes"][0]["id"] == ADDRESS
    assert len(first["nodes"]) == 1 + 25 + 11
    assert first["nodes"][0]["leftOut"] == 2920 - 25
    opened.page.get_by_role("button", name="Cluster", exact=True).click()
    opened.settle()
    grown = _picture(opened)
    assert len(grown["nodes"]) == len(first["nodes"]) + 1
    places = {node["id"]: (node["x"], node["y"]) for node in grown["nodes"]}
    assert all(places[node["id"]] == (node["x"], node["y"]) for node in first["nodes"])
    assert {node["layer"] for node in grown["nodes"]} == {"fact", "inference"}
    opened.page.locator("h1").click()
    opened.page.keyboard.press("Control+z")
    assert len(_picture(opened)["nodes"]) == len(first["nodes"])
    opened.page.keyboard.press("Control+y")
    assert _picture(opened) == grown
    opened.page.get_by_label("◆ inference").uncheck()
    assert opened.page.locator(".graph-canvas").get_attribute("data-nodes") == str(len(first["nodes"]))


def test_exports_say_what_the_api_says(opened: Window) -> None:
    opened.go(f"/graph/{ADDRESS}")
    body = {"addresses": [ADDRESS], "most_largest": 0, "most_counterparties": 25}
    csrf = opened.page.request.get(f"{opened.base}/v1/session").json()["csrf"]
    told = opened.page.request.post(f"{opened.base}/v1/review", data=body, headers={"x-csrf-token": csrf})
    who = told.json()["counterparties"]
    wanted = {(row["address"], ADDRESS, str(row["amount_sat"])) for row in who["in"]}
    wanted |= {(ADDRESS, row["address"], str(row["amount_sat"])) for row in who["out"]}
    rows = list(csv.DictReader(io.StringIO(_saved(opened, "CSV").read_text())))
    assert {(row["from"], row["to"], row["amount_sat"]) for row in rows} == wanted
    svg = _saved(opened, "SVG").read_text()
    assert svg.count("<line ") == len(wanted)
    assert _saved(opened, "PNG").read_bytes().startswith(b"\x89PNG")


def _picture(opened: Window) -> dict[str, list[dict[str, object]]]:
    document: dict[str, list[dict[str, object]]] = json.loads(_saved(opened, "JSON").read_text())
    return document


def _saved(opened: Window, button: str) -> Path:
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path())


def test_proposals_are_accepted_and_rejected_by_keys_and_become_claims(opened: Window) -> None:
    opened.go(_document(opened))
    page = opened.page
    assert page.locator("mark").count() > 10
    assert page.locator("mark", has_text=ADDRESS).count() >= 1
    page.locator(".proposals button", has_text="bitcoin-address").first.click()
    page.locator("h1").click()
    page.keyboard.press("a")
    accepted = page.locator('.proposals li[data-decision="accepted"]')
    accepted.first.wait_for()
    assert ADDRESS in accepted.first.inner_text()
    page.keyboard.press("r")
    page.locator('.proposals li[data-decision="rejected"]').first.wait_for()
    opened.go(f"/claims/{ADDRESS}")
    assert page.locator(".entity", has_text=ADDRESS).count() >= 1


def test_hostile_text_is_text(opened: Window) -> None:
    from urllib.parse import quote

    title = opened.page.title()
    opened.go(f"/name/{quote(HOSTILE, safe='')}")
    assert HOSTILE in opened.page.inner_text("h1")
    opened.go(f"/address/{quote(HOSTILE, safe='')}")
    opened.page.locator(".problem").first.wait_for()
    opened.go("/graph")
    opened.page.locator(".graph-bar input").first.fill(HOSTILE)
    opened.page.get_by_role("button", name="Put it in").click()
    opened.page.locator(".graph-side textarea").fill(HOSTILE)
    opened.page.locator("h1").click()
    assert "&lt;img" in _saved(opened, "SVG").read_text()
    assert opened.page.locator("main img").count() == 0
    assert opened.page.title() == title
    opened.said[:] = [text for text in opened.said if "status of 4" not in text]  # the refused address itself


def test_an_investigation_runs_to_its_page(opened: Window) -> None:
    opened.go("/cases")
    opened.page.get_by_label("Begin a case about an address").fill(ADDRESS)
    opened.page.get_by_role("button", name="Investigate").click()
    opened.page.locator('[data-job="done"]').first.wait_for(timeout=60_000)
    href = opened.page.locator('[data-job="done"] a').first.get_attribute("href")
    got = opened.page.request.get(f"{opened.base}{href}")
    assert got.ok
    assert ADDRESS in got.text()
