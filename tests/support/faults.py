"""System calls that fail as on a full, broken or read-only disk, or in a process without descriptors."""

import errno
import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from support.recording import Unsynced

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Cause:
    """A cause, and which calls it touches.

    Attributes:
        code: the error's number.
        touches: names of the calls that fail of it; `create` is an opening that makes a file.
        half: whether a write fails only after half of its bytes were written.
        after: whether what was asked is done and still said to have failed.
    """

    code: int
    touches: frozenset[str]
    half: bool = False
    after: bool = False

    def __str__(self) -> str:
        when = " after half a write" if self.half else " after the deed" if self.after else ""
        return errno.errorcode[self.code] + when


_CHANGES = frozenset(("create", "write", "sync", "rename", "unlink", "make_folder"))
_OPENS = frozenset(("create", "open", "read", "names", "map"))
CAUSES = (
    Cause(errno.ENOSPC, _CHANGES - {"unlink"}),
    Cause(errno.ENOSPC, frozenset(("write",)), half=True),
    Cause(errno.EIO, _CHANGES | _OPENS | {"close", "length", "lock"}),
    Cause(errno.EIO, frozenset(("sync", "rename", "unlink", "make_folder")), after=True),
    Cause(errno.EMFILE, _OPENS),
    Cause(errno.EROFS, _CHANGES - {"write", "sync"}),
)


class Failing(Unsynced):
    """The real calls, until the `at`th that the cause touches: it fails, and all later ones where it stays.

    Args:
        cause: what is wrong.
        at: which call fails first, from 1; 0 for none.
        stays: whether the cause stays.
    """

    def __init__(self, cause: Cause, at: int = 0, *, stays: bool = False) -> None:
        self.cause, self.at, self.stays, self.count = cause, at, stays, 0
        self._halved = False

    @property
    def struck(self) -> bool:
        """Whether a call has failed."""
        return 0 < self.at <= self.count

    def _call(self, name: str, call: Callable[[], Answer], *, done: bool = False) -> Answer:
        """Make a call, or fail it; `done` for those that do their work and still fail."""
        if name in self.cause.touches:
            self.count += 1
            if self.count == self.at or (self.stays and self.struck):
                if done or self.cause.after:
                    call()
                raise OSError(self.cause.code, os.strerror(self.cause.code))
        return call()

    def open(self, path: Path, flags: int) -> int:
        real = super().open
        return self._call("create" if flags & os.O_CREAT else "open", lambda: real(path, flags))

    def read(self, path: Path) -> bytes:
        real = super().read
        return self._call("read", lambda: real(path))

    def write(self, descriptor: int, data: memoryview) -> int:
        """Where half is written, the call itself succeeds, and the next one fails."""
        real = super().write
        if self.cause.half and len(data) > 1 and self.count + 1 == self.at and not self._halved:
            self._halved = True
            return real(descriptor, data[: len(data) // 2])
        return self._call("write", lambda: real(descriptor, data))

    def sync(self, descriptor: int) -> None:
        real = super().sync
        self._call("sync", lambda: real(descriptor))

    def close(self, descriptor: int) -> None:
        """The descriptor is gone whatever the answer is."""
        real = super().close
        self._call("close", lambda: real(descriptor), done=True)

    def length(self, descriptor: int) -> int:
        real = super().length
        return self._call("length", lambda: real(descriptor))

    def map(self, descriptor: int, length: int) -> mmap.mmap:
        real = super().map
        return self._call("map", lambda: real(descriptor, length))

    def lock(self, descriptor: int) -> None:
        real = super().lock
        self._call("lock", lambda: real(descriptor))

    def names(self, folder: Path) -> list[str]:
        real = super().names
        return self._call("names", lambda: real(folder))

    def rename(self, source: Path, target: Path) -> None:
        real = super().rename
        self._call("rename", lambda: real(source, target))

    def unlink(self, path: Path) -> None:
        real = super().unlink
        self._call("unlink", lambda: real(path))

    def make_folder(self, path: Path) -> None:
        real = super().make_folder
        self._call("make_folder", lambda: real(path))
