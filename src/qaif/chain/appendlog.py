"""A log of batches that only grows: what was written and synced is never written again.

A batch is a head of 64 bytes and a body. The head holds eight bytes of mark, the batch's own offset and its
body's length (u64 little-endian each), 8 bytes of zeros, and the first 32 bytes chained: SHA-256 over the
digest before it, those fields and the body. So a batch is there as a whole or not at all, and vouches for
all that stand before it.

The end of a log may be torn: a batch that was not synced when the power went. It is told from damage by
what follows: the next batch is only begun when the one before it stands, so a good head after bytes that are
none means that something was changed. A torn end is cut off by the next writer, aside and by renaming; a
reader leaves it out.
"""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qaif.chain.files import StoreFiles, damaged
from qaif.units import Bytes

NAME = "gathered.log"
MARK = b"QAIFLOG1"
HEAD_BYTES = 64
_FIELDS = struct.Struct("<8sQQ8x")
_WAY_OUT = "What was gathered after it cannot be trusted: move the log aside and gather again."


class Batch(NamedTuple):
    """One batch: where it begins, its body, and its chained digest."""

    start: int
    body: memoryview
    digest: bytes


class AppendLog:
    """The log of one folder.

    Args:
        folder: where it lies; made by the first append.

    Attributes:
        torn: bytes at its end that are no batch, as of the last reading.
    """

    def __init__(self, folder: Path) -> None:
        self._files = StoreFiles(folder)
        self._end, self._digest = 0, bytes(32)
        self._settled = False
        self.torn = 0

    @property
    def files(self) -> StoreFiles:
        """Its folder; hold `files.writing()` while appending."""
        return self._files

    def read(self) -> list[memoryview]:
        """The bodies of all batches, in order.

        Raises:
            StoreDamagedError: a batch that stood is not as it was written.
            StoreError: the file system refused.
        """
        data = self._files.read_log(NAME)
        batches = list(_batches(data, self._files.folder / NAME))
        self._end = batches[-1].start + HEAD_BYTES + len(batches[-1].body) if batches else 0
        self._digest = batches[-1].digest if batches else bytes(32)
        self.torn = len(data) - self._end
        return [batch.body for batch in batches]

    def append(self, body: bytes) -> None:
        """Add a batch; when this returns it stands.

        Raises:
            StoreError: the file system refused; what was there before is as it was.
        """
        if not self._settled:
            self.read()
            self._settle()
        fields = _FIELDS.pack(MARK, self._end, len(body))
        digest = _digest(self._digest, fields, body)
        self._settled = False  # until it stands nobody knows what is there
        self._files.append_log(NAME, self._end, [fields + digest, body])
        self._end += HEAD_BYTES + len(body)
        self._digest, self._settled = digest, True

    def _settle(self) -> None:
        """Let what was read stand, and nothing after it: it may have been left by a process that died."""
        if self.torn:
            self._files.put_in_place(NAME, self._files.read_log(NAME)[: self._end].data)
            self.torn = 0
        elif self._end:
            self._files.settle_log(NAME)


def _digest(before: bytes, fields: bytes, body: bytes | memoryview) -> bytes:
    hasher = hashlib.sha256(before + fields)
    hasher.update(body)
    return hasher.digest()


def _batches(data: Bytes, path: Path) -> Iterator[Batch]:
    view, at, before = data.data if len(data) else memoryview(b""), 0, bytes(32)
    while at < len(view):
        batch = _batch_at(view, at, before)
        if batch is None:
            if _is_head_after(view, at):
                raise damaged(path, f"the batch at byte {at} is not as it was written", way_out=_WAY_OUT)
            return
        yield batch
        at, before = at + HEAD_BYTES + len(batch.body), batch.digest


def _batch_at(view: memoryview, at: int, before: bytes) -> Batch | None:
    if at + HEAD_BYTES > len(view):
        return None
    mark, start, length = _FIELDS.unpack(view[at : at + _FIELDS.size])
    end = at + HEAD_BYTES + length
    if mark != MARK or start != at or end > len(view):
        return None
    body, fields = view[at + HEAD_BYTES : end], bytes(view[at : at + _FIELDS.size])
    digest = bytes(view[at + _FIELDS.size : at + HEAD_BYTES])
    return Batch(at, body, digest) if _digest(before, fields, body) == digest else None


def _is_head_after(view: memoryview, at: int) -> bool:
    """Whether a later batch was begun: a mark that names its own offset."""
    rest, found = bytes(view[at:]), 0
    while (found := rest.find(MARK, found + 1)) >= 0:
        fields = rest[found : found + _FIELDS.size]
        if len(fields) == _FIELDS.size and _FIELDS.unpack(fields)[1] == at + found:
            return True
    return False
