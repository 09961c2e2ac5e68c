# ruff: noqa: RUF001, E501  texts of many scripts, a table's line a case
"""What holds for any text: exact spans, no key shown, time in proportion; the plug's proposals are tried."""

import json
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qaif.errors import DocumentError
from qaif.evidence.extraction.calendars import solar_to_iso
from qaif.evidence.extraction.coins import base58_coin, ethereum_form, is_monero, keccak256
from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.gazetteer import Gazetteer
from qaif.evidence.extraction.plug import ProgramPlug, with_plug
from qaif.evidence.extraction.shape import Extraction, Indicator
from qaif.evidence.passages import html_passages, plain_passages
from qaif.feeds.networks import NETWORKS
from support.answers import DOCUMENTS

MAINNET = NETWORKS["mainnet"]
WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"
PIECES = st.sampled_from(
    [
        path.read_text(encoding="utf-8")[at : at + 60]
        for path in sorted(DOCUMENTS.glob("*.txt"))
        for at in (0, 200, 400)
    ]
)


def of(text: str, gazetteer: Gazetteer | None = None) -> Extraction:
    return extract(text, list(plain_passages(text)), MAINNET, gazetteer)


def found(text: str, kind: str) -> list[tuple[str, str]]:
    return [(i.value, text[i.start : i.end]) for i in of(text).indicators if i.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("بلغ ٢٤ مليون دولار", "amount", "24000000 USD"),
        ("3370 BTC", "amount", "3370 BTC"),
        ("250,000 satoshis", "amount", "250000 sat"),
        ("₿ 0.5", "amount", "0.5 BTC"),
        ("сумма 2,3 млрд рублей", "amount", "2300000000 RUB"),
        ("une somme de 1 250,50 euros", "amount", "1250.50 EUR"),
        ("یک میلیون تومان و ۵۰۰ هزار تومان", "amount", "500000 toman"),
        ("half a million dollars", "amount", "500000 USD"),
        ("ثلاثة ملايين دولار", "amount", "3000000 USD"),
        ("في ١٥ آذار ٢٠٢٤", "date", "2024-03-15"),
        ("כ-15 במרץ 2024", "date", "2024-03-15"),
        ("le 1er mars 2024", "date", "2024-03-01"),
        ("March 15, 2024", "date", "2024-03-15"),
        ("15 марта", "date", "--03-15"),
        ("١ محرم ١٤٤٥ هـ", "date", "2023-07-19"),
        ("۱ فروردین ۱۴۰۳", "date", "2024-03-20"),
        ("منذ عامين", "duration", "P2Y"),
        ("pendant quatre ans", "duration", "P4Y"),
        ("IBAN DE89 3704 0044 0532 0130 00 und", "iban", "DE89370400440532013000"),
        ("mail: a.b[at]c[dot]org", "email", "a.b@c.org"),
        ("see hxxps://bad[.]site/x now", "url", "https://bad.site/x"),
        ("phone +7 912 345-67-89", "phone", "+79123456789"),
        ("a site called cash4ps", "site", "cash4ps"),
    ],
)
def test_each_kind(text: str, kind: str, value: str) -> None:
    assert value in [each for each, _ in found(text, kind)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IBAN DE89 3704 0044 0532 0130 01", "iban"),
        ("31 February 2024", "date"),
        ("version 1.2.3 of 2024", "amount"),
        ("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "crypto-address"),
        ("block 00000000000000000007316856900e76b4f7a9139cfbfba89842c8d196cd5f91", "txid"),
        ("private key: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "txid"),
        ("case 20240312-77", "phone"),
    ],
)
def test_each_near_miss(text: str, kind: str) -> None:
    assert not found(text, kind)


@pytest.mark.parametrize(
    ("day", "iso"),
    [
        ((1357, 11, 22), "1979-02-11"),
        ((1399, 12, 30), "2021-03-20"),
        ((1400, 1, 1), "2021-03-21"),
        ((1403, 1, 1), "2024-03-20"),
    ],
)
def test_solar_dates(day: tuple[int, int, int], iso: str) -> None:
    assert solar_to_iso(*day) == iso


def test_other_coins() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert (
        ethereum_form("0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359")
        == "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    )
    assert base58_coin("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t") == "TRX"
    assert not base58_coin("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u")
    assert base58_coin("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh") == "XRP"
    known = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
    assert is_monero(known)
    assert not is_monero(known[:-1] + "B")


@given(st.lists(PIECES | st.text(max_size=40), max_size=5).map("".join))
@settings(max_examples=60, deadline=None)
def test_any_text_has_exact_spans(text: str) -> None:
    one = of(text)
    for indicator in one.indicators:
        assert 0 <= indicator.start < indicator.end <= len(text)
    for relation in one.relations:
        for end in (relation.subject, relation.object, relation.cue):
            assert 0 <= end.start < end.end <= len(text)
        assert (
            " ".join(text[relation.subject.start : relation.subject.end].split())[:1]
            == relation.subject.name[:1]
        )


def test_spans_hold_in_html() -> None:
    source = "<p>The <b>Kandimar</b> Bank got 12&nbsp;BTC</p>"
    one = extract(source, list(html_passages(source)), MAINNET)
    assert {source[i.start : i.end] for i in one.indicators} >= {"12&nbsp;BTC", "Kandimar</b> Bank"}


def test_no_key_is_shown() -> None:
    text = f"Kandimar Bank {WIF} 12 BTC, Bank of {WIF}. phone +7 912 345-67-89"
    assert WIF not in repr(of(text))


def shown(indicator: Indicator) -> str:
    return indicator.quoted + indicator.before + indicator.after


def test_hostile_text_is_shown_harmless() -> None:
    text = "\u202eevil <script>alert(1)</script> https://x.com Kandimar Bank\u200b 5 BTC =cmd()"
    for indicator in of(text).indicators:
        assert "\u202e" not in shown(indicator)
        assert "https://" not in shown(indicator)


def test_a_gazetteer_finds_its_names_and_joins_nothing() -> None:
    names = Gazetteer([("e1", "Nordak", "Company", False), ("e2", "Nordak", "Person", True)])
    (name,) = [i for i in of("It is said that Nordak paid.", names).indicators if i.kind == "name"]
    assert [(c.entity_id, c.score, c.weak) for c in name.candidates] == [
        ("e1", 100, False),
        ("e2", 100, True),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "1 2 ",
            "a.",
            "1 may ",
            "بنك ",
            "site called ",
            "9f86d081 ",
            "لا ",
            "(@",
            "\u064b",
            "банк А ",
            "A-",
            "Aa ",
        ),
        *(
            "Ab Cd is the director of ",
            "директор «",
            "Banque de la ",
            "million and 2 thousand ",
            'عمل "',
            "Ltd. ",
        ),
        *("Ab Bank (known as Cd) ", "1 BTC (worth 5 USD) ", "added to the ", "Ab Bank, a unit of Cd Bank, "),
    ],
)
def test_time_is_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        before = time.thread_time()
        of(text)
        return time.thread_time() - before

    seconds(10)
    short = min(seconds(6_000) for _ in range(2))
    assert seconds(24_000) < 12 * short + 0.2  # four times as long; twelve would be well beyond proportion


def test_a_flood_of_dates_ends_with_a_word_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qaif.evidence.extraction.extract.MOST_OF_A_PASSAGE", 100)
    made = of("1 may " * 300 + "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
    assert len(made.indicators) == 100
    assert "no more were proposed" in made.limits[-1]
    assert "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2" in {one.value for one in made.indicators}
    assert not of("1 may " * 30).limits


PROGRAM = """
import json, sys
asked = json.loads(sys.stdin.readline())
text = asked["text"]
at = text.index("Rashtimel")
print(json.dumps({"kind": "name", "start": at, "end": at + 9, "quoted": "Rashtimel", "schema": "Company"}))
print(json.dumps({"kind": "name", "start": at, "end": at + 9, "quoted": "Invented"}))
print(json.dumps({"kind": "name", "start": at, "end": at + 9, "quoted": "Rashtimel", "value": "World Bank"}))
print(json.dumps({"kind": "relation", "role": "owned by", "subject": [at, at + 9], "object": [0, 5], "cue": [6, 9]}))
print(json.dumps({"kind": "relation", "role": "hates", "subject": [at, at + 9], "object": [0, 5], "cue": [6, 9]}))
"""


def test_a_plug_is_marked_and_tried() -> None:
    text = f"Mazin owns Rashtimel. {WIF}"
    plug = ProgramPlug("mine", "3", (sys.executable, "-c", PROGRAM))
    one = with_plug(text, of(text), plug)
    (name,) = [i for i in one.indicators if i.extractor == "plug:mine"]
    assert (name.value, name.version, text[name.start : name.end]) == ("Rashtimel", "3", "Rashtimel")
    (relation,) = [r for r in one.relations if r.extractor == "plug:mine"]
    assert (relation.role, relation.object.name) == ("owned by", "Mazin")
    assert "3 proposals of the plug mine were refused" in one.limits[-1]


@pytest.mark.parametrize(
    "program", ["print('no')", "raise SystemExit(2)", "import time; time.sleep(9)", "print('[' * 99999)"]
)
def test_a_bad_plug_is_an_error(program: str) -> None:
    with pytest.raises(DocumentError, match="mine"):
        ProgramPlug("mine", "1", (sys.executable, "-c", program), seconds=2).propose("x", "")


def test_a_plug_sees_no_key() -> None:
    echo = "import sys, json; print(json.dumps({'kind': sys.stdin.readline()}))"
    said = []

    class Watching(ProgramPlug):
        def propose(self, text: str, language: str) -> list[dict[str, str]]:  # type: ignore[override]
            said.append(text)
            return [json.loads(json.dumps({"kind": language}))]

    text = f"key {WIF} end"
    with_plug(text, of(text), Watching("w", "1", (sys.executable, "-c", echo)))
    assert WIF not in said[0]
    assert len(said[0]) == len(text)


def test_single_digits_cost_no_more_than_words() -> None:
    def seconds(piece: str) -> float:
        before = time.thread_time()
        of(piece * 8_000)
        return time.thread_time() - before

    seconds("Aa ")
    words = min(seconds("Aa ") for _ in range(2))
    assert (
        min(seconds("1 ") for _ in range(2)) < 4 * words + 0.1
    )  # nine times, when each was tried to be joined
