"""Block files as they are found: obfuscated, torn, with junk, twice, out of order, of other networks."""

import random
from pathlib import Path

import numpy as np
import pytest

from oracle.blockfile import frame, obfuscated, write
from oracle.blockmaker import MAGIC, Block
from oracle.simchain import double
from qaif.errors import BlockFileError, NetworkMismatchError, QaifError
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.networks import NETWORKS
from qaif.feeds.placing import place
from support.blockfiles import (
    BLOCKS,
    KEY,
    KEY_THAT_IS_MAGIC,
    KEY_WITH_MAGIC,
    SIGNET_MAGIC,
    hashes,
    holds,
    kinds,
    opened,
    raw_blocks,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "blocks" / "blk00000.dat"


@pytest.mark.parametrize("key", [b"", KEY, KEY_WITH_MAGIC, KEY_THAT_IS_MAGIC, bytes(8)])
@pytest.mark.parametrize("reserved", [0, 1, 7, 8, 87, 300_000])
def test_blocks_come_back_as_they_were_written(path: Path, key: bytes, reserved: int) -> None:
    feed = opened(write(path, BLOCKS, key=key, reserved=reserved))
    assert holds(feed, BLOCKS)
    assert feed.damage == []
    headers = feed.headers()
    assert [row.tobytes() for row in headers.header] == [block.raw[:80] for block in BLOCKS]
    assert headers.bip34_height.tolist() == [486_604_799, *range(1, 13)], "genesis says its bits"
    assert headers.claimed_height.tolist() == [-1] * 13
    assert headers.size.tolist() == [len(block.raw) for block in BLOCKS]
    assert feed.network.name == "regtest"
    assert feed.prevouts(np.arange(3)) is None
    assert raw_blocks(feed, [5, 2, 2, 9]) == [BLOCKS[i].raw for i in (5, 2, 2, 9)]
    assert raw_blocks(feed, []) == []


def test_files_stand_by_their_numbers_and_blocks_in_them_in_any_order(tmp_path: Path) -> None:
    """blk100000 comes after blk99999; a node gets blocks out of order, and children before parents."""
    mixed = BLOCKS.copy()
    random.Random(3).shuffle(mixed)  # noqa: S311  not a secret
    write(tmp_path / "blk99999.dat", mixed[:6])
    write(tmp_path / "blk100000.dat", mixed[6:])
    write(tmp_path / "rev99999.dat", [b"undo data is not looked at"])
    write(tmp_path / "blk00000-copy.dat", [b"nor what only looks like a block file"])
    feed = opened(tmp_path)
    assert holds(feed, mixed)
    placed = place(feed.headers(), feed.network)
    assert [hashes(feed)[row] for row in placed.rows] == [block.hash for block in BLOCKS]


def test_a_block_without_the_work_shows_as_invalid(path: Path) -> None:
    """It is a block in every other way; without its transactions it would be junk."""
    header = BLOCKS[3].raw[:76]
    weak = next(
        raw
        for nonce in range(100)
        if double(raw := header + nonce.to_bytes(4, "little"))[31] >= 0x80  # over regtest's target
    )
    block = Block(weak + BLOCKS[3].raw[80:], BLOCKS[3].txs)
    feed = opened(write(path, [*BLOCKS[:3], block, *BLOCKS[4:6]]))
    placed = place(feed.headers(), feed.network)
    assert placed.invalid_rows.tolist() == [3]
    assert placed.rows[:3].tolist() == [0, 1, 2]
    feed = opened(write(path, [*BLOCKS[:3], MAGIC + b"\x51\0\0\0" + weak + b"\0", *BLOCKS[4:6]]))
    assert holds(feed, [*BLOCKS[:3], *BLOCKS[4:6]])
    assert kinds(feed) == ["gap"]


def test_duplicates_are_one_block(path: Path) -> None:
    feed = opened(write(path, [*BLOCKS[:5], BLOCKS[1], *BLOCKS[5:], BLOCKS[1], BLOCKS[12]]))
    assert holds(feed, BLOCKS)
    assert feed.describe()["more_copies"] == 3


@pytest.mark.parametrize("gone", [False, True])
def test_a_later_copy_is_read_where_the_first_is_not_whole(tmp_path: Path, *, gone: bool) -> None:
    bad = bytearray(frame(BLOCKS[1]))
    bad[-1] ^= 1
    first = write(tmp_path / "a" / "blk00000.dat", [BLOCKS[0], bytes(bad), *BLOCKS[2:6]])
    second = write(tmp_path / "b" / "blk00000.dat", BLOCKS[:3])
    assert raw_blocks(opened(first), [1]) != [BLOCKS[1].raw]
    feed = opened(first, second)
    assert raw_blocks(feed, [1, 0, 2]) == [BLOCKS[i].raw for i in (1, 0, 2)]
    if gone:
        feed = opened(first, second)
        first.unlink()
        assert raw_blocks(feed, [1, 2]) == [BLOCKS[1].raw, BLOCKS[2].raw]
        with pytest.raises(QaifError, match=r"a/blk00000\.dat is gone"):
            raw_blocks(feed, [4])


@pytest.mark.parametrize(
    "junk",
    [
        bytes(8),  # bitcoin/bitcoin#14986: after the first block
        MAGIC,  # bitcoin/bitcoin#11736: the magic twice
        MAGIC * 2,
        MAGIC + b"\x51\0\0\0" + bytes(81),
        MAGIC + b"\xff\xff\xff\xff" + b"junk" * 40,
        bytes(range(256)) * 3,
        bytes(100_000),
        b"x",
        frame(BLOCKS[7])[:60],
        frame(BLOCKS[7])[:-3],
    ],
)
@pytest.mark.parametrize("key", [b"", KEY, KEY_WITH_MAGIC])
def test_the_search_goes_on_after_junk(path: Path, junk: bytes, key: bytes) -> None:
    feed = opened(write(path, [BLOCKS[0], junk, *BLOCKS[1:6], junk, junk, BLOCKS[6]], key=key, reserved=999))
    assert holds(feed, BLOCKS[:7])
    assert sum(place.length for place in feed.damage) == 3 * len(junk)
    assert set(kinds(feed)) == {"broken" if junk.startswith(frame(BLOCKS[7])[:88]) else "gap"}
    assert holds(opened(write(path, [junk, *BLOCKS], key=key)), BLOCKS)


def test_a_frame_that_is_stored_as_zeros_follows_reserved_space(path: Path) -> None:
    """Where the key begins with the magic, a frame on a multiple of eight begins with four stored zeros."""
    write(path, BLOCKS[:2], key=KEY_THAT_IS_MAGIC)
    begun = path.read_bytes()
    begun += bytes(-len(begun) % 8 + 800)
    path.write_bytes(begun + obfuscated(frame(BLOCKS[2]), KEY_THAT_IS_MAGIC))
    assert path.read_bytes()[len(begun) :].startswith(bytes(4))
    assert holds(opened(path), BLOCKS[:3])


def test_reserved_space_that_shows_the_magic_does_not_vouch_for_a_block(path: Path) -> None:
    """The key holds the magic; a block cut short claims to end just where reserved space shows it."""
    cut = frame(BLOCKS[3])[:100]
    claimed = len(frame(BLOCKS[3]))
    between = claimed - len(cut) - len(frame(BLOCKS[0])) - len(frame(BLOCKS[1]))
    for shift in range(8):
        held: list[Block | bytes] = [
            BLOCKS[0],
            b"x" * shift,
            cut,
            b"x" * (between - 40),
            BLOCKS[0],
            BLOCKS[1],
        ]
        feed = opened(write(path, held, key=KEY_WITH_MAGIC, reserved=120))
        assert holds(feed, BLOCKS[:2]), shift


def test_a_wrong_length_costs_one_block_and_not_what_follows(path: Path) -> None:
    for wrong in (100, len(BLOCKS[2].raw) + 40, len(BLOCKS[2].raw) + len(BLOCKS[3].raw), 3_000_000):
        framed = MAGIC + wrong.to_bytes(4, "little") + BLOCKS[2].raw
        feed = opened(write(path, [*BLOCKS[:2], framed, *BLOCKS[3:]], reserved=500))
        assert holds(feed, [*BLOCKS[:2], *BLOCKS[3:]]), wrong
        assert kinds(feed) == ["broken"]


def test_every_cut_leaves_the_whole_blocks_before_it(path: Path) -> None:
    data = b"".join(frame(block) for block in BLOCKS[:3])
    starts = [sum(len(frame(block)) for block in BLOCKS[:i]) for i in range(4)]
    for cut in range(starts[1], len(data), 3):
        for reserved in (0, 200):
            there = data[:cut] + bytes(reserved)  # a block that ends in zeros may be whole by these
            whole = max(i for i in range(4) if there[: starts[i]] == data[: starts[i]])
            feed = opened(write(path, [data[:cut]], reserved=reserved))
            assert hashes(feed) == [block.hash for block in BLOCKS[:whole]], cut
            if cut > starts[whole] + (88 if reserved else 0):
                assert kinds(feed) == ["torn"], cut
                assert feed.damage[0].offset == starts[whole]


def test_several_blocks_that_a_power_cut_left_empty_wait_for_the_next_time(path: Path) -> None:
    hollow = [frame(block)[:120].ljust(len(frame(block)), b"\0") for block in BLOCKS[3:5]]
    feed = opened(write(path, [*BLOCKS[:3], *hollow], reserved=50_000))
    assert holds(feed, BLOCKS[:3])
    assert kinds(feed) == ["torn", "torn"]
    later = opened(write(path, BLOCKS[:8], reserved=40_000), known=feed.scan_state)
    assert holds(later, BLOCKS[:8])
    assert later.damage == []


def test_no_block_is_never_passed_over_in_silence(tmp_path: Path, path: Path) -> None:
    with pytest.raises(BlockFileError, match="no whole block"):
        opened(write(path, [], reserved=1 << 20))
    with pytest.raises(BlockFileError, match="no whole block"):
        opened(write(path, []))
    with pytest.raises(BlockFileError, match="no whole block"):
        BlockFileFeed.open([write(path, [frame(BLOCKS[0])[:-1]])], NETWORKS["regtest"])
    with pytest.raises(BlockFileError, match="no block of a known network"):
        opened(write(path, [b"\x89PNG" * 5000]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BlockFileError, match="no block files"):
        opened(tmp_path / "empty")
    with pytest.raises(BlockFileError, match="is not there"):
        opened(tmp_path / "nowhere")
    write(path, BLOCKS)
    write(path.with_name("blk00001.dat"), [b"not a block file" * 20])
    with pytest.raises(BlockFileError, match=r"blk00001\.dat has 320 bytes and no regtest block"):
        opened(path.parent)


def test_a_missing_key_is_worked_out_and_told(path: Path) -> None:
    write(path, BLOCKS, key=KEY, key_beside=False, reserved=1000)
    with pytest.raises(BlockFileError, match=f"the key {KEY.hex()}, and there is no xor.dat") as refusal:
        opened(path)
    assert "xor.dat" in refusal.value.way_out
    (path.parent / "xor.dat").write_bytes(KEY)
    assert holds(opened(path), BLOCKS)
    (path.parent / "xor.dat").write_bytes(KEY[::-1])
    with pytest.raises(BlockFileError, match=f"the key {KEY.hex()}, and the key in .*xor.dat is another"):
        opened(path)
    write(path, BLOCKS)
    with pytest.raises(BlockFileError, match="in the clear"):
        opened(path)


def test_a_missing_key_of_a_single_block(path: Path) -> None:
    for reserved in (0, 5000):
        write(path, BLOCKS[:1], key=KEY, key_beside=False, reserved=reserved)
        with pytest.raises(BlockFileError, match=KEY.hex()):
            opened(path)


@pytest.mark.parametrize("content", [b"", b"1234567", b"123456789"])
def test_a_key_of_a_wrong_length_is_refused(path: Path, content: bytes) -> None:
    write(path, BLOCKS)
    (path.parent / "xor.dat").write_bytes(content)
    with pytest.raises(BlockFileError, match=f"has {len(content)} bytes"):
        opened(path)


def test_another_network_is_refused(path: Path) -> None:
    write(path, BLOCKS)
    with pytest.raises(NetworkMismatchError, match="a block of regtest at byte 0; mainnet is wanted"):
        BlockFileFeed.open([path], NETWORKS["mainnet"])
    write(path, [*BLOCKS[:2], b"".join(frame(block, b"\xf9\xbe\xb4\xd9") for block in BLOCKS[2:])])
    assert holds(opened(path), BLOCKS[:2]), "regtest's proof of work is none on mainnet: these are junk"
    own = opened(path).scan_state
    other = write(path.with_name("blk00001.dat"), BLOCKS, magic=SIGNET_MAGIC)
    with pytest.raises(BlockFileError, match="no regtest block"):
        opened(path, other, known=own)


def test_mixed_networks_are_refused(path: Path, shared: Path) -> None:
    real = (shared / "blocks" / "mainnet-sample.dat").read_bytes()[:1000]
    write(path, [*BLOCKS[:3], real])
    with pytest.raises(NetworkMismatchError, match="a block of mainnet at byte"):
        opened(path)


@pytest.mark.parametrize(
    ("inside", "network"), [("blocks", None), ("regtest/blocks", None), ("regtest/blocks", "regtest")]
)
def test_a_data_directory_is_enough(tmp_path: Path, inside: str, network: str | None) -> None:
    write(tmp_path / inside / "blk00000.dat", BLOCKS, key=KEY)
    feed = BlockFileFeed.open([tmp_path], NETWORKS[network] if network else None)
    assert holds(feed, BLOCKS)


def test_a_data_directory_of_two_networks_asks_which(tmp_path: Path) -> None:
    write(tmp_path / "blocks" / "blk00000.dat", BLOCKS)
    write(tmp_path / "regtest" / "blocks" / "blk00000.dat", BLOCKS[:3])
    with pytest.raises(BlockFileError, match="several networks"):
        opened(tmp_path)
    assert holds(BlockFileFeed.open([tmp_path], NETWORKS["regtest"]), BLOCKS[:3])


def test_progress_comes_to_its_end(path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    write(path, BLOCKS)
    write(path.with_name("blk00001.dat"), BLOCKS)
    BlockFileFeed.open([path.parent], progress=lambda done, total, unit: told.append((done, total, unit)))
    size = path.stat().st_size
    assert [done for done, _, _ in told] == [0, size, 2 * size]
    assert {total for _, total, _ in told} == {2 * size}
