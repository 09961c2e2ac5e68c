"""Bytes of documents in a folder, each file named by its SHA-256, read-only and never written again."""

import contextlib
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Literal
from uuid import uuid4

from qaif.errors import DocumentError, NotFoundError
from qaif.evidence.reading.read import FIRST_BYTES, LARGEST_OF_ALL, largest, too_large

State = Literal["kept", "changed", "lost"]
_PIECE = 1 << 22
_NAME_A_FILE = "Name a document: text, HTML, PDF, e-mail, a chat export, CSV, a picture or a zip of such."


def read_kept(folder: Path, sha256_hex: str) -> bytes:
    """The bytes of a kept document, their digest checked.

    Raises:
        NotFoundError: it is not kept here.
        DocumentError: it is not what it was.
    """
    path = folder / sha256_hex
    if not re.fullmatch("[0-9a-f]{64}", sha256_hex) or not path.is_file():
        raise NotFoundError(f"No document with SHA-256 {sha256_hex[:64]} is kept here.")
    content = read_bounded(path, LARGEST_OF_ALL)
    if hashlib.sha256(content).hexdigest() != sha256_hex:
        raise DocumentError(
            f"The kept document {path} is not what it was: its bytes changed.",
            way_out="Put it back from a copy, or move it away and keep the original again.",
            path=str(path),
        )
    return content


def state_of(folder: Path, sha256_hex: str) -> State:
    """Whether a kept document is what it was.

    Raises:
        DocumentError: it is there and cannot be read.
    """
    hashed = hashlib.sha256()
    try:
        with (folder / sha256_hex).open("rb") as file:
            while piece := file.read(_PIECE):
                hashed.update(piece)
    except FileNotFoundError:
        return "lost"
    except OSError as error:
        raise DocumentError(
            f"The kept document {folder / sha256_hex} cannot be read: {error.strerror}.",
            way_out="See to its permissions and its disk.",
        ) from error
    return "kept" if hashed.hexdigest() == sha256_hex else "changed"


def read_bounded(path: Path, most: int | None = None) -> bytes:
    """Read a regular file of bounded size; what is not a file is refused before it can block.

    Args:
        path: the file.
        most: how many bytes it may have; where None, what its kind may have, by how it begins.

    Raises:
        NotFoundError: there is no such file.
        DocumentError: it is no file, cannot be read, or is too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"There is no file {path}.", way_out=_NAME_A_FILE, path=str(path)) from None
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path} cannot be read: {error}.", way_out="See to its permissions.") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise DocumentError(f"{path} is not a file.", way_out=_NAME_A_FILE, path=str(path))
        with open(descriptor, "rb", closefd=False) as file:
            first = file.read(FIRST_BYTES)
            most = largest(first, path.name) if most is None else most
            content = first + file.read(max(0, most + 1 - len(first)))
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error}.", way_out="See to its disk.") from error
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise too_large(str(path), most)
    return content


def store(folder: Path, sha256_hex: str, content: bytes) -> bool:
    """Write a document whole, synced and read-only, unless it is there already and sound.

    Returns:
        whether it was written now.

    Raises:
        DocumentError: the file system refuses, or what is there is not what it was.
    """
    path = folder / sha256_hex
    if path.exists():
        read_kept(folder, sha256_hex)
        return False
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
    return True
