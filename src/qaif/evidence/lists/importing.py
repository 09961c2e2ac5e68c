"""A list's file, kept byte for byte by its SHA-256 and read from there."""

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from qaif.chain.secrets import redact
from qaif.errors import ListError, NotFoundError
from qaif.evidence.lists.making import Making, statements_of
from qaif.evidence.lists.recognise import Recognised
from qaif.records.documents import Document, utc_stamp
from qaif.records.lists import Counted, ListProblem
from qaif.records.statement import Statement

LARGEST_LIST = 512 << 20
_PIECE = 1 << 20
_DRAFT = ".list."


@dataclass(frozen=True)
class KeptFile:
    """A file that is kept.

    Attributes:
        path: where.
        document: what the records are to say of it.
        new: it was not kept before.
    """

    path: Path
    document: Document
    new: bool

    def forget(self) -> None:
        """Let go of a file that was kept for nothing."""
        if self.new:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A list's file, open to be read.

    Raises:
        NotFoundError: there is none.
        ListError: it is no file, cannot be read, or is larger than 512 MiB.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"There is no file {path}.", way_out="Name a list.", path=str(path)) from None
    except (OSError, ValueError) as error:
        raise ListError(f"{path} cannot be read: {error}.", way_out="See to its permissions.") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ListError(f"{path} is not a file.", way_out="Name a list.", path=str(path))
        if found.st_size > LARGEST_LIST:
            raise ListError(f"{path} is larger than {LARGEST_LIST >> 20} MiB.", path=str(path))
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def keep(folder: Path, stream: BinaryIO, name: str, source: str, now: datetime) -> KeptFile:
    """Keep a file under its SHA-256; a file that is kept already is left as it is.

    Args:
        folder: the workspace's folder of documents.
        stream: the file, at its start.
        name: its name.
        source: from where, as a path or address.
        now: the moment it is taken.

    Raises:
        ListError: it cannot be written.
    """
    draft = None
    try:
        _sweep(folder)
        draft, descriptor = _begun(folder)
        digest, size = _copy(stream, descriptor)
        path = folder / digest
        new = not path.exists()
        if new:
            draft.replace(path)
    except OSError as error:
        raise ListError(
            f"The list could not be kept in {folder}: {error.strerror}.",
            way_out="See to the folder's permissions and free space.",
        ) from error
    finally:
        if draft is not None:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
    return KeptFile(path, _document(digest, size, name, source, now), new)


def _sweep(folder: Path) -> None:
    """Let go of drafts that a killed import left; one that is being written is locked."""
    for left in folder.glob(f"{_DRAFT}*"):
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _begun(folder: Path) -> tuple[Path, int]:
    """A new draft, locked so that nobody sweeps it away, and its descriptor."""
    while True:
        draft = folder / f"{_DRAFT}{uuid4().hex}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return draft, descriptor
        os.close(descriptor)  # swept away between the two


def _copy(stream: BinaryIO, descriptor: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(descriptor, "wb") as file:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(descriptor)
    return digest.hexdigest(), size


def _document(digest: str, size: int, name: str, source: str, now: datetime) -> Document:
    return Document(
        sha256=digest,
        taken_at=utc_stamp(now),
        source=redact(source),
        tool=f"qaif {installed('qaif')}",
        media_type="application/octet-stream",
        size=size,
        name=redact(name),
        kind="list",
    )


class FileReading:
    """A kept list that is read while it is taken in; see `records.lists.Reading`.

    Args:
        stream: the file, at its start.
        recognised: what it is.
    """

    def __init__(self, stream: BinaryIO, recognised: Recognised) -> None:
        self._stream, self._recognised = stream, recognised
        self._made = Making(recognised.known)
        if recognised.odd:
            self._made.flag("the file", "odd namespace", recognised.odd, "")

    def statements(self) -> Iterator[Statement]:
        """What it says.

        Raises:
            ListError: it is damaged, or says nothing.
        """
        yield from statements_of(self._recognised.read, self._stream, self._made)
        if not self._made.entity_count:
            raise ListError(
                f"The file looks like a list ({self._recognised.format}) and names nobody.",
                way_out="It may have been cut off, or be of another shape: save it again.",
            )

    def counted(self) -> Counted:
        """What it came to."""
        made = self._made
        problems = [ListProblem(each.locator, each.kind, each.said, each.original) for each in made.problems]
        published_at = made.published_at or None
        return Counted(made.version, published_at, made.entity_count, made.statement_count, problems)
