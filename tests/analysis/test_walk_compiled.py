"""The compiled walk against the walk by arrays, field by field: in whole stores, past and doubted ones."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.analysis.flows import compiled
from qaif.analysis.flows.stops import Ends, Stop, TraceLimits
from qaif.analysis.flows.web import FEE, OTHERS, Walk, walk, walk_by_arrays
from qaif.chain import open as opening
from qaif.chain.labels import Labels
from qaif.chain.open import Chain
from qaif.chain.seals import PAGE
from qaif.chain.tables import BASIS_FEED
from qaif.errors import StoreDamagedError
from qaif.kernels import reach, walk_hop
from qaif.units import Bools, Int64s
from support.indexing import put
from support.real import sample_with_spent_outputs

pytestmark = pytest.mark.skipif(not reach.BY_ADDRESS, reason="nothing is read by its address here")
BLOCKS = Branch(seeded(21)).grow(90, 6).blocks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("compiled") / "chain"
    put(made, BLOCKS, 20_000)
    return made


def limits_of(draw: np.random.Generator, last_time: int) -> TraceLimits:
    return TraceLimits(
        hops=int(draw.integers(0, 9)),
        transactions=int(draw.choice([0, 7, 1_000])),
        fan=int(draw.choice([1, 2, 5, 5_000])),
        least_sat=int(draw.choice([0, 1_000, 10**7])),
        time_unix=None if draw.random() < 0.6 else last_time - int(draw.integers(0, 60_000)),
        through_mixes=bool(draw.random() < 0.5),
        seeds_too=bool(draw.random() < 0.7),
    )


def ends_of(draw: np.random.Generator, chain: Chain) -> Ends:
    if draw.random() < 0.5:
        return Ends()
    scripts = np.sort(draw.integers(0, chain.n_scripts, chain.n_scripts // 10))
    services = set(draw.integers(0, chain.n_scripts, chain.n_scripts // 20).tolist())

    def serve(nums: Int64s) -> Bools:
        return np.array([num in services for num in nums.tolist()], dtype=np.bool_)

    return Ends(Labels(scripts, np.arange(len(scripts)), scripts[:0]), serve)


def compared(
    chain: Chain, rounds: int, monkeypatch: pytest.MonkeyPatch, outs: Int64s | None = None
) -> Int64s:
    """Walks at random both ways; how often each reason occurred."""
    draw, met = np.random.default_rng(rounds), np.zeros(len(Stop), dtype=np.int64)
    for turn in range(rounds):
        seeds = np.unique(draw.choice(chain.n_outs if outs is None else outs, 1 + turn % 4))
        limits, ends = limits_of(draw, chain.tip.time_unix), ends_of(draw, chain)
        with monkeypatch.context() as patched:  # it is not gone the other way unseen
            patched.setattr("qaif.analysis.flows.web.walk_by_arrays", lambda *_: 1 / 0)
            web = walk(chain, seeds, forward=bool(turn & 1), limits=limits, ends=ends)
        other = walk_by_arrays(Walk(chain, bool(turn & 1), limits, ends, seeds))
        for field in dataclasses.fields(web):
            one, two = getattr(web, field.name), getattr(other, field.name)
            assert np.array_equal(one, two), (field.name, turn, limits)
            assert field.name == "forward" or one.dtype == two.dtype, field.name
        met += np.bincount(web.stop, minlength=len(Stop))
    return met


def test_walks_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Chain.open(folder) as chain:
        assert len(chain.segments) > 2
        met = compared(chain, 200, monkeypatch)
        compared(chain.at(40), 60, monkeypatch)
    missing = {Stop(reason) for reason in np.flatnonzero(met == 0).tolist()}
    assert missing <= {Stop.MIX, Stop.VALUES, Stop.CONTRADICTION, Stop.NOT_HELD}


def test_real_blocks_are_walked_the_same(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where outputs are not held that inputs spend, some of known value, and some not."""
    chain = sample_with_spent_outputs(tmp_path / "chain", shared)
    told = np.flatnonzero(chain.txin.script_basis[0 : chain.n_ins] == BASIS_FEED)
    outs = chain.tx.out_lo.take(chain.tx_of_in(told))
    met = compared(chain, 100, monkeypatch) + compared(chain, 100, monkeypatch, outs)
    assert met[Stop.NOT_HELD] > 0
    assert met[Stop.VALUES] > 0


def test_a_store_that_is_not_hashed_when_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "VERIFY_ON_OPEN_BYTES", 0)
    with Chain.open(folder) as chain:
        assert not any(segment.file.whole for segment in chain.segments)
        compared(chain, 60, monkeypatch)


def test_no_damaged_page_gives_an_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages in turn: a walk is right, or it is an error."""
    limits, refused, right = TraceLimits(hops=9, least_sat=0), 0, 0
    seeds = np.arange(3, 9)
    with Chain.open(folder) as chain:
        expected = walk(chain, seeds, forward=True, limits=limits)
    monkeypatch.setattr(opening, "VERIFY_ON_OPEN_BYTES", 0)
    path = max(folder.glob("*.seg"), key=lambda one: one.stat().st_size)
    whole = path.read_bytes()
    for page in range(1, len(whole) // PAGE):
        raw = bytearray(whole)
        raw[page * PAGE + 1_777] ^= 4
        path.write_bytes(raw)
        try:
            with Chain.open(folder) as chain:
                web = walk(chain, seeds, forward=True, limits=limits)
            assert web.tx_num.tolist() == expected.tx_num.tolist()
            assert web.value.tolist() == expected.value.tolist()
            right += 1
        except StoreDamagedError:
            refused += 1
    path.write_bytes(whole)
    assert refused
    assert right


def test_reasons_and_names_are_numbered_alike() -> None:
    named = {name: int(stop) for name, stop in Stop.__members__.items()}
    ours = {"FAN": walk_hop.FAN_STOP, "TIME": walk_hop.TIME_STOP}
    assert {name: ours.get(name, getattr(walk_hop, name)) for name in named} == named
    assert (compiled._OTHERS, compiled._OTHERS + 1) == (OTHERS, FEE)
