"""The one module that opens files of the store.

Every write, sync, rename and unlink goes through a `StoreFiles`, so that tests can record it, fail it, and
replay what a power cut loses. Nothing is edited in place: a file is written whole under its final name,
synced, and only then named by the manifest, which is renamed into place.
"""

import contextlib
import fcntl
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from qaif.errors import StoreBusyError, StoreDamagedError, StoreError
from qaif.units import Bytes

_MANIFEST = "MANIFEST"
_MANIFEST_NEXT = "MANIFEST.next"
_LOCK = "LOCK"
_READ_ONLY = os.O_RDONLY | os.O_CLOEXEC
_WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_LARGEST_WRITE = 1 << 24


def _explain(error: OSError, doing: str, path: Path) -> StoreError:
    return StoreError(
        f"{doing} {path} failed: {error.strerror}.",
        way_out="The chain that was there still answers; mend the cause and run the same command again.",
        path=str(path),
        errno=error.errno,
    )


class StoreFiles:
    """The files of one chain folder.

    Args:
        folder: the chain folder; made by the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_folder(self) -> None:
        """Make the folder, if it is not there, and sync its parent."""
        if self.folder.is_dir():
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sync_folder(self.folder.parent)
        except OSError as error:
            raise _explain(error, "making the folder", self.folder) from error

    def write_new(self, name: str, pieces: Iterable[bytes | memoryview]) -> int:
        """Write a whole new file, synced; its name is not yet in any manifest.

        Returns:
            The length in bytes.

        Raises:
            StoreError: the file system refused; the half-written file is gone.
        """
        path = self.folder / name
        try:
            descriptor = os.open(path, _WRITE_NEW, 0o644)
            try:
                length = sum(self._write(descriptor, piece) for piece in pieces)
                self._sync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.unlink(name)
            raise _explain(error, "writing", path) from error
        return length

    def replace_manifest(self, content: bytes) -> None:
        """Make `content` the manifest: written aside, synced, renamed, folder synced."""
        with contextlib.suppress(OSError):
            self.unlink(_MANIFEST_NEXT)
        self.write_new(_MANIFEST_NEXT, [content])
        path = self.folder / _MANIFEST
        try:
            self._sync_folder(self.folder)
            self._rename(self.folder / _MANIFEST_NEXT, path)
            self._sync_folder(self.folder)
        except OSError as error:
            raise _explain(error, "replacing", path) from error

    def read_manifest(self) -> bytes | None:
        """The manifest's bytes, or None where there is no store yet."""
        path = self.folder / _MANIFEST
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _explain(error, "reading", path) from error

    def map(self, name: str, length: int) -> Bytes:
        """A whole file, read-only, mapped; it stays readable after an unlink.

        Raises:
            StoreDamagedError: it is gone, or its length differs.
        """
        path = self.folder / name
        try:
            descriptor = os.open(path, _READ_ONLY)
        except FileNotFoundError as error:
            raise damaged(path, "it is missing") from error
        except OSError as error:
            raise _explain(error, "opening", path) from error
        try:
            found = os.fstat(descriptor).st_size
            if found != length:
                raise damaged(path, f"it has {found} bytes and should have {length}")
            view = mmap.mmap(descriptor, length, access=mmap.ACCESS_READ)
        except OSError as error:
            raise _explain(error, "mapping", path) from error
        finally:
            os.close(descriptor)
        return np.frombuffer(view, dtype=np.uint8)

    def unlink(self, name: str) -> None:
        """Remove a file that no manifest names."""
        os.unlink(self.folder / name)  # noqa: PTH108  one system call, so that a test can count it

    def remove_unnamed(self, named: set[str]) -> list[str]:
        """Remove what an interrupted run left: every segment file that the manifest does not name."""
        try:
            present = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_file())
        except FileNotFoundError:
            return []
        stray = [name for name in present if name.endswith((".seg", ".feed", ".next")) and name not in named]
        for name in stray:
            with contextlib.suppress(FileNotFoundError):
                self.unlink(name)
        return stray

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store's write lock; it goes with the process, however that ends.

        Raises:
            StoreBusyError: another process holds it.
        """
        self.make_folder()
        path = self.folder / _LOCK
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _explain(error, "locking", path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise StoreBusyError(
                f"Another process is writing to {self.folder}.",
                way_out="Wait until it has ended.",
                path=str(path),
            ) from error
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def scratch(self) -> Iterator["Scratch"]:
        """Room on disk beside the store, without a name: it goes with its descriptor, however that ends.

        Raises:
            StoreError: the file system refused.
        """
        try:
            file = tempfile.TemporaryFile(dir=self.folder, buffering=0)  # noqa: SIM115  closed below
        except OSError as error:
            raise _explain(error, "making room for a calculation in", self.folder) from error
        with file:
            yield Scratch(file.fileno(), self.folder)

    def _write(self, descriptor: int, piece: bytes | memoryview) -> int:
        view = memoryview(piece).cast("B") if len(piece) else memoryview(b"")
        written = 0
        while written < len(view):
            written += os.write(descriptor, view[written : written + _LARGEST_WRITE])
        return written

    def _sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def _rename(self, source: Path, target: Path) -> None:
        os.replace(source, target)  # noqa: PTH105  one system call, so that a test can count it

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, _READ_ONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Scratch:
    """Bytes that are written once, one after another, and read back by place."""

    def __init__(self, descriptor: int, folder: Path) -> None:
        self._descriptor, self._folder, self.length = descriptor, folder, 0

    def append(self, piece: Bytes) -> int:
        """Write bytes after those that are there; returns where they begin.

        Raises:
            StoreError: the file system refused.
        """
        start, view = self.length, np.ascontiguousarray(piece).data
        try:
            while self.length < start + len(view):
                done = self.length - start
                self.length += os.pwrite(self._descriptor, view[done : done + _LARGEST_WRITE], self.length)
        except OSError as error:
            raise _explain(error, "writing what does not fit into memory to", self._folder) from error
        return start

    def read(self, start: int, length: int) -> Bytes:
        """Bytes that were appended.

        Raises:
            StoreError: the file system refused.
        """
        if start + length > self.length:
            raise ValueError(f"{length} bytes from {start} on, and {self.length} were written")
        out = np.empty(length, dtype=np.uint8)
        done = 0
        try:
            while done < length:
                done += os.preadv(self._descriptor, [out.data[done:]], start + done)
        except OSError as error:
            raise _explain(error, "reading back from", self._folder) from error
        return out


def damaged(path: Path | str, why: str) -> StoreDamagedError:
    """The error for a file of the store that is not as it was written."""
    return StoreDamagedError(
        f"The store's file {path} is damaged: {why}.",
        way_out="Move the chain folder aside and index the block files again.",
        path=str(path),
    )
