"""A plain reader of block files, and the turnover of one script; standard library only."""

import struct
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple


class In(NamedTuple):
    txid: bytes
    vout: int
    script: bytes
    witness: list[bytes]
    sequence: int = 0xFFFFFFFF


class Out(NamedTuple):
    value: int
    script: bytes


class Tx(NamedTuple):
    txid: bytes
    wtxid: bytes
    ins: list[In]
    outs: list[Out]
    version: int = 1
    lock: int = 0


class Block(NamedTuple):
    header: bytes
    hash: bytes
    previous: bytes
    merkle: bytes
    time: int
    txs: list[Tx]


def double(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


class Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        assert len(piece) == count
        self.at += count
        return piece

    def number(self, form: str) -> int:
        (value,) = struct.unpack("<" + form, self.take(struct.calcsize(form)))
        return int(value)

    def count(self) -> int:
        first = self.number("B")
        return first if first < 253 else self.number({253: "H", 254: "I", 255: "Q"}[first])

    def sized(self) -> bytes:
        return self.take(self.count())


def read_tx(reader: Reader) -> Tx:
    start, version = reader.at, reader.number("I")
    segwit = reader.data[reader.at : reader.at + 2] == b"\x00\x01"
    if segwit:
        reader.take(2)
    body = reader.at
    ins = []
    for _ in range(reader.count()):
        txid, vout, script = reader.take(32), reader.number("I"), reader.sized()
        ins.append(In(txid, vout, script, [], reader.number("I")))
    outs = [Out(reader.number("q"), reader.sized()) for _ in range(reader.count())]
    end = reader.at
    if segwit:
        for one in ins:
            one.witness.extend(reader.sized() for _ in range(reader.count()))
    lock = reader.number("I")
    base = reader.data[start : start + 4] + reader.data[body:end] + lock.to_bytes(4, "little")
    return Tx(double(base), double(reader.data[start : reader.at]), ins, outs, version, lock)


def read_blocks(data: bytes, magic: bytes) -> Iterator[Block]:
    at = 0
    while at < len(data):
        assert data[at : at + 4] == magic
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        reader = Reader(data, at + 8)
        header = reader.take(80)
        txs = [read_tx(reader) for _ in range(reader.count())]
        at += 8 + size
        assert reader.at == at
        yield Block(
            header, double(header), header[4:36], header[36:68], struct.unpack("<I", header[68:72])[0], txs
        )


def merkle(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        pairs = zip(leaves[::2], leaves[1::2] + leaves[-1:] * (len(leaves) % 2), strict=True)
        leaves = [double(left + right) for left, right in pairs]
    return leaves[0]


def turnover(blocks: list[Block], script: bytes) -> tuple[int, int, int]:
    """Satoshi received, satoshi sent, and transactions of one script."""
    worth: dict[tuple[bytes, int], int] = {}
    received = sent = touching = 0
    for block in blocks:
        for tx in block.txs:
            gone = [worth.pop((one.txid, one.vout)) for one in tx.ins if (one.txid, one.vout) in worth]
            came = {(tx.txid, n): one.value for n, one in enumerate(tx.outs) if one.script == script}
            worth.update(came)
            received, sent = received + sum(came.values()), sent + sum(gone)
            touching += bool(gone or came)
    return received, sent, touching
