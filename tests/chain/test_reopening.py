"""What a process keeps of a store between two runs: the files of then, and nothing of a changed one."""

import os
from pathlib import Path

import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import index as indexing
from qaif.chain import manifest as manifests
from qaif.chain import segments
from qaif.chain.files import StoreFiles
from qaif.chain.reopening import keep_open, open_again
from qaif.errors import StoreDamagedError
from support.indexing import digests, put

SMALL = 4_000


@pytest.fixture
def branch() -> Branch:
    return Branch(seeded(4)).grow(60)


def opened(folder: Path) -> list[segments.Segment]:
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    assert manifest is not None
    return open_again(files, manifest.segments)


def kept_twice(folder: Path) -> tuple[list[segments.Segment], list[segments.Segment]]:
    """The segments of one run, and what the next opens."""
    first = opened(folder)
    keep_open(StoreFiles(folder), first)
    return first, opened(folder)


def test_a_file_that_is_the_one_of_then_is_not_opened_again(tmp_path: Path, branch: Branch) -> None:
    put(tmp_path / "chain", branch.blocks, SMALL)
    first, again = kept_twice(tmp_path / "chain")
    assert len(first) > 1
    assert all(a is b for a, b in zip(first, again, strict=True))


def test_a_changed_file_is_opened_again(tmp_path: Path, branch: Branch) -> None:
    put(tmp_path / "chain", branch.blocks, SMALL)
    first = opened(tmp_path / "chain")
    keep_open(StoreFiles(tmp_path / "chain"), first)
    path = tmp_path / "chain" / first[0].ref.file.name
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    again = opened(tmp_path / "chain")
    assert [a is b for a, b in zip(first, again, strict=True)] == [False] + [True] * (len(first) - 1)


def test_another_store_lets_go_of_it_and_so_does_a_failed_run(tmp_path: Path, branch: Branch) -> None:
    put(tmp_path / "chain", branch.blocks, SMALL)
    put(tmp_path / "other", branch.blocks, SMALL)
    first = opened(tmp_path / "chain")
    keep_open(StoreFiles(tmp_path / "chain"), first)
    opened(tmp_path / "other")
    second = opened(tmp_path / "chain")  # as a run that fails: it never says that they are to be kept
    third = opened(tmp_path / "chain")
    assert not any(a is b for a, b in zip(first, second, strict=True))
    assert not any(a is b for a, b in zip(second, third, strict=True))


def test_damage_between_two_runs_of_one_process_is_noticed(tmp_path: Path, branch: Branch) -> None:
    """Each byte of a page that the next block is joined to; the run after puts nothing on top of it."""
    folder = tmp_path / "chain"
    put(folder, branch.blocks, 10**7)
    put(folder, branch.grow(1).blocks)
    before = digests(folder)
    for path in folder.glob("*.seg"):
        good = path.read_bytes()
        path.write_bytes(bytes(byte ^ 1 for byte in good[: len(good) // 2]) + good[len(good) // 2 :])
        with pytest.raises(StoreDamagedError):
            put(folder, branch.grow(1).blocks)
        path.write_bytes(good)
        assert digests(folder) == before
    put(folder, branch.grow(1).blocks)
    fresh = tmp_path / "fresh"
    put(fresh, branch.blocks)
    assert digests(folder) == digests(fresh)


def test_the_index_run_keeps_what_it_wrote(
    tmp_path: Path, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a follower hashes no page of what it wrote itself."""
    put(tmp_path / "chain", branch.blocks, SMALL)
    known = opened(tmp_path / "chain")
    assert all(segment.file.whole for segment in known), "written by this process, and believed"
    keep_open(StoreFiles(tmp_path / "chain"), known)
    seen = list[int]()
    real = open_again

    def counted(*given: object) -> list[segments.Segment]:
        found = real(*given)  # type: ignore[arg-type]
        seen.append(sum(segment.file.whole for segment in found))
        return found

    monkeypatch.setattr(indexing, "open_again", counted)
    put(tmp_path / "chain", branch.grow(1).blocks, SMALL)
    assert seen == [len(known)]
