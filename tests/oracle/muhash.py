"""MuHash3072 with Python's own numbers; standard library only."""

import struct
from hashlib import sha256

PRIME = (1 << 3072) - 1_103_717


def turn(value: int, places: int) -> int:
    return ((value << places) & 0xFFFFFFFF) | (value >> (32 - places))


def quarter(s: list[int], a: int, b: int, c: int, d: int) -> None:
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF
    s[d] = turn(s[d] ^ s[a], 16)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF
    s[b] = turn(s[b] ^ s[c], 12)
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF
    s[d] = turn(s[d] ^ s[a], 8)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF
    s[b] = turn(s[b] ^ s[c], 7)


def chacha_block(key: bytes, counter: int, nonce: bytes = bytes(12)) -> bytes:
    """One block of RFC 8439, section 2.3."""
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key), counter]
    start += struct.unpack("<3I", nonce)
    s = list(start)
    for _ in range(10):
        for column in range(4):
            quarter(s, column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(s, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(s, start, strict=True)))


def factor(member: bytes) -> int:
    """The number that stands for one member."""
    key = sha256(member).digest()
    return int.from_bytes(b"".join(chacha_block(key, block) for block in range(6)), "little")


class SlowMuHash:
    """A set's running product."""

    def __init__(self) -> None:
        self.value = 1

    def insert(self, member: bytes) -> None:
        self.value = self.value * factor(member) % PRIME

    def remove(self, member: bytes) -> None:
        self.value = self.value * pow(factor(member), PRIME - 2, PRIME) % PRIME

    def hex(self) -> str:
        """As Core prints it: bytes reversed."""
        return sha256(self.value.to_bytes(384, "little")).digest()[::-1].hex()
