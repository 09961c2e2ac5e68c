"""Serialised pieces and transactions of the simulation, as BIP 144 has them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

VERSION = 2


@dataclass(frozen=True, slots=True)
class Output:
    """An output to be made: amount and script."""

    value_sat: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Tx:
    """A serialised transaction with its two ids, as wire bytes."""

    raw: bytes
    txid_raw: bytes
    wtxid_raw: bytes


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


def _outputs_raw(outputs: Sequence[Output]) -> bytes:
    return b"".join(struct.pack("<q", one.value_sat) + with_size(one.script) for one in outputs)


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
