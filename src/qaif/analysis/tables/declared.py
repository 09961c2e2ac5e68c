"""Every table that SQL and exports offer: its columns, their kinds and their meaning, once.

The five tables in plural are for people: hashes and addresses as people write them, NULL where something is
unknown. The five in singular are the store's own columns (`chain/tables.py`) behind a number of the row, with
its codes: -1 unknown, -2 coinbase. Columns are computed for the rows and columns that a query asks for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from qaif.analysis.tables import of_blocks, of_inputs, of_outputs, of_scripts, of_transactions
from qaif.analysis.tables.rows import Rows, Values
from qaif.chain.tables import PRIMARY
from qaif.chain.tables import Column as Stored

Kind = Literal["text", "int", "int64", "bool", "time"]
Compute = Callable[[Rows], Values]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: in SQL and in exports.
        kind: `text`, `int64` (satoshi and numbers), `int` (32 bits), `bool` or `time` (UTC).
        meaning: in English; says what NULL means where it can be.
        compute: gives it for any rows of the table.
        inferred: it can rest on an inference (see `spender-script`).
    """

    name: str
    kind: Kind
    meaning: str
    compute: Compute
    inferred: bool = False


@dataclass(frozen=True)
class Table:
    """One table: the primary table whose rows it has, and its columns."""

    name: str
    counts: str
    meaning: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class RawTable:
    """A table of the store as it is, each row behind its number."""

    name: str
    number: str
    columns: tuple[Stored, ...]

    @property
    def counts(self) -> str:
        """The primary table whose rows it has."""
        return self.name


_TIME = "time of its block's header, UTC"
_HEIGHT = "height of its block; NULL where it cannot be known"
_TXID = "transaction id, as shown; a BIP30 pair shares one, so join by `tx_num`"
_ADDRESS = "as Bitcoin Core writes it; NULL where Core gives none"
_TYPE = "Bitcoin Core's name of the script's type"


def _number(name: str, meaning: str) -> Column:
    return Column(name, "int64", meaning, lambda rows: Values(rows.nums))


BLOCKS = Table(
    "blocks",
    "block",
    "one row a block, in chain order",
    (
        _number("block_num", "number in chain order, from 0; the height only where the chain is complete"),
        Column("height", "int", "height; NULL where it cannot be known", of_blocks.height),
        Column(
            "height_basis",
            "text",
            "how the height is known: linked to genesis, coinbase (BIP34), told, unknown",
            of_blocks.height_basis,
        ),
        Column("hash", "text", "block hash, as shown", of_blocks.block_hash),
        Column("previous_hash", "text", "hash of its parent, as shown", of_blocks.previous_hash),
        Column("linked", "bool", "the row before is its parent (true of genesis)", of_blocks.linked),
        Column("whole", "bool", "all of its transactions are held", of_blocks.whole),
        Column("time", "time", "time of its header, UTC", of_blocks.time),
        Column(
            "size",
            "int64",
            "bytes with witnesses; NULL where it is not whole, or they are not held",
            of_blocks.size,
        ),
        Column("weight", "int64", "BIP141 weight; NULL where the size is", of_blocks.weight),
        Column("tx_count", "int64", "transactions that are held", of_blocks.tx_count),
        Column("input_count", "int64", "inputs, the coinbase's included", of_blocks.input_count),
        Column("output_count", "int64", "outputs", of_blocks.output_count),
    ),
)

TRANSACTIONS = Table(
    "transactions",
    "tx",
    "one row a transaction, in chain order",
    (
        _number("tx_num", "number in chain order, from 0"),
        Column("txid", "text", _TXID, of_transactions.txid),
        Column("block_num", "int64", "number of its block", of_transactions.block_num),
        Column("block_height", "int", _HEIGHT, of_transactions.block_height),
        Column("time", "time", _TIME, of_transactions.time),
        Column(
            "position",
            "int64",
            "its place in the block, from 0; NULL where not proven",
            of_transactions.position,
        ),
        Column("is_coinbase", "bool", "it makes new coins", of_transactions.is_coinbase),
        Column("version", "int", "version as signed 32 bits", of_transactions.version),
        Column("locktime", "int64", "locktime", of_transactions.locktime),
        Column("size", "int64", "bytes with witnesses; NULL where they are not held", of_transactions.size),
        Column("weight", "int64", "BIP141 weight; NULL where the size is", of_transactions.weight),
        Column(
            "vsize",
            "int64",
            "weight divided by four, rounded up; NULL where the size is",
            of_transactions.vsize,
        ),
        Column("input_count", "int64", "inputs, a coinbase's one included", of_transactions.input_count),
        Column("output_count", "int64", "outputs", of_transactions.output_count),
        Column(
            "input_sat",
            "int64",
            "satoshi its inputs are worth; NULL where one is unknown, and for a coinbase",
            of_transactions.input_sat,
        ),
        Column("output_sat", "int64", "satoshi its outputs are worth", of_transactions.output_sat),
        Column(
            "fee_sat",
            "int64",
            "`input_sat` less `output_sat`; NULL where an input's value is unknown, and for a coinbase",
            of_transactions.fee_sat,
        ),
    ),
)

INPUTS = Table(
    "inputs",
    "txin",
    "one row an input, in chain order; a coinbase's is one too",
    (
        _number("in_num", "number in chain order, from 0"),
        Column("tx_num", "int64", "number of its transaction", of_inputs.tx_num),
        Column("txid", "text", _TXID, of_inputs.txid),
        Column("n", "int64", "its index in the transaction, from 0", of_inputs.n),
        Column("block_height", "int", _HEIGHT, of_inputs.block_height),
        Column("time", "time", _TIME, of_inputs.time),
        Column("is_coinbase", "bool", "it spends nothing: it makes new coins", of_inputs.is_coinbase),
        Column(
            "spent_out_num",
            "int64",
            "`outputs.out_num` it spends; NULL where that is not held, and for a coinbase",
            of_inputs.spent_out_num,
        ),
        Column(
            "spent_txid",
            "text",
            "id of the transaction it spends from; NULL for a coinbase",
            of_inputs.spent_txid,
        ),
        Column("spent_vout", "int64", "which of its outputs; NULL for a coinbase", of_inputs.spent_vout),
        Column(
            "value_sat",
            "int64",
            "satoshi it spends; NULL where unknown, and for a coinbase",
            of_inputs.value_sat,
        ),
        Column(
            "script_num",
            "int64",
            "`scripts.script_num` it spends; NULL where unknown, and for a coinbase",
            of_inputs.script_num,
            inferred=True,
        ),
        Column(
            "address",
            "text",
            f"address it spends, {_ADDRESS}, where the script is unknown, and for a coinbase",
            of_inputs.address,
            inferred=True,
        ),
        Column(
            "script_type",
            "text",
            f"{_TYPE}; NULL where the script is unknown, and for a coinbase",
            of_inputs.script_type,
            inferred=True,
        ),
        Column(
            "script_basis",
            "text",
            "how the script is known: output held, told by the feed, read from the transaction that made it, "
            "inferred: by what, unknown, coinbase",
            of_inputs.script_basis,
        ),
        Column("sequence", "int64", "sequence", of_inputs.sequence),
    ),
)

OUTPUTS = Table(
    "outputs",
    "txout",
    "one row an output, in chain order",
    (
        _number("out_num", "number in chain order, from 0"),
        Column("tx_num", "int64", "number of its transaction", of_outputs.tx_num),
        Column("txid", "text", _TXID, of_outputs.txid),
        Column("vout", "int64", "its index in the transaction, from 0", of_outputs.vout),
        Column("block_height", "int", _HEIGHT, of_outputs.block_height),
        Column("time", "time", _TIME, of_outputs.time),
        Column("is_coinbase", "bool", "its transaction makes new coins", of_outputs.is_coinbase),
        Column("value_sat", "int64", "satoshi", of_outputs.value_sat),
        Column("script_num", "int64", "`scripts.script_num` it pays", of_outputs.script_num),
        Column("address", "text", f"address it pays, {_ADDRESS}", of_outputs.address),
        Column("script_type", "text", _TYPE, of_outputs.script_type),
        Column(
            "spent_in_num",
            "int64",
            "`inputs.in_num` that spends it; NULL where none that is held does",
            of_outputs.spent_in_num,
        ),
        Column(
            "spent_tx_num",
            "int64",
            "number of the transaction that spends it; else NULL",
            of_outputs.spent_tx_num,
        ),
        Column(
            "spent_by_txid",
            "text",
            "id of the transaction that spends it; else NULL",
            of_outputs.spent_by_txid,
        ),
        Column(
            "unspendable",
            "text",
            "why nobody can ever spend it; NULL where somebody can, or could",
            of_outputs.unspendable,
        ),
    ),
)

SCRIPTS = Table(
    "scripts",
    "script",
    "one row a script, in order of first appearance; an address is how a script is written",
    (
        Column(
            "script_num",
            "int64",
            "number by first appearance, from 0",
            lambda rows: Values(rows.nums),
            inferred=True,
        ),
        Column("address", "text", _ADDRESS, of_scripts.address, inferred=True),
        Column("script_type", "text", _TYPE, of_scripts.script_type, inferred=True),
        Column("size", "int64", "bytes of the script", of_scripts.size, inferred=True),
        Column("script_hex", "text", "the script", of_scripts.script_hex, inferred=True),
        Column(
            "output_count",
            "int64",
            "outputs held that pay it; 0 where it is known by an input only",
            of_scripts.output_count,
        ),
    ),
)

FRIENDLY: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in (BLOCKS, TRANSACTIONS, INPUTS, OUTPUTS, SCRIPTS)}
)
_NUMBERS = {
    "block": "block_num",
    "tx": "tx_num",
    "txin": "in_num",
    "txout": "out_num",
    "script": "script_num",
}
RAW: Mapping[str, RawTable] = MappingProxyType(
    {name: RawTable(name, number, PRIMARY[name]) for name, number in _NUMBERS.items()}
)
TABLES: Mapping[str, Table | RawTable] = MappingProxyType({**FRIENDLY, **RAW})
RAW_INFERRED = frozenset(
    {("txin", "script_num"), ("script", "script_num"), ("script", "type"), ("script", "byte_lo")}
)
