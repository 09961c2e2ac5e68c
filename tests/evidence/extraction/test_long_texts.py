"""Long passages go in pieces, and after so many proposals only addresses are sought."""

import pytest

from qaif.evidence.extraction import extract as extraction
from qaif.evidence.extraction import pieces as parting
from qaif.evidence.extraction.pieces import pieces
from qaif.evidence.passages import Passage, plain_passages
from qaif.feeds.networks import NETWORKS
from support.list_files import bitcoin

DENSE = "John Smith, director of Bank Orvendal, paid 5 dollars on 1 May 2020.\n"


@pytest.mark.parametrize("text", ["ab\n" * 200, "ab " * 200, "a" * 600, "ab\n" + "c" * 300, ""])
def test_pieces_are_the_whole_text_each_character_at_its_place(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parting, "LONGEST_PIECE", 64)
    made = list(pieces(plain_passages(text)))
    assert "".join(each.text for each in made) == text
    assert all(len(each.text) <= 64 for each in made)
    for each in made:
        assert [text[at] for at in each.starts] == list(each.text)
        assert list(each.ends) == [at + 1 for at in each.starts]
    if "\n" in text[32:64]:
        assert made[0].text.endswith("\n")


def test_after_so_many_proposals_addresses_are_still_found_and_the_rest_is_said_to_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parting, "LONGEST_PIECE", 256)
    monkeypatch.setattr(extraction, "MOST_PROPOSALS", 20)
    text = DENSE * 40 + f"Send it to {bitcoin(7)}.\n"
    made = extraction.extract(text, list(plain_passages(text)), NETWORKS["mainnet"])
    (limit,) = made.limits
    assert "only Bitcoin addresses" in limit
    assert made.indicators[-1].value == bitcoin(7)
    before = [each for each in made.indicators[:-1] if each.kind != "bitcoin-address"]
    assert 20 <= len(before) + len(made.relations) < 60
    assert max(each.end for each in before) < len(text) // 2


def test_a_text_with_fewer_is_searched_whole() -> None:
    text = DENSE * 40
    made = extraction.extract(text, list(plain_passages(text)), NETWORKS["mainnet"])
    assert made.limits == ()
    assert sum(each.kind == "amount" for each in made.indicators) == 40


def test_each_address_is_found_once_in_its_own_row() -> None:
    rows = [f"{number};{bitcoin(number)};paid" for number in range(1, 60)]
    text, passages = "\n".join(rows), list[Passage]()
    at = 0
    for row in rows:
        end = at + len(row)
        passages.append(Passage("text", "row", row, range(at, end), range(at + 1, end + 1)))
        at = end + 1
    made = extraction.extract(text, passages, NETWORKS["mainnet"])
    found = [each for each in made.indicators if each.kind == "bitcoin-address"]
    assert [each.value for each in found] == [bitcoin(number) for number in range(1, 60)]
    assert all(text[each.start : each.end] == each.value for each in found)
