"""What can be counted of a chain, or of single blocks of one, from the bytes alone; standard library only.

Shares are of transactions but where a row says otherwise; coinbases are left out. What needs the value of
what is spent is counted where every input's is known.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from statistics import quantiles
from typing import NamedTuple

from oracle import simchain

Spent = tuple[int, bytes, int]  # satoshi, script, height
FINAL, NO_RBF = 0xFFFFFFFF, 0xFFFFFFFE
SIZES = ((1, "1"), (2, "2"), (5, "3 to 5"), (20, "6 to 20"), (1 << 30, "more than 20"))
AGES = ((0, "the same block"), (6, "6 blocks"), (144, "144 blocks"), (1_008, "1,008 blocks"))
KINDS = ("P2PK", "P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR", "data", "other")
NO_HEIGHT = -1
LOW_R, HIGH_R = 70, 71  # bytes of a DER signature with a low s, and without the byte of the hash type
TWO, ROUND = 2, 100_000


def kind_of(script: bytes) -> str:
    """The kind of an output's script."""
    size = len(script)
    if script[:1] == b"\x6a":
        return "data"
    known = {
        (25, b"\x76\xa9"): "P2PKH",
        (23, b"\xa9\x14"): "P2SH",
        (22, b"\x00\x14"): "P2WPKH",
        (34, b"\x00\x20"): "P2WSH",
        (34, b"\x51\x20"): "P2TR",
    }
    if (size, script[:2]) in known:
        return known[size, script[:2]]
    return "P2PK" if size in (35, 67) and script[-1:] == b"\xac" else "other"


def kind_spent(one: simchain.In) -> str:
    """What kind of script an input spends, from the input alone."""
    if not one.script:
        last = len(one.witness[-1]) if one.witness else 0
        if len(one.witness) == TWO and last == 33:
            return "P2WPKH"
        return "P2TR" if len(one.witness) == 1 or last % 32 == 1 else "P2WSH"
    if one.witness:
        return "P2SH"
    first = one.script[0]
    rest = one.script[1 + first :]
    if not rest:
        return "P2PK"
    return "P2PKH" if rest[0] in (33, 65) and len(rest) == rest[0] + 1 else "P2SH"


def script_spent(one: simchain.In) -> bytes:
    """The script that an input spends where it follows from the input, else nothing."""
    kind, pieces = kind_spent(one), one.witness
    if kind == "P2PKH":
        return b"\x76\xa9\x14" + hash160(one.script[2 + one.script[0] :]) + b"\x88\xac"
    if kind == "P2WPKH":
        return b"\x00\x14" + hash160(pieces[-1])
    if kind == "P2WSH" and pieces:
        return b"\x00\x20" + hashlib.sha256(pieces[-1]).digest()
    if kind == "P2SH":
        return b"\xa9\x14" + hash160(last_push(one.script)) + b"\x87"
    return b""


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def last_push(script: bytes) -> bytes:
    """What a script pushes last."""
    at, piece = 0, b""
    while at < len(script):
        code, at = script[at], at + 1
        wide = {0x4C: 1, 0x4D: 2}.get(code, 0)
        size = int.from_bytes(script[at : at + wide], "little") if wide else code * (code < 0x4C)
        piece, at = script[at + wide : at + wide + size], at + wide + size
    return piece


def size_class(count: int, of: Iterable[tuple[int, str]] = SIZES) -> str:
    """The name of the first class that reaches a count."""
    return next((name for most, name in of if count <= most), "older")


class Totals(NamedTuple):
    """Everything counted: how often, and the values of which quantiles are told."""

    many: Counter[str]
    values: list[int]
    rates: list[float]
    groups: Counter[int]  # how many scripts each group of co-spent scripts of one block has


class Counted:
    """Counts block after block."""

    def __init__(self) -> None:
        self.known: dict[tuple[bytes, int], Spent] = {}
        self.totals = Totals(Counter(), [], [], Counter())

    def spent_outside(self, block: simchain.Block, undo: bytes) -> None:
        """Learn what a block spends from its spent outputs: a value and a script an input, in order."""
        reader = simchain.Reader(undo)
        for tx in block.txs[1:]:
            for one in tx.ins:
                self.known[one.txid, one.vout] = (reader.number("q"), reader.sized(), NO_HEIGHT)

    def block(self, block: simchain.Block, height: int) -> None:
        """Count a block."""
        seen: set[bytes] = set()
        made: set[bytes] = set()
        leader: dict[bytes, bytes] = {}
        for number, tx in enumerate(block.txs):
            if number:
                self._tx(tx, height, seen, made)
                _unite(leader, [script for script in map(script_spent, tx.ins) if script])
            made.add(tx.txid)
            seen.update(out.script for out in tx.outs)
            for n, out in enumerate(tx.outs):
                self.known[tx.txid, n] = (out.value, out.script, height)
        self.totals.groups.update(Counter(_root(leader, one) for one in leader).values())

    def _tx(self, tx: simchain.Tx, height: int, seen: set[bytes], made: set[bytes]) -> None:
        many = self.totals.many
        many["transactions"] += 1
        many["inputs"] += len(tx.ins)
        many["outputs"] += len(tx.outs)
        many[f"inputs {size_class(len(tx.ins))}"] += 1
        many[f"outputs {size_class(len(tx.outs))}"] += 1
        many[f"version {tx.version}"] += 1
        many["locked"] += tx.lock > 0
        lowest = min(one.sequence for one in tx.ins)
        many["rbf" if lowest < NO_RBF else "no rbf" if lowest == NO_RBF else "final"] += 1
        self._order(tx)
        mine = {script for script in map(script_spent, tx.ins) if script}
        many["to itself"] += any(out.script in mine for out in tx.outs)
        many["of one kind"] += len({kind_spent(one) for one in tx.ins}) == 1
        for out in tx.outs:
            many[f"made {kind_of(out.script)}"] += 1
            many["paid twice in a block"] += out.script in seen
            if out.value:
                self.totals.values.append(out.value)
                many["round"] += out.value % ROUND == 0
        for one in tx.ins:
            many[f"spent {kind_spent(one)}"] += 1
            many["spent from the same block"] += one.txid in made
            self._signature(one)
        self._worth(tx, height)

    def _order(self, tx: simchain.Tx) -> None:
        if len(tx.ins) < TWO or len(tx.outs) < TWO:
            return
        self.totals.many["could be sorted"] += 1
        ins = [(one.txid[::-1], one.vout) for one in tx.ins]
        outs = [(one.value, one.script) for one in tx.outs]
        self.totals.many["sorted"] += ins == sorted(ins) and outs == sorted(outs)

    def _signature(self, one: simchain.In) -> None:
        piece = one.witness[0] if one.witness else one.script[1 : 1 + one.script[0]] if one.script else b""
        if len(piece) in (LOW_R + 1, HIGH_R + 1) and piece[:1] == b"\x30":
            self.totals.many["signatures"] += 1
            self.totals.many["low r"] += len(piece) == LOW_R + 1

    def _worth(self, tx: simchain.Tx, height: int) -> None:
        """What needs the values spent."""
        spent = [self.known.get((one.txid, one.vout)) for one in tx.ins]
        found = [one for one in spent if one is not None]
        if len(found) < len(spent):
            return
        many, worth = self.totals.many, [one[0] for one in found]
        for one in found:
            if one[2] != NO_HEIGHT:
                many["of any age"] += 1
                many[f"age {size_class(height - one[2], AGES)}"] += 1
        self.totals.rates.append((sum(worth) - sum(out.value for out in tx.outs)) / virtual_bytes(tx))
        needless(many, worth, [out.value for out in tx.outs])


def needless(many: Counter[str], worth: list[int], paid: list[int]) -> None:
    """Count one transaction of two outputs: whether it spends more coins than its larger one asks for."""
    if len(paid) != TWO:
        return
    many["two outputs"] += 1
    many["one input of two outputs"] += len(worth) == 1
    if len(worth) > 1:
        fee = sum(worth) - sum(paid)
        many["several inputs"] += 1
        many["needless for the larger"] += sum(worth) - min(worth) >= max(paid) + fee
        many["needless for the smaller"] += sum(worth) - min(worth) >= min(paid) + fee


def virtual_bytes(tx: simchain.Tx) -> int:
    """A transaction's virtual size, from its parts."""
    bare = 10 + sum(41 + len(one.script) + 2 * (len(one.script) > 252) for one in tx.ins)
    bare += sum(9 + len(out.script) for out in tx.outs)
    witness = sum(1 + sum(1 + len(item) for item in one.witness) for one in tx.ins)
    return bare + (2 + witness + 3) // 4 if any(one.witness for one in tx.ins) else bare


def _root(leader: dict[bytes, bytes], one: bytes) -> bytes:
    while leader[one] != one:
        leader[one] = leader[leader[one]]
        one = leader[one]
    return one


def _unite(leader: dict[bytes, bytes], scripts: list[bytes]) -> None:
    for one in scripts:
        leader.setdefault(one, one)
        leader[_root(leader, one)] = _root(leader, scripts[0])


def parts_of(values: list[float] | list[int], many: int = 10) -> list[float]:
    """The tenths of values, or nothing for too few."""
    return quantiles(values, n=many) if len(values) >= many else []
