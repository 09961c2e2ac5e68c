"""A log that only grows: torn ends are cut, damage is noticed, and after a power cut what stood stands."""

import os
from pathlib import Path
from random import Random

import pytest

from oracle.blockmaker import seeded
from qaif.chain.appendlog import HEAD_BYTES, MARK, NAME, AppendLog
from qaif.chain.files import StoreFiles
from qaif.errors import StoreDamagedError, StoreError
from support.powercut import Disk
from support.recording import Killed, Recorder, Unsynced, calling


def bodies(folder: Path) -> list[bytes]:
    return [bytes(body) for body in AppendLog(folder).read()]


def written(folder: Path, *contents: bytes) -> bytes:
    log = AppendLog(folder)
    for content in contents:
        log.append(content)
    return (folder / NAME).read_bytes()


BATCHES = (b"first", b"", b"third" * 50)


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    assert bodies(tmp_path / "none") == []
    StoreFiles(tmp_path / "log").make_folder()
    written(tmp_path / "log", *BATCHES[:2])
    written(tmp_path / "log", BATCHES[2])
    assert bodies(tmp_path / "log") == list(BATCHES)


def test_every_torn_end_is_left_out_and_cut(tmp_path: Path) -> None:
    """Cut at every byte: whole batches before it are read, and the next append goes on from there."""
    data = written(tmp_path, *BATCHES)
    ends = [HEAD_BYTES + 5, 2 * HEAD_BYTES + 5, len(data)]
    for length in range(len(data) + 1):
        (tmp_path / NAME).write_bytes(data[:length])
        whole = [body for body, end in zip(BATCHES, ends, strict=True) if end <= length]
        log = AppendLog(tmp_path)
        assert [bytes(body) for body in log.read()] == whole
        assert log.torn == length - max([end for end in ends if end <= length], default=0)
        if length % 7 == 0:
            with calling(Unsynced()):
                log.append(b"after")
            assert bodies(tmp_path) == [*whole, b"after"]


def test_zeros_after_the_end_are_a_torn_end(tmp_path: Path) -> None:
    data = written(tmp_path, *BATCHES)
    (tmp_path / NAME).write_bytes(data + bytes(4096))
    assert bodies(tmp_path) == list(BATCHES)


def test_every_changed_byte_before_the_last_batch_is_damage(tmp_path: Path) -> None:
    data = written(tmp_path, b"first", b"second", b"last")
    last = len(data) - HEAD_BYTES - 4
    for at in range(last):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        (tmp_path / NAME).write_bytes(changed)
        with pytest.raises(StoreDamagedError, match="not as it was written"):
            bodies(tmp_path)
    for at in range(last, len(data)):  # the last batch may have been torn by a power cut: it is left out
        changed = bytearray(data)
        changed[at] ^= 1
        (tmp_path / NAME).write_bytes(changed)
        assert bodies(tmp_path) == [b"first", b"second"]


def test_a_body_that_looks_like_a_batch_is_none(tmp_path: Path) -> None:
    """A body may hold anything, a head too; only one that names its own offset would be taken for one."""
    inner = MARK + bytes(HEAD_BYTES - len(MARK))
    data = written(tmp_path, b"first", inner + b"tail")
    (tmp_path / NAME).write_bytes(data[:-1])
    assert bodies(tmp_path) == [b"first"]


def test_a_writer_does_not_write_over_another(tmp_path: Path) -> None:
    one, other = AppendLog(tmp_path), AppendLog(tmp_path)
    one.append(b"first")
    other.append(b"of the other")
    with pytest.raises(StoreError):
        one.append(b"late")
    assert bodies(tmp_path) == [b"first", b"of the other"]


def life(log: AppendLog, rng: Random, kept: list[bytes], *, batches: int = 6) -> None:
    """Append batches of some pages; what is in `kept` must stand."""
    for _ in range(batches):
        body = rng.randbytes(rng.choice([0, 10, 5000, 9000]))
        log.append(body)
        kept.append(body)


@pytest.mark.parametrize("seed", range(int(os.environ.get("QAIF_POWERCUT_SEED", "1")) * 3, 3 * 3 + 3))
def test_after_a_power_cut_what_stood_stands(tmp_path: Path, seed: int) -> None:
    """At every point of two lives, the first killed in the midst of an append."""
    run(tmp_path, seeded(seed), Recorder)


def run(root: Path, rng: Random, recorder: type[Recorder]) -> None:
    disk_root, trials = root / "disk", 0
    disk_root.mkdir()
    calls = recorder(disk_root)
    kept: list[bytes] = []
    marks: list[tuple[int, int]] = []  # changes made, batches that stand
    with calling(calls):
        folder = disk_root / "gathered"
        StoreFiles(folder).make_folder()
        for die in (rng.randint(8, 14), -1):
            calls.die_at = die
            log = AppendLog(folder)
            try:
                for _ in range(5):
                    life(log, rng, kept, batches=1)
                    marks.append((len(calls.ops), len(kept)))
            except Killed:
                kept = bodies_by_real_calls(folder)[: len(kept) + 1]
            calls.die_at = -1
    disk = Disk()
    for at, op in enumerate(calls.ops, 1):
        disk.take(op)
        stands = max((count for made, count in marks if made <= at), default=0)
        for cut in disk.cuts(rng, few=True):
            trials += 1
            there = root / f"cut-{trials}"
            there.mkdir()
            disk.write_to(there, cut)
            found = bodies_by_real_calls(there / "gathered")
            assert found == kept[: len(found)], cut.how
            assert len(found) >= stands, cut.how
    assert trials > 30


def bodies_by_real_calls(folder: Path) -> list[bytes]:
    with calling(Unsynced()):
        return bodies(folder)


class NoSync(Recorder):
    """Leaves out every sync of a file."""

    def sync(self, descriptor: int) -> None:
        if self._opened[descriptor][1] < 0:
            super().sync(descriptor)


class NoNames(Recorder):
    """Leaves out every sync of a folder."""

    def sync(self, descriptor: int) -> None:
        if self._opened[descriptor][1] > 0:
            super().sync(descriptor)


@pytest.mark.parametrize("careless", [NoSync, NoNames])
def test_a_careless_log_is_found_out(tmp_path: Path, careless: type[Recorder]) -> None:
    with pytest.raises((AssertionError, StoreDamagedError)):
        some_lives(tmp_path, careless)


def some_lives(folder: Path, careless: type[Recorder]) -> None:
    for seed in range(4):
        (folder / str(seed)).mkdir()
        run(folder / str(seed), seeded(seed), careless)


def test_what_a_killed_process_left_is_synced_before_more_is_written(tmp_path: Path) -> None:
    """Else a power cut could take it and leave what was written after it, which would look like damage."""
    calls = Recorder(tmp_path)
    with calling(calls):
        StoreFiles(tmp_path / "gathered").make_folder()
        log = AppendLog(tmp_path / "gathered")
        log.append(b"first")
        calls.die_at = len(calls.ops) + 2  # head and body are written, and nothing is synced
        with pytest.raises(Killed):
            log.append(b"second")
        calls.die_at = -1
        before = len(calls.ops)
        AppendLog(tmp_path / "gathered").append(b"third")
    kinds = [op.kind for op in calls.ops[before:]]
    assert kinds == ["sync_folder", "sync", "write", "write", "sync"]
    assert bodies(tmp_path / "gathered") == [b"first", b"second", b"third"]
