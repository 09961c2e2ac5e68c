"""Scripts and transactions of invented keys once more, slowly: bytes are joined, and hashed by hashlib."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from oracle.ripemd160 import hash160

KINDS = ("pk", "pkh", "pkh-long", "sh-wpkh", "sh-multi", "wpkh", "wsh-multi", "taproot")
LEGACY = {"pk", "pkh", "pkh-long", "sh-multi"}
MASK = 2**64 - 1


def word(seed: int, number: int) -> bytes:
    """Eight bytes that look random: splitmix64 at a place of its stream (Steele, Lea, Flood 2014)."""
    x = (seed + number * 0x9E3779B97F4A7C15) & MASK
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return (x ^ (x >> 31)).to_bytes(8, "little")


def words(seed: int, key: int, many: int) -> bytes:
    return b"".join(word(seed, 8 * key + i) for i in range(many))


def short_key(seed: int, key: int) -> bytes:
    body = words(seed, key, 4)
    return bytes([2 + body[0] % 2]) + body


def push(data: bytes) -> bytes:
    return (bytes([len(data)]) if len(data) < 76 else bytes([76, len(data)])) + data


def sized(data: bytes) -> bytes:
    return compact(len(data)) + data


def compact(number: int) -> bytes:
    return bytes([number]) if number < 253 else b"\xfd" + number.to_bytes(2, "little")


@dataclass(frozen=True)
class Keys:
    """The keys of a script's number."""

    seed: int
    script: int

    @property
    def kind(self) -> str:
        return KINDS[self.script % 8]

    @property
    def key(self) -> bytes:
        number = self.script // 8 * 4
        if self.kind == "pkh-long":
            return b"\x04" + words(self.seed, number, 8)
        return words(self.seed, number, 4) if self.kind == "taproot" else short_key(self.seed, number)

    @property
    def multi(self) -> bytes:
        keys = [push(short_key(self.seed, self.script // 8 * 4 + i)) for i in (1, 2, 3)]
        return b"\x52" + b"".join(keys) + b"\x53\xae"

    @property
    def program(self) -> bytes:
        return b"\x00\x14" + hash160(self.key)

    def output_script(self) -> bytes:
        if self.kind == "pk":
            return push(self.key) + b"\xac"
        if self.kind in ("pkh", "pkh-long"):
            return b"\x76\xa9\x14" + hash160(self.key) + b"\x88\xac"
        if self.kind.startswith("sh-"):
            return b"\xa9\x14" + hash160(self.program if self.kind == "sh-wpkh" else self.multi) + b"\x87"
        if self.kind == "wsh-multi":
            return b"\x00\x20" + hashlib.sha256(self.multi).digest()
        return self.program if self.kind == "wpkh" else b"\x51\x20" + self.key


class Noise:
    """What signatures are drawn from."""

    def __init__(self, state: int) -> None:
        self.state = state

    def draw(self) -> bytes:
        self.state += 1
        return word((self.state >> 40) + 77, self.state)

    def integer(self, *, short: bool) -> bytes:
        first = self.draw()
        top = max(1, first[0] & 0x7F if short else first[0])
        body = bytes([top]) + first[1:] + self.draw() + self.draw() + self.draw()
        return b"\x02" + push(b"\x00" + body if top > 0x7F else body)

    def signature(self, low: int) -> bytes:
        """With the byte of its type: everything is signed."""
        body = self.integer(short=low == 1) + self.integer(short=True)
        return b"\x30" + push(body) + b"\x01"


def input_script(keys: Keys, low: int, noise: Noise) -> bytes:
    if keys.kind == "sh-wpkh":
        return push(keys.program)
    if keys.kind == "sh-multi":
        return b"\x00" + push(noise.signature(low)) + push(noise.signature(low)) + push(keys.multi)
    if keys.kind not in LEGACY:
        return b""
    return push(noise.signature(low)) + (b"" if keys.kind == "pk" else push(keys.key))


def witness(keys: Keys, low: int, noise: Noise) -> list[bytes]:
    if keys.kind in LEGACY:
        return []
    if keys.kind == "taproot":
        return [b"".join(noise.draw() for _ in range(8))]
    if keys.kind == "wsh-multi":
        return [b"", noise.signature(low), noise.signature(low), keys.multi]
    return [noise.signature(low), keys.key]


@dataclass
class Coin:
    txid: bytes
    vout: int
    script: int


@dataclass
class Tx:
    """What is to be written: inputs are slots and sequences, outputs values, scripts and slots."""

    version: int
    lock: int
    sorts: bool
    low: int
    ins: list[tuple[int, int]]
    outs: list[tuple[int, int, int]]


def number(value: int, width: int) -> bytes:
    return value.to_bytes(width, "little")


def output(seed: int, value: int, script: int, noise: Noise) -> bytes:
    if script < 0:
        data = b"".join(noise.draw()[:1] for _ in range(-script))
        return number(value, 8) + sized(b"\x6a" + push(data))
    return number(value, 8) + sized(Keys(seed, script).output_script())


def double(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def write(seed: int, tx: Tx, coins: dict[int, Coin], noise: Noise) -> tuple[bytes, bytes, bytes, list[int]]:
    """A transaction's bytes, txid, wtxid, and where outputs stand; its new coins are put into `coins`."""
    spent = [coins[slot] for slot, _ in tx.ins]
    if tx.sorts:  # sequences stay where they are: every input of a transaction has the same
        spent.sort(key=lambda coin: (coin.txid[::-1], coin.vout))
    ins = b""
    for coin, (_, sequence) in zip(spent, tx.ins, strict=True):
        script = input_script(Keys(seed, coin.script), tx.low, noise)
        ins += coin.txid + number(coin.vout, 4) + sized(script) + number(sequence, 4)
    written = [output(seed, value, script, noise) for value, script, _ in tx.outs]
    order = sorted(range(len(written)), key=in_order_of(tx, written)) if tx.sorts else range(len(written))
    outs = b"".join(written[row] for row in order)
    stacks = [witness(Keys(seed, coin.script), tx.low, noise) for coin in spent]
    head, tail = number(tx.version, 4), number(tx.lock, 4)
    body = compact(len(spent)) + ins + compact(len(written)) + outs
    bare = raw = head + body + tail
    if any(stacks):
        items = b"".join(compact(len(stack)) + b"".join(map(sized, stack)) for stack in stacks)
        raw = head + b"\x00\x01" + body + items + tail
    vout = [row for _, row in sorted(zip(order, count(), strict=False))]
    for place, (_, paid, slot) in zip(vout, tx.outs, strict=True):
        if slot >= 0:
            coins[slot] = Coin(double(bare), place, paid)
    return raw, double(bare), double(raw), vout


def in_order_of(tx: Tx, written: list[bytes]) -> Callable[[int], tuple[int, bytes]]:
    """BIP 69: by amount, then by script."""
    return lambda row: (tx.outs[row][0], written[row][9:])
