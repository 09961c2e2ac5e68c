"""What a store asks of the operating system; `chain/files.py` alone asks it."""

import ctypes
import fcntl
import mmap
import os
from pathlib import Path

_BEGIN_WRITING = getattr(ctypes.CDLL(None), "sync_file_range", None)  # Linux; Python's os has it not
if _BEGIN_WRITING is not None:
    _BEGIN_WRITING.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
_SYNC_FILE_RANGE_WRITE = 2

Stamp = tuple[int, int, int, int, int]  # device, inode, length, times of content and of status


class SystemCalls:
    """What a store asks of the operating system: one method a call, each may raise OSError."""

    def open(self, path: Path, flags: int) -> int:
        """A descriptor of a file or folder."""
        return os.open(path, flags, 0o644)

    def read(self, path: Path) -> bytes:
        """All bytes of a small file."""
        return path.read_bytes()

    def write(self, descriptor: int, data: memoryview) -> int:
        """How many of the bytes were written, at the end of the file; not always all."""
        return os.write(descriptor, data)

    def write_back(self, descriptor: int, start: int, length: int) -> None:
        """Have the disk begin with some written bytes, so that `sync` waits for less; nothing is promised."""
        if _BEGIN_WRITING is not None:
            _BEGIN_WRITING(descriptor, start, length, _SYNC_FILE_RANGE_WRITE)

    def sync(self, descriptor: int) -> None:
        """Return once the disk has what was written, or the names of a folder."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Let go of a descriptor."""
        os.close(descriptor)

    def length(self, descriptor: int) -> int:
        """A file's length in bytes."""
        return os.fstat(descriptor).st_size

    def stamp(self, path: Path) -> Stamp:
        """What tells a file, as it is now, from one that was put in its place or changed."""
        seen = os.stat(path)  # noqa: PTH116  one system call
        return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns

    def map(self, descriptor: int, length: int) -> mmap.mmap:
        """A file's bytes, read-only."""
        return mmap.mmap(descriptor, length, access=mmap.ACCESS_READ)

    def lock(self, descriptor: int) -> None:
        """Take the lock of a file, or raise BlockingIOError where another process has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def names(self, folder: Path) -> list[str]:
        """The files of a folder."""
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name, in the place of the file that has it."""
        os.replace(source, target)  # noqa: PTH105  one system call

    def unlink(self, path: Path) -> None:
        """Remove a file's name."""
        os.unlink(path)  # noqa: PTH108  one system call

    def make_folder(self, path: Path) -> None:
        """Make one folder; no error where it is there already."""
        path.mkdir(exist_ok=True)
