"""Bitcoin Core's undo files: what each block spends, as the node that checked it wrote it down.

`revNNNNN.dat` beside `blkNNNNN.dat` has a record for each block of that file that was ever connected, in
the order in which they were, obfuscated by the same `xor.dat`: magic, length, undo data, and the double
SHA-256 of the parent's hash and the data. A record does not name its block. It is that of a block with this
parent; two blocks with one parent are told apart by how many outputs each transaction spends, and where that
does not tell either, nothing is taken from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qaif.errors import SourceMissingError
from qaif.feeds.blockfile_bytes import FileBytes
from qaif.feeds.blockfile_scan import FRAME_BYTES
from qaif.feeds.networks import Network
from qaif.kernels.undo import FULL_KEY_SCRIPT, NOT_A_KEY, SpentCoins, parse_undo

CHECKSUM_BYTES = 32
_MAGIC_BYTES = 4
_LARGEST_UNDO = 1 << 25
_FIELD = 2**256 - 2**32 - 977  # of secp256k1


class UndoPlace(NamedTuple):
    """Where a record's undo data stands, without length and checksum."""

    path: Path
    offset: int
    size: int


@dataclass
class UndoPlaces:
    """What the undo files of some block files hold.

    Attributes:
        of_parent: records by the hash of their block's parent, all with a checksum that holds.
        files: files that were read.
        unmatched: bytes with a frame, and a checksum that no block of the block file explains.
    """

    of_parent: dict[bytes, list[UndoPlace]] = field(default_factory=dict)
    files: int = 0
    unmatched: int = 0


def undo_path(block_file: Path) -> Path | None:
    """The undo file that belongs to a block file; None where it is none of a node's."""
    name = block_file.name
    return block_file.with_name(f"rev{name[3:]}") if name.startswith("blk") else None


def find_undo(files: Mapping[Path, tuple[bytes, list[bytes]]], network: Network) -> UndoPlaces:
    """Look through the undo files beside block files.

    Args:
        files: of each block file its key and its blocks' parents' hashes, in the order in which they stand.
        network: whose magic stands before each record.

    Raises:
        BlockFileError: an undo file cannot be read.
    """
    found = UndoPlaces()
    for block_file, (key, parents) in files.items():
        path = undo_path(block_file)
        if path is None or not path.is_file():
            continue
        try:
            with FileBytes(path, key) as file:
                _look_through(file, network, parents, found)
        except SourceMissingError:  # pruned in this moment
            continue
        found.files += 1
    return found


def _look_through(file: FileBytes, network: Network, parents: list[bytes], found: UndoPlaces) -> None:
    left, position, expected = list(dict.fromkeys(parents)), 0, 0
    while 0 <= position < file.size:
        head = file.glance(position, FRAME_BYTES)
        size = int.from_bytes(head[_MAGIC_BYTES:], "little")
        end = position + FRAME_BYTES + size + CHECKSUM_BYTES
        framed = head[:_MAGIC_BYTES] == network.magic and size <= _LARGEST_UNDO and end <= file.size
        if framed and not file.blank(position, FRAME_BYTES):
            body = file.clear(position + FRAME_BYTES, size + CHECKSUM_BYTES).tobytes()
            at = _parent_of(body, left, expected)
            if at >= 0:
                place = UndoPlace(file.path, position + FRAME_BYTES, size)
                found.of_parent.setdefault(left[at], []).append(place)
                expected, position = at + 1, end
                continue
            found.unmatched += 1
        position = _next_record(file, network, position)


def _parent_of(body: bytes, parents: list[bytes], expected: int) -> int:
    """Which parent's hash gives a record's checksum, tried from the expected one on; -1 if none."""
    data, told = body[:-CHECKSUM_BYTES], body[-CHECKSUM_BYTES:]
    begin = max(expected - 1, 0)  # two blocks on one parent have one row here, and a record each
    for at in chain(range(begin, len(parents)), range(begin)):
        if sha256(sha256(parents[at] + data).digest()).digest() == told:
            return at
    return -1


def _next_record(file: FileBytes, network: Network, position: int) -> int:
    """The next magic after a position, past reserved space; -1 if there is none."""
    while True:
        if file.blank(position, FRAME_BYTES):
            position = max(file.blank_until(position) - FRAME_BYTES, position)
        position = file.find(network.magic, position + 1)
        if position < 0 or not file.blank(position, FRAME_BYTES):
            return position


def read_undo(place: UndoPlace, key: bytes, parent: bytes) -> SpentCoins | None:
    """The record at a place, its checksum tried once more; None where it does not hold or makes no sense.

    Raises:
        BlockFileError: the file cannot be read.
        SourceMissingError: it is gone.
    """
    with FileBytes(place.path, key) as file:
        body = file.clear(place.offset, place.size + CHECKSUM_BYTES).tobytes()
    if len(body) != place.size + CHECKSUM_BYTES or _parent_of(body, [parent], 0) < 0:
        return None
    return parse_undo(np.frombuffer(body[:-CHECKSUM_BYTES], dtype=np.uint8))[0]


def coins_of(coins: SpentCoins) -> list[bytes] | None:
    """The scripts of spent outputs, bare public keys made whole; None where one is no point of the curve."""
    scripts = [
        coins.script[a:b].tobytes() for a, b in zip(coins.script_off, coins.script_off[1:], strict=False)
    ]
    for row in np.flatnonzero(coins.odd != NOT_A_KEY).tolist():
        whole = _whole_key(scripts[row], odd=bool(coins.odd[row]))
        if whole is None:
            return None
        scripts[row] = whole
    return scripts


def _whole_key(script: bytes, *, odd: bool) -> bytes | None:
    """A script of a 65-byte public key of which y is missing, with it."""
    begin, end = 2, FULL_KEY_SCRIPT - 33
    x = int.from_bytes(script[begin:end], "big")
    square = (x**3 + 7) % _FIELD
    y: int = pow(square, (_FIELD + 1) // 4, _FIELD)
    if x >= _FIELD or y * y % _FIELD != square:
        return None
    y = y if y % 2 == odd else _FIELD - y
    return script[:end] + y.to_bytes(32, "big") + script[-1:]
