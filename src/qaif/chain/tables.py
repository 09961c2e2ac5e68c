"""What the store holds: every table and column, once.

A primary table is a range of rows a segment, in chain order; its first row's number stands in the manifest. A
derived table is a sorted run of (key, number) pairs a segment, with full numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from qaif.kernels import spender

FORMAT_VERSION = 3
COINBASE = -2  # in `txin.spent_out`: spends nothing

BASIS_UNKNOWN = 0
BASIS_HELD = 1  # the spent output is in the store: a fact
BASIS_FEED = 2  # the feed gave value and script: told
BASIS_PARENT = 3  # read from the spent transaction's own bytes, which are kept beside the store
BASIS_INFERRED = 10  # plus the code of kernels/spender: an inference from the spending key or script


@dataclass(frozen=True)
class Column:
    """One column: little-endian, `width` items a row (a hash is 32 bytes of uint8)."""

    name: str
    dtype: DTypeLike
    width: int
    meaning: str

    @property
    def row_bytes(self) -> int:
        """Bytes a row."""
        return int(np.dtype(self.dtype).itemsize) * self.width

    def none(self) -> NDArray[Any]:
        """The column without rows."""
        return np.zeros(0 if self.width == 1 else (0, self.width), dtype=self.dtype)


def _column(name: str, dtype: str, meaning: str, width: int = 1) -> Column:
    return Column(name, np.dtype(dtype), width, meaning)


PRIMARY: dict[str, tuple[Column, ...]] = {
    "block": (
        _column("header", "u1", "the 80 bytes of the header", 80),
        _column("hash_raw", "u1", "the block's hash, wire order", 32),
        _column("work", "u1", "work of its run up to and with this block, 256 bits big-endian", 32),
        _column("height", "<i4", "height, -1 where it cannot be known"),
        _column(
            "height_basis", "u1", "0 unknown, 1 linked to genesis, 2 read from the coinbase (BIP34), 3 told"
        ),
        _column("linked", "u1", "1 where the row before is its parent (and for genesis)"),
        _column("whole", "u1", "1 where all its transactions are held, 0 where only some are"),
        _column("time", "<u4", "the header's time, seconds since 1970"),
        _column("size", "<u4", "bytes with witnesses; 0 where it is not whole, or they are not held"),
        _column("weight", "<u4", "BIP141 weight; 0 where the size is"),
        _column("tx_lo", "<i8", "number of its first transaction"),
        _column("in_lo", "<i8", "number of its first input"),
        _column("out_lo", "<i8", "number of its first output"),
        _column("script_lo", "<i8", "how many scripts had appeared before it"),
        _column("unresolved_lo", "<i8", "how many unresolved inputs came before it"),
    ),
    "tx": (
        _column("txid_raw", "u1", "transaction id, wire order; not a key: BIP30 pairs share one", 32),
        _column(
            "place", "<i4", "its place in the block, from 0, as proven; -1 where only a source claims it"
        ),
        _column("version", "<i4", "version as signed 32 bits"),
        _column("locktime", "<u4", "locktime"),
        _column("size", "<u4", "bytes with witness; 0 where it may have one that is not held"),
        _column("base_size", "<u4", "bytes without witness"),
        _column("in_lo", "<i8", "number of its first input"),
        _column("out_lo", "<i8", "number of its first output"),
    ),
    "txin": (
        _column("spent_out", "<i8", "number of the output it spends; -1 not held, -2 coinbase"),
        _column("value_sat", "<i8", "satoshi it spends; -1 unknown"),
        _column("script_num", "<i8", "script it spends; -1 unknown"),
        _column("sequence", "<u4", "sequence"),
        _column("script_size", "<u4", "bytes of the input's script"),
        _column("witness_size", "<u4", "bytes of its witness, with the count"),
        _column(
            "script_basis",
            "u1",
            "0 unknown, 1 output held, 2 told by the feed, 3 read from its transaction, 10+ inferred",
        ),
    ),
    "txout": (
        _column("value_sat", "<i8", "satoshi"),
        _column("script_num", "<i8", "number of its script"),
    ),
    "script": (
        _column("type", "u1", "Bitcoin Core's TxoutType"),
        _column("byte_lo", "<i8", "where its bytes begin in script_byte"),
    ),
    "script_byte": (_column("value", "u1", "bytes of all scripts, one after another"),),
    "unresolved": (
        _column("in_num", "<i8", "the input"),
        _column("prev_txid_raw", "u1", "id of the transaction it spends from", 32),
        _column("prev_vout", "<u4", "which of its outputs"),
    ),
}


def column_of(table: str, name: str) -> Column:
    """A primary column's declaration."""
    return next(column for column in PRIMARY[table] if column.name == name)


DERIVED_COLUMNS = (("key", np.dtype("<u8")), ("num", np.dtype("<i8")))


@dataclass(frozen=True)
class Derived:
    """A sorted run of (key, number): what the numbers count, and which rule makes the rows."""

    name: str
    version: int
    counts: str  # the primary table whose numbers stand in `num`
    meaning: str


DERIVED: tuple[Derived, ...] = (
    Derived("by_txid", 1, "tx", "first eight bytes of the transaction id, and its number"),
    Derived("by_script", 1, "script", "64-bit hash of the script's bytes, and its number"),
    Derived("script_outs", 1, "txout", "script number, and the outputs that pay it"),
    Derived("script_ins", 2, "txin", "script number, and the inputs that spend it without their output held"),
    Derived("spent_by", 1, "txin", "output number, and the input that spends it"),
)

# The version of every rule that made a row; a store that other versions made is made again.
RULES: dict[str, int] = {table.name: table.version for table in DERIVED} | {"spender-script": spender.VERSION}
