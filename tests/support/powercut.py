"""What a disk may hold after the power went, at any point of a record.

Nothing is promised but this: a file's bytes stand once the file was synced, a folder's names once the folder
was, and a rename happens as a whole or not at all. All else may be there or not, each on its own: a later
change of names without an earlier one, a file's name without its bytes, its length with zeros for bytes, or
some of its pages. File systems in use keep stricter orders (of names, mostly); each of them keeps to this.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random

from support.recording import Op

PAGE = 4096
MOST_PENDING = 4  # names in doubt of which every subset is tried; of more, some
FOLDER = 0
DATA = ("lost", "zeros", "torn", "written")


@dataclass(frozen=True)
class Cut:
    """One disk after a power cut: the first bytes of each file, and what follows them.

    Attributes:
        how: in words.
        files: path, inode, bytes that stand, further pages (True where written, False for zeros), length.
        folders: the folders that are there.
        killed: whether nothing was lost, as when only the process died.
    """

    how: str
    files: tuple[tuple[str, int, int, tuple[bool, ...], int], ...]
    folders: tuple[str, ...]
    killed: bool


@dataclass
class Disk:
    """A disk as a record goes on.

    Attributes:
        contents: all bytes written to each inode.
        synced: how many of them stand.
        names: path to inode, as they stand; FOLDER for a folder.
        pending: changes of names since the last sync of their folder.
        committed: the digest of the chain that stands, None where there is none.
        doubtful: digests of the chains that may stand besides.
    """

    contents: dict[int, bytearray] = field(default_factory=dict)
    synced: dict[int, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    pending: list[Op] = field(default_factory=list)
    committed: str | None = None
    doubtful: list[str] = field(default_factory=list)

    def take(self, op: Op) -> None:
        """Go on by one change."""
        if op.kind == "write":
            self.contents[op.inode] += op.data
        elif op.kind == "sync":
            self.synced[op.inode] = len(self.contents[op.inode])
        elif op.kind == "sync_folder":
            self._settle(op.path)
        else:
            if op.kind == "create":
                self.contents[op.inode] = bytearray()
            self.pending.append(op)
            self.doubtful += [op.committed] if op.committed else []

    def _settle(self, folder: str) -> None:
        mine = [op for op in self.pending if str(Path(op.path).parent) == folder]
        self.pending = [op for op in self.pending if op not in mine]
        for op in mine:
            _rename(self.names, op)
        if any(op.committed for op in mine):
            self.committed, self.doubtful = self.doubtful[-1], []

    def cuts(self, rng: Random, *, few: bool) -> Iterator[Cut]:
        """Disks that the power may leave; the first is what a killed process leaves."""
        everything = (True,) * len(self.pending)
        yield self._cut("process killed", everything, "written", rng)
        for kept in self._subsets(rng, few=few):
            lost = ", ".join(str(op) for op, there in zip(self.pending, kept, strict=True) if not there)
            for data in [rng.choice(DATA)] if few else DATA:
                yield self._cut(f"unsynced bytes {data}; lost: {lost or 'no name'}", kept, data, rng)

    def _subsets(self, rng: Random, *, few: bool) -> list[tuple[bool, ...]]:
        count = len(self.pending)
        if few:
            return [tuple(rng.random() < 0.5 for _ in range(count))]
        if count <= MOST_PENDING:
            return list(product((True, False), repeat=count))
        single = [
            tuple((i == j) is keep for j in range(count)) for i in range(count) for keep in (True, False)
        ]
        chance = [tuple(rng.random() < 0.5 for _ in range(count)) for _ in range(2 * count)]
        return [(True,) * count, (False,) * count, *single, *chance]

    def _cut(self, how: str, kept: tuple[bool, ...], data: str, rng: Random) -> Cut:
        names = dict(self.names)
        for op, there in zip(self.pending, kept, strict=True):
            if there:
                _rename(names, op)
        reachable = {path: inode for path, inode in names.items() if _is_reachable(path, names)}
        files = tuple(
            (path, inode, *self._bytes(inode, data, rng))
            for path, inode in sorted(reachable.items())
            if inode != FOLDER
        )
        folders = tuple(sorted(path for path, inode in reachable.items() if inode == FOLDER))
        return Cut(how, files, folders, data == "written" and all(kept))

    def _bytes(self, inode: int, data: str, rng: Random) -> tuple[int, tuple[bool, ...], int]:
        """How many bytes stand, which pages after them do, and the length."""
        written, synced = len(self.contents[inode]), self.synced.get(inode, 0)
        if data == "written" or synced == written:
            return written, (), written
        if data == "lost":
            return synced, (), synced
        length = written if data == "zeros" else rng.randint(synced, written)
        pages = -(-(length - synced) // PAGE)
        return synced, tuple(data == "torn" and rng.random() < 0.5 for _ in range(pages)), length

    def write_to(self, root: Path, cut: Cut) -> None:
        """Make a real folder of it; `root` must be empty."""
        for folder in cut.folders:
            (root / folder).mkdir()
        for path, inode, stands, pages, length in cut.files:
            content = self.contents[inode][:stands]
            for there in pages:
                at = len(content)
                content += self.contents[inode][at : at + PAGE] if there else bytes(PAGE)
            (root / path).write_bytes(content[:length])


def _rename(names: dict[str, int], op: Op) -> None:
    if op.kind in ("create", "folder"):
        names[op.path] = FOLDER if op.kind == "folder" else op.inode
    elif op.kind == "unlink":
        names.pop(op.path, None)
    else:
        names.pop(op.path, None)
        names[op.target] = op.inode


def _is_reachable(path: str, names: dict[str, int]) -> bool:
    return all(str(folder) in names for folder in list(Path(path).parents)[:-1])
