"""Transactions in Esplora's JSON: read strictly, written as bytes, and tried by their ids.

The JSON of a transaction holds all that its bytes do. So the bytes are made from it, and their hash must be
the id: then every output's value and script and every input is as the id says, and nobody need be believed.
What an id does not cover is only told: witnesses, and what the inputs spend (`prevout`).
"""

from dataclasses import dataclass
from itertools import starmap

import numpy as np

from qaif.feeds.told_json import Fields, hex_bytes, misshapen
from qaif.kernels.parse import parse_txs
from qaif.units import HASH_LENGTH, hash_hex

MOST_TX_BYTES = 4_000_000
_UINT32 = 2**32 - 1
_INT32 = 2**31
_MOST_HEIGHT = 2**31 - 1
_NOWHERE = (bytes(HASH_LENGTH), _UINT32)  # what a coinbase's input names
_WITNESS_SCALE = 4
_BYTE_LIMITS = ((0xFD, b"", 1), (1 << 16, b"\xfd", 2), (1 << 32, b"\xfe", 4))


@dataclass(frozen=True)
class Output:
    """A value and the script that it is paid to."""

    value_sat: int
    script_raw: bytes


@dataclass(frozen=True)
class Input:
    """An input.

    Attributes:
        txid_raw, vout: what it spends.
        script_raw, witness, sequence: as in the transaction.
        is_coinbase: whether it makes new coins.
        prevout: the output that it spends, as the server tells it; None for new coins, or where it does not.
    """

    txid_raw: bytes
    vout: int
    script_raw: bytes
    witness: tuple[bytes, ...]
    sequence: int
    is_coinbase: bool
    prevout: Output | None


@dataclass(frozen=True)
class Status:
    """Where a transaction is said to be; all None where it is said to be in no block yet."""

    height: int | None = None
    block_hash_raw: bytes | None = None


@dataclass(frozen=True)
class ToldTx:
    """A transaction as the server tells it.

    Attributes:
        txid_raw: its id, as told.
        fee_sat: as told; what its prevouts and outputs give.
        size, weight: as told.
    """

    txid_raw: bytes
    version: int
    locktime: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    fee_sat: int
    size: int
    weight: int
    status: Status

    def raw(self) -> bytes:
        """Its bytes, with witnesses if it has any."""
        marked = any(one.witness for one in self.inputs)
        return b"".join(
            (
                (self.version & _UINT32).to_bytes(4, "little"),
                b"\x00\x01" if marked else b"",
                self._middle(),
                *(starmap(_stack, ((one.witness,) for one in self.inputs)) if marked else ()),
                self.locktime.to_bytes(4, "little"),
            )
        )

    def _middle(self) -> bytes:
        """Inputs and outputs."""
        spends = (
            one.txid_raw
            + one.vout.to_bytes(4, "little")
            + _sized(one.script_raw)
            + one.sequence.to_bytes(4, "little")
            for one in self.inputs
        )
        pays = (one.value_sat.to_bytes(8, "little") + _sized(one.script_raw) for one in self.outputs)
        return b"".join((_count(len(self.inputs)), *spends, _count(len(self.outputs)), *pays))


def read_tx(fields: Fields) -> ToldTx:
    """One transaction of an answer.

    Raises:
        SourceShapeError: it is none, or contradicts itself.
    """
    txid_raw = fields.hash("txid")
    where = f"transaction {hash_hex(txid_raw)} in {fields.where}"
    fields.where = where
    told = ToldTx(
        txid_raw,
        fields.integer("version", -_INT32, _UINT32),
        fields.integer("locktime", 0, _UINT32),
        tuple(map(_input, fields.parts("vin"))),
        tuple(map(_output, fields.parts("vout"))),
        fields.amount("fee"),
        fields.integer("size", 1, MOST_TX_BYTES),
        fields.integer("weight", 1, _WITNESS_SCALE * MOST_TX_BYTES),
        read_status(fields.part("status")),
    )
    if not told.inputs or not told.outputs:
        raise misshapen(where, "has no inputs or no outputs", txid_raw)
    if _fee(told) not in (None, told.fee_sat):
        raise misshapen(where, "states a fee that its own inputs and outputs do not give", txid_raw)
    return told


def read_status(fields: Fields) -> Status:
    """Where a transaction is said to be."""
    if not fields.truth("confirmed"):
        return Status()
    return Status(fields.integer("block_height", 0, _MOST_HEIGHT), fields.hash("block_hash"))


def tried_bytes(told: ToldTx) -> bytes | None:
    """The bytes of a told transaction, or None if they are not those of its id, size and weight."""
    raw = told.raw()
    found = id_and_sizes(raw)
    if found is None:
        return None
    txid_raw, base = found
    weight = (_WITNESS_SCALE - 1) * base + len(raw)
    return raw if (txid_raw, len(raw), weight) == (told.txid_raw, told.size, told.weight) else None


def id_and_sizes(raw: bytes) -> tuple[bytes, int] | None:
    """The id of a transaction and its bytes without witness; None where it is none."""
    data = np.frombuffer(raw, np.uint8)
    columns, _, _ = parse_txs(data, np.array([0, len(raw)], np.int64))
    if columns is None:
        return None
    return columns.tx_txid_raw[0].tobytes(), int(columns.tx_base_size[0])


def outputs_of(raw: bytes) -> tuple[Output, ...]:
    """The outputs in the bytes of a transaction that was parsed before."""
    columns, _, _ = parse_txs(np.frombuffer(raw, np.uint8), np.array([0, len(raw)], np.int64))
    if columns is None:  # pragma: no cover  # its id was computed
        return ()
    rows = zip(
        columns.out_value_sat.tolist(),
        columns.out_script_off.tolist(),
        columns.out_script_len.tolist(),
        strict=True,
    )
    return tuple(Output(value, raw[at : at + length]) for value, at, length in rows)


def _input(fields: Fields) -> Input:
    is_coinbase, at = fields.truth("is_coinbase"), (fields.hash("txid"), fields.integer("vout", 0, _UINT32))
    witness = tuple(hex_bytes(text, f"witness of {fields.where}") for text in fields.texts("witness"))
    unknown = fields.missing("prevout")
    if is_coinbase is not (at == _NOWHERE) or (is_coinbase and not unknown):
        raise misshapen(fields.where, "is a coinbase that spends, or is called one and is none")
    return Input(
        *at,
        fields.data("scriptsig"),
        witness,
        fields.integer("sequence", 0, _UINT32),
        is_coinbase,
        None if unknown else _output(fields.part("prevout")),
    )


def _output(fields: Fields) -> Output:
    return Output(fields.amount("value"), fields.data("scriptpubkey"))


def _fee(told: ToldTx) -> int | None:
    """What inputs and outputs leave over; 0 of a coinbase, None where an input's value is not told."""
    if any(one.is_coinbase for one in told.inputs):
        return 0
    spent = [one.prevout.value_sat for one in told.inputs if one.prevout is not None]
    return sum(spent) - sum(one.value_sat for one in told.outputs) if len(spent) == len(told.inputs) else None


def _count(number: int) -> bytes:
    for limit, mark, width in _BYTE_LIMITS:
        if number < limit:
            return mark + number.to_bytes(width, "little")
    raise OverflowError(number)  # pragma: no cover  # an answer's limit is below


def _sized(data: bytes) -> bytes:
    return _count(len(data)) + data


def _stack(items: tuple[bytes, ...]) -> bytes:
    return b"".join((_count(len(items)), *map(_sized, items)))
