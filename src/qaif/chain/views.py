"""The tables of a chain view, typed: one `ColumnView` a column, as `tables.PRIMARY` declares them."""

from dataclasses import dataclass

from qaif.chain.segments import ColumnView


@dataclass(frozen=True)
class BlockTable:
    """Columns of blocks."""

    header: ColumnView
    hash_raw: ColumnView
    work: ColumnView
    height: ColumnView
    height_basis: ColumnView
    linked: ColumnView
    whole: ColumnView
    time: ColumnView
    size: ColumnView
    weight: ColumnView
    tx_lo: ColumnView
    in_lo: ColumnView
    out_lo: ColumnView
    script_lo: ColumnView
    unresolved_lo: ColumnView


@dataclass(frozen=True)
class TxTable:
    """Columns of transactions."""

    txid_raw: ColumnView
    place: ColumnView
    version: ColumnView
    locktime: ColumnView
    size: ColumnView
    base_size: ColumnView
    in_lo: ColumnView
    out_lo: ColumnView


@dataclass(frozen=True)
class TxInTable:
    """Columns of inputs."""

    spent_out: ColumnView
    value_sat: ColumnView
    script_num: ColumnView
    sequence: ColumnView
    script_size: ColumnView
    witness_size: ColumnView
    script_basis: ColumnView


@dataclass(frozen=True)
class TxOutTable:
    """Columns of outputs."""

    value_sat: ColumnView
    script_num: ColumnView


@dataclass(frozen=True)
class ScriptTable:
    """Columns of scripts."""

    type: ColumnView
    byte_lo: ColumnView


@dataclass(frozen=True)
class ScriptByteTable:
    """Bytes of scripts."""

    value: ColumnView


@dataclass(frozen=True)
class UnresolvedTable:
    """Inputs whose spent output is not held."""

    in_num: ColumnView
    prev_txid_raw: ColumnView
    prev_vout: ColumnView
