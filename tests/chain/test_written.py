"""Many texts at once are what they are one by one."""

from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import written
from qaif.chain.addresses import address_of
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.units import UNKNOWN, hash_hex
from support.indexing import put

PROGRAMS = [
    b"\x51\x02\x4e\x73",
    b"\x51\x20" + b"\x07" * 32,
    b"\x60\x28" + b"\x09" * 40,
    b"\x00\x20" + b"\x03" * 32,
]
NOT_PROGRAMS = [
    b"\x00\x15" + bytes(21),
    b"\x51\x29" + bytes(41),
    b"\x51\x01\x00",
    b"",
    b"\x51",
    b"\x50\x02\x00\x00",
]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A chain with scripts of every kind, and of kinds that are none."""
    branch = Branch(seeded(4)).grow(40)
    branch.add([], [(1, script) for script in (*PROGRAMS, *NOT_PROGRAMS, b"\xa9\x14" + bytes(20) + b"\x87")])
    put(tmp_path / "chain", branch.blocks, round_bytes=4_000)
    return tmp_path / "chain"


def compare(chain: Chain) -> int:
    nums = np.arange(chain.n_scripts, dtype=np.int64)
    texts, hexes = written.addresses(chain, nums), written.script_hex(chain, nums)
    for num in range(chain.n_scripts):
        raw = chain.script_raw(num)
        assert texts[num] == address_of(raw, chain.network)
        assert hexes[num] == raw.hex()
    return sum(texts[num] is not None for num in range(chain.n_scripts))


def test_addresses_of_made_scripts(made: Path) -> None:
    with Chain.open(made) as chain:
        assert compare(chain) > len(PROGRAMS)
        compare(chain.at(20))


def test_addresses_of_the_real_blocks(tmp_path: Path, shared: Path) -> None:
    index(tmp_path / "chain", BlockFileFeed.open([shared / "blocks" / "mainnet-sample.dat"]))
    with Chain.open(tmp_path / "chain") as chain:
        assert compare(chain) > 20_000


def test_any_order_again_and_unknown(made: Path) -> None:
    with Chain.open(made) as chain:
        nums = np.array(seeded(1).choices([UNKNOWN, *range(chain.n_scripts)], k=200), dtype=np.int64)
        for write in (written.addresses, written.script_hex):
            alone = {num: write(chain, np.array([num]))[0] for num in set(nums.tolist())}
            texts = write(chain, nums)
            assert [texts[row] for row in range(len(nums))] == [alone[num] for num in nums.tolist()]
        assert written.addresses(chain, nums[:0]).edge.tolist() == [0]


def test_hashes_and_names() -> None:
    raw = np.frombuffer(seeded(2).randbytes(32 * 5), np.uint8).reshape(-1, 32)
    known = np.array([True, False, True, True, False])
    texts = written.hashes(raw, known)
    assert [texts[row] for row in range(5)] == [
        hash_hex(one.tobytes()) if sure else None for one, sure in zip(raw, known, strict=True)
    ]
    texts = written.names(np.array([2, 7, 0, 1, -9]), ("zero", "", "two"), known)
    assert [texts[row] for row in range(5)] == ["two", None, "zero", "", None]
