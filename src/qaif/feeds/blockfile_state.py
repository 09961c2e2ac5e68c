"""What was found in block files, in a form that a store can keep: what has not grown is not read again."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from qaif.feeds.blockfile_scan import Found
from qaif.feeds.shape import HEADER_BYTES
from qaif.kernels.sha256 import double_sha256_rows
from qaif.units import Bytes, Hashes, Int32s, Int64s

Array = NDArray[Any]

_VERSION = 2


class SeenFile(NamedTuple):
    """A block file as it was when it was scanned.

    Attributes:
        path: where it is, absolute.
        key: its eight bytes of `xor.dat`, zeros for none.
        size: its bytes.
        mtime_ns: when it was changed last; -1 where it was too young to tell a later change by that.
        end: the end of its last block; the next scan goes on there.
    """

    path: Path
    key: bytes
    size: int
    mtime_ns: int
    end: int


class BlockPlaces(NamedTuple):
    """Copies of blocks, in the order first seen.

    Attributes:
        file: int32[n], row of the file.
        offset, size: int64[n], where the block begins in the file, and its bytes.
        header: uint8[n, 80].
        bip34_height: int32[n], the height that its coinbase begins with, -1 where none.
        hash_raw: uint8[n, 32], the header's double SHA-256, wire order.
    """

    file: Int32s
    offset: Int64s
    size: Int64s
    header: Bytes
    bip34_height: Int32s
    hash_raw: Hashes

    @classmethod
    def of(cls, file: int, found: Found) -> Self:
        """What a scan of one file found."""
        count = len(found.offset)
        header = np.frombuffer(b"".join(found.header), dtype=np.uint8)
        return cls(
            np.full(count, file, dtype=np.int32),
            np.array(found.offset, dtype=np.int64),
            np.array(found.size, dtype=np.int64),
            header.reshape(-1, HEADER_BYTES),
            np.array(found.bip34_height, dtype=np.int32),
            double_sha256_rows(
                header,
                np.arange(count, dtype=np.int64) * HEADER_BYTES,
                np.full(count, HEADER_BYTES, dtype=np.int64),
            ),
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Several tables, one after another."""
        every = [cls.of(0, Found()), *parts]
        return cls._make(np.concatenate([part[field] for part in every]) for field in range(len(cls._fields)))

    def take(self, rows: Array) -> Self:
        """Some rows."""
        return type(self)._make(column[rows] for column in self)


@dataclass(frozen=True)
class ScanState:
    """Everything that scans have found so far.

    Attributes:
        network: name of the network.
        files: the files; block and damage rows name them by their place here.
        blocks: every copy of every block.
        damage: int64[d, 4]: kind (`blockfile_scan.Damage`), file, offset, length.
    """

    network: str
    files: tuple[SeenFile, ...]
    blocks: BlockPlaces
    damage: Int64s

    def to_columns(self) -> dict[str, Array]:
        """The state as named arrays."""
        paths = [os.fsencode(file.path) for file in self.files]
        numbers = [(file.size, file.mtime_ns, file.end) for file in self.files]
        columns: dict[str, Array] = {
            "version": np.array([_VERSION], dtype=np.int64),
            "network": _text(self.network.encode()),
            "path": _text(b"".join(paths)),
            "path_end": np.cumsum([len(path) for path in paths], dtype=np.int64),
            "key": _text(b"".join(file.key for file in self.files)).reshape(-1, 8),
            "file": np.array(numbers, dtype=np.int64).reshape(-1, 3),
            "damage": self.damage,
        }
        return columns | {f"block_{name}": column for name, column in self.blocks._asdict().items()}

    @classmethod
    def from_columns(cls, columns: Mapping[str, Array]) -> Self | None:
        """The state that these arrays hold; None where another version wrote them."""
        if columns["version"].tolist() != [_VERSION]:
            return None
        ends = columns["path_end"].tolist()
        blob = columns["path"].tobytes()
        paths = [Path(os.fsdecode(blob[lo:hi])) for lo, hi in zip([0, *ends], ends, strict=False)]
        files = tuple(
            SeenFile(path, key.tobytes(), *(int(number) for number in numbers))
            for path, key, numbers in zip(paths, columns["key"], columns["file"], strict=True)
        )
        blocks = BlockPlaces(**{name: columns[f"block_{name}"] for name in BlockPlaces._fields})
        return cls(columns["network"].tobytes().decode(), files, blocks, columns["damage"])


def _text(raw: bytes) -> Bytes:
    return np.frombuffer(raw, dtype=np.uint8)
