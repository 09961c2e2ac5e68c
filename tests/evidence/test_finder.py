# ruff: noqa: RUF001  look-alike letters are what is tested
"""Addresses in hostile text: found where the checksum holds, with the exact span; near misses otherwise."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qaif.chain.secrets import REDACTED
from qaif.evidence.finder import find
from qaif.evidence.mention import Findings
from qaif.evidence.passages import html_passages, plain_passages
from qaif.feeds.networks import NETWORKS

LEGACY = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TAPROOT = "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"
SCRIPT = "39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj"
MISPRINT = "1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq"
WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"
MAINNET = NETWORKS["mainnet"]


def in_text(source: str, network: str = "mainnet") -> Findings:
    return find(source, plain_passages(source), NETWORKS[network])


def in_html(source: str) -> Findings:
    return find(source, html_passages(source), MAINNET)


@pytest.mark.parametrize("address", [LEGACY, SEGWIT, TAPROOT, SCRIPT, "bc1pfeessrawgf"])
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("(", ")"), ("عنوان", "الذي"), ("x/", "?a=1"), ("адрес", "да")]
)
def test_clean_addresses_of_every_kind(address: str, before: str, after: str) -> None:
    source = f"{before}{address}{after}"
    (mention,) = in_text(source).mentions
    assert (mention.address, mention.steps) == (address, ())
    assert source[mention.start : mention.end] == address == mention.quoted


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("1LаNXgq2сtDEа4fTha6PTo8sucqzieQctq", "U+0430 as a, U+0441 as c"),
        ("1LaNΧgq2ctDEa4fTha6PΤo8sucqzieQctq", "U+03A7 as X, U+03A4 as T"),
        ("１LaNXgq2ctDEa4fTha6PTo8sucqzieQctq", "full-width or styled characters as plain ones: U+FF11 as 1"),
        ("١LaNXgq٢ctDEa٤fTha٦PTo٨sucqzieQctq", "digits of another script as plain digits: U+0661 as 1"),
        ("1LaN\u200bXgq2ctDEa4fTha6PTo8sucqzieQctq", "cannot be seen: U+200B"),
        ("1LaN\u202eXgq2ctDEa\u200ff4fTha6PTo8sucqzieQctq".replace("f4f", "4f"), "U+202E, U+200F"),
        ("1LaNXgq2ctDE\u00ada4fTha6PTo8sucqzieQctq", "U+00AD"),
        ("1L\u0336aNXgq2ctDEa4fTha6PTo8sucqzieQctq", "U+0336"),
        ("1LaNXgq2ctDEa4fTha6\nPTo8sucqzieQctq", "line breaks"),
        ("1LaNXgq2ctDEa4fTha6-\n   PTo8sucqzieQctq", "hyphens"),
        ("1LaN Xgq2 ctDE a4fT ha6P To8s ucqz ieQc tq", "blanks"),
        ("1 L a N X g q 2 c t D E a 4 f T h a 6 P T o 8 s u c q z i e Q c t q", "blanks"),
        ("1LaN\u00a0Xgq2ctDEa4fTha6PTo8sucqzieQctq", "blanks"),
    ],
)
def test_an_obscured_address_is_found_and_each_step_said(written: str, step: str) -> None:
    source = f"send to {written}, today"
    (mention,) = in_text(source).mentions
    assert mention.address == LEGACY
    assert source[mention.start : mention.end] == written
    assert step in "; ".join(mention.steps)
    assert not in_text(source).near_misses


@pytest.mark.parametrize(
    "written", [SEGWIT.upper(), SEGWIT.replace("c", "с"), SEGWIT[:20] + "\n" + SEGWIT[20:], " ".join(SEGWIT)]
)
def test_bech32_obscured(written: str) -> None:
    (mention,) = in_text(f"a {written} b").mentions
    assert mention.address == SEGWIT
    assert mention.steps


def test_a_look_alike_with_two_readings_takes_the_one_whose_checksum_holds() -> None:
    assert in_text(SCRIPT.replace("B", "В")).addresses == (SCRIPT,)
    source = LEGACY.replace("8", "в")  # drawn like a B first, an 8 second
    assert in_text(source).addresses == (LEGACY,)


def test_two_pieces_that_are_not_one_address_stay_apart() -> None:
    source = f"{LEGACY[:17]} {SCRIPT[17:]}"
    assert not in_text(source).mentions


def test_payment_links() -> None:
    source = f"bitcoin:{LEGACY}?amount=1 BITCOIN:{SEGWIT.upper()} {LEGACY}"
    assert [m.uri for m in in_text(source).mentions] == [True, True, False]
    shown = in_text(source).mentions[0]
    assert shown.before == "bitcoin[:]"


def test_the_misprint_is_a_near_miss_and_not_corrected() -> None:
    findings = in_text(f"{LEGACY} or {MISPRINT}")
    assert findings.addresses == (LEGACY,)
    (miss,) = findings.near_misses
    assert (miss.text, miss.kind) == (MISPRINT, "checksum")


@pytest.mark.parametrize("at", range(len(LEGACY)))
def test_no_single_wrong_letter_passes(at: int) -> None:
    wrong = LEGACY[:at] + ("2" if LEGACY[at] != "2" else "3") + LEGACY[at + 1 :]
    assert not in_text(f"x {wrong} y").mentions


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"[:0] + "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "other-coin"),
        ("LhK2kQwiaAvhjWY799cZvMyYwnQAcxkarr", "other-coin"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "other-coin"),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "other-network"),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "other-network"),
        ("1LaNXgq2ctDEa4fTha6PT08sucqzieQctq", "misread"),
        (SEGWIT[:10] + "Q" + SEGWIT[11:], "misread"),
        (SEGWIT[:-1] + "q", "checksum"),
        (f"BTC{LEGACY}X", "glued"),
        (f"{LEGACY[:6]}...{LEGACY[-6:]}", "shortened"),
        (f"{SEGWIT[:8]}…{SEGWIT[-4:]}", "shortened"),
    ],
)
def test_what_only_looks_like_an_address(text: str, kind: str) -> None:
    findings = in_text(f"see {text} there")
    assert not findings.mentions
    assert [(m.kind, m.quoted) for m in findings.near_misses] == [(kind, text)]


@pytest.mark.parametrize(
    "text",
    [
        "2f8beda290a3508d04287b2634218b2803503ff7b9ee75475e91298565736fab",
        "0000000000000000014083723ed311a461c648068af8cef8a19dcd620c07a20b",
        "d41d8cd98f00b204e9800998ecf8427e",
        "3d41d8cd98f00b204e9800998ecf8427",
        "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
        "1234567890123456789012345678901234",
        "3DSecureAuthenticationMerchantPlugin",
        "1 January 2020 and 3 February 2021 were Days of Rest",
        "bc1 is a prefix",
        "internationalisation",
        "1st...last",
    ],
)
def test_hashes_and_words_are_nothing(text: str) -> None:
    findings = in_text(f"see {text} there")
    assert (findings.mentions, findings.near_misses) == ((), ())


def test_another_network_counts_where_it_is_asked_for() -> None:
    assert in_text("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "testnet3").addresses
    assert not in_text(LEGACY, "testnet3").addresses


@pytest.mark.parametrize(
    "written",
    [WIF, f"{WIF[:20]}\u200b{WIF[20:]}", WIF.replace("a", "а"), f"bitcoin:{WIF}", f"https://x.io/{WIF}"],
)
def test_a_private_key_is_in_no_output(written: str) -> None:
    source = f"{MISPRINT} {written} {LEGACY} {written}"
    findings = in_text(source)
    said = repr(findings)
    assert [source[r.start : r.end] for r in findings.redactions] == [written[written.index("5") :]] * 2
    assert WIF[:12] not in said
    assert WIF[-12:] not in said
    assert REDACTED in findings.mentions[0].before
    assert findings.addresses == (LEGACY,)


def test_a_key_with_a_letter_too_few_is_not_shown_beside_an_address() -> None:
    said = repr(in_text(f"{WIF[:-1]} {LEGACY} {WIF[:-1]}"))
    assert WIF[:8] not in said
    assert WIF[-9:-1] not in said


XPRV = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiC"
    "hkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
)


@pytest.mark.parametrize("key", [WIF, XPRV])
@pytest.mark.parametrize("gap", ["\n", " ", "-\n  "])
def test_a_private_key_in_pieces_is_in_no_output(key: str, gap: str) -> None:
    broken = gap.join(key[at : at + 13] for at in range(0, len(key), 13))
    source = f"{broken} {LEGACY} {broken}"
    findings = in_text(source)
    assert [source[r.start : r.end] for r in findings.redactions] == [broken] * 2
    assert findings.addresses == (LEGACY,)
    said = repr(findings)
    assert not any(key[at : at + 9] in said for at in range(len(key) - 9))


def test_pieces_that_are_no_key_are_not_blanked() -> None:
    wrong = WIF[:30] + ("2" if WIF[30] != "2" else "3") + WIF[31:]
    words = " ".join(wrong[at : at + 13] for at in range(0, len(wrong), 13))
    assert in_text(f"{LEGACY} {words}").redactions == ()


def test_links_are_defanged_wherever_they_are_shown() -> None:
    findings = in_text(f"https://t.me/fund pays https://pay.example.com/{LEGACY} www.example.org")
    assert findings.links == (
        "hxxps://t[.]me/fund",
        f"hxxps://pay[.]example[.]com/{LEGACY}",
        "www[.]example[.]org",
    )
    assert "https:" not in findings.mentions[0].before


def test_html_tells_where() -> None:
    source = f"""<!doctype html><title>News {LEGACY}</title><!-- {LEGACY} in a comment --><body>
    <p>1LaN<b>Xgq2ctDEa4fTha6PTo8</b>sucqzieQctq</p><a href="bitcoin:%31{LEGACY[1:]}?label=x">pay</a>
    <div style="display: none">hidden {LEGACY}<div>inner</div> {LEGACY}</div>&#49;{LEGACY[1:]}
    <script>var to = "{LEGACY}";</script><template><p>{LEGACY}</template>{LEGACY}"""
    mentions = in_html(source).mentions
    assert [m.where for m in mentions] == [
        "text", "comment", "text", "attribute", "hidden", "hidden", "text", "script", "hidden", "text",
    ]  # fmt: skip
    assert {m.address for m in mentions} == {LEGACY}
    quoted = [source[m.start : m.end] for m in mentions]
    assert quoted[2] == "1LaN<b>Xgq2ctDEa4fTha6PTo8</b>sucqzieQctq"
    assert quoted[6] == f"&#49;{LEGACY[1:]}"
    assert mentions[2].steps == ("joined across markup",)
    assert mentions[6].steps == ("read character references as what they stand for",)
    assert mentions[3].uri
    assert not mentions[4].uri


def test_block_markup_parts_what_inline_markup_does_not() -> None:
    apart = in_html(f"<td>{LEGACY}</td><td>{SCRIPT}</td>")
    assert apart.addresses == (LEGACY, SCRIPT)
    assert in_html(f"<span>{LEGACY}</span><span>{SCRIPT}</span>").mentions == ()


def test_hidden_text_does_not_break_what_is_seen() -> None:
    mentions = in_html(f"{LEGACY[:9]}<i hidden>decoy</i>{LEGACY[9:]}").mentions
    assert [m.address for m in mentions] == [LEGACY]


@pytest.mark.parametrize(
    "page", ["<" * 50_000, "<a " * 30_000, '<a x="' * 30_000, "<!--" * 40_000, "&" * 90_000]
)
def test_hostile_markup_takes_no_longer_than_its_length(page: str) -> None:
    assert in_html(page + LEGACY) is not None


def test_endless_beginnings_are_given_up_and_said() -> None:
    findings = in_text("1aB2 " * 40_000)
    assert findings.limits
    assert not findings.mentions


def test_ofac_rows_in_running_text(shared: Path) -> None:
    rows = json.loads((shared / "labels" / "ofac-sdn-xbt.json").read_text(encoding="utf-8"))
    listed = [row["address"] for row in next(v for v in rows.values() if isinstance(v, list))]
    source = "قائمة\n" + "، ".join(listed)
    findings = in_text(source)
    assert len(findings.mentions) == 434
    assert [(m.kind, m.text[:8]) for m in findings.near_misses] == [("other-coin", "TUCsTq7T")]
    assert [source[m.start : m.end] for m in findings.mentions] == [a for a in listed if a[:8] != "TUCsTq7T"]


def test_the_article(shared: Path) -> None:
    source = (shared / "documents" / "news-ar-2020-01.txt").read_text(encoding="utf-8")
    findings = in_text(source)
    assert findings.addresses == (LEGACY,)
    assert findings.near_misses == ()
    assert "محفظة" in findings.mentions[0].before


@settings(max_examples=150)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([LEGACY, SEGWIT, SCRIPT]))
def test_any_surroundings(before: str, after: str, address: str) -> None:
    source = f"{before} ({address}) {after}"
    mentions = [m for m in in_text(source).mentions if m.address == address]
    assert any(source[m.start : m.end] == address for m in mentions)


@settings(max_examples=150)
@given(st.text(alphabet="<>!-/abp \"'=&;#1x" + "scrit", max_size=120))
def test_any_markup_keeps_its_places(source: str) -> None:
    for passage in html_passages(source):
        assert len(passage.text) == len(passage.starts) == len(passage.ends)
        assert all(0 <= lo <= hi <= len(source) for lo, hi in zip(passage.starts, passage.ends, strict=True))
        if "&" not in source:
            for char, lo, hi in zip(passage.text, passage.starts, passage.ends, strict=True):
                assert source[lo:hi] in (char, "")


def test_random_text_of_the_alphabet_gives_no_address() -> None:
    seed = 20200119
    rng = random.Random(seed)  # noqa: S311  test data
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    source = " ".join("1" + "".join(rng.choices(letters, k=33)) for _ in range(300))
    findings = in_text(source)
    assert findings.mentions == (), f"seed {seed}"
    assert len(findings.near_misses) > 250


def test_a_misprint_on_a_test_network_is_a_near_miss_too() -> None:
    text = "sent to mhGugPZ1EjY38geyEKtxaB2shA94UpAXYb yesterday"
    assert [miss.kind for miss in in_text(text, "regtest").near_misses] == ["checksum"]
    assert in_text(text).near_misses == ()


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("(https://one.example/a)، then", "hxxps://one[.]example/a"),
        ("see https://one.example/a_(b).", "hxxps://one[.]example/a_(b)"),
        ("https://one.example/a?b=c,", "hxxps://one[.]example/a?b=c"),
    ],
)
def test_a_link_ends_before_the_punctuation_of_its_sentence(written: str, link: str) -> None:
    assert in_text(written).links == (link,)
