"""The odd cases of the chain, by name."""

from pathlib import Path

import numpy as np
import pytest

from oracle import made
from oracle.blockmaker import (
    GENESIS_TIME,
    Block,
    Branch,
    Tx,
    framed,
    make_block,
    make_coinbase,
    make_tx,
    push,
    seeded,
)
from qaif.chain.check import check
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.chain.spendable import GENESIS, OP_RETURN, OVERSIZED, OVERWRITTEN, SPENDABLE, unspendable
from qaif.feeds.blockfiles import BlockFileFeed
from support.indexing import put

COIN = 10**8
MOST = 21_000_000 * COIN


def codes(chain: Chain, outs: list[int]) -> list[int]:
    return [int(code) for code in unspendable(chain, np.array(outs, dtype=np.int64))]


def test_genesis_cannot_be_spent(tmp_path: Path) -> None:
    """Mainnet's own first block: its 50 BTC never entered the set of unspent outputs."""
    path = tmp_path / "blk00000.dat"
    path.write_bytes(framed([Block(made.genesis().serialise(), ())], magic=bytes.fromhex("f9beb4d9")))
    index(tmp_path / "chain", BlockFileFeed.open([path]))
    with Chain.open(tmp_path / "chain") as chain:
        assert chain.tip.height == 0
        assert chain.held.complete
        assert chain.txout.value_sat.one(0) == 50 * COIN
        assert codes(chain, [0]) == [GENESIS]
    put(tmp_path / "other", Branch(seeded(1)).grow(3).blocks)
    with Chain.open(tmp_path / "other") as chain:
        assert codes(chain, [0, 1])[0] == GENESIS
        assert codes(chain, [0, 1])[1] != GENESIS


class Repeats:
    """A chain with coinbases that do not hold their height, so that ids can be repeated."""

    def __init__(self) -> None:
        self.branch = Branch(seeded(2)).grow(2)
        self.blocks = self.branch.blocks

    def mine(self, mark: bytes, script: bytes, *, apart: int = 0) -> int:
        """A version 1 block with a coinbase that depends on the mark alone, and fillers after it."""
        coinbase = make_coinbase(push(mark), [(50 * COIN, script)], version=1)
        self._put(coinbase)
        for at in range(apart):
            filler = push(bytes([at, len(self.blocks)]) + b"filler")
            self._put(make_coinbase(filler, [(50 * COIN, b"\x51")], version=1))
        return len(self.blocks) - apart - 1

    def _put(self, coinbase: Tx) -> None:
        time = GENESIS_TIME + 600 * len(self.blocks)
        self.blocks.append(make_block(self.blocks[-1].hash, time, [coinbase], version=1))


FIRST = b"\x76\xa9\x14" + b"\x01" * 20 + b"\x88\xac"
SECOND = b"\x76\xa9\x14" + b"\x02" * 20 + b"\x88\xac"


@pytest.mark.parametrize("round_bytes", [1, 10**7])
def test_the_bip30_pairs_91722_91880_and_91812_91842(tmp_path: Path, round_bytes: int) -> None:
    """The pairs as they lie on mainnet, one inside the other: a txid is not a key.

    The later coinbase of an id overwrites the earlier; a spend is of the later one.
    """
    chain_ = Repeats()
    b91722 = chain_.mine(b"first", FIRST, apart=9)
    b91812 = chain_.mine(b"second", SECOND, apart=3)
    b91842 = chain_.mine(b"second", SECOND, apart=3)
    b91880 = chain_.mine(b"first", FIRST, apart=2)
    txid = chain_.blocks[b91880].txs[0].txid
    assert txid == chain_.blocks[b91722].txs[0].txid
    spend = make_tx([(txid, 0)], [(49 * COIN, b"\x51")])
    tail = make_coinbase(push(b"tail"), [(50 * COIN, b"\x51")])
    time = GENESIS_TIME + 10**6
    chain_.blocks.append(make_block(chain_.blocks[-1].hash, time, [tail, spend], version=1))
    put(tmp_path / "chain", chain_.blocks, round_bytes=round_bytes)
    assert check(tmp_path / "chain").good
    with Chain.open(tmp_path / "chain") as chain:
        outs = [chain.block.out_lo.one(num) for num in (b91722, b91812, b91842, b91880)]
        txs = [chain.block.tx_lo.one(num) for num in (b91722, b91812, b91842, b91880)]
        assert chain.tx_nums(txid).tolist() == [txs[0], txs[3]]
        assert codes(chain, outs) == [OVERWRITTEN, OVERWRITTEN, SPENDABLE, SPENDABLE]
        assert chain.spent_by(np.array(outs)).tolist()[:3] == [-1, -1, -1]
        assert chain.spent_by(np.array(outs))[3] >= 0
        script = chain.script_num(FIRST)
        assert chain.outs_of(script).tolist() == [outs[0], outs[3]]
        before = chain.at(b91880 - 1)
        assert before.tx_nums(txid).tolist() == [txs[0]]
        assert codes(before, outs[:3]) == [SPENDABLE, OVERWRITTEN, SPENDABLE]


def test_an_id_that_is_repeated_after_it_was_spent_overwrites_nothing(tmp_path: Path) -> None:
    chain_ = Repeats()
    first = chain_.mine(b"again", FIRST)
    txid = chain_.blocks[first].txs[0].txid
    spend = make_tx([(txid, 0)], [(49 * COIN, b"\x51")])
    middle = make_coinbase(push(b"middle"), [(50 * COIN, b"\x51")])
    time = GENESIS_TIME + 600 * len(chain_.blocks)
    chain_.blocks.append(make_block(chain_.blocks[-1].hash, time, [middle, spend], version=1))
    second = chain_.mine(b"again", FIRST)
    put(tmp_path / "chain", chain_.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        outs = [chain.block.out_lo.one(first), chain.block.out_lo.one(second)]
        assert codes(chain, outs) == [SPENDABLE, SPENDABLE]
        assert chain.spent_by(np.array(outs))[0] >= 0
        assert chain.spent_by(np.array(outs))[1] == -1


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (b"\x51" + b"\x61" * 9_999, SPENDABLE),  # 10,000 bytes: the longest that can be run
        (b"\x51" + b"\x61" * 10_000, OVERSIZED),
        (b"\x6a", OP_RETURN),
        (b"\x6a" + push(b"words"), OP_RETURN),
        (b"\x6a\x02\xee", OP_RETURN),  # not push-only, so Core types it nonstandard
        (b"\x51\x6a", SPENDABLE),  # OP_RETURN, but not first
        (b"", SPENDABLE),
    ],
    ids=["10000", "10001", "return", "return-data", "return-bad-push", "return-later", "empty"],
)
def test_scripts_that_can_never_be_run(tmp_path: Path, script: bytes, expected: int) -> None:
    branch = Branch(seeded(3)).grow(2)
    branch.add([], [(50 * COIN, script), (0, b"\x51")])
    put(tmp_path / "chain", branch.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        outs = chain.outs_of(chain.script_num(script)).tolist()
        assert chain.script_raw(chain.script_num(script)) == script
        assert codes(chain, outs[-1:]) == [expected]


def test_values_near_21_million(tmp_path: Path) -> None:
    """The largest amounts are held to the satoshi."""
    branch = Branch(seeded(4)).grow(1)
    branch.add([], [(MOST, b"\x51\x51")])
    branch.add([], [(MOST - 1, b"\x51\x52"), (1, b"\x51\x53")])
    put(tmp_path / "chain", branch.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        values = [chain.txout.value_sat.one(int(chain.outs_of(chain.script_num(s))[0])) for s in SCRIPTS]
        assert values == [MOST, MOST - 1, 1]
        assert check(tmp_path / "chain").good


SCRIPTS = (b"\x51\x51", b"\x51\x52", b"\x51\x53")


def test_times_that_go_back(tmp_path: Path) -> None:
    """By the greatest time so far: no block up to the answer is later than what was asked."""
    branch = Branch(seeded(5))
    times = [100, 300, 200, 250, 400, 350]
    for time in times:
        coinbase = make_coinbase(push(bytes([time % 251])), [(COIN, b"\x51")], version=1)
        block = make_block(branch.blocks[-1].hash, GENESIS_TIME + time, [coinbase], version=1)
        branch.blocks.append(block)
    put(tmp_path / "chain", branch.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        asked = {-1: -1, 0: 0, 99: 0, 100: 1, 299: 1, 300: 4, 399: 4, 400: 6, 10**6: 6}
        found = {time: chain.block_at_time(GENESIS_TIME + time) for time in asked}
        assert found == asked
        assert chain.tip.time_unix == GENESIS_TIME + 350
