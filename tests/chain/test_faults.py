"""A full, broken or read-only disk, no descriptors left: a clear error, the old chain, and on it goes after.

`python -m campaigns.faults` fails every call; here some are. Beside the injected faults stand real ones: a
small tmpfs that is full, one that is remounted read-only, and a low limit on descriptors.
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from campaigns import faults
from campaigns.faults import LIVES, WrongEndError, campaign
from oracle.blockmaker import Branch, seeded
from qaif.chain import index as indexing
from qaif.chain.check import check
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.run import Run
from qaif.errors import QaifError, StoreDamagedError, StoreError
from support.faults import CAUSES, Cause, Failing
from support.recording import Unsynced, calling, digest_of
from support.steps import Maker, Step, leavings

EIO_AFTER = next(cause for cause in CAUSES if cause.after)


@pytest.mark.parametrize("life", range(len(LIVES)))
def test_a_failed_call_ends_in_a_clear_error_and_a_chain(tmp_path: Path, life: int) -> None:
    """`QAIF_FAULTS_SEED` gives other calls."""
    rng = seeded(int(os.environ.get("QAIF_FAULTS_SEED", "1")))
    done = campaign(LIVES[life](Maker(tmp_path)), tmp_path, rng, short=True)
    assert set(done) == {str(cause) for cause in CAUSES}
    for figures in done.values():
        assert figures.errors["StoreError"] > figures.runs // 2


def removing_what_the_new_manifest_names(run: Run) -> None:
    run.files.remove_unnamed(run.manifest.files())


def letting_errors_through(files: StoreFiles, names: set[str]) -> None:
    for name in names:
        files.unlink(name)


def writing_over(files: StoreFiles, name: str, pieces: list[bytes]) -> int:
    """Shorter than it should be where a write was short, and nothing is said."""
    descriptor = files.calls.open(files.folder / name, os.O_WRONLY | os.O_CREAT)
    length = sum(files.calls.write(descriptor, memoryview(piece).cast("B")) for piece in pieces if len(piece))
    files.calls.close(descriptor)
    return length


@pytest.mark.parametrize(
    ("owner", "name", "careless"),
    [
        (indexing, "_tidy", removing_what_the_new_manifest_names),
        (StoreFiles, "remove", letting_errors_through),
        (StoreFiles, "write_new", writing_over),
    ],
    ids=["tidies away the new chain", "lets errors through", "does not look how much was written"],
)
def test_a_careless_store_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, careless: object
) -> None:
    """Each of these stood here once, or easily could."""
    monkeypatch.setattr(owner, name, careless)
    monkeypatch.setattr(faults, "CALLS_LOOKED_AT", 10**6)
    causes = [EIO_AFTER, *(cause for cause in CAUSES if cause.half)]
    with pytest.raises(WrongEndError):
        campaign(Maker(tmp_path).appending(), tmp_path, seeded(1), short=True, causes=causes)


class Short(Unsynced):
    """Never writes more than some bytes at once, as a system may."""

    def write(self, descriptor: int, data: memoryview) -> int:
        return super().write(descriptor, data[:1_000])


def one_step(folder: Path, count: int = 30) -> tuple[Step, Step, str]:
    """A chain, more of it, and the digest of the whole."""
    make = Maker(folder)
    blocks = Branch(seeded(5)).grow(count).blocks
    half = blocks[: count // 2]
    return make.step(half, half, 2_000), make.step(blocks, blocks, 2_000), make.fresh_digest(blocks)


def test_short_writes_make_the_same_files(tmp_path: Path) -> None:
    _, step, whole = one_step(tmp_path)
    with calling(Short()):
        step.run(tmp_path / "chain")
    assert digest_of(tmp_path / "chain") == whole
    assert check(tmp_path / "chain").good


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if "open" in cause.touches], ids=str)
def test_a_reader_that_cannot_read_says_so_and_not_that_the_store_is_damaged(
    tmp_path: Path, cause: Cause
) -> None:
    step, _, _ = one_step(tmp_path)
    step.run(tmp_path / "chain")
    counting = Failing(cause)
    with calling(counting), Chain.open(tmp_path / "chain"):
        pass
    errors = [
        refusal(partial(reading, tmp_path / "chain", Failing(cause, at, stays=stays)))
        for at in range(1, counting.count + 1)
        for stays in (False, True)
    ]
    heard = [error for error in errors if error is not None]
    assert len(heard) >= 2 * len(errors) // 3, "only closing what was read may fail unheard"
    assert not any(isinstance(error, StoreDamagedError) for error in heard)
    assert all(os.strerror(cause.code) in error.message for error in heard)


def reading(store: Path, calls: Failing) -> None:
    with calling(calls), Chain.open(store):
        pass


def refusal(run: Callable[[], None]) -> QaifError | None:
    """The error that it ends in; None where it comes to its end."""
    try:
        run()
    except QaifError as error:
        return error
    return None


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A tmpfs of a size; skips where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "qaif-test", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """It grows 24 KiB at a time; each run comes to its end or leaves a chain that answers, and no rubbish."""
    *steps, whole = one_step(tmp_path, 40)
    errors: list[QaifError] = []
    with small_disk(tmp_path / "disk", "16k") as disk:
        for size in range(32, 4_000, 24):
            remount(disk, f"size={size}k")
            error = refusal(partial(steps[0].run, disk / "chain"))
            if error is None:
                steps.pop(0)
                if not steps:
                    break
                continue
            errors.append(error)
            if (disk / "chain" / "MANIFEST").exists():
                assert check(disk / "chain").good
                assert leavings(disk / "chain") == set()
        assert digest_of(disk / "chain") == whole
    assert len(errors) > 6
    assert all("No space left on device" in error.message for error in errors)


def test_a_disk_that_is_really_read_only(tmp_path: Path) -> None:
    first, more, whole = one_step(tmp_path)
    with small_disk(tmp_path / "disk", "16m") as disk:
        first.run(disk / "chain")
        before = digest_of(disk / "chain")
        remount(disk, "ro")
        with pytest.raises(StoreError, match="Read-only file system"):
            more.run(disk / "chain")
        assert digest_of(disk / "chain") == before
        assert check(disk / "chain").good
        remount(disk, "rw")
        more.run(disk / "chain")
        assert digest_of(disk / "chain") == whole


@contextmanager
def descriptors(free: int) -> Iterator[None]:
    """Leave this process so many descriptors that are not in use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = {int(name) for name in os.listdir("/proc/self/fd")}  # noqa: PTH208  names, not paths
    unused = [number for number in range(len(used) + free + 1) if number not in used]
    resource.setrlimit(resource.RLIMIT_NOFILE, (unused[free], hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_process_that_really_has_no_descriptors_left(tmp_path: Path) -> None:
    first, more, whole = one_step(tmp_path)
    more.run(tmp_path / "warm")  # the kernels' own files are read now
    first.run(tmp_path / "chain")
    errors: list[QaifError] = []
    for allowed in range(40):
        with descriptors(allowed):
            error = refusal(lambda: more.run(tmp_path / "chain"))
        if error is None:
            break
        errors.append(error)
        assert check(tmp_path / "chain").good
    assert len(errors) > 3
    assert all("Too many open files" in error.message for error in errors)
    assert digest_of(tmp_path / "chain") == whole
