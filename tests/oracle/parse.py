"""Blocks and transactions, slowly: Bitcoin Core's deserialiser with a cursor and the standard library.

Written for reading, not for speed, and shares nothing with `qaif.kernels.parse`.
"""

import hashlib
from dataclasses import dataclass, field

LARGEST_SIZE = 0x02000000  # MAX_SIZE
COMMITMENT = bytes.fromhex("6a24aa21a9ed")


class BadDataError(ValueError):
    """The bytes are not what they should be."""


@dataclass
class TxIn:
    txid: bytes
    vout: int
    script: bytes
    sequence: int
    witness: list[bytes] = field(default_factory=list)


@dataclass
class TxOut:
    value: int
    script: bytes


@dataclass
class Tx:
    version: int
    ins: list[TxIn]
    outs: list[TxOut]
    locktime: int

    @property
    def has_witness(self) -> bool:
        return any(txin.witness for txin in self.ins)

    def serialise(self, *, witness: bool = True) -> bytes:
        marked = witness and self.has_witness
        parts = [self.version.to_bytes(4, "little", signed=True), b"\x00\x01" if marked else b""]
        parts.append(size_bytes(len(self.ins)))
        for i in self.ins:
            parts += [
                i.txid,
                i.vout.to_bytes(4, "little"),
                with_size(i.script),
                i.sequence.to_bytes(4, "little"),
            ]
        parts.append(size_bytes(len(self.outs)))
        for o in self.outs:
            parts += [o.value.to_bytes(8, "little", signed=True), with_size(o.script)]
        if marked:
            for i in self.ins:
                parts += [size_bytes(len(i.witness)), *map(with_size, i.witness)]
        return b"".join([*parts, self.locktime.to_bytes(4, "little")])

    @property
    def txid(self) -> bytes:
        return sha256d(self.serialise(witness=False))

    @property
    def wtxid(self) -> bytes:
        return sha256d(self.serialise())


@dataclass
class Block:
    header: bytes
    txs: list[Tx]

    def serialise(self) -> bytes:
        return self.header + size_bytes(len(self.txs)) + b"".join(tx.serialise() for tx in self.txs)


def sha256d(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def size_bytes(value: int) -> bytes:
    if value < 253:
        return bytes([value])
    for mark, width in ((253, 2), (254, 4)):
        if value < 1 << (8 * width):
            return bytes([mark]) + value.to_bytes(width, "little")
    return b"\xff" + value.to_bytes(8, "little")


def with_size(data: bytes) -> bytes:
    return size_bytes(len(data)) + data


class Cursor:
    """Takes bytes from the front, or says that there are none."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise BadDataError("short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(width), "little", signed=signed)

    def size(self) -> int:
        first = self.number(1)
        value = first if first < 253 else self.number({253: 2, 254: 4, 255: 8}[first])
        if len(size_bytes(value)) != (1 if first < 253 else {253: 3, 254: 5, 255: 9}[first]):
            raise BadDataError("not canonical")
        if value > LARGEST_SIZE:
            raise BadDataError("too large")
        return value

    def done(self) -> None:
        if self.at != len(self.data):
            raise BadDataError("trailing bytes")

    def ins(self) -> list[TxIn]:
        return [
            TxIn(self.take(32), self.number(4), self.take(self.size()), self.number(4))
            for _ in range(self.size())
        ]

    def outs(self) -> list[TxOut]:
        return [TxOut(self.number(8, signed=True), self.take(self.size())) for _ in range(self.size())]

    def tx(self) -> Tx:
        """UnserializeTransaction of Core's primitives/transaction.h, witnesses allowed."""
        version, flags = self.number(4, signed=True), 0
        ins, outs = self.ins(), []
        if not ins:
            flags = self.number(1)
            if flags:
                ins, outs = self.ins(), self.outs()
        else:
            outs = self.outs()
        if flags & 1:
            flags ^= 1
            for txin in ins:
                txin.witness = [self.take(self.size()) for _ in range(self.size())]
            if not any(txin.witness for txin in ins):
                raise BadDataError("superfluous witness record")
        if flags:
            raise BadDataError("unknown optional data")
        return Tx(version, ins, outs, self.number(4))


def parse_tx(data: bytes) -> Tx:
    cursor = Cursor(data)
    tx = cursor.tx()
    cursor.done()
    return tx


def parse_block(data: bytes) -> Block:
    cursor = Cursor(data)
    header = cursor.take(80)
    block = Block(header, [cursor.tx() for _ in range(cursor.size())])
    cursor.done()
    return block


def merkle_root(leaves: list[bytes]) -> tuple[bytes, bool]:
    """The root, and whether two neighbours are equal anywhere (CVE-2012-2459)."""
    row, mutated = list(leaves), False
    while len(row) > 1:
        mutated |= any(row[i] == row[i + 1] for i in range(0, len(row) - 1, 2))
        if len(row) % 2:
            row.append(row[-1])
        row = [sha256d(row[i] + row[i + 1]) for i in range(0, len(row), 2)]
    return (row[0] if row else bytes(32)), mutated


def merkle_status(block: Block) -> int:
    """0 good, 1 the root differs, 2 mutated."""
    root, mutated = merkle_root([tx.txid for tx in block.txs])
    if root != block.header[36:68]:
        return 1
    return 2 if mutated else 0


def witness_status(block: Block) -> int:
    """0 good or none needed, 1 the commitment differs, 2 witnesses without one (BIP141)."""
    if not any(tx.has_witness for tx in block.txs):
        return 0
    coinbase = block.txs[0]
    found = [o.script for o in coinbase.outs if o.script.startswith(COMMITMENT) and len(o.script) >= 38]
    if not found:
        return 2
    reserved = coinbase.ins[0].witness if coinbase.ins else []
    if len(reserved) != 1 or len(reserved[0]) != 32:
        return 1
    root, _ = merkle_root([bytes(32), *(tx.wtxid for tx in block.txs[1:])])
    return 0 if sha256d(root + reserved[0]) == found[-1][6:38] else 1


def split_frames(raw: bytes, magic: bytes) -> list[bytes]:
    """Whole blocks of a file of Core's frames; a torn last one is left out."""
    blocks, at = [], 0
    while raw[at : at + 4] == magic:
        size = int.from_bytes(raw[at + 4 : at + 8], "little")
        if at + 8 + size > len(raw):
            break
        blocks.append(raw[at + 8 : at + 8 + size])
        at += 8 + size
    return blocks
