"""Chain order: by work, with gaps, with heights as far as they can be known."""

import csv
import os
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import placing as twin
from oracle.placing import Head
from qaif.feeds.blockfile_scan import coinbase_height
from qaif.feeds.networks import NETWORKS
from qaif.feeds.placing import Placing, block_work, place, target_of
from qaif.feeds.shape import HeaderTable
from qaif.kernels.sha256 import double_sha256_rows
from qaif.units import hash_raw
from support.heads import EASY, GENESIS, HARD, MAINNET, REGTEST, mined, placed, run, table


def same_as_twin(heads: list[Head]) -> Placing:
    got = placed(heads)
    wanted = twin.place(heads, hash_raw(REGTEST.genesis_hex), REGTEST.pow_limit)
    assert got.rows.tolist() == wanted.rows
    assert got.height.tolist() == wanted.heights
    assert got.height_basis.tolist() == wanted.bases
    assert got.linked.tolist() == wanted.linked
    assert [int.from_bytes(work.tobytes(), "big") for work in got.work] == wanted.work
    assert got.stale_rows.tolist() == wanted.stale
    assert got.invalid_rows.tolist() == wanted.invalid
    return got


@st.composite
def forests(draw: st.DrawFn) -> list[Head]:
    """Blocks on blocks, some of them then taken away, in any order."""
    heads, heights = [GENESIS], [0]
    for mark in range(draw(st.integers(0, 14))):
        at = draw(st.integers(0, len(heads) - 1))
        height = heights[at] + 1
        told = draw(st.sampled_from([height, height, height, -1, -1, height + 1, 2]))
        heads.append(
            mined(
                heads[at].hash,
                mark,
                bits=draw(st.sampled_from([EASY, EASY, EASY, HARD])),
                when=1_600_000_000 + draw(st.integers(0, 6)),
                version=draw(st.sampled_from([1, 2, 0x20000000])),
                told=told,
                claimed=draw(st.sampled_from([-1, -1, height, 3])),
                good=draw(st.sampled_from([True] * 15 + [False])),
            )
        )
        heights.append(height)
    return draw(st.lists(st.sampled_from(heads), unique=True, min_size=0, max_size=len(heads)))


@given(forests())
def test_equals_the_twin(heads: list[Head]) -> None:
    same_as_twin(heads)


@pytest.mark.parametrize(
    "flag", ["NUMBA_DISABLE_JIT", pytest.param("NUMBA_BOUNDSCHECK", marks=pytest.mark.slow)]
)
def test_equals_the_twin_in_the_other_modes(tmp_path: Path, flag: str) -> None:
    """As plain Python, and compiled with bounds checked, in a cache of its own."""
    mode = {flag: "1", "QAIF_CACHE_DIR": str(tmp_path), "QAIF_TEST_EXAMPLES": "15"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            __file__,
            "-k",
            "twin and not mode",
        ],
        env=os.environ | mode,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout


def test_work_and_targets_are_core_s() -> None:
    # From Bitcoin Core: chainwork of mainnet's genesis 0x100010001; of regtest's 2; arith_uint256_tests.cpp.
    assert block_work(0x1D00FFFF) == 0x100010001
    assert block_work(EASY) == 2
    assert target_of(0x1D00FFFF) == 0xFFFF << 208
    assert target_of(0x01123456) == 0x12
    assert target_of(0x04923456) == 0  # negative
    assert target_of(0x05009234) == 0x92340000
    assert target_of(0xFF123456) == 0  # too large
    assert block_work(0x04923456) == block_work(0) == 0


def test_more_work_beats_more_blocks() -> None:
    long, short = run(GENESIS.hash, 3, 0), run(GENESIS.hash, 1, 10, bits=HARD)
    got = same_as_twin([GENESIS, *long, *short])
    assert got.rows.tolist() == [0, 4]
    assert got.stale_rows.tolist() == [1, 2, 3]
    longer = run(GENESIS.hash, 5, 0)
    got = same_as_twin([GENESIS, *short, *longer])
    assert got.rows.tolist() == [0, 2, 3, 4, 5, 6]


def test_of_equal_work_the_branch_that_was_whole_first_stands() -> None:
    one, two = run(GENESIS.hash, 2, 0), run(GENESIS.hash, 2, 10)
    assert same_as_twin([GENESIS, *one, *two]).rows.tolist() == [0, 1, 2]
    # The first block of `one` came first and its second last.
    assert same_as_twin([GENESIS, one[0], *two, one[1]]).rows.tolist() == [0, 2, 3]


def test_blocks_in_any_order_give_one_chain() -> None:
    chain = [GENESIS, *run(GENESIS.hash, 9, 0)]
    got = same_as_twin(chain[::-1])
    assert got.rows.tolist() == list(range(9, -1, -1))
    assert got.height.tolist() == list(range(10))
    assert got.linked.all()
    assert set(got.height_basis.tolist()) == {1}


def test_branches_on_a_parent_that_is_not_held_compete() -> None:
    missing = mined(GENESIS.hash, 99)
    one, two = run(missing.hash, 2, 0), run(missing.hash, 3, 10)
    got = same_as_twin([*one, *two])
    assert got.rows.tolist() == [2, 3, 4]
    assert got.stale_rows.tolist() == [0, 1]
    assert got.linked.tolist() == [0, 1, 1]
    # Of different missing parents both stand: nothing says that they are rivals.
    other = run(mined(GENESIS.hash, 98).hash, 3, 10)
    assert len(same_as_twin([*one, *other]).rows) == 5


def test_a_parent_that_is_genesis_gives_heights_without_genesis() -> None:
    got = same_as_twin(run(GENESIS.hash, 3, 0))
    assert got.height.tolist() == [1, 2, 3]
    assert got.height_basis.tolist() == [1, 1, 1]
    assert got.linked.tolist() == [0, 1, 1]


def test_one_known_height_gives_those_of_the_whole_fragment() -> None:
    parent = mined(bytes([7] * 32), 50)
    heads = run(parent.hash, 4, 0)
    heads[2] = mined(heads[1].hash, 2, told=102)
    heads[3] = mined(heads[2].hash, 3, version=1, told=55)  # version 1 is not believed
    got = same_as_twin(heads)
    assert got.height.tolist() == [100, 101, 102, 103]
    assert got.height_basis.tolist() == [2, 2, 2, 2]


def test_heights_that_contradict_one_another_are_unknown() -> None:
    parent = bytes([7] * 32)
    heads = [mined(parent, 0, told=100)]
    heads.append(mined(heads[0].hash, 1, told=101))
    assert same_as_twin(heads).height.tolist() == [100, 101]
    heads[1] = mined(heads[0].hash, 1, told=102)
    got = same_as_twin(heads)
    assert got.height.tolist() == [-1, -1]
    assert got.height_basis.tolist() == [0, 0]


def test_a_height_that_only_a_child_of_genesis_can_have_is_not_believed_of_another() -> None:
    assert same_as_twin([mined(bytes([7] * 32), 0, told=1)]).height.tolist() == [-1]
    assert same_as_twin([mined(bytes([7] * 32), 0, told=2)]).height.tolist() == [2]


def test_a_claimed_height_is_the_last_resort() -> None:
    parent = bytes([7] * 32)
    assert same_as_twin([mined(parent, 0, claimed=40)]).height_basis.tolist() == [3]
    got = same_as_twin([mined(parent, 0, claimed=40, told=41)])
    assert (got.height.tolist(), got.height_basis.tolist()) == ([41], [2])


def test_of_two_blocks_of_one_height_the_one_with_more_work_stands() -> None:
    one = mined(bytes([1] * 32), 0, told=100)
    two = mined(bytes([2] * 32), 1, told=100, bits=HARD)
    assert same_as_twin([one, two]).rows.tolist() == [1]
    assert same_as_twin([one, two]).stale_rows.tolist() == [0]
    three = mined(bytes([2] * 32), 1, told=102, bits=HARD)
    assert same_as_twin([one, three]).rows.tolist() == [0, 1]


def test_an_upper_fragment_that_does_not_build_on_a_lower_one_cuts_its_tip_off() -> None:
    lower = run(bytes([1] * 32), 5, 0, told=100)  # 100 to 104
    upper = run(bytes([2] * 32), 4, 10, told=104)
    got = same_as_twin([*lower, *upper])
    assert got.rows.tolist() == [0, 1, 2, 5, 6, 7, 8]
    assert got.height.tolist() == [100, 101, 102, 104, 105, 106, 107]
    assert got.stale_rows.tolist() == [3, 4]
    # Touching is a conflict too: 105 does not build on this 104.
    upper = run(bytes([2] * 32), 1, 10, told=105)
    assert same_as_twin([*lower, *upper]).rows.tolist() == [0, 1, 2, 3, 4]
    upper = run(bytes([2] * 32), 1, 10, told=106)
    assert same_as_twin([*lower, *upper]).stale_rows.tolist() == []


def test_what_builds_on_an_invalid_block_is_invalid() -> None:
    bad = mined(GENESIS.hash, 1, good=False)
    child = mined(bad.hash, 2)
    got = same_as_twin([GENESIS, child, bad])
    assert got.invalid_rows.tolist() == [1, 2]
    assert got.rows.tolist() == [0]


def test_a_target_that_the_network_does_not_allow_is_invalid() -> None:
    head = mined(GENESIS.hash, 1)
    assert place(table([head]), REGTEST).invalid_rows.tolist() == []
    assert place(table([head]), NETWORKS["signet"]).invalid_rows.tolist() == [0]


def test_another_first_block_is_invalid() -> None:
    impostor = mined(bytes(32), 5, bits=HARD)
    got = same_as_twin([impostor, GENESIS])
    assert got.rows.tolist() == [1]
    assert got.invalid_rows.tolist() == [0]


def test_fragments_of_unknown_height_stand_by_time() -> None:
    early, late = mined(bytes([3] * 32), 0, when=1_000), mined(bytes([4] * 32), 1, when=3_000_000_000)
    known = run(bytes([5] * 32), 2, 10, told=100)
    for heads in ([late, *known, early], [early, late, *known], [*known, late, early]):
        got = same_as_twin(heads)
        assert [heads[row] for row in got.rows] == [early, *known, late]
    got = same_as_twin([early, GENESIS])
    assert got.rows.tolist() == [1, 0], "nothing stands before genesis"


def test_nothing_gives_nothing() -> None:
    got = placed([])
    assert [len(column) for column in got] == [0] * 7


def test_on_mainnet_heights_are_believed_from_224413_on() -> None:
    """The four conditions, each with a near miss, on a network like mainnet with an easier limit."""
    easy = replace(MAINNET, pow_limit=REGTEST.pow_limit)

    def height(told: int, version: int, when: int) -> int:
        head = mined(bytes([9] * 32), 1, told=told, version=version, when=when)
        return int(place(table([head]), easy).height[0])

    assert height(224_413, 2, 1_362_500_000) == 224_413
    assert height(224_412, 2, 1_362_500_000) == -1
    assert height(224_413, 1, 1_362_500_000) == -1
    assert height(224_413, 2, 1_362_000_000) == -1
    assert height(2**28, 2, 1_362_500_000) == -1


def read_frames(path: Path) -> list[bytes]:
    data, at, out = path.read_bytes(), 0, []
    while at + 8 < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        out.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return [block for block in out[:-1] if len(block) >= 81] + [out[-1]] * (at <= len(data))


def test_a_large_chain_is_placed_in_seconds() -> None:
    """A made chain of 200,000 blocks in a random order, no proof of work asked: placed in well under 5 s."""
    count = 200_000
    hashes = np.random.default_rng(5).integers(0, 256, (count, 32), dtype=np.uint8)
    hashes[:, 31] = 0
    header = np.zeros((count, 80), np.uint8)
    header[1:, 4:36] = hashes[:-1]
    header[0, 4] = 1
    header[:, 72:76] = np.frombuffer(struct.pack("<I", EASY), np.uint8)
    order = np.random.default_rng(6).permutation(count)
    none = np.full(count, -1, np.int32)
    headers = HeaderTable(header[order], hashes[order], none, none, np.full(count, 81, np.int64))
    place(headers._replace(size=headers.size[:0]), REGTEST)  # compiled now
    began = time.perf_counter()
    got = place(headers, REGTEST)
    assert time.perf_counter() - began < 5
    assert np.array_equal(order[got.rows], np.arange(count))
    assert got.linked.sum() == count - 1
    assert int.from_bytes(got.work[-1].tobytes(), "big") == 2 * count


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_real_blocks_stand_by_height(shared: Path, *, shuffled: bool) -> None:
    """33 real blocks with gaps: their order is known; heights from BIP34 on; only two are linked."""
    blocks = read_frames(shared / "blocks" / "mainnet-sample.dat")
    with (shared / "blocks" / "mainnet-sample.csv").open() as text:
        wanted = [int(row["height"]) for row in csv.DictReader(text)]
    if shuffled:
        order = np.random.default_rng(7).permutation(len(blocks)).tolist()
        blocks, wanted_of = [blocks[i] for i in order], [wanted[i] for i in order]
    else:
        wanted_of = wanted
    data = np.frombuffer(b"".join(block[:80] for block in blocks), np.uint8)
    starts = np.arange(len(blocks), dtype=np.int64) * 80
    headers = HeaderTable(
        data.reshape(-1, 80),
        double_sha256_rows(data, starts, np.full(len(blocks), 80)),
        np.array([coinbase_height(block[80:272]) for block in blocks], np.int32),
        np.full(len(blocks), -1, np.int32),
        np.array([len(block) for block in blocks], np.int64),
    )
    got = place(headers, MAINNET)
    assert [wanted_of[row] for row in got.rows] == wanted
    assert got.height.tolist() == [h if h == 0 or h >= 224_413 else -1 for h in wanted]
    assert got.height_basis.tolist() == [1 if h == 0 else 2 if h >= 224_413 else 0 for h in wanted]
    assert np.flatnonzero(got.linked).tolist() == [0, wanted.index(227_836)]
    assert len(got.stale_rows) == len(got.invalid_rows) == 0
