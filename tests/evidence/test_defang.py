"""Nothing that is shown can be followed, paid, or hide what it says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.evidence.defang import defang, show, show_line


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://example.com/a.b", "hxxps://example[.]com/a.b"),
        ("HTTP://EXAMPLE.COM", "HXXP://EXAMPLE[.]COM"),
        ("see www.example.org.", "see www[.]example[.]org."),
        ("t.me/fund", "t[.]me/fund"),
        ("bitcoin:1abc?amount=1", "bitcoin[:]1abc?amount=1"),
        ("BITCOIN:BC1Q", "BITCOIN[:]BC1Q"),
        ("lightning:lnbc1", "lightning[:]lnbc1"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("data:text/html,x", "data[:]text/html,x"),
        ("tg://resolve?domain=x", "tg[:]//resolve?domain=x"),
        ("http://مثال.إختبار/x", "hxxp://مثال[.]إختبار/x"),
        ("http://198.51.100.7/x", "hxxp://198[.]51[.]100[.]7/x"),
        ("mail a@b.example", "mail a[@]b[.]example"),
        ("hxxps://example[.]com", "hxxps://example[.]com"),
    ],
)
def test_links_are_broken(text: str, safe: str) -> None:
    assert defang(text) == safe


@pytest.mark.parametrize(
    "text", ["At 10:30 he said: no.", "3.14 BTC", "1,000.5", "كلمة.كلمة", "note: see below", "ratio 2:1"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert defang(text) == text


@given(st.text(alphabet="htps:/.@[]xa1w-عbitcon ", max_size=60))
def test_twice_is_once_and_no_link_is_left(text: str) -> None:
    safe = defang(text)
    assert defang(safe) == safe
    assert not re.search(r"\b(https?|bitcoin):\S", safe, re.IGNORECASE)


def test_what_cannot_be_seen_is_written_out() -> None:
    assert show("a\u200bb\u202ec\u00add\ne\x00") == "a<U+200B>b<U+202E>c<U+00AD>d<U+000A>e<U+0000>"
    assert show_line("a \n\t b\u2066") == "a b<U+2066>"
    assert show("عنوان é 漢") == "عنوان é 漢"
