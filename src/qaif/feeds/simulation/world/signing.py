"""Transactions of a block with valid signatures, so that a node accepts the chain.

It writes what `kernels.made_txs` writes, with keys of `KeyRing` and one input after the other. Digests: the
original one for scripts without a witness, BIP 143 for version 0 programs, BIP 341 for taproot, whose output
keys are used as they are; signatures of everything.
"""

import random
import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from qaif.feeds.simulation.keys import ORDER, Signer, tagged
from qaif.feeds.simulation.transactions import compact_size, push, sha256d, with_size
from qaif.feeds.simulation.world.keyring import LEGACY, KeyRing
from qaif.kernels.loads import Bytes, Int64s
from qaif.kernels.made_scripts import KINDS, PK, SH_MULTI, SH_WPKH, TAPROOT, WSH_MULTI
from qaif.kernels.made_txs import Coins, Fresh, Plan

_ALL = 1
_LONGEST_PUSH = 75
_NEEDED = 2  # signatures of three keys


class Coin(NamedTuple):
    """A coin that is spent."""

    outpoint: bytes
    value: int
    script: int


class Draft(NamedTuple):
    """A transaction before it is signed.

    Args:
        version, lock, sequence: its own numbers; every input has the same sequence.
        low_r: whether signatures are ground.
        coins: what it spends.
        many: how many outputs.
        outputs: serialised and joined.
    """

    version: int
    lock: int
    sequence: int
    low_r: bool
    coins: list[Coin]
    many: int
    outputs: bytes


class SignedHand:
    """Writes scripts and transactions of a chain that a node accepts.

    Args:
        start: a secret; the nonces begin elsewhere.
    """

    def __init__(self, start: int) -> None:
        self._ring = KeyRing(start)
        self._signer = Signer((start + 2**64) % ORDER)
        self._rng = random.Random(start)  # noqa: S311  chance that anybody can repeat is the point
        self._value: dict[int, int] = {}

    def scripts(self, numbers: Int64s) -> tuple[Bytes, Int64s]:
        """The output scripts of numbers, joined, and where each begins: uint8[], int64[n + 1]."""
        made = self._ring.scripts(numbers.tolist())
        end = np.concatenate((np.zeros(1, np.int64), np.cumsum([len(one) for one in made], dtype=np.int64)))
        return np.frombuffer(b"".join(made), np.uint8), end

    def reward(self, slot: int, value: int) -> None:
        """A slot has got a coinbase's output."""
        self._value[slot] = value

    def txs(self, plan: Plan, coins: Coins, fresh: Fresh) -> tuple[Bytes, Bytes, Int64s]:
        """A block's transactions, their ids and the places of outputs, as `write_txs` gives them."""
        del fresh  # every script is kept
        raw: list[bytes] = []
        txids: list[bytes] = []
        places: list[int] = []
        for tx in range(len(plan.version)):
            draft, order = self._draft(plan, tx, coins)
            made, txid = self._write(draft)
            raw.append(made)
            txids.append(txid)
            stands = _places(order)
            places += stands
            self._keep(plan, tx, coins, (txid, stands))
        ids = np.frombuffer(b"".join([*txids, *map(sha256d, raw)]), np.uint8).reshape(2, -1)
        return np.frombuffer(b"".join(raw), np.uint8), ids, np.array(places, np.int64)

    def _draft(self, p: Plan, tx: int, coins: Coins) -> tuple[Draft, list[int]]:
        """A transaction to be signed, and which output stands where."""
        lo, hi = int(p.in_lo[tx]), int(p.in_lo[tx + 1])
        spent = [self._coin(coins, slot) for slot in p.in_slot[lo:hi].tolist()]
        first, last = int(p.out_lo[tx]), int(p.out_lo[tx + 1])
        values, scripts = p.out_value[first:last].tolist(), p.out_script[first:last].tolist()
        made = [(value, self._output_script(script)) for value, script in zip(values, scripts, strict=True)]
        order = list(range(len(made)))
        if p.order[tx] == 1:
            spent.sort(key=lambda coin: (coin.outpoint[31::-1], coin.outpoint[35:31:-1]))
            order.sort(key=made.__getitem__)
        outputs = b"".join(struct.pack("<q", made[row][0]) + with_size(made[row][1]) for row in order)
        numbers = int(p.version[tx]), int(p.lock[tx]), int(p.in_sequence[lo]), bool(p.low[tx])
        return Draft(*numbers, spent, len(made), outputs), order

    def _coin(self, coins: Coins, slot: int) -> Coin:
        outpoint = coins.txid[32 * slot : 32 * slot + 32].tobytes() + struct.pack("<I", coins.vout[slot])
        return Coin(outpoint, self._value.pop(slot), int(coins.script[slot]))

    def _output_script(self, script: int) -> bytes:
        if script >= 0:
            return self._ring.script(script)
        data = self._rng.randbytes(-script)
        return b"\x6a" + (push(data) if len(data) <= _LONGEST_PUSH else b"\x4c" + push(data))

    def _keep(self, p: Plan, tx: int, coins: Coins, made: tuple[bytes, list[int]]) -> None:
        """Fill the slots of a transaction's outputs."""
        txid, first = np.frombuffer(made[0], np.uint8), int(p.out_lo[tx])
        for row, place in enumerate(made[1], start=first):
            slot = int(p.out_slot[row])
            if slot >= 0:
                coins.txid[32 * slot : 32 * slot + 32] = txid
                coins.vout[slot], coins.script[slot] = place, p.out_script[row]
                self._value[slot] = int(p.out_value[row])

    def _write(self, draft: Draft) -> tuple[bytes, bytes]:
        """The signed transaction, and its txid."""
        digests = Digests(draft, self._ring)
        scripts, stacks = [], []
        for row, coin in enumerate(draft.coins):
            script, stack = self._unlocked(draft, coin, digests.of(row))
            scripts.append(script)
            stacks.append(stack)
        head, tail = struct.pack("<i", draft.version), struct.pack("<I", draft.lock)
        body = body_raw(draft, scripts)
        base = head + body + tail
        txid = sha256d(base)
        if not any(stacks):
            return base, txid
        witness = b"".join(compact_size(len(stack)) + b"".join(map(with_size, stack)) for stack in stacks)
        return head + b"\x00\x01" + body + witness + tail, txid

    def _unlocked(self, draft: Draft, coin: Coin, digest: bytes) -> tuple[bytes, list[bytes]]:
        """The input script and the witness that spend a coin."""
        ring, kind = self._ring, coin.script % KINDS
        keys = ring.keys(coin.script)
        if kind == TAPROOT:
            signed = self._signer.sign_taproot(ring.secret(keys[0]), ring.point(keys[0]), digest)
            return b"", [signed]
        made = [
            self._signer.sign(ring.secret(key), digest, low_r=draft.low_r) + bytes([_ALL])
            for key in keys[:_NEEDED]
        ]
        if kind == SH_MULTI:
            return b"\x00" + b"".join(map(push, made)) + b"\x4c" + with_size(ring.inner(coin.script)), []
        if kind == WSH_MULTI:
            return b"", [b"", *made, ring.inner(coin.script)]
        if kind in LEGACY:
            return push(made[0]) + (b"" if kind == PK else push(ring.public_of(coin.script))), []
        nested = push(ring.inner(coin.script)) if kind == SH_WPKH else b""
        return nested, [made[0], ring.public_of(coin.script)]


def _places(order: Sequence[int]) -> list[int]:
    """Where each output stands, from which output stands where."""
    places = [0] * len(order)
    for place, row in enumerate(order):
        places[row] = place
    return places


def body_raw(draft: Draft, scripts: Sequence[bytes]) -> bytes:
    """The inputs, each with its script, and the outputs."""
    sequence = struct.pack("<I", draft.sequence)
    inputs = b"".join(
        coin.outpoint + with_size(script) + sequence
        for coin, script in zip(draft.coins, scripts, strict=True)
    )
    return compact_size(len(scripts)) + inputs + compact_size(draft.many) + draft.outputs


class Digests:
    """What each input of a transaction signs.

    Args:
        draft: the transaction.
        ring: its scripts.
    """

    def __init__(self, draft: Draft, ring: KeyRing) -> None:
        self._draft, self._ring = draft, ring
        self._head, self._tail = struct.pack("<i", draft.version), struct.pack("<I", draft.lock)
        coins = draft.coins
        self._sequence = struct.pack("<I", draft.sequence)
        self._outpoints = sha256(b"".join(coin.outpoint for coin in coins)).digest()
        self._sequences = sha256(self._sequence * len(coins)).digest()
        self._outs = sha256(draft.outputs).digest()
        self._worth: bytes | None = None

    def of(self, row: int) -> bytes:
        """The digest of an input."""
        kind = self._draft.coins[row].script % KINDS
        if kind in LEGACY:
            return self._legacy(row)
        return self._taproot(row) if kind == TAPROOT else self._version_0(row)

    def _legacy(self, row: int) -> bytes:
        scripts = [b""] * len(self._draft.coins)
        scripts[row] = self._ring.signed_as(self._draft.coins[row].script)
        return sha256d(self._head + body_raw(self._draft, scripts) + self._tail + struct.pack("<I", _ALL))

    def _version_0(self, row: int) -> bytes:
        coin = self._draft.coins[row]
        parts = (
            *(self._head, sha256(self._outpoints).digest(), sha256(self._sequences).digest(), coin.outpoint),
            *(with_size(self._ring.signed_as(coin.script)), struct.pack("<q", coin.value), self._sequence),
            *(sha256(self._outs).digest(), self._tail, struct.pack("<I", _ALL)),
        )
        return sha256d(b"".join(parts))

    def _taproot(self, row: int) -> bytes:
        if self._worth is None:
            coins = self._draft.coins
            values = b"".join(struct.pack("<q", coin.value) for coin in coins)
            scripts = b"".join(with_size(self._ring.script(coin.script)) for coin in coins)
            self._worth = sha256(values).digest() + sha256(scripts).digest()
        parts = (
            *(b"\x00\x00", self._head, self._tail, self._outpoints, self._worth, self._sequences, self._outs),
            *(b"\x00", struct.pack("<I", row)),
        )
        return tagged("TapSighash", b"".join(parts))
