"""Coins, scripts and signed transactions of the simulation.

Serialisation: BIP 144. What is signed: the original digest for keys and key hashes, BIP 143 for witness
programs.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from qaif.feeds.simulation.keys import Key, Signer

SIGHASH_ALL = 1
SEQUENCE = 0xFFFFFFFD  # replaceable, no relative lock: BIP 125, BIP 68
VERSION = 2


class Kind(Enum):
    """How a key is paid."""

    PUBKEY = "pubkey"
    PUBKEYHASH = "pubkeyhash"
    WITNESS = "witness_v0_keyhash"
    NESTED = "scripthash"


# size of a signed input in quarters of a virtual byte, rounded up: for fees only
INPUT_WEIGHT = {Kind.PUBKEY: 460, Kind.PUBKEYHASH: 596, Kind.WITNESS: 274, Kind.NESTED: 366}


@dataclass(frozen=True, slots=True)
class Output:
    """An output to be made: amount and script."""

    value_sat: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Coin:
    """An output that can be spent, with what spends it."""

    txid_raw: bytes
    vout: int
    value_sat: int
    kind: Kind
    key: Key

    @property
    def outpoint(self) -> bytes:
        """The 36 bytes that name it."""
        return self.txid_raw + struct.pack("<I", self.vout)


@dataclass(frozen=True, slots=True)
class Tx:
    """A serialised transaction with its two ids, as wire bytes."""

    raw: bytes
    txid_raw: bytes
    wtxid_raw: bytes

    @property
    def has_witness(self) -> bool:
        """Whether it carries witness data."""
        return self.txid_raw != self.wtxid_raw


def sha256d(data: bytes) -> bytes:
    """SHA-256 twice."""
    return sha256(sha256(data).digest()).digest()


def compact_size(value: int) -> bytes:
    """A count as the wire format writes it."""
    if value < 0xFD:  # noqa: PLR2004  the wire format's own numbers
        return bytes([value])
    if value < 2**16:
        return b"\xfd" + struct.pack("<H", value)
    return b"\xfe" + struct.pack("<I", value)


def with_size(data: bytes) -> bytes:
    """Bytes behind their count."""
    return compact_size(len(data)) + data


def push(data: bytes) -> bytes:
    """A script that pushes up to 75 bytes."""
    return bytes([len(data)]) + data


def script_for(kind: Kind, key: Key) -> bytes:
    """The output script that pays a key in one of the four ways."""
    if kind is Kind.PUBKEY:
        return push(key.public) + b"\xac"
    if kind is Kind.PUBKEYHASH:
        return key_hash_script(key)
    if kind is Kind.WITNESS:
        return b"\x00\x14" + key.hash160
    return b"\xa9\x14" + key.nested_hash160 + b"\x87"


def key_hash_script(key: Key) -> bytes:
    """P2PKH; also what BIP 143 signs for a witness key hash."""
    return b"\x76\xa9\x14" + key.hash160 + b"\x88\xac"


def _outputs_raw(outputs: Sequence[Output]) -> bytes:
    return b"".join(struct.pack("<q", one.value_sat) + with_size(one.script) for one in outputs)


def _inputs_raw(outpoints: Sequence[bytes], scripts: Sequence[bytes]) -> bytes:
    return b"".join(
        outpoint + with_size(script) + struct.pack("<I", SEQUENCE)
        for outpoint, script in zip(outpoints, scripts, strict=True)
    )


def _body(inputs: bytes, n_inputs: int, outputs: Sequence[Output]) -> bytes:
    return compact_size(n_inputs) + inputs + compact_size(len(outputs)) + _outputs_raw(outputs)


def assemble(inputs: bytes, n_inputs: int, outputs: Sequence[Output], witness: bytes, lock: int = 0) -> Tx:
    """Join the parts of a transaction; an empty `witness` gives the form without one."""
    head, tail = struct.pack("<i", VERSION), struct.pack("<I", lock)
    body = _body(inputs, n_inputs, outputs)
    base = head + body + tail
    if not witness:
        txid = sha256d(base)
        return Tx(base, txid, txid)
    whole = head + b"\x00\x01" + body + witness + tail
    return Tx(whole, sha256d(base), sha256d(whole))


def signed(coins: Sequence[Coin], outputs: Sequence[Output], signer: Signer) -> Tx:
    """Spend coins into outputs, every input signed for all of them."""
    outpoints = [coin.outpoint for coin in coins]
    digests = _Digests(outpoints, outputs)
    scripts, witnesses = [], []
    for row, coin in enumerate(coins):
        signature = signer.sign(coin.key.secret, digests.of(row, coin)) + bytes([SIGHASH_ALL])
        script, stack = _unlocking(coin, signature)
        scripts.append(script)
        witnesses.append(compact_size(len(stack)) + b"".join(with_size(item) for item in stack))
    witness = b"".join(witnesses)
    return assemble(_inputs_raw(outpoints, scripts), len(coins), outputs, witness if any(witness) else b"")


def _unlocking(coin: Coin, signature: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The input script and the witness stack that spend a coin."""
    if coin.kind is Kind.PUBKEY:
        return push(signature), ()
    if coin.kind is Kind.PUBKEYHASH:
        return push(signature) + push(coin.key.public), ()
    redeem = push(b"\x00\x14" + coin.key.hash160) if coin.kind is Kind.NESTED else b""
    return redeem, (signature, coin.key.public)


class _Digests:
    """What each input of one transaction signs."""

    def __init__(self, outpoints: Sequence[bytes], outputs: Sequence[Output]) -> None:
        self._outpoints, self._outputs = outpoints, outputs
        self._all_outpoints = sha256d(b"".join(outpoints))
        self._all_sequences = sha256d(struct.pack("<I", SEQUENCE) * len(outpoints))
        self._all_outputs = sha256d(_outputs_raw(outputs))

    def of(self, row: int, coin: Coin) -> bytes:
        """The digest for one input."""
        legacy = coin.kind in (Kind.PUBKEY, Kind.PUBKEYHASH)
        return self._legacy(row, coin) if legacy else self._witness(row, coin)

    def _legacy(self, row: int, coin: Coin) -> bytes:
        scripts = [b""] * len(self._outpoints)
        scripts[row] = script_for(coin.kind, coin.key)
        body = _body(_inputs_raw(self._outpoints, scripts), len(scripts), self._outputs)
        return sha256d(struct.pack("<i", VERSION) + body + struct.pack("<II", 0, SIGHASH_ALL))

    def _witness(self, row: int, coin: Coin) -> bytes:
        return sha256d(
            struct.pack("<i", VERSION)
            + self._all_outpoints
            + self._all_sequences
            + self._outpoints[row]
            + with_size(key_hash_script(coin.key))
            + struct.pack("<qI", coin.value_sat, SEQUENCE)
            + self._all_outputs
            + struct.pack("<II", 0, SIGHASH_ALL)
        )
