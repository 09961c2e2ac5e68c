"""The one module that opens files of the store.

Every call to the operating system is a method of `SystemCalls`, so that tests can record it, fail it, and
replay what a power cut loses. Nothing is edited in place: a file is written whole under its final name,
synced, and only then named by the manifest, which is renamed into place.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from qaif.chain.system_calls import Stamp, SystemCalls
from qaif.errors import StoreBusyError, StoreDamagedError, StoreError
from qaif.units import Bytes

_MANIFEST = "MANIFEST"
_LOCK = "LOCK"
_READ_ONLY = os.O_RDONLY | os.O_CLOEXEC
_WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_LOCKING = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
_LARGEST_WRITE = 1 << 24

_WRITE_BACK = 1 << 23  # bytes


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

    calls: ClassVar[SystemCalls] = SystemCalls()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_folder(self) -> None:
        """Make the folder and those above it, where they are not there, each synced in the one above.

        Until there is a manifest the folder's own name is synced again: a run that was killed, and left the
        folder, may not have come to it.

        Raises:
            StoreError: the file system refused.
        """
        try:
            missing = [folder for folder in (self.folder, *self.folder.parents) if not folder.is_dir()]
            for folder in reversed(missing):
                self.calls.make_folder(folder)
                self._sync_folder(folder.parent)
            if not missing and self.read_manifest() is None:
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
            descriptor = self.calls.open(path, _WRITE_NEW)
        except OSError as error:
            raise _explain(error, "writing", path) from error
        try:
            try:
                length = self._write_all(descriptor, pieces)
                self.calls.sync(descriptor)
            finally:
                self.calls.close(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.unlink(name)
            raise _explain(error, "writing", path) from error
        return length

    def replace_manifest(self, content: bytes) -> None:
        """Make `content` the manifest: written aside, synced, renamed, folder synced."""
        self.put_in_place(_MANIFEST, content)

    def put_in_place(self, name: str, content: bytes | memoryview) -> None:
        """Put a file of this content in the place of one, as a whole or not at all."""
        aside, path = f"{name}.next", self.folder / name
        with contextlib.suppress(OSError):
            self.unlink(aside)
        self.write_new(aside, [content])
        try:
            self._sync_folder(self.folder)
            self.calls.rename(self.folder / aside, path)
            self._sync_folder(self.folder)
        except OSError as error:
            raise _explain(error, "replacing", path) from error

    def read_manifest(self) -> bytes | None:
        """The manifest's bytes, or None where there is no store yet."""
        path = self.folder / _MANIFEST
        try:
            return self.calls.read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _explain(error, "reading", path) from error

    def stamp(self, name: str) -> Stamp | None:
        """Device, inode, length and times of a file; None where they cannot be had."""
        try:
            return self.calls.stamp(self.folder / name)
        except OSError:
            return None

    def map(self, name: str, length: int) -> Bytes:
        """A whole file, read-only, mapped; it stays readable after an unlink.

        Raises:
            StoreDamagedError: it is gone, or its length differs.
        """
        path = self.folder / name
        try:
            descriptor = self.calls.open(path, _READ_ONLY)
        except FileNotFoundError as error:
            raise damaged(path, "it is missing") from error
        except OSError as error:
            raise _explain(error, "opening", path) from error
        try:
            found = self.calls.length(descriptor)
            if found != length:
                raise damaged(path, f"it has {found} bytes and should have {length}")
            view = self.calls.map(descriptor, length)
        except OSError as error:
            raise _explain(error, "mapping", path) from error
        finally:
            self._close_unchanged(descriptor)
        return np.frombuffer(view, dtype=np.uint8)

    def read_log(self, name: str) -> Bytes:
        """All bytes of a log as it is now, mapped; none where there is no such file.

        Raises:
            StoreError: the file system refused.
        """
        path = self.folder / name
        try:
            descriptor = self.calls.open(path, _READ_ONLY)
        except FileNotFoundError:
            return np.zeros(0, dtype=np.uint8)
        except OSError as error:
            raise _explain(error, "opening", path) from error
        try:
            length = self.calls.length(descriptor)
            view = self.calls.map(descriptor, length) if length else b""
        except OSError as error:
            raise _explain(error, "mapping", path) from error
        finally:
            self._close_unchanged(descriptor)
        return np.frombuffer(view, dtype=np.uint8)

    def append_log(self, name: str, length: int, pieces: Iterable[bytes | memoryview]) -> None:
        """Write at the end of a log that has `length` bytes now, synced; where that is 0 it is made.

        Raises:
            StoreError: the file system refused, or it has another length; what is after `length` is torn.
        """
        path = self.folder / name
        try:
            descriptor = self.calls.open(path, _APPEND)
        except OSError as error:
            raise _explain(error, "writing", path) from error
        try:
            try:
                if (found := self.calls.length(descriptor)) != length:
                    raise damaged(path, f"it has {found} bytes and should have {length}")
                for piece in pieces:
                    self._write(descriptor, piece)
                self.calls.sync(descriptor)
            finally:
                self.calls.close(descriptor)
            if not length:
                self._sync_folder(self.folder)
        except OSError as error:
            raise _explain(error, "writing", path) from error

    def settle_log(self, name: str) -> None:
        """Sync a log, and its name, that another process may have left unsynced.

        Raises:
            StoreError: the file system refused.
        """
        try:
            self._sync_folder(self.folder)
            descriptor = self.calls.open(self.folder / name, _READ_ONLY)
            try:
                self.calls.sync(descriptor)
            finally:
                self._close_unchanged(descriptor)
        except OSError as error:
            raise _explain(error, "syncing", self.folder / name) from error

    def unlink(self, name: str) -> None:
        """Remove one file's name."""
        self.calls.unlink(self.folder / name)

    def remove_unnamed(self, named: set[str]) -> list[str]:
        """Remove what an interrupted run left: every segment file that the manifest does not name.

        The folder is synced before: the manifest that names them no more may have been renamed into place
        by a run that was killed before its own sync.

        Raises:
            StoreError: the file system refused.
        """
        try:
            present = self.calls.names(self.folder)
            stray = [n for n in present if n.endswith((".seg", ".feed", ".next")) and n not in named]
            if stray:
                self._sync_folder(self.folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _explain(error, "looking for what an earlier run left in", self.folder) from error
        self.remove(stray)
        return stray

    def remove(self, names: Iterable[str]) -> None:
        """Remove files that no manifest names; those that are gone already are no error.

        Raises:
            StoreError: the file system refused.
        """
        for name in names:
            try:
                self.unlink(name)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _explain(error, "removing", self.folder / name) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store's write lock; it goes with the process, however that ends.

        Raises:
            StoreBusyError: another process holds it.
        """
        self.make_folder()
        path = self.folder / _LOCK
        try:
            descriptor = self.calls.open(path, _LOCKING)
        except OSError as error:
            raise _explain(error, "locking", path) from error
        try:
            self._lock(descriptor, path)
            yield
        finally:
            self._close_unchanged(descriptor)

    def _lock(self, descriptor: int, path: Path) -> None:
        try:
            self.calls.lock(descriptor)
        except BlockingIOError as error:
            raise StoreBusyError(
                f"Another process is writing to {self.folder}.",
                way_out="Wait until it has ended.",
                path=str(path),
            ) from error
        except OSError as error:
            raise _explain(error, "locking", path) from error

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

    def _write_all(self, descriptor: int, pieces: Iterable[bytes | memoryview]) -> int:
        length, begun = 0, 0
        for piece in pieces:
            length += self._write(descriptor, piece)
            if length - begun >= _WRITE_BACK:
                self.calls.write_back(descriptor, begun, length - begun)
                begun = length
        return length

    def _write(self, descriptor: int, piece: bytes | memoryview) -> int:
        view = memoryview(piece).cast("B") if len(piece) else memoryview(b"")
        written = 0
        while written < len(view):
            written += self.calls.write(descriptor, view[written : written + _LARGEST_WRITE])
        return written

    def _close_unchanged(self, descriptor: int) -> None:
        """Close a file that nothing was written to; the descriptor is gone whatever the answer."""
        with contextlib.suppress(OSError):
            self.calls.close(descriptor)

    def _sync_folder(self, folder: Path) -> None:
        descriptor = self.calls.open(folder, _READ_ONLY | os.O_DIRECTORY)
        try:
            self.calls.sync(descriptor)
        finally:
            self._close_unchanged(descriptor)


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


_INDEX_AGAIN = "Move the chain folder aside and index the block files again."


def damaged(path: Path | str, why: str, way_out: str = _INDEX_AGAIN) -> StoreDamagedError:
    """The error for a file of the store that is not as it was written."""
    return StoreDamagedError(
        f"The store's file {path} is damaged: {why}.",
        way_out=way_out,
        path=str(path),
    )
