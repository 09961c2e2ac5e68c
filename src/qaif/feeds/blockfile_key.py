"""Why a block file shows no block: most often its `xor.dat` is missing, or not its own.

The key can be worked out where two frames stand at the file's beginning: a length between them, if right,
gives all eight bytes, the second magic agrees, and the first header's proof of work proves it. It is told
and never used by itself: a copy without its key may lack other things too.
"""

import numpy as np

from qaif.errors import BlockFileError
from qaif.feeds.blockfile_bytes import KEY_BYTES, NO_KEY, FileBytes, in_clear
from qaif.feeds.blockfile_scan import FRAME_BYTES, HEAD_BYTES, header_holds
from qaif.feeds.networks import NETWORKS, Network
from qaif.units import Bytes, Int64s

_LARGEST_BLOCK = 4_000_000
_MAGIC_BYTES = 4


def explain_no_blocks(file: FileBytes, network: Network | None) -> BlockFileError:
    """The error for a file that is not empty and in which no block was found."""
    wanted = [network] if network else list(NETWORKS.values())
    start = file.stored(0, HEAD_BYTES + FRAME_BYTES + _LARGEST_BLOCK)
    for candidate in wanted:
        key = _key_of(start, candidate)
        if key is not None and key != file.key:
            return _wrong_key(file, key, candidate)
    kind = f"{network.name} block" if network else "block of a known network"
    hidden = "" if file.key == NO_KEY else ", read with the key of the `xor.dat` beside it"
    return BlockFileError(
        f"{file.path} has {file.size:,} bytes and no {kind} in them{hidden}.",
        way_out="If it was copied from a node, copy `xor.dat` from the same folder too: Bitcoin Core 28 and"
        " later store blocks obfuscated by it. Else it is no block file, or of another network (--network).",
        path=str(file.path),
    )


def _wrong_key(file: FileBytes, key: bytes, network: Network) -> BlockFileError:
    place = file.path.parent / "xor.dat"
    if key == NO_KEY:
        return BlockFileError(
            f"{file.path} holds {network.name} blocks in the clear, and {place} says that it is obfuscated.",
            way_out="Keep files of different nodes in different folders, each with its own xor.dat or none.",
            path=str(file.path),
        )
    has = "there is no xor.dat beside it" if file.key == NO_KEY else f"the key in {place} is another one"
    return BlockFileError(
        f"{file.path} holds {network.name} blocks obfuscated with the key {key.hex()}, and {has}.",
        way_out="Copy `xor.dat` from the folder of the node that the file is from; nothing was indexed.",
        path=str(file.path),
        key=key.hex(),
    )


def _key_of(start: Bytes, network: Network) -> bytes | None:
    """The key with which a file begins with a block of this network; None if none does."""
    if len(start) < HEAD_BYTES:
        return None
    for length in _possible_lengths(start, network):
        key = _key_for(start, network, int(length))
        if header_holds(in_clear(start[:HEAD_BYTES], key, 0)[FRAME_BYTES:].tobytes(), network):
            return key
    return None


def _key_for(start: Bytes, network: Network, length: int) -> bytes:
    frame = np.frombuffer(network.magic + length.to_bytes(4, "little"), np.uint8)
    return (start[:KEY_BYTES] ^ frame).tobytes()


def _possible_lengths(start: Bytes, network: Network) -> Int64s:
    """Lengths of the first block after which the magic stands again, or all that is stored ends."""
    magic = np.frombuffer(network.magic, np.uint8)
    low = start[:_MAGIC_BYTES] ^ magic
    longest = max(len(start) - FRAME_BYTES - _MAGIC_BYTES, 0)
    length = np.arange(HEAD_BYTES - FRAME_BYTES + 1, longest, dtype=np.int32)
    for i in range(_MAGIC_BYTES):
        place = (length + i) % KEY_BYTES
        high = start[_MAGIC_BYTES + place % _MAGIC_BYTES] ^ (length >> (8 * (place % _MAGIC_BYTES)) & 0xFF)
        key = np.where(place < _MAGIC_BYTES, low[place % _MAGIC_BYTES], high)
        length = length[start[length + FRAME_BYTES + i] ^ key == magic[i]]
    used = int(np.flatnonzero(start)[-1]) + 1 if start.any() else 0
    # The block's last bytes may be stored as zeros themselves.
    ends = np.arange(used, min(used + KEY_BYTES, len(start)) + 1) - FRAME_BYTES
    return np.concatenate([length, ends[ends >= HEAD_BYTES - FRAME_BYTES]]).astype(np.int64)
