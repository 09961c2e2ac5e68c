"""Block files looked at again, and while Bitcoin Core writes to them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from oracle.blockfile import frame, write
from oracle.blockmaker import Branch, seeded
from qaif.errors import BlockDataError, NetworkMismatchError, QaifError
from qaif.feeds.blockfile_bytes import FileBytes
from qaif.feeds.blockfiles import BlockFileFeed, ScanState
from qaif.feeds.networks import NETWORKS
from qaif.units import Bytes
from support.blockfiles import (
    BLOCKS,
    KEY,
    KEY_WITH_MAGIC,
    hashes,
    holds,
    kinds,
    opened,
    raw_blocks,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "blocks" / "blk00000.dat"


def aged(path: Path) -> Path:
    """As if it had been written a minute ago."""
    when = path.stat().st_mtime_ns - 60 * 10**9
    os.utime(path, ns=(when, when))
    return path


def kept(feed: BlockFileFeed) -> ScanState:
    """The state as a store keeps it."""
    state = ScanState.from_columns(feed.scan_state.to_columns())
    assert state is not None
    return state


@pytest.mark.parametrize("key", [b"", KEY])
def test_only_what_has_grown_is_read_again(path: Path, key: bytes) -> None:
    branch = Branch(seeded(2)).grow(1)
    for _ in range(60):
        branch.add([], [(1, b"\x6a" + b"x" * 60_000)])
    many = branch.blocks
    junk = b"junk" * 10
    first = opened(aged(write(path, [*many[:50], junk, *many[50:55]], key=key, reserved=5000)))
    again = opened(path, known=kept(first))
    assert again.bytes_read == 0
    assert holds(again, many[:55])
    assert again.damage == first.damage
    write(path, [*many[:50], junk, *many[50:]], key=key, reserved=1000)
    grown = opened(path, known=kept(again))
    assert holds(grown, many)
    assert grown.damage == first.damage
    new = sum(len(frame(block)) for block in many[50:])
    assert grown.bytes_read < new + 56 * 4096 < path.stat().st_size
    assert holds(opened(path), many)


def test_a_file_that_shrank_or_changed_is_scanned_anew(path: Path) -> None:
    other = Branch(seeded(3)).grow(12).blocks
    state = kept(opened(aged(write(path, BLOCKS))))
    assert holds(opened(write(path, BLOCKS[:7]), known=state), BLOCKS[:7])
    changed = [*BLOCKS[:3], *other[3:]]
    assert holds(opened(write(path, changed), known=state), changed)
    assert holds(opened(write(path, BLOCKS, key=KEY), known=state), BLOCKS)


def test_a_file_cut_within_its_last_known_block_loses_it(path: Path) -> None:
    state = kept(opened(aged(write(path, BLOCKS))))
    os.truncate(path, path.stat().st_size - 10)
    feed = opened(path, known=state)
    assert holds(feed, BLOCKS[:-1])
    assert kinds(feed) == ["torn"]


def test_what_was_known_stays_before_what_is_new(tmp_path: Path) -> None:
    write(tmp_path / "blk00000.dat", BLOCKS[:4])
    write(tmp_path / "blk00001.dat", BLOCKS[6:8])
    state = kept(opened(tmp_path))
    write(tmp_path / "blk00000.dat", BLOCKS[:6])
    assert holds(opened(tmp_path, known=state), [*BLOCKS[:4], *BLOCKS[6:8], *BLOCKS[4:6]])


def test_a_pruned_file_stays_known(tmp_path: Path) -> None:
    for number in range(3):
        aged(write(tmp_path / f"blk{number:05}.dat", BLOCKS[4 * number : 4 * number + 4]))
    state = kept(opened(tmp_path))
    (tmp_path / "blk00000.dat").unlink()
    feed = opened(tmp_path, known=state)
    assert set(hashes(feed)) == {block.hash for block in BLOCKS[:12]}
    rows = [hashes(feed).index(block.hash) for block in BLOCKS[4:12]]
    assert raw_blocks(feed, rows) == [block.raw for block in BLOCKS[4:12]]
    with pytest.raises(QaifError, match=r"blk00000\.dat is gone"):
        raw_blocks(feed, [hashes(feed).index(BLOCKS[0].hash)])
    assert set(hashes(opened(tmp_path))) == {block.hash for block in BLOCKS[4:12]}


def test_a_state_of_another_version_or_network_is_not_used(path: Path) -> None:
    feed = opened(aged(write(path, BLOCKS)))
    columns = feed.scan_state.to_columns()
    assert ScanState.from_columns(columns | {"version": columns["version"] + 1}) is None
    with pytest.raises(NetworkMismatchError):
        BlockFileFeed.open([path], NETWORKS["signet"], known=feed.scan_state)


def test_a_file_that_changes_under_our_feet_is_an_error_that_names_it(path: Path) -> None:
    feed = opened(write(path, BLOCKS))
    data = path.read_bytes()
    at = data.index(BLOCKS[5].raw)
    path.write_bytes(data[: at + 90])
    with pytest.raises(BlockDataError, match=rf"ends after 90 of its bytes: .*blk00000\.dat, byte {at}\."):
        raw_blocks(feed, [5])
    assert raw_blocks(feed, [4]) == [BLOCKS[4].raw]
    path.write_bytes(data[: at + 4] + b"\xff" + data[at + 5 :])
    with pytest.raises(
        BlockDataError, match=rf"is not there any more: .*blk00000\.dat, byte {at}\."
    ) as error:
        raw_blocks(feed, [5])
    assert error.value.details["offset"] == at


def test_a_block_half_written_that_holds_a_frame_is_found_when_it_is_whole(path: Path) -> None:
    """Anybody can put a whole block, frame and all, into an output of theirs; Core writes block by block."""
    branch = Branch(seeded(31)).grow(3)
    inside = frame(BLOCKS[5])
    holder = branch.add([], [(1, b"\x6a" + inside + b"x" * 50)])
    later = branch.grow(2).blocks[-2:]
    whole = frame(holder)
    cut = whole.index(inside) + len(inside) + 20
    for reserved in (0, 4000):
        first = opened(write(path, [*branch.blocks[:4], whole[:cut]], reserved=reserved))
        assert set(hashes(first)) == {block.hash for block in [*branch.blocks[:4], BLOCKS[5]]}
        write(path, [*branch.blocks[:4], holder, *later], reserved=1000)
        then = opened(path, known=kept(first))
        assert set(hashes(then)) == {block.hash for block in [*branch.blocks, BLOCKS[5]]}
        assert kinds(then) == ["gap"], "the rest of the block, behind the frame in it"
        again = opened(path, known=kept(then))
        assert hashes(again) == hashes(then)


@pytest.mark.parametrize("key", [b"", KEY, KEY_WITH_MAGIC])
@pytest.mark.parametrize("reserved", [0, 100, 3_000])
def test_a_file_whose_first_block_is_being_written_waits(path: Path, key: bytes, reserved: int) -> None:
    """Core begins a new file: reserved space, then magic, length and block, as far as it has come."""
    write(path, BLOCKS[:5], key=key, reserved=reserved)
    whole = frame(BLOCKS[5])
    for cut in (1, 3, 4, 7, 8, 9, 40, 87, 88, 89, 200):
        feed = opened(write(path.with_name("blk00001.dat"), [whole[:cut]], key=key, reserved=reserved).parent)
        assert holds(feed, BLOCKS[:5])
        assert kinds(feed) == ["torn"], cut
        write(path.with_name("blk00001.dat"), BLOCKS[5:7], key=key, reserved=reserved)
        assert holds(opened(path.parent, known=kept(feed)), BLOCKS[:7])


def test_a_block_that_is_written_while_it_is_looked_at_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its head is read before Core has written it, and its bytes after: what is told has one header."""
    reserved = sum(len(frame(block)) for block in BLOCKS[3:6]) + 50
    for cut in (8, 20, 60, 84):
        write(path, [*BLOCKS[:3], frame(BLOCKS[3])[:cut]], reserved=reserved)
        monkeypatch.setattr(FileBytes, "clear", _finishing(path, FileBytes.clear))
        feed = opened(path)
        monkeypatch.undo()
        assert set(hashes(feed)) <= {block.hash for block in BLOCKS[:6]}, cut
        later = opened(path, known=kept(feed))
        assert set(hashes(later)) == {block.hash for block in BLOCKS[:6]}, cut


def _finishing(
    path: Path, clear: Callable[[FileBytes, int, int], Bytes]
) -> Callable[[FileBytes, int, int], Bytes]:
    def finished_first(file: FileBytes, position: int, length: int) -> Bytes:
        data = b"".join(frame(block) for block in BLOCKS[:6])
        with path.open("r+b") as out:
            out.write(data)
        return clear(file, position, length)

    return finished_first
