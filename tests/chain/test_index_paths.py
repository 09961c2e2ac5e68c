"""One go, steps, reorganisations and rebuilds: every way to a chain ends in the same columns."""

from pathlib import Path

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
    seeded,
)
from qaif.chain import tables
from qaif.chain.check import check
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.errors import BlockDataError, NetworkMismatchError, SourceMissingError, StoreVersionError
from qaif.feeds.blockfiles import BlockFileFeed
from support.indexing import digests, put

CB = make_coinbase(b"\x02ab", [(1, b"\x51")])
SMALL = 4_000  # bytes a round: a few blocks each, so that tiers merge


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_steps_end_in_the_same_columns_as_one_go(tmp_path: Path, seed: int) -> None:
    blocks = Branch(seeded(seed)).grow(130).blocks
    put(tmp_path / "once", blocks)
    rng, held = seeded(seed + 100), 0
    while held < len(blocks):
        held = min(held + rng.randint(1, 25), len(blocks))
        report = put(tmp_path / "steps", blocks[:held], round_bytes=rng.choice([1, SMALL, 10**7]))
        assert report.blocks == held
        assert report.removed == 0
    assert digests(tmp_path / "steps") == digests(tmp_path / "once")
    assert check(tmp_path / "steps").good
    with Chain.open(tmp_path / "steps") as chain:
        assert len(chain.segments) > 1
        assert max(segment.ref.level for segment in chain.segments) > 0, "no merge was tried"


def test_blocks_in_any_order_and_twice_make_the_same_chain(tmp_path: Path) -> None:
    blocks = Branch(seeded(4)).grow(60).blocks
    put(tmp_path / "once", blocks)
    shuffled = blocks + blocks[20:30]
    seeded(5).shuffle(shuffled)
    put(tmp_path / "shuffled", shuffled, round_bytes=SMALL)
    assert digests(tmp_path / "shuffled") == digests(tmp_path / "once")


@pytest.mark.parametrize("depth", [1, 6, 100])
@pytest.mark.parametrize("round_bytes", [SMALL, 10**7])
def test_a_reorganisation_ends_in_the_columns_of_the_new_chain(
    tmp_path: Path, depth: int, round_bytes: int
) -> None:
    """The old branch, then the longer new one beside it, then three blocks more on the new one."""
    old = Branch(seeded(depth)).grow(110 + depth)
    new = old.fork(110, depth + 1).grow(depth + 1)
    put(tmp_path / "reorg", old.blocks, round_bytes=round_bytes)
    report = put(tmp_path / "reorg", old.blocks + new.blocks[111:], round_bytes=round_bytes)
    assert (report.kept, report.removed, report.appended) == (111, depth, depth + 1)
    assert report.stale == depth
    assert report.epoch == 0
    put(tmp_path / "fresh", new.blocks)
    assert digests(tmp_path / "reorg") == digests(tmp_path / "fresh")
    new.grow(3)
    put(tmp_path / "reorg", old.blocks + new.blocks[111:], round_bytes=round_bytes)
    put(tmp_path / "fresh", new.blocks)
    assert digests(tmp_path / "reorg") == digests(tmp_path / "fresh")
    assert check(tmp_path / "reorg").good


def test_there_and_back_again(tmp_path: Path) -> None:
    """A reorganisation to another branch, and another back to the first."""
    first = Branch(seeded(7)).grow(40)
    second = first.fork(30, 8).grow(12)
    put(tmp_path / "chain", first.blocks)
    put(tmp_path / "chain", first.blocks + second.blocks[31:])
    first.grow(5)
    report = put(tmp_path / "chain", first.blocks + second.blocks[31:])
    assert report.removed == 12
    put(tmp_path / "fresh", first.blocks)
    assert digests(tmp_path / "chain") == digests(tmp_path / "fresh")


def test_an_equal_branch_that_comes_later_changes_nothing(tmp_path: Path) -> None:
    first = Branch(seeded(9)).grow(20)
    second = first.fork(15, 10).grow(5)
    put(tmp_path / "chain", first.blocks)
    before = digests(tmp_path / "chain")
    report = put(tmp_path / "chain", first.blocks + second.blocks[16:])
    assert (report.appended, report.removed, report.stale) == (0, 0, 5)
    assert digests(tmp_path / "chain") == before


def test_a_gap_that_is_filled_later_makes_the_whole_chain_as_a_new_epoch(tmp_path: Path) -> None:
    blocks = Branch(seeded(11)).grow(50).blocks
    put(tmp_path / "chain", blocks[:10] + blocks[25:], round_bytes=SMALL)
    with Chain.open(tmp_path / "chain") as chain:
        assert not chain.held.complete
        assert len(chain.held.runs) == 2
        assert check(tmp_path / "chain").good
    report = put(tmp_path / "chain", blocks, round_bytes=SMALL)
    assert report.epoch == 1
    put(tmp_path / "once", blocks)
    assert digests(tmp_path / "chain") == digests(tmp_path / "once")
    with Chain.open(tmp_path / "chain") as chain:
        assert chain.held.complete


def test_a_reader_keeps_the_chain_that_it_opened(tmp_path: Path) -> None:
    old = Branch(seeded(12)).grow(60)
    new = old.fork(40, 13).grow(30)
    put(tmp_path / "chain", old.blocks, round_bytes=SMALL)
    put(tmp_path / "kept", old.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        put(tmp_path / "chain", old.blocks + new.blocks[41:], round_bytes=SMALL)
        from qaif.chain.digest import column_digests

        assert column_digests(chain) == digests(tmp_path / "kept")
    assert digests(tmp_path / "chain") != digests(tmp_path / "kept")


def test_nothing_new_writes_no_segment(tmp_path: Path) -> None:
    blocks = Branch(seeded(14)).grow(20).blocks
    put(tmp_path / "chain", blocks)
    before = sorted(path.name for path in (tmp_path / "chain").glob("*.seg"))
    put(tmp_path / "chain", blocks)
    assert sorted(path.name for path in (tmp_path / "chain").glob("*.seg")) == before


def refused(folder: Path, blocks: list[Block], match: str) -> None:
    """A refused run says why and leaves the store as it was."""
    before = digests(folder)
    with pytest.raises(BlockDataError, match=match):
        put(folder, blocks)
    assert digests(folder) == before
    assert check(folder).good
    assert not list(folder.glob("*.next"))


@pytest.mark.parametrize("apart", [0, 5])
def test_an_output_that_is_spent_twice_is_refused(tmp_path: Path, apart: int) -> None:
    """In one block, and in blocks apart."""
    branch = Branch(seeded(15)).grow(10)
    put(tmp_path / "chain", branch.blocks)
    coin, value = next(iter(branch.unspent.items()))
    one = make_tx([coin], [(value, b"\x51")])
    two = make_tx([coin], [(value - 1, b"\x51")])
    if apart:
        branch.add([one])
        branch.grow(apart)
        branch.add([two])
    else:
        branch.add([one, two])
    refused(tmp_path / "chain", branch.blocks, "spent already")


def test_an_output_that_is_not_there_is_refused(tmp_path: Path) -> None:
    branch = Branch(seeded(16)).grow(10)
    put(tmp_path / "chain", branch.blocks)
    (txid, _), _ = next(iter(branch.unspent.items()))
    branch.add([make_tx([(txid, 77)], [(1, b"\x51")])])
    refused(tmp_path / "chain", branch.blocks, "does not have")


@pytest.mark.parametrize(
    "values", [[-1], [21 * 10**14 + 1], [15 * 10**14, 15 * 10**14], [2**63 - 1, 2**63 - 1]]
)
def test_amounts_that_cannot_be_are_refused(tmp_path: Path, values: list[int]) -> None:
    """The last is the overflow of block 74638 (15 August 2010): two outputs whose sum wraps round."""
    branch = Branch(seeded(17)).grow(10)
    put(tmp_path / "chain", branch.blocks)
    coin = next(iter(branch.unspent))
    branch.add([make_tx([coin], [(value, b"\x51") for value in values])])
    refused(tmp_path / "chain", branch.blocks, "21 million")


@pytest.mark.parametrize(
    ("txs", "why"),
    [
        ([make_tx([(b"\x01" * 32, 0)], [(1, b"\x51")])], "first transaction is not a coinbase"),
        ([CB, make_coinbase(b"\x02cd", [(1, b"\x51")])], "after the first spends from nothing"),
        ([make_tx([(bytes(32), 2**32 - 1)] * 2, [(1, b"\x51")], [b"\x02ab"])], "not a coinbase"),
        ([CB, make_tx([(b"\x01" * 32, 0)], [])], "no outputs"),
    ],
    ids=["none", "two", "two inputs", "no outputs"],
)
def test_a_block_of_another_shape_is_refused(tmp_path: Path, txs: list[Tx], why: str) -> None:
    branch = Branch(seeded(22)).grow(5)
    put(tmp_path / "chain", branch.blocks)
    odd = make_block(branch.blocks[-1].hash, GENESIS_TIME + 10**6, txs)
    last = make_block(odd.hash, GENESIS_TIME + 10**6 + 1, [CB])
    refused(tmp_path / "chain", [*branch.blocks, odd, last], why)


def test_a_changed_transaction_is_refused_by_the_merkle_root(tmp_path: Path) -> None:
    branch = Branch(seeded(18)).grow(10)
    put(tmp_path / "chain", branch.blocks[:5])
    bad = branch.blocks[-2]
    changed = Block(bad.raw[:-1] + bytes([bad.raw[-1] ^ 1]), bad.txs)  # a locktime's last byte
    refused(tmp_path / "chain", [*branch.blocks[:-2], changed, branch.blocks[-1]], "merkle root")


def test_blocks_of_another_network_are_refused(tmp_path: Path) -> None:
    branch = Branch(seeded(19)).grow(5)
    put(tmp_path / "chain", branch.blocks)
    mainnet = made.genesis().serialise()
    path = tmp_path / "other.dat"
    path.write_bytes(framed([Block(mainnet, ())], magic=bytes.fromhex("f9beb4d9")))
    with pytest.raises(NetworkMismatchError, match=r"holds regtest.*mainnet"):
        index(tmp_path / "chain", BlockFileFeed.open([path]))


def test_a_feed_without_a_block_of_the_store_is_refused(tmp_path: Path) -> None:
    blocks = Branch(seeded(20)).grow(10).blocks
    put(tmp_path / "chain", blocks)
    with pytest.raises(SourceMissingError, match=blocks[7].hash[::-1].hex()):
        put(tmp_path / "chain", blocks[:7] + blocks[8:])


def test_a_store_that_other_rules_made_is_not_read_and_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = Branch(seeded(21)).grow(20).blocks
    with monkeypatch.context() as older:
        older.setitem(tables.RULES, "spender-script", 0)
        put(tmp_path / "chain", blocks)
    with pytest.raises(StoreVersionError, match="qaif index"):
        Chain.open(tmp_path / "chain")
    report = put(tmp_path / "chain", blocks)
    assert (report.kept, report.appended, report.epoch) == (0, len(blocks), 1)
    put(tmp_path / "fresh", blocks)
    assert digests(tmp_path / "chain") == digests(tmp_path / "fresh")
