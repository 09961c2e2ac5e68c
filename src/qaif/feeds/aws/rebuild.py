"""Bytes made again from what the dataset says of a block or a transaction, and tried by their hash.

Witnesses are not in the dataset, and an id does not cover them: the bytes are those without witness. What a
row says that its id or its block's hash does not cover (addresses of outputs, fees, sizes)
is not read; what inputs are said to spend is told.
"""

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from qaif.feeds.aws.amounts import satoshi
from qaif.units import HASH_LENGTH, UNKNOWN, hash_raw

_NO_VOUT = 0xFFFFFFFF
# Not told: most coinbases have the first, those of Core from release 30 on the second, others low numbers.
_COINBASE_SEQUENCES = tuple(
    dict.fromkeys((0xFFFFFFFF, 0xFFFFFFFE, *range(256), *range(1 << 31, (1 << 31) + 256)))
)
_COMMITMENT, _COMMITMENT_BYTES = bytes.fromhex("6a24aa21a9ed"), 38
_UINT32 = 1 << 32
_MOST_BLOCKS = 1 << 28
_SHORT, _MIDDLE = 0xFD, 1 << 16


class TxRow(NamedTuple):
    """A row of the transactions, as told.

    Attributes:
        txid_hex, block_hash_hex: as shown.
        place: in the block, from 0; -1 where none is told.
        version, lock_time: as told.
        inputs: of each, the id it spends from, which output, its script in hex, its sequence;
            a coinbase has none.
        told: of each input, satoshi that it is said to spend (-1 for none), the type and the address.
        outputs: of each, satoshi (-1 where the amount names none) and its script in hex.
    """

    txid_hex: str
    block_hash_hex: str
    place: int
    version: int
    lock_time: int
    inputs: tuple[tuple[str, int, str, int], ...]
    outputs: tuple[tuple[int, str], ...]
    told: tuple[tuple[int, str | None, str | None], ...] = ()

    @property
    def is_coinbase(self) -> bool:
        """Whether it spends nothing."""
        return not self.inputs

    @property
    def commits(self) -> bool:
        """Whether an output has the form of a commitment to witnesses (BIP141)."""
        scripts = (bytes.fromhex(script) for _, script in self.outputs)
        return any(one.startswith(_COMMITMENT) and len(one) >= _COMMITMENT_BYTES for one in scripts)


class BlockRow(NamedTuple):
    """A row of the blocks: its header made again, its height as told, and its coinbase's script in hex."""

    hash_hex: str
    header: bytes | None
    number: int
    coinbase_param: str


def double_sha256(data: bytes) -> bytes:
    """The hash of headers and transactions."""
    return sha256(sha256(data).digest()).digest()


def compact_size(count: int) -> bytes:
    """A count as it stands in a block."""
    if count < _SHORT:
        return bytes([count])
    return b"\xfd" + struct.pack("<H", count) if count < _MIDDLE else b"\xfe" + struct.pack("<I", count)


def tx_rows(batch: Any) -> Iterator[TxRow]:
    """The rows of a batch of transactions."""
    names = ("hash", "block_hash", "index", "version", "lock_time")
    plain = zip(*(batch.column(name).to_pylist() for name in names), strict=True)
    spent = ("spent_transaction_hash", "spent_output_index", "script_hex", "sequence")
    inputs = _lists(batch.column("inputs"), (*spent, "value", "type", "address"))
    outputs = _lists(batch.column("outputs"), ("value", "script_hex"))
    for (txid, block, index, version, lock_time), ins, outs in zip(plain, inputs, outputs, strict=True):
        yield TxRow(
            (txid or "").lower(),
            (block or "").lower(),
            UNKNOWN if index is None else index,
            version,
            lock_time,
            tuple(one[:4] for one in ins),
            outs,
            tuple(one[4:] for one in ins),
        )


def _lists(column: Any, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The structs of each list, in the order of their `index`; amounts as satoshi."""
    items, ends = column.values, column.offsets.to_pylist()
    columns = [_values(items, name) for name in fields]
    order, missing = items.field("index").to_pylist(), column.is_null().to_pylist()
    for lo, hi, none in zip(ends[:-1], ends[1:], missing, strict=True):
        rows: Iterable[int] = () if none else range(lo, hi)
        if hi - lo > 1 and not none and None not in order[lo:hi]:
            rows = sorted(rows, key=order.__getitem__)
        yield tuple(tuple(values[row] for values in columns) for row in rows)


def _values(items: Any, name: str) -> list[Any]:
    values = items.field(name)
    if name != "value":
        return list(values.to_pylist())
    found: list[int] = satoshi(np.asarray(values.to_numpy(zero_copy_only=False), np.float64)).tolist()
    return found


def tx_bytes(row: TxRow, coinbase_params: Iterable[str] = ()) -> bytes | None:
    """The bytes without witness whose hash is the row's id; None where the row does not give them.

    Args:
        row: as told.
        coinbase_params: the scripts, in hex, that its block's coinbase may have.
    """
    try:
        wanted = hash_raw(row.txid_hex)
        outputs = _outputs(row)
        lock_time = struct.pack("<I", row.lock_time)
        head = struct.pack("<I", row.version % _UINT32)
        for inputs in _coinbase_inputs(coinbase_params) if row.is_coinbase else [_inputs(row)]:
            raw = head + inputs + outputs + lock_time
            if double_sha256(raw) == wanted:
                return raw
    except (ValueError, TypeError, struct.error):  # no hex, nothing at all, or too large a number
        return None
    return None


def _outputs(row: TxRow) -> bytes:
    if not row.outputs or any(value < 0 for value, _ in row.outputs):
        raise ValueError
    parts = [compact_size(len(row.outputs))]
    for value, script_hex in row.outputs:
        script = bytes.fromhex(script_hex)
        parts += (struct.pack("<q", value), compact_size(len(script)), script)
    return b"".join(parts)


def _inputs(row: TxRow) -> bytes:
    parts = [compact_size(len(row.inputs))]
    for txid_hex, vout, script_hex, sequence in row.inputs:
        script = bytes.fromhex(script_hex)
        parts += (hash_raw(txid_hex), struct.pack("<I", vout), compact_size(len(script)), script)
        parts.append(struct.pack("<I", sequence))
    return b"".join(parts)


def _coinbase_inputs(params: Iterable[str]) -> Iterator[bytes]:
    for script in map(bytes.fromhex, params):
        start = (
            b"\x01" + bytes(HASH_LENGTH) + struct.pack("<I", _NO_VOUT) + compact_size(len(script)) + script
        )
        yield from (start + struct.pack("<I", sequence) for sequence in _COINBASE_SEQUENCES)


def block_rows(batch: Any) -> Iterator[BlockRow]:
    """The rows of a batch of blocks, with headers where they have the hash that is told."""
    names = ("version", "previousblockhash", "merkle_root", "bits", "nonce")
    times = _unix(batch.column("timestamp"))
    told = zip(*(batch.column(name).to_pylist() for name in names), times, strict=True)
    more = zip(
        *(batch.column(name).to_pylist() for name in ("hash", "number", "coinbase_param")), strict=True
    )
    for fields, (shown, number, script) in zip(told, more, strict=True):
        height = number if number is not None and 0 <= number < _MOST_BLOCKS else UNKNOWN
        yield BlockRow((shown or "").lower(), _header(shown, *fields), height, script or "")


def _header(  # noqa: PLR0913, PLR0917  the fields of a header, and its hash
    shown: str, version: int, previous: str | None, root: str, bits: str, nonce: int, time: int
) -> bytes | None:
    try:
        header = (
            struct.pack("<I", version % _UINT32)
            + (hash_raw(previous) if previous else bytes(HASH_LENGTH))
            + hash_raw(root)
            + struct.pack("<III", time, int(bits, 16), nonce)
        )
        return header if double_sha256(header) == hash_raw(shown) else None
    except (ValueError, TypeError, struct.error):
        return None


def _unix(column: Any) -> list[int]:
    """Seconds since 1970 of a column of times in any unit, or of whole seconds."""
    values = column.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[s]").astype(np.int64)
    found: list[int] = values.tolist()
    return found


def merkle_root(txids: list[bytes]) -> bytes:
    """The root over ids, wire order; at least one."""
    row = txids
    while len(row) > 1:
        row = row + row[-1:] * (len(row) % 2)
        row = [double_sha256(row[at] + row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
