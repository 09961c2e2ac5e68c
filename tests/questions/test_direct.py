"""Verdicts on many addresses at once: each is that of a single screening by the same bundle."""

from datetime import UTC, datetime
from random import Random

import pytest

from oracle.addresses import base58check, segwit
from qaif.errors import QaifError
from qaif.questions.bundle import DirectAnswer, screen_directly
from qaif.questions.bundle_file import Bundle, Head
from qaif.questions.direct import NO_ANSWER, DirectIndex
from qaif.screening.facts import Listing

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
WIF = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"  # the key of one: everybody's
TRON, ETHER = "TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf", "0x7F367cC41522cE07553e823bf3be79A889DEbe1B"


def made(rng: Random) -> str:
    """An address of a kind at random."""
    kind, data = rng.randrange(7), rng.randbytes(20)
    if kind < 2:
        return base58check(bytes([5 * kind]) + data)
    if kind == 2:
        return base58check(b"\x6f" + data)
    if kind == 3:
        return segwit(0, data, "tb")
    return segwit(*((0, data), (0, data + data[:12]), (1, data + data[:12]))[kind - 4], "bc")


def listing(name: str) -> Listing:
    return Listing("US", "us-ofac", ("EO",), "2020", (name,), (name,), stale=False, statement_ids=())


def bundle_of(rows: dict[str, tuple[Listing, ...]], published_at: str = "2024-05-01") -> Bundle:
    lists = {"us-ofac": {"version": "1", "sha256": "", "published_at": published_at}}
    head = Head("2024-05-01T12:00:00+00:00", "qaif", {}, 7, ("US",), (), lists, len(rows), "")
    return Bundle(head, "signer", rows)


def strange(text: str, rng: Random) -> str:
    at = rng.randrange(len(text))
    return rng.choice(
        [
            text.upper(),
            f" {text}\n",
            text[:at] + rng.choice("1qzZ0") + text[at + 1 :],
            text[:-1],
            f"{text} {text}",
            text.swapcase(),
            text[:at] + "\u0431" + text[at:],
        ]
    )


def alone(bundle: Bundle, text: str) -> DirectAnswer | QaifError:
    try:
        return screen_directly(bundle, text, NOW, signer_named=True)
    except QaifError as error:
        return error


@pytest.mark.parametrize("published_at", ["2024-05-01", "2023-01-01"])
def test_each_verdict_is_that_of_a_single_screening(published_at: str) -> None:
    rng = Random(4)  # noqa: S311  not a secret
    known = [made(rng) for _ in range(300)]
    rows: dict[str, tuple[Listing, ...]] = {one: (listing(one),) for one in known if rng.random() < 0.9}
    rows |= {TRON: (listing("t"),), ETHER: (listing("e"),), known[0].upper(): (listing("u"),)}
    rows |= {made(rng): () for _ in range(5)}  # named once, and no more
    texts = [*known, *rows, *(made(rng) for _ in range(300)), "", " ", WIF, TRON, ETHER, "1", "\ud800"]
    texts += [strange(one, rng) for one in texts[:400] if one]
    rng.shuffle(texts)
    bundle = bundle_of(rows, published_at)
    index = DirectIndex.of_bundle(bundle, NOW)
    found = index.screen(texts)
    seen: dict[str, int] = {"HIT": 0, "NO_DIRECT_HIT": 0, "UNKNOWN": 0, "errors": 0}
    for place, text in enumerate(texts):
        single = alone(bundle, text)
        if isinstance(single, QaifError):
            assert (found.verdict(place), found.row[place]) == (None, NO_ANSWER)
            assert found.errors[place].as_dict() == single.as_dict()
            seen["errors"] += 1
        else:
            assert found.verdict(place) == single.verdict, text
            listings = index.listings(int(found.row[place]))
            assert [one.names for one in listings] == [one.names for one in single.listings]
            seen[single.verdict] += 1
    assert found.counts() == seen
    assert seen["HIT"] > 300
    assert seen["errors"] > 100
    assert seen["UNKNOWN" if published_at < "2024" else "NO_DIRECT_HIT"] > 200


def test_an_index_of_nobody() -> None:
    found = DirectIndex({}, ()).screen(["1111111111111111111114oLvT2"])
    assert found.counts() == {"HIT": 0, "NO_DIRECT_HIT": 1, "UNKNOWN": 0, "errors": 0}
    assert DirectIndex({}, ()).screen([]).counts()["HIT"] == 0
