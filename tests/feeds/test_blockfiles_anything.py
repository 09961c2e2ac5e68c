"""Whole blocks among anything, real files, and the heights that coinbases begin with."""

import shutil
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oracle.blockfile import frame, obfuscated, write
from oracle.blockmaker import MAGIC, Block
from oracle.simchain import double
from qaif.errors import BlockFileError
from qaif.feeds.blockfile_scan import coinbase_height
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.networks import NETWORKS
from qaif.feeds.placing import place, trusted_heights
from support.blockfiles import BLOCKS, KEY, KEY_WITH_MAGIC, hashes, holds, opened, raw_blocks

PIECES = st.lists(
    st.one_of(
        st.integers(0, 12),
        st.binary(max_size=60),
        st.sampled_from([bytes(200), MAGIC, frame(BLOCKS[3])[:100], frame(BLOCKS[9])[:-30]]),
    ),
    max_size=14,
)


def ends_on_a_frame(held: list[Block | bytes]) -> bool:
    """Whether a frame that was cut short would end just where another begins: the scan believes that."""
    raw = [frame(piece) if isinstance(piece, Block) else piece for piece in held]
    starts = list(accumulate(map(len, raw), initial=0))
    cut = [(at, part) for at, part in zip(starts, raw, strict=False) if part.startswith(MAGIC) and part[8:]]
    ends = {
        at + 8 + int.from_bytes(part[4:8], "little") for at, part in cut if part not in map(frame, BLOCKS)
    }
    return not ends.isdisjoint(at for at, part in zip(starts, raw, strict=False) if part.startswith(MAGIC))


@settings(max_examples=60)
@given(PIECES, st.sampled_from([b"", KEY, KEY_WITH_MAGIC]), st.integers(0, 300))
def test_whole_blocks_are_found_among_anything(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[int | bytes], key: bytes, reserved: int
) -> None:
    """Every whole block is found, nothing else is, and each byte between them is accounted for."""
    path = tmp_path_factory.mktemp("any") / "blk00000.dat"
    held = [BLOCKS[piece] if isinstance(piece, int) else piece for piece in [0, *pieces]]
    assume(not ends_on_a_frame(held))
    feed = opened(write(path, held, key=key, reserved=reserved))
    assert holds(feed, list(dict.fromkeys(piece for piece in held if isinstance(piece, Block))))
    other = sum(len(piece) for piece in held if isinstance(piece, bytes))
    assert sum(place.length for place in feed.damage) <= other + reserved


@settings(max_examples=60)
@given(st.data())
def test_damage_anywhere_never_makes_up_a_block(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes flipped at random: what is placed has a header that was written."""
    path = tmp_path_factory.mktemp("damaged") / "blk00000.dat"
    stored = bytearray(write(path, BLOCKS, reserved=100).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(stored) - 1), max_size=12)):
        stored[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(stored)
    try:
        feed = BlockFileFeed.open([path], NETWORKS["regtest"])
    except BlockFileError:
        return
    written = {block.hash for block in BLOCKS}
    placed = place(feed.headers(), feed.network)
    for row, raw in zip([*placed.rows, *placed.stale_rows], raw_blocks(feed), strict=False):
        assert double(raw[:80]) == hashes(feed)[raw_blocks(feed).index(raw)]
        assert hashes(feed)[row] in written or feed.headers().header[row].tobytes() in bytes(stored)


def test_the_first_mebibyte_of_a_real_file(shared: Path, tmp_path: Path) -> None:
    """4,522 blocks, and 39 bytes of one more; the same when obfuscated."""
    source = shared / "blocks" / "blk00000-first-mib.dat"
    feed = opened(source)
    assert feed.network.name == "mainnet"
    assert len(feed.headers().size) == 4522
    assert [(place.kind, place.offset, place.length) for place in feed.damage] == [("torn", 1_048_537, 39)]
    path = tmp_path / "blk00000.dat"
    path.write_bytes(obfuscated(source.read_bytes(), KEY) + bytes(1 << 20))
    (tmp_path / "xor.dat").write_bytes(KEY)
    hidden = opened(path)
    assert hashes(hidden) == hashes(feed)
    assert raw_blocks(hidden) == raw_blocks(feed)
    placed = place(feed.headers(), feed.network)
    assert placed.height.tolist() == list(range(4522))
    assert placed.linked.all()


def test_a_regtest_chain_that_core_made(shared: Path) -> None:
    """324 blocks linked from genesis; the heights in the coinbases are those by the links."""
    feed = opened(shared / "ground_truth" / "wabisabi-regtest.dat")
    assert feed.network.name == "regtest"
    placed = place(feed.headers(), feed.network)
    assert placed.linked.sum() == len(placed.rows) == 324
    assert placed.height.tolist() == list(range(324))
    told = trusted_heights(feed.headers(), feed.network)[placed.rows]
    assert told[1:].tolist() == list(range(1, 324))


def test_the_real_blocks_and_a_second_copy_obfuscated(shared: Path, tmp_path: Path) -> None:
    source = shared / "blocks" / "mainnet-sample.dat"
    feed = opened(source)
    assert len(feed.headers().size) == 33
    assert feed.damage == []
    assert feed.bytes_read < 600_000, "only headers and coinbases are read, and the last block"
    copied = tmp_path / "blk00000.dat"
    copied.write_bytes(obfuscated(source.read_bytes(), KEY_WITH_MAGIC))
    (tmp_path / "xor.dat").write_bytes(KEY_WITH_MAGIC)
    both = opened(source, copied)
    assert hashes(both) == hashes(feed)
    assert both.describe()["more_copies"] == 33
    assert raw_blocks(opened(copied)) == raw_blocks(both)
    shutil.move(tmp_path / "xor.dat", tmp_path / "moved.dat")
    with pytest.raises(BlockFileError, match=KEY_WITH_MAGIC.hex()):
        opened(copied)


@pytest.mark.parametrize(
    "height", [1, 16, 17, 127, 128, 255, 256, 32767, 32768, 227_836, 8_388_607, 8_388_608]
)
def test_heights_as_core_pushes_them(height: int) -> None:
    from oracle.blockmaker import committed, height_push, make_tx

    def start(script: bytes, *, witness: bool) -> bytes:
        txs = [make_tx([(bytes(32), 1)], [(1, b"")], witnesses=[[b"x"]])] if witness else []
        return b"\x01" + committed(script, [(1, b"\x51")], txs).raw

    for witness in (False, True):
        assert coinbase_height(start(height_push(height) + b"\x01x", witness=witness)) == height
        longer = height.to_bytes(height.bit_length() // 8 + 2, "little")
        assert coinbase_height(start(bytes([len(longer)]) + longer, witness=witness)) == -1
    assert coinbase_height(b"\xfd\x00\x01" + start(height_push(height), witness=False)[1:]) == height


def test_what_is_no_height_is_none() -> None:
    for start in (b"", b"\x01", b"\x01" + bytes(41), b"\x01" + bytes(200), b"\xff" * 200):
        assert coinbase_height(start) == -1
