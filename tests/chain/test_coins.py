"""The unspent outputs, piece by piece and in order, and what each block does to them."""

from pathlib import Path

import numpy as np
import pytest

from oracle import parse
from oracle.blockmaker import GENESIS_TIME, Branch, make_block, make_coinbase, make_tx, push, seeded
from oracle.utxo import SlowSet, slow_set
from qaif.chain.coin_changes import coin_change
from qaif.chain.coin_order import CoinOrder
from qaif.chain.coins import coins, replaced_txs
from qaif.chain.files import StoreFiles
from qaif.chain.muhash import MuHash
from qaif.chain.open import Chain
from qaif.errors import StoreError
from support.indexing import put
from support.lawful import lawful

COIN = 10**8
Made = tuple[Path, list[parse.Block]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("coins") / "chain"
    blocks = lawful(21, 60).blocks
    put(folder, blocks, round_bytes=3_000)
    return folder, [parse.parse_block(block.raw) for block in blocks]


def written(chain: Chain, piece_outs: int) -> list[bytes]:
    found = []
    for piece in coins(chain, piece_outs):
        raw = piece.data.tobytes()
        found += [raw[a:b] for a, b in zip(piece.offset[:-1], piece.offset[1:], strict=True)]
    return found


@pytest.mark.parametrize("piece_outs", [1, 7, 10**6])
def test_pieces_of_any_size_hold_the_same_coins(made: Made, piece_outs: int) -> None:
    slow = slow_set(made[1], 150)
    with Chain.open(made[0]) as chain:
        assert len(chain.segments) > 1
        found = written(chain, piece_outs)
    assert sorted(found) == sorted(coin.written(at) for at, coin in slow.coins.items())


@pytest.mark.parametrize("memory_bytes", [0, 700, 10**9])
def test_in_order_from_memory_and_from_disk(made: Made, memory_bytes: int) -> None:
    slow = slow_set(made[1], 150)
    before = sorted(path.name for path in made[0].iterdir())
    with Chain.open(made[0]) as chain, StoreFiles(made[0]).scratch() as scratch:
        order = CoinOrder(scratch, memory_bytes)
        for piece in coins(chain, 20):
            order.add(piece)
        found = b"".join(part.tobytes() for part in order.parts())
        assert (scratch.length > 0) == (memory_bytes < 10**9)
    assert found == b"".join(slow.coins[at].written(at) for at in sorted(slow.coins))
    assert sorted(path.name for path in made[0].iterdir()) == before, "nothing stays beside the store"


def test_a_disk_that_refuses_is_a_clear_error(made: Made, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"), StoreFiles(tmp_path / "none").scratch():
        pass
    with StoreFiles(tmp_path).scratch() as scratch:
        scratch.append(np.zeros(3, np.uint8))
        with pytest.raises(ValueError, match="were written"):
            scratch.read(1, 3)
        scratch._descriptor = -1
        with pytest.raises(StoreError, match="Bad file descriptor"):
            scratch.append(np.zeros(3, np.uint8))
        with pytest.raises(StoreError, match="Bad file descriptor"):
            scratch.read(0, 3)
    assert made


def test_a_running_hash_follows_every_block_and_goes_back(made: Made) -> None:
    slow = SlowSet(150)
    running, seen = MuHash(), []
    with Chain.open(made[0]) as chain:
        for number, block in enumerate(made[1]):
            seen.append(running.digest())
            coin_change(chain, number).apply(running)
            slow.add(block)
            if number % 12 == 0:
                assert running.digest()[::-1].hex() == slow.muhash()
        for number in reversed(range(len(made[1]))):
            assert coin_change(chain, number).undo(running).digest() == seen[number]
    assert running.digest() == MuHash().digest()


def test_many_members_shared_among_threads() -> None:
    data = np.random.default_rng(5).integers(0, 256, 30 * 3_001).astype(np.uint8)
    offset = np.arange(3_002, dtype=np.int64) * 30
    whole, parts = MuHash().insert(data, offset), MuHash()
    for lo in range(0, 3_001, 500):
        parts.insert(data, offset[lo : lo + 501])
    assert whole.digest() == parts.digest()
    assert whole.remove(data, offset).digest() == MuHash().digest()


class Repeats:
    """A chain in which coinbases come again (BIP30), as between 91,722 and 91,880 on mainnet."""

    def __init__(self) -> None:
        self.blocks = Branch(seeded(6)).grow(2, most_txs=0).blocks

    def mine(self, mark: bytes, *spends: tuple[bytes, int]) -> bytes:
        """A block whose coinbase depends on the mark alone; its coinbase's id."""
        outs = [(20 * COIN, b"\x51" + mark), (30 * COIN, b"\x52"), (0, b"\x6a")]
        txs = [make_coinbase(push(mark), outs, version=1)]
        txs += [make_tx([at], [(COIN, b"\x53" + mark)]) for at in spends]
        time = GENESIS_TIME + 600 * len(self.blocks)
        self.blocks.append(make_block(self.blocks[-1].hash, time, txs, version=1))
        return txs[0].txid


def test_repeated_ids_at_every_height(tmp_path: Path) -> None:
    """One repeated whole, one half spent before, one three times, one spent after it was repeated."""
    chain_ = Repeats()
    whole, half = chain_.mine(b"whole"), chain_.mine(b"half")
    chain_.mine(b"thrice")
    chain_.mine(b"after")
    chain_.mine(b"spend half", (half, 1))
    for mark in (b"thrice", b"half", b"whole", b"thrice"):
        chain_.mine(mark)
    after = chain_.mine(b"after")
    chain_.mine(b"spend after", (after, 0), (whole, 1))
    blocks = [parse.parse_block(block.raw) for block in chain_.blocks]
    put(tmp_path / "chain", chain_.blocks, round_bytes=500)
    slow, running = SlowSet(150), MuHash()
    with Chain.open(tmp_path / "chain") as chain:
        assert len(replaced_txs(chain)) == 5
        for number, block in enumerate(blocks):
            slow.add(block)
            coin_change(chain, number).apply(running)
            view = chain.at(number)
            pieces = list(coins(view))
            expected = sorted(coin.written(at) for at, coin in slow.coins.items())
            assert sorted(written(view, 4)) == expected
            assert sum(piece.bip30_sat for piece in pieces) == slow.bip30
            assert running.digest()[::-1].hex() == slow.muhash()
    assert slow.bip30 == (50 + 20 + 100 + 50) * COIN
