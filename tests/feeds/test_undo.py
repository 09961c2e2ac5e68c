"""Spent outputs given beside a feed, one file a block."""

import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from oracle.blockfile import write
from oracle.blockmaker import Block, Branch, make_tx, seeded, sized, spent
from qaif.errors import BlockFileError, NotFoundError
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.shape import Prevouts
from qaif.feeds.undo import UndoFeed, read_spent_outputs, with_prevouts
from qaif.kernels.parse import parse_blocks
from qaif.units import hash_hex, hash_raw

BRANCH = Branch(seeded(21)).grow(8)
BLOCKS = BRANCH.blocks
LONG = b"\x6a" * 70_000  # a script whose length takes five bytes


def paid_by(block: Block) -> list[tuple[int, bytes]]:
    known = {(tx.txid, vout): out for one in BLOCKS for tx in one.txs for vout, out in enumerate(tx.outs)}
    return [known[outpoint] for tx in block.txs[1:] for outpoint in spent(tx)]


def stored(outputs: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<q", value) + sized(script) for value, script in outputs)


def shown(block: Block) -> str:
    return hash_hex(block.hash)


@pytest.fixture
def feed(tmp_path: Path) -> BlockFileFeed:
    return BlockFileFeed.open([write(tmp_path / "blk00000.dat", BLOCKS)])


def told(feed: BlockFileFeed, folder: Path, *blocks: Block) -> UndoFeed:
    files = {}
    for block in blocks:
        path = folder / f"{shown(block)}.undo"
        path.write_bytes(stored(paid_by(block)))
        files[shown(block)] = path
    return with_prevouts(feed, files)


def outputs_of(given: Prevouts) -> list[tuple[int, bytes]]:
    bounds = given.script_offset
    scripts = [given.script[a:b].tobytes() for a, b in pairwise(bounds)]
    return list(zip(given.value_sat.tolist(), scripts, strict=True))


def rows_with_spends() -> list[int]:
    return [row for row, block in enumerate(BLOCKS) if len(block.txs) > 1]


def test_every_input_of_a_batch_has_its_row(feed: BlockFileFeed, tmp_path: Path) -> None:
    one, other = rows_with_spends()[:2]
    both = told(feed, tmp_path, BLOCKS[one])
    rows = np.array([other, one, 0], dtype=np.int64)
    given = both.prevouts(rows)
    assert given is not None
    unknown = [(-1, b"")] * (1 + sum(len(spent(tx)) for tx in BLOCKS[other].txs[1:]))
    assert outputs_of(given) == [*unknown, (-1, b""), *paid_by(BLOCKS[one]), (-1, b"")]
    assert both.prevouts(np.array([other, 0], dtype=np.int64)) is None
    assert both.prevouts(np.array([], dtype=np.int64)) is None
    assert (both.read(rows).data == feed.read(rows).data).all()
    assert both.describe()["blocks_with_prevouts"] == 1
    assert both.network == feed.network


def test_a_file_with_one_output_too_many_or_too_few_is_refused(feed: BlockFileFeed, tmp_path: Path) -> None:
    row = rows_with_spends()[0]
    both = told(feed, tmp_path, BLOCKS[row])
    path = tmp_path / f"{shown(BLOCKS[row])}.undo"
    right = paid_by(BLOCKS[row])
    for wrong in (right[:-1], [*right, (1, b"")], []):
        path.write_bytes(stored(wrong))
        both = with_prevouts(feed, {shown(BLOCKS[row]): path})
        with pytest.raises(
            BlockFileError, match=f"has {len(wrong)} spent outputs for a block of {len(right)} "
        ):
            both.prevouts(np.array([row], dtype=np.int64))


def test_a_block_that_is_not_there_is_refused(feed: BlockFileFeed, tmp_path: Path) -> None:
    path = tmp_path / "undo"
    path.write_bytes(b"")
    with pytest.raises(NotFoundError, match="00ff"):
        with_prevouts(feed, {"00ff" * 16: path})
    assert with_prevouts(feed, {shown(BLOCKS[0]).upper(): path}).prevouts(np.array([0])) is not None


def test_what_is_not_of_the_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "undo"
    good = [(0, b""), (21 * 10**14, b"\x51"), (5, LONG), (6, bytes(0xFD))]
    path.write_bytes(stored(good))
    assert read_spent_outputs(path) == good
    for cut in (1, 7, 8, 10, 16, 17, 18, 20, 27, 28, 31, 1000, -1):  # 9 and 19 are whole outputs
        path.write_bytes(stored(good)[:cut])
        with pytest.raises(BlockFileError, match="ends in the middle of the output at byte"):
            read_spent_outputs(path)
    for value in (-1, 21 * 10**14 + 1, 2**63 - 1):
        path.write_bytes(stored([(1, b""), (value, b"")]))
        with pytest.raises(BlockFileError, match=r"impossible value .* at byte 9"):
            read_spent_outputs(path)
    with pytest.raises(BlockFileError, match="cannot be read"):
        read_spent_outputs(tmp_path / "nowhere")


def test_a_script_of_each_length_of_a_size_comes_through(feed: BlockFileFeed, tmp_path: Path) -> None:
    branch = Branch(seeded(22)).grow(2)
    funds = branch.add([], [(7, LONG), (8, bytes(300))])
    coinbase = funds.txs[0]
    block = branch.add([make_tx([(coinbase.txid, 1), (coinbase.txid, 0)], [(15, b"")])])
    own = BlockFileFeed.open([write(tmp_path / "own" / "blk00000.dat", branch.blocks)])
    path = tmp_path / "undo"
    path.write_bytes(stored([(8, bytes(300)), (7, LONG)]))
    given = with_prevouts(own, {shown(block): path}).prevouts(np.array([len(branch.blocks) - 1]))
    assert given is not None
    assert outputs_of(given) == [(-1, b""), (8, bytes(300)), (7, LONG)]
    assert len(feed.headers().size) == len(BLOCKS)


def test_the_fees_of_block_300025(shared: Path) -> None:
    """Its coinbase pays the subsidy of 25 BTC and 7,773,345 sat of fees."""
    folder = shared / "blocks"
    feed = BlockFileFeed.open([folder / "mainnet-sample.dat"])
    name = "0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c"
    row = [raw.tobytes() for raw in feed.headers().hash_raw].index(hash_raw(name))
    given = with_prevouts(feed, {name: folder / "block300025-undo.raw"}).prevouts(np.array([row]))
    raw = feed.read(np.array([row]))
    parsed, _, _ = parse_blocks(raw.data, raw.offset)
    assert given is not None
    assert parsed is not None
    assert given.value_sat[0] == -1
    paid = parsed.out_value_sat[parsed.tx_out_lo[1] :].sum()
    assert given.value_sat[1:].sum() - paid == 7_773_345
