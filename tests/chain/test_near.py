import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oracle import addresses as oracle_addresses
from oracle import near as oracle
from qaif.chain.near import MEASURED, distance, near_misses

ARTICLE = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
MISPRINT = "1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq"
OTHERS = [
    "19D1iGzDr7FyAdiy3ZZdxMd6ttHj1kj6WW",
    "39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
]
BECH32 = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def found(text: str) -> list[str]:
    return [near.address for near in near_misses(text, [*OTHERS, ARTICLE, BECH32])]


def test_the_misprint_of_the_article_is_close_to_its_address() -> None:
    (near,) = near_misses(MISPRINT, [*OTHERS, ARTICLE, BECH32])
    assert near.address == ARTICLE
    assert (near.distance, near.likeness, near.same_start, near.same_end) == (8, 77, 23, 1)
    assert near.distance == oracle.distance(MISPRINT, ARTICLE)
    assert "8 single changes away, of 35 characters" in near.explanation
    assert "the first 23 and the last 1 characters are the same" in near.explanation


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (ARTICLE[:-1], 1),
        (ARTICLE + "q", 1),
        (ARTICLE[:5] + ARTICLE[6] + ARTICLE[5] + ARTICLE[7:], 1),
        (ARTICLE[:5] + "z" + ARTICLE[6:], 1),
        (ARTICLE[:22] + "1" * 12, 12),
        (ARTICLE.lower(), 9),
        (ARTICLE.replace("o", "0"), 1),
    ],
)
def test_close_texts(text: str, changes: int) -> None:
    (near,) = near_misses(text, [ARTICLE, *OTHERS])
    assert (near.address, near.distance) == (ARTICLE, changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        ARTICLE,
        ARTICLE[:12] + "1" * 22,
        ARTICLE[::-1],
        "1LaNXgq2",
        "q" * 3000,
        "1LaN...qqqq",
        "1La...ctq",
        "1LaN.....tq",
    ],
)
def test_nothing_is_close(text: str) -> None:
    assert found(text) == []


def test_bech32_in_capitals_and_in_letters_that_look_alike() -> None:
    (near,) = near_misses(BECH32.upper()[:-1] + "Q", [BECH32])
    assert near.distance == 1
    (near,) = near_misses(BECH32.replace("0", "o").replace("1", "l"), [BECH32])
    assert "look of letters" in near.explanation
    assert near_misses(BECH32.upper(), [BECH32]) == ()


@pytest.mark.parametrize("dots", ["...", "…", "..", "****", "__"])
def test_abbreviations(dots: str) -> None:
    (near,) = near_misses(f"1LaNXg{dots}Qctq", [*OTHERS, ARTICLE])
    assert (near.address, near.distance, near.same_start, near.same_end) == (ARTICLE, 0, 6, 4)
    assert near.likeness == 29
    assert "abbreviation" in near.explanation


def test_the_closest_first_and_no_more_than_asked_for() -> None:
    known = [ARTICLE[:-n] + "1" * n for n in range(1, 9)]
    assert [near.distance for near in near_misses(ARTICLE, reversed(known), limit=3)] == [1, 2, 3]


few = st.text(alphabet="ab1", max_size=12)


@given(few, few)
@example("ca", "abc")
@example("", "a")
@example("ab", "ba")
def test_distance_as_the_oracle(one: str, other: str) -> None:
    assert distance(one, other) == oracle.distance(one, other) == distance(other, one)


def test_random_addresses_are_never_close() -> None:
    chance = random.Random(1)  # noqa: S311 - a test's seed
    forms = {"pubkeyhash": ("76a914", "88ac"), "witness_v0_keyhash": ("0014", "")}
    for kind, (before, after) in forms.items():
        made = [
            oracle_addresses.address(bytes.fromhex(before) + chance.randbytes(20) + bytes.fromhex(after))
            or ""
            for _ in range(400)
        ]
        alike = [
            100 * (max(len(one), len(other)) - distance(one, other)) // max(len(one), len(other))
            for one in made[:200]
            for other in made[200:]
        ]
        assert (len(alike), max(alike)) == MEASURED[kind], kind
