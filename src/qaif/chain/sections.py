"""A file of named sections, each one flat array: how every file of the store looks.

Layout: the magic `QAIFSEC1`, the length of the directory as a little-endian uint32, the directory (JSON:
name, dtype, width, rows, offset of each section), zeros to a multiple of 64, then the sections, each begun
on a multiple of 64, then the seals of its pages (`seals.py`). The file's length, its XXH3-128 and the root of
the seals stand in the manifest, which vouches for every byte.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from qaif.chain.ahead import ahead
from qaif.chain.files import StoreFiles, damaged
from qaif.chain.seals import SealedArray, SealedFile, Sealer
from qaif.units import Bytes

Array = NDArray[Any]
Pieces = Callable[[], Iterable[Array]]

_MAGIC = b"QAIFSEC1"
_START = len(_MAGIC) + 4  # of the directory
_ALIGNMENT = 64
_CHECK_PIECE = 1 << 24
_WRITE_PIECE = 1 << 18
_LARGE = 1 << 25  # bytes from which a second thread makes and hashes the pieces that the first one writes


@dataclass(frozen=True)
class FileRef:
    """A file as the manifest names it.

    Attributes:
        name: its name in the chain folder.
        length: bytes.
        digest: XXH3-128 of all of it, in hex.
        body: bytes before the seals of its pages.
        root: XXH3-128 of the seals' seals, in hex.
    """

    name: str
    length: int
    digest: str
    body: int = 0
    root: str = ""


@dataclass(frozen=True)
class Section:
    """One array to write: dtype, items a row, rows, and a function that yields its pieces in order."""

    dtype: np.dtype[Any]
    width: int
    rows: int
    pieces: Pieces

    @property
    def nbytes(self) -> int:
        """Bytes of the section."""
        return self.rows * self.width * self.dtype.itemsize


def whole(array: Array) -> Section:
    """A section from an array that is in memory, of shape (rows,) or (rows, width)."""
    width = 1 if array.ndim == 1 else array.shape[1]
    dtype = array.dtype.newbyteorder("<")
    return Section(dtype, width, len(array), lambda: [array.astype(dtype, copy=False)])


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT


def _directory(sections: Mapping[str, Section]) -> tuple[bytes, list[int]]:
    """The head of the file, padded, and where each section begins."""
    rows = [{"name": n, "dtype": s.dtype.str, "width": s.width, "rows": s.rows} for n, s in sections.items()]
    reserved = len(json.dumps(rows)) + 40 * len(rows) + 2 * _ALIGNMENT
    position, offsets = _aligned(len(_MAGIC) + 4 + reserved), []
    for row, section in zip(rows, sections.values(), strict=True):
        row["offset"] = position
        offsets.append(position)
        position = _aligned(position + section.nbytes)
    text = json.dumps(rows).encode()
    head = _MAGIC + len(text).to_bytes(4, "little") + text
    first = offsets[0] if offsets else _aligned(len(head))
    return head.ljust(first, b"\0"), offsets


def _stream(sections: Mapping[str, Section]) -> Iterator[bytes | memoryview]:
    head, offsets = _directory(sections)
    yield head
    position = len(head)
    for offset, section in zip(offsets, sections.values(), strict=True):
        yield bytes(offset - position)
        position = offset
        for piece in section.pieces():
            flat = np.ascontiguousarray(piece, dtype=section.dtype).reshape(-1)
            yield flat.view(np.uint8).data
            position += flat.nbytes
        if position != offset + section.nbytes:
            raise AssertionError(f"a section of {section.nbytes} bytes was given {position - offset}")
    yield bytes(_aligned(position) - position)


def _gathered(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    """The same bytes with small pieces put together, so that each is hashed, sealed and written at once."""
    small = bytearray()
    for piece in pieces:
        if len(piece) < _WRITE_PIECE:
            small += piece
        if small and (len(piece) >= _WRITE_PIECE or len(small) >= _WRITE_PIECE):
            yield bytes(small)
            small.clear()
        if len(piece) >= _WRITE_PIECE:
            yield piece
    yield bytes(small)


def write(files: StoreFiles, name: str, sections: Mapping[str, Section]) -> FileRef:
    """Write a sectioned file, synced; every piece is hashed and sealed as it is written."""
    hasher, sealer = xxhash.xxh3_128(), Sealer()
    end: list[tuple[bytes, str]] = []

    def hashed() -> Iterator[bytes | memoryview]:
        for piece in _gathered(_stream(sections)):
            hasher.update(piece)
            sealer.update(piece)
            yield piece
        end.append(sealer.finish())
        hasher.update(end[0][0])
        yield end[0][0]

    large = sum(section.nbytes for section in sections.values()) >= _LARGE
    length = files.write_new(name, ahead(hashed()) if large else hashed())
    seals, root = end[0]
    return FileRef(name, length, hasher.hexdigest(), length - len(seals), root)


def verify(data: Bytes, ref: FileRef) -> None:
    """Hash the whole file.

    Raises:
        StoreDamagedError: a byte of it is not as it was written.
    """
    hasher = xxhash.xxh3_128()
    for start in range(0, len(data), _CHECK_PIECE):
        hasher.update(data[start : start + _CHECK_PIECE].data)
    if hasher.hexdigest() != ref.digest:
        raise damaged(ref.name, "its checksum differs from the one that was written down")


def read(data: Bytes, name: str) -> dict[str, Array]:
    """The sections of a mapped file, as views without copying.

    Raises:
        StoreDamagedError: the head is not one of ours, or a section does not fit.
    """
    try:
        return {row["name"]: _view(data, row) for row in _rows(data, name)}
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(name, "its directory cannot be read") from error


def read_sealed(data: Bytes, ref: FileRef) -> tuple[SealedFile, dict[str, SealedArray]]:
    """The sections of a mapped file whose pages are hashed when they are first read.

    Raises:
        StoreDamagedError: its head, or the seals' own seals, are not as they were written.
    """
    file = SealedFile(data, ref.name, ref.body, ref.root)
    file.believe(0, _START)
    file.believe(0, min(_START + _directory_bytes(data), ref.body))
    return file, {
        row["name"]: SealedArray(file, _view(data, row), row["offset"]) for row in _rows(data, ref.name)
    }


def _directory_bytes(data: Bytes) -> int:
    return int.from_bytes(data[len(_MAGIC) : _START].tobytes(), "little")


def _rows(data: Bytes, name: str) -> list[dict[str, Any]]:
    if data[: len(_MAGIC)].tobytes() != _MAGIC:
        raise damaged(name, "it does not begin as a file of the store")
    rows: list[dict[str, Any]] = json.loads(data[_START : _START + _directory_bytes(data)].tobytes())
    return rows


def _view(data: Bytes, row: dict[str, Any]) -> Array:
    dtype = np.dtype(row["dtype"])
    nbytes = row["rows"] * row["width"] * dtype.itemsize
    flat: Array = data[row["offset"] : row["offset"] + nbytes].view(dtype)
    return flat if row["width"] == 1 else flat.reshape(row["rows"], row["width"])
