"""Valid regtest blocks, as many and as odd as a test needs; standard library only.

Blocks have real proof of work (regtest's), merkle roots and, where a transaction has a witness, a commitment
to it. Signatures are not made: nothing here checks scripts.
"""

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 8 * (0x20 - 3)
SUBSIDY = 50 * 10**8
GENESIS_TIME = 1_296_688_602
_NEWS = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
_SATOSHI = bytes.fromhex(
    "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
    "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac"
)

Outpoint = tuple[bytes, int]
Out = tuple[int, bytes]


def double(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


def size(value: int) -> bytes:
    """A compact size, written the shortest way."""
    if value < 0xFD:
        return bytes([value])
    mark, form = (0xFD, "<H") if value < 1 << 16 else (0xFE, "<I") if value < 1 << 32 else (0xFF, "<Q")
    return bytes([mark]) + struct.pack(form, value)


def sized(data: bytes) -> bytes:
    return size(len(data)) + data


def push(data: bytes) -> bytes:
    assert len(data) < 0x4C
    return bytes([len(data)]) + data


@dataclass(frozen=True)
class Tx:
    raw: bytes
    base: bytes
    outs: tuple[Out, ...]

    @property
    def txid(self) -> bytes:
        return double(self.base)

    @property
    def wtxid(self) -> bytes:
        return double(self.raw)


@dataclass(frozen=True)
class Block:
    raw: bytes
    txs: tuple[Tx, ...]

    @property
    def hash(self) -> bytes:
        return double(self.raw[:80])


def make_tx(
    spends: Sequence[Outpoint],
    outs: Sequence[Out],
    scripts: Sequence[bytes] = (),
    witnesses: Sequence[Sequence[bytes]] = (),
    *,
    version: int = 2,
    locktime: int = 0,
) -> Tx:
    """A transaction; `scripts` and `witnesses` are those of its inputs, empty where left out."""
    unlocking = [*scripts, *[b""] * (len(spends) - len(scripts))]
    body = size(len(spends))
    for (txid, vout), script in zip(spends, unlocking, strict=True):
        body += txid + struct.pack("<I", vout) + sized(script) + b"\xff\xff\xff\xff"
    body += size(len(outs)) + b"".join(struct.pack("<q", value) + sized(script) for value, script in outs)
    head, tail = struct.pack("<i", version), struct.pack("<I", locktime)
    base = head + body + tail
    if not any(witnesses):
        return Tx(base, base, tuple(outs))
    stacks = [*witnesses, *[()] * (len(spends) - len(witnesses))]
    data = b"".join(size(len(stack)) + b"".join(sized(item) for item in stack) for stack in stacks)
    return Tx(head + b"\x00\x01" + body + data + tail, base, tuple(outs))


def height_push(height: int) -> bytes:
    """A height as BIP34 has it at the beginning of a coinbase's script."""
    if height == 0:
        return b"\x00"
    if height <= 16:
        return bytes([0x50 + height])
    return push(height.to_bytes(height.bit_length() // 8 + 1, "little"))


def make_coinbase(script: bytes, outs: Sequence[Out], witness: Sequence[bytes] = (), version: int = 2) -> Tx:
    return make_tx([(bytes(32), 0xFFFFFFFF)], outs, [script], [witness], version=version)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    row = list(leaves)
    while len(row) > 1:
        row += row[-1:] * (len(row) % 2)
        row = [double(row[at] + row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def make_block(
    previous: bytes, time: int, txs: Sequence[Tx], *, version: int = 0x20000000, nonce: int = 0
) -> Block:
    """A block with a proof of work; its first transaction must be the coinbase, as it should stand."""
    root = merkle_root([tx.txid for tx in txs])
    while True:
        header = struct.pack("<i", version) + previous + root + struct.pack("<III", time, BITS, nonce)
        if int.from_bytes(double(header), "little") <= TARGET:
            return Block(header + size(len(txs)) + b"".join(tx.raw for tx in txs), tuple(txs))
        nonce += 1


def committed(script: bytes, outs: Sequence[Out], txs: Sequence[Tx]) -> Tx:
    """A coinbase with a commitment to the witnesses of `txs`, where any has one."""
    if all(tx.raw == tx.base for tx in txs):
        return make_coinbase(script, outs)
    reserved = bytes(32)
    root = merkle_root([bytes(32), *(tx.wtxid for tx in txs)])
    promise = b"\x6a\x24\xaa\x21\xa9\xed" + double(root + reserved)
    return make_coinbase(script, [*outs, (0, promise)], [reserved])


def genesis() -> Block:
    """Regtest's own first block."""
    coinbase = make_coinbase(
        push(bytes.fromhex("ffff001d")) + push(b"\x04") + push(_NEWS),
        [(SUBSIDY, _SATOSHI)],
        version=1,
    )
    return make_block(bytes(32), GENESIS_TIME, [coinbase], version=1, nonce=2)


def framed(blocks: Sequence[Block], magic: bytes = MAGIC) -> bytes:
    """Blocks as Bitcoin Core writes them to its files."""
    return b"".join(magic + struct.pack("<I", len(block.raw)) + block.raw for block in blocks)


def seeded(seed: int) -> random.Random:
    """The dice of a test, printed with it."""
    return random.Random(seed)  # noqa: S311  not a secret


@dataclass
class Branch:
    """A growing chain with a random economy: what is unspent, and the blocks so far.

    Scripts come again and again from a small pool, so that postings are long; odd ones are among them.
    """

    rng: random.Random
    blocks: list[Block] = field(default_factory=lambda: [genesis()])
    unspent: dict[Outpoint, int] = field(default_factory=dict)
    step: int = 600

    def fork(self, height: int, seed: int) -> "Branch":
        """Another branch from the block at a height; what is unspent there is found again from the blocks."""
        other = Branch(seeded(seed), self.blocks[: height + 1], {}, self.step)
        for block in other.blocks[1:]:
            other._take_in(block)
        return other

    def grow(self, count: int, most_txs: int = 6) -> "Branch":
        for _ in range(count):
            self.add(self._random_txs(self.rng.randint(0, most_txs)))
        return self

    def add(self, txs: Sequence[Tx], reward: Sequence[Out] | None = None, time: int | None = None) -> Block:
        """A block with these transactions on the tip; at a time of its own where none is given."""
        height = len(self.blocks)
        extra = push(self.rng.randbytes(4))
        outs = reward if reward is not None else [(SUBSIDY, self.script())]
        coinbase = committed(height_push(height) + extra, outs, txs)
        jitter = self.rng.randint(-self.step, self.step)
        own = GENESIS_TIME + height * self.step + jitter
        block = make_block(self.blocks[-1].hash, own if time is None else time, [coinbase, *txs])
        self.blocks.append(block)
        self._take_in(block)
        return block

    def script(self) -> bytes:
        kind = self.rng.randrange(12)
        if kind == 0:
            return b"\x6a" + push(self.rng.randbytes(20))
        if kind == 1:
            return b"\x51\x20" + self.rng.randbytes(32)
        if kind == 2:
            return self.rng.choice([b"", b"\x51", b"\x51\x02\x4e\x73", b"\x6a"])
        one = self.rng.randrange(25)
        if kind < 8:
            return b"\x76\xa9\x14" + sha256(bytes([one])).digest()[:20] + b"\x88\xac"
        return b"\x00\x14" + sha256(bytes([one])).digest()[:20]

    def _random_txs(self, count: int) -> list[Tx]:
        made: list[Tx] = []
        free = dict(self.unspent)
        for _ in range(count):
            if not free:
                break
            picked = self.rng.sample(sorted(free), min(len(free), self.rng.randint(1, 4)))
            total = sum(free.pop(one) for one in picked)
            parts = self.rng.randint(1, 5)
            outs = [(total // (parts + 1), self.script()) for _ in range(parts)]
            witnesses = [[self.rng.randbytes(8)] for _ in picked] if self.rng.random() < 0.5 else []
            tx = make_tx(picked, outs, [push(self.rng.randbytes(3)) for _ in picked], witnesses)
            made.append(tx)
            free |= {(tx.txid, vout): value for vout, (value, _) in enumerate(tx.outs)}
        return made

    def _take_in(self, block: Block) -> None:
        for tx in block.txs:
            for at in spent(tx):
                self.unspent.pop(at, None)
            txid = tx.txid  # hashed once: a transaction may have 100,000 outputs
            self.unspent |= {
                (txid, vout): value
                for vout, (value, script) in enumerate(tx.outs)
                if value and not script.startswith(b"\x6a")
            }


def spent(tx: Tx) -> list[Outpoint]:
    """The outpoints that a transaction of `make_tx` spends (under 253 inputs, scripts under 253 bytes)."""
    at, found = 5, []
    for _ in range(tx.base[4]):
        found.append((tx.base[at : at + 32], int.from_bytes(tx.base[at + 32 : at + 36], "little")))
        at += 36 + 1 + tx.base[at + 36] + 4
    return found
