"""Core's undo data, written and read byte by byte; standard library only, independent of the kernel.

From `undo.h`, `compressor.cpp` and `serialize.h` of Bitcoin Core.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

P = 2**256 - 2**32 - 977  # the field of secp256k1
MAX_MONEY = 21 * 10**14


class Coin(NamedTuple):
    height: int
    coinbase: bool
    value: int
    script: bytes


class BadUndoError(ValueError):
    """Not what Core writes."""


def varint(number: int) -> bytes:
    """Base 128, highest first; one is taken off at each step, so that each number has one form."""
    out = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def compress_amount(value: int) -> int:
    if not value:
        return 0
    text = str(value)
    zeros = min(len(text) - len(text.rstrip("0")), 9)
    number = value // int(10**zeros)
    if zeros < 9:
        return 1 + 10 * (9 * (number // 10) + number % 10 - 1) + zeros
    return 1 + 10 * (number - 1) + 9


def decompress_amount(packed: int) -> int:
    if not packed:
        return 0
    rest, zeros = divmod(packed - 1, 10)
    tens: int = 10**zeros
    if zeros == 9:
        return (rest + 1) * 10**9
    number, last = divmod(rest, 9)
    return (10 * number + last + 1) * tens


def y_of(x: int, *, odd: bool) -> int | None:
    """The other coordinate of a point of secp256k1."""
    square = (pow(x, 3, P) + 7) % P
    y: int = pow(square, (P + 1) // 4, P)
    if x >= P or y * y % P != square:
        return None
    return y if y % 2 == odd else P - y


def compress_script(script: bytes) -> bytes:
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return b"\x00" + script[3:23]
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return b"\x01" + script[2:22]
    if len(script) == 35 and script[0] == 33 and script[34] == 0xAC and script[1] in (2, 3):
        return script[1:34]
    if len(script) == 67 and script[0] == 65 and script[66] == 0xAC and script[1] == 4:
        x, y = int.from_bytes(script[2:34], "big"), int.from_bytes(script[34:66], "big")
        if y == y_of(x, odd=bool(y % 2)):
            return bytes([4 + y % 2]) + script[2:34]
    return varint(len(script) + 6) + script


def undo_data(txs: Sequence[Sequence[Coin]]) -> bytes:
    """The undo data of a block: the coins that each transaction but the coinbase spends."""
    out = _size(len(txs))
    for coins in txs:
        out += _size(len(coins))
        for coin in coins:
            out += varint(2 * coin.height + coin.coinbase) + (b"\x00" if coin.height else b"")
            out += varint(compress_amount(coin.value)) + compress_script(coin.script)
    return out


def record(magic: bytes, previous: bytes, data: bytes) -> bytes:
    """A record of a `rev*.dat`; `previous` is the hash of the block's parent."""
    return magic + len(data).to_bytes(4, "little") + data + checksum(previous, data)


def checksum(previous: bytes, data: bytes) -> bytes:
    return sha256(sha256(previous + data).digest()).digest()


def _size(value: int) -> bytes:
    if value < 0xFD:
        return bytes([value])
    return b"\xfd" + value.to_bytes(2, "little") if value < 2**16 else b"\xfe" + value.to_bytes(4, "little")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise BadUndoError("short")
        self.at += count
        return piece

    def varint(self) -> int:
        number = 0
        while True:
            byte = self.take(1)[0]
            number = number * 128 + byte % 128
            if byte < 128:
                return number
            number += 1
            if number > 2**64:
                raise BadUndoError("number")

    def size(self) -> int:
        first = self.take(1)[0]
        width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first, 0)
        value = int.from_bytes(self.take(width), "little") if width else first
        if (width and value < {2: 0xFD, 4: 2**16, 8: 2**32}[width]) or value > 2**25:
            raise BadUndoError("size")
        return value

    def script(self) -> bytes:
        kind = self.varint()
        if kind >= 6:
            if kind > 10_006:
                raise BadUndoError("script")
            return self.take(kind - 6)
        body = self.take(20 if kind < 2 else 32)
        if kind < 2:
            return b"\x76\xa9\x14" + body + b"\x88\xac" if kind == 0 else b"\xa9\x14" + body + b"\x87"
        if kind < 4:
            return bytes([33, kind]) + body + b"\xac"
        y = y_of(int.from_bytes(body, "big"), odd=kind == 5)
        if y is None:
            raise BadUndoError("key")
        return b"\x41\x04" + body + y.to_bytes(32, "big") + b"\xac"

    def coin(self) -> Coin:
        code = self.varint()
        if code >= 2**32:
            raise BadUndoError("number")
        if code >= 2:
            self.varint()
        value = decompress_amount(self.varint())
        if value > MAX_MONEY:
            raise BadUndoError("amount")
        return Coin(code // 2, bool(code % 2), value, self.script())


def read_undo(data: bytes) -> list[list[Coin]]:
    """What `undo_data` wrote.

    Raises:
        BadUndoError: it is malformed.
    """
    reader = _Reader(data)
    out = [[reader.coin() for _ in range(reader.size())] for _ in range(reader.size())]
    if reader.at != len(data):
        raise BadUndoError("trailing")
    return out
