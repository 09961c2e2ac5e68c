"""Where the blocks of one block file stand.

A file is a sequence of frames: the network's magic, the block's length (four bytes, little-endian), the
block. Between them anything may stand, after them reserved zeros. A frame is believed when its header's
proof of work holds and the next frame follows it; else when its block parses and gives its merkle root, so
that a block without the work shows as an invalid one. After anything else the search goes on one byte
further, at the next magic with a good header.

So only headers and the beginnings of coinbases are read, and the last block of a file: Core may be in the
middle of writing it, and then it is left for the next time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

import numpy as np

from qaif.errors import NetworkMismatchError
from qaif.feeds.blockfile_bytes import FileBytes
from qaif.feeds.networks import NETWORKS, Network, by_magic
from qaif.feeds.placing import target_of
from qaif.feeds.shape import HEADER_BYTES
from qaif.kernels import parse
from qaif.units import UNKNOWN, Bytes

FRAME_BYTES = 8  # magic and length
HEAD_BYTES = FRAME_BYTES + HEADER_BYTES
_MAGIC_BYTES = 4
_LEAST_BLOCK = HEADER_BYTES + 1
_LARGEST_BLOCK = 4_000_000
_COINBASE_BYTES = 192  # as much of the coinbase as its height can need
_MOST_HEIGHT_BYTES = 4
_OP_1, _OP_16 = 0x51, 0x60


class Damage(IntEnum):
    """What was found that is not a whole block."""

    GAP = 1  # bytes between blocks that are no block
    BROKEN = 2  # a frame whose header is good and whose block is not
    TORN = 3  # a last block that is not, or not yet, there as a whole


@dataclass
class Found:
    """What a scan found.

    Attributes:
        offset, size: where each block begins in the file, and its bytes.
        header: its first 80 bytes.
        bip34_height: the height that its coinbase begins with, or -1.
        damage: kind, offset and length of what is no whole block.
        end: the end of the last block, where the next scan goes on.
    """

    offset: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    header: list[bytes] = field(default_factory=list)
    bip34_height: list[int] = field(default_factory=list)
    damage: list[tuple[Damage, int, int]] = field(default_factory=list)
    end: int = 0


def scan(file: FileBytes, network: Network, start: int = 0) -> Found:
    """Find the blocks of a file.

    Args:
        file: the file.
        network: whose blocks they must be.
        start: where to begin: 0, or the end of an earlier scan.

    Raises:
        NetworkMismatchError: a block of another network stands there.
    """
    found = Found(end=start)
    for position, length, beginning in _frames(file, network, start, found):
        _add(found, position + FRAME_BYTES, length, beginning)
    if found.damage and found.damage[-1][0] == Damage.TORN:
        _leave_unwritten(file, found)
    return found


def scan_again(file: FileBytes, network: Network, positions: Iterable[int]) -> Found:
    """Blocks that now stand as a whole where no frame could be believed before.

    It may have been one that Core was in the middle of writing: where its block holds a frame itself, or Core
    was quicker than the scan, the scan went on behind it.
    """
    found = Found()
    for position in positions:
        head = file.glance(position, HEAD_BYTES + _COINBASE_BYTES)
        length = int.from_bytes(head[_MAGIC_BYTES:FRAME_BYTES], "little")
        if not _head_holds(head[:HEAD_BYTES], network) or position + FRAME_BYTES + length > file.size:
            continue
        if is_whole(file.clear(position + FRAME_BYTES, length)):
            _add(found, position + FRAME_BYTES, length, head[FRAME_BYTES : FRAME_BYTES + length])
    return found


def coinbase_height(start: bytes) -> int:
    """The height that a block's coinbase begins with (BIP34), as Core would write it; -1 if none.

    Args:
        start: the block from the byte after its header on, 192 bytes or as many as there are.
    """
    at = {0xFD: 3, 0xFE: 5, 0xFF: 9}.get(start[0], 1) + 4 if start else 0
    at += 2 * (start[at : at + 2] == b"\0\1")
    script = start[at + 38 :]  # after the count of inputs, the empty outpoint and the script's length
    if not script or start[at : at + 1] != b"\1":
        return UNKNOWN
    if _OP_1 <= script[0] <= _OP_16:
        return script[0] - _OP_1 + 1
    number = script[1 : 1 + script[0]]
    if not 1 <= script[0] <= _MOST_HEIGHT_BYTES or len(number) < script[0]:
        return UNKNOWN
    height = int.from_bytes(number, "little", signed=True)
    shortest = len(number) == height.bit_length() // 8 + 1
    return height if height > _OP_16 - _OP_1 + 1 and shortest else UNKNOWN


def header_holds(header: bytes, network: Network) -> bool:
    """Whether a header meets the target of its bits, and the network allows that target."""
    target = target_of(int.from_bytes(header[72:76], "little"))
    digest = sha256(sha256(header).digest()).digest()
    return target <= network.pow_limit and int.from_bytes(digest, "little") <= target


def is_whole(block: Bytes) -> bool:
    """Whether these bytes are one block that gives its own merkle root and witness commitment."""
    parsed, _, _ = parse.parse_blocks(block, np.array([0, len(block)], dtype=np.int64))
    if parsed is None or not len(parsed.tx_start):
        return False
    return not (parsed.block_merkle_status.any() or parsed.block_witness_status.any())


def network_of(file: FileBytes) -> Network | None:
    """The network of the first frame with a good header, None if there is none."""
    head = file.glance(0, HEAD_BYTES)
    if (usual := by_magic(head[:_MAGIC_BYTES])) and _head_holds(head, usual):
        return usual
    places = []
    for network in NETWORKS.values():
        at = file.find(network.magic, 0)
        while at >= 0 and not _head_holds(file.glance(at, HEAD_BYTES), network):
            at = file.find(network.magic, at + 1)
        places += [(at, network)] if at >= 0 else []
    return min(places, key=lambda place: place[0])[1] if places else None


def _head_holds(head: bytes, network: Network) -> bool:
    length = int.from_bytes(head[_MAGIC_BYTES:FRAME_BYTES], "little")
    sane = len(head) == HEAD_BYTES and _LEAST_BLOCK <= length <= _LARGEST_BLOCK
    return sane and header_holds(head[FRAME_BYTES:], network)


def _frames(file: FileBytes, network: Network, start: int, found: Found) -> Iterator[tuple[int, int, bytes]]:
    """Position, block length and first bytes of every believed frame; the rest goes into `found.damage`."""
    position = start
    while position < file.size:
        beginning = file.glance(position, HEAD_BYTES + _COINBASE_BYTES)
        length = _frame_at(file, network, position, found)
        if length:
            if coinbase_height(beginning[HEAD_BYTES:]) == UNKNOWN:  # it may have been written since
                beginning = file.clear(position, HEAD_BYTES + _COINBASE_BYTES).tobytes()
            yield position, length, beginning[FRAME_BYTES : FRAME_BYTES + length]
            position += FRAME_BYTES + length
            continue
        nearest = position + 1
        if file.blank(position, HEAD_BYTES):
            end = file.blank_until(position)
            if end == file.size:
                return
            # A frame may itself be stored as zeros at first, where its magic equals the key.
            nearest = max(nearest, end - FRAME_BYTES)
        following = _next_frame(file, network, nearest)
        _note_gap(file, network, found, position, following)
        if following < 0:
            return
        position = following


def _frame_at(file: FileBytes, network: Network, position: int, found: Found) -> int:
    """The length of the block framed at a position, 0 where no frame can be believed there."""
    head = file.glance(position, HEAD_BYTES)
    if head[:_MAGIC_BYTES] != network.magic:
        # Right after a block another network's frame is no accident.
        if position in (0, found.end):
            _refuse_other_network(file, head, position, network)
        return 0
    length = int.from_bytes(head[_MAGIC_BYTES:FRAME_BYTES], "little")
    if len(head) < HEAD_BYTES or not _LEAST_BLOCK <= length <= _LARGEST_BLOCK:
        return 0
    end = position + FRAME_BYTES + length
    if end > file.size:
        return 0
    if _begins_frame(file, network, end) and header_holds(head[FRAME_BYTES:], network):
        return length
    block = file.clear(position + FRAME_BYTES, length)
    # Core may have gone on writing since the head was read: then it is not this block's, and waits.
    return length if block[:HEADER_BYTES].tobytes() == head[FRAME_BYTES:] and is_whole(block) else 0


def _begins_frame(file: FileBytes, network: Network, position: int) -> bool:
    """Whether the magic stands there, and not as reserved space shows it where the key holds the magic."""
    return file.glance(position, _MAGIC_BYTES) == network.magic and not file.blank(position, HEAD_BYTES)


def _next_frame(file: FileBytes, network: Network, position: int) -> int:
    """The next magic that a sane length and a good header follow, -1 if there is none."""
    at = file.find(network.magic, position)
    while at >= 0:
        if file.blank(
            at, HEAD_BYTES
        ):  # the key itself holds the magic: reserved space shows it again and again
            at = file.find(network.magic, max(file.blank_until(at) - FRAME_BYTES, at) + 1)
            continue
        head = file.glance(at, HEAD_BYTES)
        if _head_holds(head, network):
            return at
        at = file.find(network.magic, at + 1)
    return at


def _note_gap(file: FileBytes, network: Network, found: Found, position: int, following: int) -> None:
    """Say what stands where no frame was believed: a torn last block, a broken one, or just other bytes."""
    head = file.glance(position, HEAD_BYTES)
    end = file.size if following < 0 else following
    whole = head.startswith(network.magic) and _head_holds(head, network)
    if following < 0 and (whole or _is_begun(file, network, position, head)):
        kind = Damage.TORN
    else:
        kind = Damage.BROKEN if _head_holds(head, network) else Damage.GAP
    found.damage.append((kind, position, end - position))


def _is_begun(file: FileBytes, network: Network, position: int, head: bytes) -> bool:
    """Whether a frame begins there that ends within its head: at the file's end, or where zeros follow."""
    if file.blank_until(position + HEAD_BYTES) < file.size:
        return False
    used = np.flatnonzero(file.stored(position, HEAD_BYTES))
    there = min(int(used[-1]) + 1, _MAGIC_BYTES) if len(used) else 0
    return there > 0 and head[:there] == network.magic[:there]


def _refuse_other_network(file: FileBytes, head: bytes, position: int, network: Network) -> None:
    other = by_magic(head[:_MAGIC_BYTES])
    if other is None or not _head_holds(head, other):
        return
    raise NetworkMismatchError(
        f"{file.path} holds a block of {other.name} at byte {position}; {network.name} is wanted.",
        way_out="Keep each network in a workspace of its own; --network says which one is meant.",
        path=str(file.path),
        offset=position,
    )


def _add(found: Found, offset: int, size: int, start: bytes) -> None:
    found.offset.append(offset)
    found.size.append(size)
    found.header.append(start[:HEADER_BYTES])
    found.bip34_height.append(coinbase_height(start[HEADER_BYTES:]))
    found.end = offset + size


def _leave_unwritten(file: FileBytes, found: Found) -> None:
    """Take off the blocks before a torn one too, for as long as they are not there as a whole."""
    end = found.end
    while found.offset and not is_whole(file.clear(found.offset[-1], found.size[-1])):
        begin = found.offset[-1] - FRAME_BYTES
        found.damage.append((Damage.TORN, begin, end - begin))
        for column in (found.offset, found.size, found.header, found.bip34_height):
            column.pop()
        end = begin
        found.end = begin
