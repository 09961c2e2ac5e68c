"""Columns of the table `blocks`."""

import numpy as np

from qaif.analysis.tables.rows import Rows, Values, known
from qaif.chain import written
from qaif.units import Bools

HEIGHT_BASIS = ("unknown", "linked to genesis", "coinbase (BIP34)", "told")
_PREVIOUS = slice(4, 36)  # in a header


def height(rows: Rows) -> Values:
    """Heights."""
    return known(rows.column("height"))


def height_basis(rows: Rows) -> Values:
    """How they are known."""
    return Values(written.names(rows.column("height_basis").astype(np.int64), HEIGHT_BASIS))


def block_hash(rows: Rows) -> Values:
    """Hashes, as shown."""
    return Values(written.hashes(rows.column("hash_raw")))


def previous_hash(rows: Rows) -> Values:
    """The parents' hashes, from the headers."""
    return Values(written.hashes(rows.column("header")[:, _PREVIOUS]))


def linked(rows: Rows) -> Values:
    """Whether the row before is the parent."""
    return Values(rows.column("linked") == 1)


def time(rows: Rows) -> Values:
    """The headers' times."""
    return Values(rows.column("time").astype(np.int64))


def size(rows: Rows) -> Values:
    """Bytes with witnesses, of whole blocks whose witnesses are held."""
    return Values(rows.column("size").astype(np.int64), _is_sized(rows))


def weight(rows: Rows) -> Values:
    """Weights, of the same."""
    return Values(rows.column("weight").astype(np.int64), _is_sized(rows))


def whole(rows: Rows) -> Values:
    """Whether all of their transactions are held."""
    return Values(rows.column("whole") == 1)


def _is_sized(rows: Rows) -> Bools | None:
    """Whether the size with witnesses is known; None where that is so of every block."""
    known = np.asarray(rows.column("size") > 0)
    return None if known.all() else known


def _is_whole(rows: Rows) -> Bools | None:
    """The same, None where that is so of every block."""
    return None if rows.chain.whole else np.asarray(rows.column("whole") == 1)


def tx_count(rows: Rows) -> Values:
    """Transactions that are held."""
    return _count(rows, "tx_lo")


def input_count(rows: Rows) -> Values:
    """Inputs."""
    return _count(rows, "in_lo")


def output_count(rows: Rows) -> Values:
    """Outputs."""
    return _count(rows, "out_lo")


def _count(rows: Rows, column: str) -> Values:
    return Values(rows.ends(column) - rows.column(column))
