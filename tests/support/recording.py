"""A record of all that a store asks of the operating system, and of each chain that it committed.

`Recorder` stands in for `SystemCalls`: it does what it is asked and writes it down. Told where to, it dies:
from then on every call raises `Killed`, as if the process were gone, and nothing changes any more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qaif.chain.digest import chain_digest
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.system_calls import SystemCalls

Kind = Literal["create", "write", "sync", "sync_folder", "rename", "unlink", "folder"]
MANIFEST = "MANIFEST"


class Killed(BaseException):
    """The recorded process has died."""


@dataclass(frozen=True)
class Op:
    """One change: of a file (by inode), or of a name in a folder; paths are relative to the disk's root."""

    kind: Kind
    path: str
    inode: int = -1
    data: bytes = b""
    target: str = ""
    committed: str = ""  # of a rename that puts a manifest in place: the digest of its chain

    def __str__(self) -> str:
        detail = f" -> {self.target}" if self.target else f" ({len(self.data)} bytes)" if self.data else ""
        return f"{self.kind} {self.path}{detail}"


class Recorder(SystemCalls):
    """Everything is done and written down.

    Args:
        root: the folder that stands for the whole disk; what is there at first is on it already.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.ops = root, list[Op]()
        self.die_at, self.die_after_commit = -1, False
        there = [str(path.relative_to(root)) for path in sorted(root.rglob("*")) if path.is_file()]
        self._names = {name: inode for inode, name in enumerate(there, 1)}
        self._inodes = len(there)
        self._opened: dict[int, tuple[str, int]] = {}

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self.root))

    def _live(self) -> None:
        if 0 <= self.die_at <= len(self.ops):
            raise Killed

    def open(self, path: Path, flags: int) -> int:
        self._live()
        descriptor = super().open(path, flags)
        name = self._relative(path)
        if flags & os.O_CREAT and name not in self._names:
            self._inodes += 1
            self._names[name] = self._inodes
            self.ops.append(Op("create", name, self._inodes))
        self._opened[descriptor] = (name, self._names.get(name, -1))
        return descriptor

    def write(self, descriptor: int, data: memoryview) -> int:
        self._live()
        name, inode = self._opened[descriptor]
        written = super().write(descriptor, data)
        self.ops.append(Op("write", name, inode, bytes(data[:written])))
        return written

    def sync(self, descriptor: int) -> None:
        """The disk is a made one, so the real one need not be waited for."""
        self._live()
        name, inode = self._opened[descriptor]
        self.ops.append(Op("sync", name, inode) if inode > 0 else Op("sync_folder", name))

    def close(self, descriptor: int) -> None:
        """Of a dead process too: the operating system closes its files, and lets go of its lock."""
        self._opened.pop(descriptor, None)
        super().close(descriptor)

    def names(self, folder: Path) -> list[str]:
        self._live()
        return super().names(folder)

    def rename(self, source: Path, target: Path) -> None:
        self._live()
        super().rename(source, target)
        old, new = self._relative(source), self._relative(target)
        inode = self._names[new] = self._names.pop(old)
        committed = digest_of(target.parent) if target.name == MANIFEST else ""
        self.ops.append(Op("rename", old, inode, target=new, committed=committed))
        if committed and self.die_after_commit:
            self.die_at = 0

    def unlink(self, path: Path) -> None:
        self._live()
        super().unlink(path)
        name = self._relative(path)
        self.ops.append(Op("unlink", name, self._names.pop(name)))

    def make_folder(self, path: Path) -> None:
        self._live()
        there = path.is_dir()
        super().make_folder(path)
        if not there:
            self.ops.append(Op("folder", self._relative(path)))


class Unsynced(SystemCalls):
    """The real calls, but that nothing is waited for: for folders that no power cut will meet."""

    def sync(self, descriptor: int) -> None:
        pass


@contextmanager
def calling(calls: SystemCalls) -> Iterator[None]:
    """Let every store make its calls through these."""
    before, StoreFiles.calls = StoreFiles.calls, calls
    try:
        yield
    finally:
        StoreFiles.calls = before


def digest_of(folder: Path) -> str:
    """The digest of the chain in a folder, read by the real calls."""
    with calling(Unsynced()), Chain.open(folder) as chain:
        return chain_digest(chain)
