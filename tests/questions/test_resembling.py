"""What a misprint resembles, in a small chain and in one too large to write out."""

from pathlib import Path

import pytest

from oracle.addresses import address
from qaif.chain.open import Chain
from qaif.evidence.mention import MissKind, NearMiss
from qaif.questions import close, resembling
from support.economy import PEOPLE, Economy, script
from support.indexing import put


def miss(text: str, kind: MissKind = "checksum", inside: tuple[str, ...] = ()) -> NearMiss:
    return NearMiss(text, 0, len(text), text, "text", kind, "why", (), inside, inside)


def misprint(right: str) -> str:
    return right[:20] + ("2" if right[20] != "2" else "3") + right[21:]


PEOPLES = tuple(address(script(person), "regtest") or "" for person in range(PEOPLE))


@pytest.mark.parametrize("large", [False, True])
def test_the_right_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool) -> None:
    put(tmp_path / "chain", Economy.of(7, 40).blocks)
    if large:
        monkeypatch.setattr(resembling, "MOST_WRITTEN", 1)
        monkeypatch.setattr(close, "MOST_WRITTEN", 1)
    with Chain.open(tmp_path / "chain") as chain:
        found = resembling.compared([miss(misprint(one)) for one in PEOPLES], resembling.known((), chain))
        assert [one.close_to for one in found] == [(right,) for right in PEOPLES]
        assert all("1 single change away" in one.resemblance[0] for one in found)
        (none,) = resembling.compared([miss("1" * 34)], resembling.known((), chain))
        assert none.close_to == ()


def test_only_so_many_are_looked_up_in_a_large_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "chain", Economy.of(7, 40).blocks)
    for module, name, value in (
        (resembling, "MOST_WRITTEN", 1),
        (close, "MOST_WRITTEN", 1),
        (resembling, "MOST_ASKED", 2),
    ):
        monkeypatch.setattr(module, name, value)
    with Chain.open(tmp_path / "chain") as chain:
        given = resembling.known(PEOPLES[5:6], chain)
        found = resembling.compared([miss(misprint(one)) for one in PEOPLES], given)
        assert [bool(one.close_to) for one in found] == [n < 2 or n == 5 for n in range(PEOPLE)]
        assert "first 2" in given.said


def test_without_a_chain_the_document_is_compared() -> None:
    right = PEOPLES[0]
    given = resembling.known((right,), None)
    (found,) = resembling.compared([miss(misprint(right))], given)
    assert found.close_to == (right,)


@pytest.mark.parametrize("kind", ["other-coin", "other-network"])
def test_what_is_valid_elsewhere_is_not_compared(kind: MissKind) -> None:
    right = PEOPLES[0]
    (found,) = resembling.compared([miss(misprint(right), kind)], resembling.known((right,), None))
    assert found.close_to == ()


def test_what_stands_inside_stays() -> None:
    given = miss(f"BTC{PEOPLES[0]}", "glued", (PEOPLES[0],))
    assert resembling.compared([given], resembling.known(PEOPLES, None)) == (given,)
