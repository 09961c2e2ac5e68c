"""Block files as Bitcoin Core leaves them, byte by byte; standard library only."""

import struct
from collections.abc import Iterable
from pathlib import Path

from oracle.blockmaker import MAGIC, Block


def obfuscated(data: bytes, key: bytes, offset: int = 0) -> bytes:
    """Byte p of a file is stored as its value XOR key[p % 8]."""
    stream = (key * (len(data) // len(key) + 2))[offset % len(key) :]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream[: len(data)], "little")
    return mixed.to_bytes(len(data), "little")


def frame(block: Block, magic: bytes = MAGIC) -> bytes:
    return magic + struct.pack("<I", len(block.raw)) + block.raw


def write(
    path: Path,
    pieces: Iterable[Block | bytes],
    *,
    key: bytes = b"",
    reserved: int = 0,
    magic: bytes = MAGIC,
    key_beside: bool = True,
) -> Path:
    """A block file: blocks framed, bytes as they are, then reserved zeros, which are never obfuscated."""
    data = b"".join(piece if isinstance(piece, bytes) else frame(piece, magic) for piece in pieces)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((obfuscated(data, key) if key else data) + bytes(reserved))
    if key and key_beside:
        (path.parent / "xor.dat").write_bytes(key)
    return path
