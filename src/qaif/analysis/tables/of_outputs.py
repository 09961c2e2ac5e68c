"""Columns of the table `outputs`."""

import numpy as np

from qaif.analysis.tables.of_transactions import coinbases
from qaif.analysis.tables.rows import Rows, Values, known, time
from qaif.analysis.tables.rows import height as block_height
from qaif.chain import spendable, written
from qaif.kernels.script import TYPE_NAMES
from qaif.units import Int64s

__all__ = ["block_height", "time"]
_WHY = tuple(spendable.WHY[code] for code in sorted(spendable.WHY))


def tx_num(rows: Rows) -> Values:
    """Transactions."""
    return Values(rows.tx_nums)


def txid(rows: Rows) -> Values:
    """Their ids, as shown."""
    return Values(written.hashes(rows.chain.tx.txid_raw.take(rows.tx_nums)))


def vout(rows: Rows) -> Values:
    """Places in the transaction."""
    return Values(rows.nums - rows.chain.tx.out_lo.take(rows.tx_nums))


def is_coinbase(rows: Rows) -> Values:
    """Whether the transaction makes new coins."""
    return Values(coinbases(rows))


def value_sat(rows: Rows) -> Values:
    """Satoshi, the mapped column itself where the rows follow one another."""
    return Values(rows.column("value_sat"))


def script_num(rows: Rows) -> Values:
    """Scripts, the mapped column itself where the rows follow one another."""
    return Values(rows.column("script_num"))


def address(rows: Rows) -> Values:
    """Addresses."""
    texts = written.addresses(rows.chain, rows.column("script_num"))
    return Values(texts, texts.known)


def script_type(rows: Rows) -> Values:
    """Types of script."""
    codes = rows.chain.script.type.take(rows.column("script_num")).astype(np.int64)
    return Values(written.names(codes, TYPE_NAMES))


def spent_in_num(rows: Rows) -> Values:
    """The inputs that spend them."""
    return known(rows.chain.spent_by(rows.nums))


def _spender(rows: Rows) -> Int64s:
    """The transaction that spends each, -1 where none does."""
    ins = rows.chain.spent_by(rows.nums)
    if not rows.chain.n_ins:
        return ins
    return np.where(ins < 0, ins, rows.chain.tx_of_in(np.maximum(ins, 0)))


def spent_tx_num(rows: Rows) -> Values:
    """The transactions that spend them."""
    return known(_spender(rows))


def spent_by_txid(rows: Rows) -> Values:
    """Their ids, as shown."""
    txs = _spender(rows)
    spent = txs >= 0
    return Values(written.hashes(rows.chain.tx.txid_raw.take(np.maximum(txs, 0)), spent), spent)


def unspendable(rows: Rows) -> Values:
    """Why nobody can ever spend them."""
    code = spendable.unspendable(rows.chain, rows.nums).astype(np.int64)
    dead = code > 0
    return Values(written.names(code - 1, _WHY, dead), dead)
