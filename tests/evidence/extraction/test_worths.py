"""What coins are worth, and where one text says it twice; the article is the case that asked for it."""

from pathlib import Path

import pytest

from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.worths import disagreements, worths
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS


def _disagreeing(text: str) -> list[tuple[str, str]]:
    found = extract(text, list(plain_passages(text)), NETWORKS["mainnet"])
    return [(one.one.value, one.other.value) for one in disagreements(text, found)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The group raised $24 million in bitcoin. The wallet took 3370 BTC (29 million dollars).",
            [("24000000 USD", "29000000 USD")],
        ),
        (
            "It took 3370 BTC, worth $24 million. The 3370 BTC were worth $29 million.",
            [("24000000 USD", "29000000 USD")],
        ),
        (
            "Il a reçu 60 bitcoins (près de 2,4 millions d'euros), puis 60 BTC, soit 2,9 millions d'euros.",
            [("2400000 EUR", "2900000 EUR")],
        ),
        (
            "Собрано 60 биткоинов (около 2,4 млн долларов), то есть 45 биткоинов (около 2,4 млн долларов).",
            [("60 BTC", "45 BTC")],
        ),
        ("It took 3370 BTC (29 million dollars) and later 2800 BTC (24 million dollars).", []),
        ("It took 3370 BTC (29 million dollars), 28.97 million dollars in bitcoin by another count.", []),
        ("It took 3370 BTC (29 million dollars). The school cost 24 million dollars.", []),
        ("It took 3370 BTC (29 million dollars), or 24 million euros in bitcoin.", []),
        ("It took 3370 BTC (29 million dollars). A donor gave 400 dollars in bitcoin.", []),
        ("He paid 3 BTC and 5000 dollars. Another gave 4000 dollars in bitcoin.", []),
    ],
)
def test_one_thing_of_two_worths_is_said_and_two_things_are_not(
    text: str, wanted: list[tuple[str, str]]
) -> None:
    assert _disagreeing(text) == wanted


def test_the_article_contradicts_itself(shared: Path) -> None:
    text = (shared / "documents" / "news-ar-2020-01.txt").read_text(encoding="utf-8")
    assert _disagreeing(text) == [("24000000 USD", "29000000 USD")]


def test_coins_in_satoshi_are_held_against_coins_in_bitcoin() -> None:
    text = "It took 6000000000 sat (about 24 million dollars); others say 45 BTC, worth 24 million dollars."
    found = extract(text, list(plain_passages(text)), NETWORKS["mainnet"])
    assert [one.coins.value for one in worths(text, found) if one.coins] == ["6000000000 sat", "45 BTC"]
    assert _disagreeing(text) == [("6000000000 sat", "45 BTC")]


def test_a_text_of_many_worths_is_compared_in_bounds() -> None:
    text = "\n".join(f"It took {n}.5 BTC (about {1000 + n} dollars)." for n in range(2_000))
    assert len(_disagreeing(text)) <= 300 * 299 // 2
