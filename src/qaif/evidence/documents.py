"""Documents kept byte for byte under their SHA-256, with when, from where and by which tool they were taken.

A document is the user's own file and is kept exactly as it was given, also where it holds a private
key: a changed copy would be worth nothing as evidence. What Qaif prints, writes and logs never
repeats such a key (see `finder`). A kept file is read-only and never written again; when it is read
back its digest is checked.
"""

import contextlib
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Literal
from uuid import uuid4

from qaif.chain.secrets import redact
from qaif.errors import DocumentError, NotFoundError
from qaif.evidence.decoding import Basis, decode
from qaif.evidence.passages import Passage, html_passages, plain_passages
from qaif.records.documents import Document as Record
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records

LARGEST_DOCUMENT = 4 << 20
_HTML_NAME = re.compile(r"\.x?html?", re.IGNORECASE)
_HTML_START = re.compile(
    r"\s*(?:<!--.{0,400}?-->\s*)?(?:<\?xml[^>]{0,100}>\s*)?<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)

MediaType = Literal["text/plain", "text/html"]


@dataclass(frozen=True)
class Document:
    """A kept document, read as text.

    Args:
        record: what the records say of it: digest, when and from where it was first taken, tool, size.
        text: its text, markup included.
        encoding: how its bytes were read.
        encoding_basis: how that was known.
        media_type: text or HTML.
    """

    record: Record
    text: str
    encoding: str
    encoding_basis: Basis
    media_type: MediaType

    def passages(self) -> tuple[Passage, ...]:
        """The stretches of it that are read as one."""
        split = html_passages if self.media_type == "text/html" else plain_passages
        return tuple(split(self.text))


def keep(folder: Path, records: Records, path: Path, now: datetime, encoding: str | None = None) -> Document:
    """Keep a document and read it.

    Args:
        folder: the workspace's folder of documents.
        records: the workspace's records.
        path: the document.
        now: the moment it is taken.
        encoding: what it is written in, where the user says so.

    Raises:
        NotFoundError: there is no such file.
        DocumentError: it cannot be read, is too large, or is not text.
    """
    content = _read_bounded(path)
    decoded = decode(content, encoding)
    sha256_hex = hashlib.sha256(content).hexdigest()
    _store(folder, sha256_hex, content)
    media_type: MediaType = "text/html" if _is_html(path.name, decoded.text) else "text/plain"
    record = records.documents.add(
        Record(
            sha256=sha256_hex,
            taken_at=utc_stamp(now),
            source=redact(str(path.absolute())),
            tool=f"qaif {installed('qaif')}",
            media_type=media_type,
            size=len(content),
            name=redact(path.name),
        )
    )
    return Document(record, decoded.text, decoded.encoding, decoded.basis, media_type)


def read_kept(folder: Path, sha256_hex: str) -> bytes:
    """The bytes of a kept document, their digest checked.

    Raises:
        NotFoundError: it is not kept here.
        DocumentError: it is not what it was.
    """
    path = folder / sha256_hex
    if not re.fullmatch("[0-9a-f]{64}", sha256_hex) or not path.is_file():
        raise NotFoundError(f"No document with SHA-256 {sha256_hex[:64]} is kept here.")
    content = _read_bounded(path)
    if hashlib.sha256(content).hexdigest() != sha256_hex:
        raise DocumentError(
            f"The kept document {path} is not what it was: its bytes changed.",
            way_out="Put it back from a copy, or move it away and keep the original again.",
            path=str(path),
        )
    return content


def _is_html(name: str, text: str) -> bool:
    return bool(_HTML_NAME.fullmatch(Path(name).suffix) or _HTML_START.match(text))


def _read_bounded(path: Path) -> bytes:
    """Read a regular file of bounded size; what is not a file is refused before it can block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            f"There is no file {path}.", way_out="Name a text or HTML file.", path=str(path)
        ) from None
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path} cannot be read: {error}.", way_out="See to its permissions.") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise DocumentError(f"{path} is not a file.", way_out="Name a text or HTML file.", path=str(path))
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error}.", way_out="See to its disk.") from error
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_DOCUMENT:
        raise DocumentError(
            f"{path} is larger than {LARGEST_DOCUMENT >> 20} MiB.",
            way_out="Cut the part that matters out into a file of its own.",
            path=str(path),
        )
    return content


def _store(folder: Path, sha256_hex: str, content: bytes) -> None:
    """Write a document whole, synced and read-only, unless it is there already and sound."""
    path = folder / sha256_hex
    if path.exists():
        read_kept(folder, sha256_hex)
        return
    draft = folder / f".{sha256_hex}.{uuid4().hex}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        with open(descriptor, "wb") as file:  # noqa: PTH123  it is open already, as a descriptor
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
    except OSError as error:
        raise DocumentError(
            f"The document could not be kept in {folder}: {error.strerror}.",
            way_out="See to the folder's permissions and free space.",
            path=str(folder),
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
