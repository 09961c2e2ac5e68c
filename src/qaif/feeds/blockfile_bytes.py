"""Bytes of a block file in the clear, by `pread`: a file cut short is a short read, not a signal.

Bitcoin Core since v28 stores byte p of a file as its value XOR key[p % 8]; the key is the eight bytes of
`xor.dat` in the same folder. Space that is reserved and not yet used is zeros as stored: in the clear it
shows the key, repeated.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from qaif.errors import BlockFileError, SourceMissingError
from qaif.units import Bytes, Int64s

KEY_BYTES = 8
NO_KEY = bytes(KEY_BYTES)
_WINDOW = 1 << 18
_GLANCE = 1 << 12
_ZEROS_PIECE = 1 << 20


def key_beside(path: Path) -> bytes:
    """The key that applies to a block file; zeros where its folder has no `xor.dat`.

    Raises:
        BlockFileError: there is one, and it is not eight bytes.
    """
    place = path.parent / "xor.dat"
    try:
        key = place.read_bytes()
    except FileNotFoundError:
        return NO_KEY
    except OSError as error:
        raise unreadable(place, error) from error
    if len(key) != KEY_BYTES:
        raise BlockFileError(
            f"{place} has {len(key)} bytes; the key of Bitcoin Core has {KEY_BYTES}.",
            way_out="Copy it again from the node's `blocks` folder.",
            path=str(place),
        )
    return key


def unreadable(path: Path, error: OSError) -> BlockFileError:
    """A file that the system does not let us read."""
    return BlockFileError(
        f"{path} cannot be read: {error.strerror or error}.",
        way_out="Let this user read it, or copy it elsewhere.",
        path=str(path),
    )


def in_clear(stored: Bytes, key: bytes, position: int) -> Bytes:
    """Stored bytes that begin at a file position, in the clear."""
    if key == NO_KEY or not len(stored):
        return stored
    turn = position % KEY_BYTES
    turned = np.frombuffer(key[turn:] + key[:turn], np.uint8)
    whole = len(stored) // KEY_BYTES * KEY_BYTES
    out = np.empty_like(stored)
    words = np.ascontiguousarray(stored[:whole]).view(np.uint64)
    np.bitwise_xor(words, turned.view(np.uint64)[0], out=out[:whole].view(np.uint64))
    np.bitwise_xor(stored[whole:], turned[: len(stored) - whole], out=out[whole:])
    return out


class FileBytes:
    """A block file, opened for reading; a context manager.

    Args:
        path: the file.
        key: eight bytes, zeros for none.

    Raises:
        SourceMissingError: it is not there.
        BlockFileError: it cannot be read.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self.key, self.bytes_read = path, key, 0
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise SourceMissingError(
                f"The block file {path} is gone.",
                way_out="Put it back, or give another copy of its blocks.",
                path=str(path),
            ) from error
        except OSError as error:
            raise unreadable(path, error) from error
        self.size = os.fstat(self._handle).st_size
        self._stored: Bytes = np.empty(0, np.uint8)
        self._clear: bytes = b""
        self._start = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def stored(self, position: int, length: int) -> Bytes:
        """Bytes as they stand in the file; fewer where it ends before.

        Raises:
            BlockFileError: the system reports an error.
        """
        pieces, missing = [], length
        try:
            while missing > 0 and (piece := os.pread(self._handle, missing, position)):
                pieces.append(piece)
                position += len(piece)
                missing -= len(piece)
        except OSError as error:
            raise unreadable(self.path, error) from error
        self.bytes_read += length - missing
        return np.frombuffer(pieces[0] if len(pieces) == 1 else b"".join(pieces), dtype=np.uint8)

    def clear(self, position: int, length: int) -> Bytes:
        """Bytes in the clear; fewer where the file ends before."""
        return in_clear(self.stored(position, length), self.key, position)

    def rows(self, positions: Int64s, length: int) -> Bytes | None:
        """As many bytes in the clear from each position on, u1[n, length]; None where the file ends before.

        Raises:
            BlockFileError: the system reports an error.
        """
        try:
            pieces = [os.pread(self._handle, length, position) for position in positions.tolist()]
        except OSError as error:
            raise unreadable(self.path, error) from error
        self.bytes_read += sum(map(len, pieces))
        if any(len(piece) < length for piece in pieces):
            return None
        stored = np.frombuffer(b"".join(pieces), dtype=np.uint8).reshape(-1, length)
        places = (positions[:, None] + np.arange(length)) % KEY_BYTES
        clear: Bytes = np.bitwise_xor(stored, np.frombuffer(self.key, dtype=np.uint8)[places])
        return clear

    def read_into(self, position: int, out: Bytes) -> int:
        """Fill `out` with bytes in the clear; how many there were.

        Raises:
            BlockFileError: the system reports an error.
        """
        done = 0
        try:
            while done < len(out) and (count := os.preadv(self._handle, [out[done:].data], position + done)):
                done += count
        except OSError as error:
            raise unreadable(self.path, error) from error
        self.bytes_read += done
        if self.key != NO_KEY:
            out[:done] = in_clear(out[:done], self.key, position)
        return done

    def glance(self, position: int, length: int) -> bytes:
        """A few bytes in the clear, through a window: a step forward within it costs no read."""
        at = position - self._start
        if at < 0 or at + length > len(self._clear):
            # A step over a whole block does not pay for a large window, many small blocks do.
            near = 0 <= at <= len(self._clear) + _GLANCE
            self._fill(position, max(length, _WINDOW if near else _GLANCE))
            at = 0
        return self._clear[at : at + length]

    def blank(self, position: int, length: int) -> bool:
        """Whether the stored bytes are all zero, as reserved space is."""
        self.glance(position, length)
        at = position - self._start
        return not self._stored[at : at + length].any()

    def blank_until(self, position: int) -> int:
        """Where a run of stored zeros that begins at a position ends."""
        while position < self.size:
            piece = self.stored(position, _ZEROS_PIECE)
            if not len(piece):
                break
            if piece.any():
                return position + int(np.argmax(piece != 0))
            position += len(piece)
        return self.size

    def find(self, what: bytes, position: int) -> int:
        """The first place, from a position on, of some bytes in the clear; -1 if there is none."""
        while position + len(what) <= self.size:
            if not self._start <= position <= self._start + len(self._clear) - len(what):
                self._fill(position, _WINDOW)
            found = self._clear.find(what, position - self._start)
            if found >= 0:
                return self._start + found
            if len(self._clear) < len(what):
                break
            position = self._start + len(self._clear) - len(what) + 1
        return -1

    def _fill(self, position: int, length: int) -> None:
        self._stored = self.stored(position, length)
        self._clear = in_clear(self._stored, self.key, position).tobytes()
        self._start = position
