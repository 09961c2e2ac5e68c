"""Records of what sources told: back as they were, and refused where they are cut or changed."""

import contextlib
import struct
from random import Random

import pytest

from oracle.blockmaker import seeded
from qaif.errors import NetworkMismatchError, SourceShapeError
from qaif.feeds.explorer import Listed
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.told import (
    State,
    Telling,
    Told,
    ToldEnd,
    ToldHeader,
    ToldNetwork,
    ToldPage,
    ToldPlace,
    ToldTx,
    decoded,
    encoded,
)


def some_hash(rng: Random) -> bytes:
    return rng.randbytes(32)


def record(rng: Random) -> Told:
    height = rng.choice([0, 1, 900_000])
    branch = rng.choice([None, (), tuple(some_hash(rng) for _ in range(rng.randint(1, 14)))])
    listed = tuple(
        Listed(some_hash(rng), rng.choice([None, height]), rng.choice([None, some_hash(rng)]))
        for _ in range(rng.randint(0, 4))
    )
    script = rng.randbytes(rng.choice([0, 25, 34, 10_000]))
    gone = tuple(some_hash(rng) for _ in range(rng.randint(0, 3)))
    end = (height, some_hash(rng), rng.choice(list(State)), rng.choice([-1, 0, 2**40]))
    kinds: list[Told] = [
        ToldNetwork("regtest"),
        ToldTx(some_hash(rng), rng.randbytes(rng.randint(0, 300))),
        ToldHeader(height, rng.randbytes(80)),
        ToldPlace(
            some_hash(rng), height, some_hash(rng), rng.choice([None, 0, 9]), rng.random() < 0.5, branch
        ),
        ToldPage(script, listed),
        ToldEnd(script, *end, rng.choice(["", "why \u2014 \u0641"]), gone),
    ]
    return rng.choice(kinds)


def telling(rng: Random) -> Telling:
    told = tuple(record(rng) for _ in range(rng.randint(0, 6)))
    answers = tuple(some_hash(rng) for _ in range(rng.randint(0, 3)))
    return Telling(rng.choice(["", "esplora:https://a.example/api"]), 1_700_000_000, told, answers)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_written_is_read(seed: int) -> None:
    one = telling(seeded(seed))
    assert decoded(encoded(one)) == one


@pytest.mark.parametrize("seed", range(20))
def test_what_is_cut_or_changed_is_refused_or_another_telling(seed: int) -> None:
    """The log's checksums hold before anything is read; here no other error must come out, and no loop."""
    rng = seeded(seed)
    data = encoded(telling(rng))
    for _ in range(60):
        changed = bytearray(data[: rng.randint(0, len(data))] if rng.random() < 0.5 else data)
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        with contextlib.suppress(SourceShapeError):
            decoded(bytes(changed))


def test_an_unknown_kind_is_refused() -> None:
    data = encoded(Telling("a", 1, ())) + struct.pack("<BI", 6, 0)
    with pytest.raises(SourceShapeError):
        decoded(data)


def header(number: int) -> bytes:
    return bytes([number]) * 80


def place(txid: bytes, height: int, block: bytes, *, proven: bool) -> ToldPlace:
    return ToldPlace(txid, height, block, 3 if proven else None, proven, None)


def stated(*tellings: Telling) -> Gathered:
    state = Gathered()
    for one in tellings:
        state.take(one)
    return state


def test_of_places_the_proven_goes_first_and_equal_ones_are_a_dispute() -> None:
    base = stated(Telling("a", 1, (ToldHeader(1, header(1)), ToldHeader(2, header(2)))))
    one, two = base.at_height[1], base.at_height[2]
    txid = b"\x05" * 32
    headers = (ToldHeader(1, header(1)), ToldHeader(2, header(2)), ToldTx(txid, b"raw"))
    claimed, proven = place(txid, 1, one, proven=False), place(txid, 2, two, proven=True)
    state = stated(Telling("a", 1, (*headers, claimed)), Telling("b", 2, (proven,)))
    assert state.place(txid) == proven
    assert state.disagreements() == []
    disputed = stated(
        Telling("a", 1, (*headers, claimed)), Telling("b", 2, (place(txid, 2, two, proven=False),))
    )
    assert disputed.place(txid) is None
    assert "is said to be in blocks 1, 2" in disputed.disagreements()[0]


def test_a_place_falls_with_its_block() -> None:
    txid, first = b"\x05" * 32, stated(Telling("a", 1, (ToldHeader(7, header(1)),))).at_height[7]
    state = stated(
        Telling("a", 1, (ToldHeader(7, header(1)), ToldTx(txid, b""), place(txid, 7, first, proven=True)))
    )
    assert state.place(txid) is not None
    state.take(Telling("a", 2, (ToldHeader(7, header(2)),)))
    assert state.place(txid) is None
    assert state.dropped() == [txid]
    assert state.height_of == {state.at_height[7]: 7}


def test_sources_that_name_different_blocks_are_reported() -> None:
    state = stated(Telling("a", 1, (ToldHeader(7, header(1)),)), Telling("b", 2, (ToldHeader(7, header(2)),)))
    assert "different blocks at height 7" in state.disagreements()[0]


def test_a_page_after_an_end_changes_what_is_listed() -> None:
    old, new, lost = (bytes([one]) * 32 for one in range(3))
    end = ToldEnd(b"s", 5, b"t" * 32, State.COMPLETE, 2, "", ())
    state = stated(
        Telling("a", 1, (ToldPage(b"s", (Listed(old, 3), Listed(lost, None))), end)),
        Telling("a", 2, (ToldPage(b"s", (Listed(new, 6),)),)),
    )
    history = state.history(b"s", "a")
    assert history.under_way == [new]
    state.take(Telling("a", 3, (end._replace(tip_height=6, gone=(lost,)),)))
    assert history.under_way == []
    assert set(history.listed) == {old, new}
    assert state.history(b"s", "b").end is None


def test_networks_are_not_mixed() -> None:
    with pytest.raises(NetworkMismatchError):
        stated(Telling("a", 1, (ToldNetwork("regtest"),)), Telling("a", 2, (ToldNetwork("signet"),)))
