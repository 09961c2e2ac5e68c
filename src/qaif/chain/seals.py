"""A seal for every page of a file: a page is believed once it was hashed, and not before.

A store of hundreds of gigabytes cannot be hashed each time it is opened. So each file ends with the XXH64 of
each of its pages (4 KiB), then with the XXH64 of each page of those seals; the manifest holds the XXH3-128 of
the last. Whoever reads rows hashes the pages that they lie on, the first time only. Searching a
sorted column may look at pages that are not believed yet; where it ends is believed, and that the value
sought lies between the rows there, so that a damaged page on the way cannot lead astray.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_128_hexdigest

from qaif.chain.files import damaged
from qaif.errors import StoreDamagedError
from qaif.kernels.pages import WORDS, page_hashes
from qaif.units import Bytes, Int64s, UInt64s

Array = NDArray[Any]
PAGE = 1 << 12
_SHIFT = 12
_SEAL = 8
_PIECE = 1 << 22  # bytes that are sealed at a time
_FEW = 16  # rows for which a loop is faster than arrays
_GROUP_SHIFT = 9  # a page of seals holds those of 512 pages


class Sealer:
    """Makes the seals of a file while it is written."""

    def __init__(self) -> None:
        self._rest, self._seals = bytearray(), bytearray()

    def update(self, piece: bytes | memoryview) -> None:
        """Take in the next bytes."""
        missing = (PAGE - len(self._rest)) % PAGE if self._rest else 0
        self._rest += piece[:missing]
        if len(self._rest) == PAGE:
            self._seals += _seals_of(self._rest)
            self._rest.clear()
        end = missing + max(len(piece) - missing, 0) // PAGE * PAGE
        for at in range(missing, end, _PIECE):
            self._seals += _seals_of(piece[at : min(at + _PIECE, end)])
        self._rest += piece[max(end, missing) :]

    def finish(self) -> tuple[bytes, str]:
        """What follows the file's body, and the root that vouches for it, in hex."""
        if self._rest:
            self._seals += _seals_of(self._rest)
        tops = _seals_of(self._seals)
        return bytes(self._seals) + tops, xxh3_128_hexdigest(tops)


def _seals_of(data: bytes | bytearray | memoryview) -> bytes:
    """The seals of all pages of some bytes."""
    words = _words(np.frombuffer(data, dtype=np.uint8) if len(data) else np.zeros(0, dtype=np.uint8))
    return _hashes(words, np.arange(-(-len(data) // PAGE), dtype=np.int64)).tobytes()


def _words(data: Bytes) -> UInt64s:
    """Bytes as words, zeros after them where they do not end with one; copied unless they are aligned."""
    odd = len(data) % _SEAL
    if odd:
        data = np.concatenate([data, np.zeros(_SEAL - odd, dtype=np.uint8)])
    words = data.view("<u8")
    return words if words.flags.aligned else words.copy()


def _hashes(words: UInt64s, pages: Int64s) -> UInt64s:
    """The hash of each page; the last one is hashed as if zeros followed it."""
    full = len(words) // WORDS
    out = np.empty(len(pages), dtype=np.uint64)
    inside = pages < full
    out[inside] = page_hashes(words, pages[inside])
    if not inside.all():
        last = np.zeros(WORDS, dtype=np.uint64)
        last[: len(words) - full * WORDS] = words[full * WORDS :]
        out[~inside] = page_hashes(last, np.zeros(1, dtype=np.int64))
    return out


def each_once(values: Array) -> Array:
    """Values in order, each once; `np.unique` took ten times as long on millions."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    once: Array = ordered[first]
    return once


class SealedFile:
    """A mapped file, whose pages are hashed when they are first read.

    Args:
        data: all of it.
        name: for messages.
        body: bytes before the seals.
        root: what the manifest says of the seals.

    Raises:
        StoreDamagedError: the seals' own seals are not as they were written.
    """

    def __init__(self, data: Bytes, name: str, body: int, root: str) -> None:
        pages = -(-body // PAGE)
        tops = -(-pages >> _GROUP_SHIFT)
        end = body + pages * _SEAL
        self.name, self.whole = name, False
        if len(data) != end + tops * _SEAL or xxh3_128_hexdigest(data[end:].data) != root:
            raise damaged(name, "the checksums of its pages differ from what was written down")
        self._bytes = body
        self._body, self._seals, self._tops = _words(data[:body]), _words(data[body:end]), _words(data[end:])
        self._seen, self._group_seen = bytearray(pages), np.zeros(tops, dtype=np.bool_)
        self._seen_array: Bytes = np.frombuffer(self._seen, dtype=np.uint8)

    def addresses(self) -> list[int]:
        """What `kernels/by_address.believed` is told of it, for as long as this is kept.

        The last page, which may be no whole one, is hashed here: the kernel does not.

        Raises:
            StoreDamagedError: it is not as it was written.
        """
        self.believe(self._bytes - 1, self._bytes)
        arrays = (self._body, self._seals, self._tops, self._seen_array, self._group_seen)
        whole = (len(self._body) // WORDS, len(self._seals) // WORDS)
        return [int(array.ctypes.data) for array in arrays] + list(whole)

    def trust(self) -> None:
        """Believe every page: the whole file was hashed just now, or written just now."""
        self.whole = True

    def believe(self, lo: int, hi: int) -> None:
        """Hash the pages of bytes [lo, hi) that were not hashed yet.

        Raises:
            StoreDamagedError: one is not as it was written.
        """
        if self.whole or hi <= lo:
            return
        first, end = lo >> _SHIFT, ((hi - 1) >> _SHIFT) + 1
        if self._seen.find(0, first, end) >= 0:
            self._hash(first + np.flatnonzero(self._seen_array[first:end] == 0))

    def believe_ranges(self, lo: Int64s, hi: Int64s) -> None:
        """The same for several ranges of bytes; empty ones need nothing."""
        some = hi > lo
        first, last = lo[some] >> _SHIFT, (hi[some] - 1) >> _SHIFT
        self._believe_pages(np.concatenate([first, last]))
        for row in np.flatnonzero(last > first + 1):
            self.believe(int(first[row]) << _SHIFT, (int(last[row]) << _SHIFT) + 1)

    def _believe_pages(self, pages: Int64s) -> None:
        unseen = pages[self._seen_array[pages] == 0]
        if len(unseen):
            self._hash(each_once(unseen))

    def _hash(self, pages: Int64s) -> None:
        groups = each_once(pages >> _GROUP_SHIFT)
        self._compare(self._seals, groups[~self._group_seen[groups]], self._tops)
        self._group_seen[groups] = True
        self._compare(self._body, pages, self._seals)
        self._seen_array[pages] = 1

    def _compare(self, words: UInt64s, pages: Int64s, seals: UInt64s) -> None:
        bad = np.flatnonzero(_hashes(words, pages) != seals[pages])
        if len(bad):
            raise damaged(self.name, f"the checksum of its page {pages[bad[0]]} differs")


class NoFile:
    """What stands in the place of a file for columns that are still in memory: all is believed."""

    name, whole = "a round in memory", True

    def addresses(self) -> list[int]:
        """None are asked for."""
        return [0] * 7

    def believe(self, lo: int, hi: int) -> None:
        """Nothing is to be hashed."""

    def believe_ranges(self, lo: Int64s, hi: Int64s) -> None:
        """Nothing is to be hashed."""


class SealedArray:
    """A column of a sealed file, of shape (rows,) or (rows, width); what it hands out is believed.

    Args:
        file: the file that it lies in.
        array: the column.
        offset: where it begins in the file, in bytes.

    Attributes:
        array: the column, of which nothing is believed yet: for its shape and dtype.
    """

    def __init__(self, file: SealedFile | NoFile, array: Array, offset: int) -> None:
        self.file, self.array, self._offset = file, array, offset
        self._row_bytes = array.dtype.itemsize * (1 if array.ndim == 1 else array.shape[1])

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, lo: int, hi: int) -> Array:
        """Rows [lo, hi), without copying.

        Raises:
            StoreDamagedError: a page of them is not as it was written; so do all below.
        """
        hi = min(hi, len(self.array))
        self.file.believe(self._offset + lo * self._row_bytes, self._offset + hi * self._row_bytes)
        return self.array[lo:hi]

    def whole(self) -> Array:
        """All rows, without copying."""
        return self.rows(0, len(self.array))

    def take(self, rows: Int64s) -> Array:
        """Any rows, in the order asked; each must be there."""
        self.believe_ranges(rows, rows + 1)
        taken: Array = self.array[rows]
        return taken

    def believe_ranges(self, lo: Int64s, hi: Int64s) -> None:
        """Make sure of several ranges of rows."""
        if self.file.whole or not len(lo):
            return
        begin, end = self._offset + lo * self._row_bytes, self._offset + hi * self._row_bytes
        if len(lo) > _FEW:
            self.file.believe_ranges(begin, end)
            return
        for each, its_end in zip(begin.tolist(), end.tolist(), strict=True):
            self.file.believe(each, its_end)

    def place(self, value: np.uint64 | int, side: Literal["left", "right"] = "left") -> int:
        """Where one value belongs in an ascending column; as `search`, in less time."""
        place, array, count = int(self.array.searchsorted(value, side)), self.array, len(self.array)
        if self.file.whole or not count:
            return place
        before, after = max(place - 1, 0), min(place, count - 1)
        self.file.believe(
            self._offset + before * self._row_bytes, self._offset + (after + 1) * self._row_bytes
        )
        lower, upper = array[before], array[after]
        low_fits = place == 0 or (lower < value if side == "left" else lower <= value)
        if not (low_fits and (place == count or (upper >= value if side == "left" else upper > value))):
            raise self._out_of_order()
        return place

    def search(self, values: Array, side: Literal["left", "right"] = "left") -> Int64s:
        """Where values belong in an ascending column, as `np.searchsorted`."""
        places = np.searchsorted(self.array, values, side).astype(np.int64, copy=False)
        count = len(self.array)
        if self.file.whole or not count:
            return places
        before, after = np.maximum(places - 1, 0), np.minimum(places, count - 1)
        lower, upper = self.take(before), self.take(after)
        low_fits = lower < values if side == "left" else lower <= values
        high_fits = upper >= values if side == "left" else upper > values
        if not (((places == 0) | low_fits) & ((places == count) | high_fits)).all():
            raise self._out_of_order()
        return places

    def spans(self, values: Array) -> tuple[Int64s, Int64s]:
        """Where the rows of each value begin and end in an ascending column: `search` from both sides."""
        lo, count = self.search(values), len(self.array)
        hi, at = lo.copy(), np.flatnonzero(lo < count)
        at = at[self.take(lo[at]) == values[at]]
        hi[at] += 1
        at = at[hi[at] < count]
        several = at[self.take(hi[at]) == values[at]]
        if len(several):
            hi[several] = self.search(values[several], "right")
        return lo, hi

    def _out_of_order(self) -> StoreDamagedError:
        return damaged(self.file.name, "a sorted column of it is not in order")
