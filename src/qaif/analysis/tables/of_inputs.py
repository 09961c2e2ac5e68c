"""Columns of the table `inputs`."""

import numpy as np

from qaif.analysis.tables.rows import Rows, Values, known, time
from qaif.analysis.tables.rows import height as block_height
from qaif.chain import written
from qaif.chain.tables import BASIS_INFERRED, COINBASE
from qaif.kernels.script import TYPE_NAMES
from qaif.kernels.spender import BASIS_NAMES
from qaif.units import UNKNOWN, Bools, Hashes, Int64s

__all__ = ["block_height", "time"]
BASIS_TEXTS = (
    "unknown",
    "output held",
    "told by the feed",
    "read from the transaction that made it",
    *(f"inferred: {one}" for one in BASIS_NAMES),
    "coinbase",
)
_FIRST_INFERRED = 4  # in BASIS_TEXTS


def tx_num(rows: Rows) -> Values:
    """Transactions."""
    return Values(rows.tx_nums)


def txid(rows: Rows) -> Values:
    """Their ids, as shown."""
    return Values(written.hashes(rows.chain.tx.txid_raw.take(rows.tx_nums)))


def n(rows: Rows) -> Values:
    """Places in the transaction."""
    return Values(rows.nums - rows.chain.tx.in_lo.take(rows.tx_nums))


def is_coinbase(rows: Rows) -> Values:
    """Which spend nothing."""
    return Values(coinbases(rows))


def coinbases(rows: Rows) -> Bools:
    """Which spend nothing."""
    null: Bools = rows.column("spent_out") == COINBASE
    return null


def spent_out_num(rows: Rows) -> Values:
    """The outputs that they spend."""
    return known(rows.column("spent_out"))


def value_sat(rows: Rows) -> Values:
    """Satoshi, where known."""
    return known(rows.column("value_sat"))


def script_nums(rows: Rows) -> Int64s:
    """The script of each, -1 where unknown, or only inferred where inference is off."""
    nums: Int64s = rows.column("script_num")
    if rows.inference:
        return nums
    return np.where(rows.column("script_basis") >= BASIS_INFERRED, UNKNOWN, nums)


def script_num(rows: Rows) -> Values:
    """Scripts, where known."""
    return known(script_nums(rows))


def address(rows: Rows) -> Values:
    """Addresses, where known."""
    texts = written.addresses(rows.chain, script_nums(rows))
    return Values(texts, texts.known)


def script_type(rows: Rows) -> Values:
    """Types of script, where known."""
    nums = script_nums(rows)
    sure = nums >= 0
    codes = rows.chain.script.type.take(np.maximum(nums, 0)).astype(np.int64) if sure.any() else nums
    return Values(written.names(codes, TYPE_NAMES, sure), sure)


def script_basis(rows: Rows) -> Values:
    """How the script is known, in words."""
    code = rows.column("script_basis").astype(np.int64)
    inferred = code >= BASIS_INFERRED
    unseen = 0 if not rows.inference else code - BASIS_INFERRED + _FIRST_INFERRED
    text = np.where(inferred, unseen, code)
    return Values(written.names(np.where(coinbases(rows), len(BASIS_TEXTS) - 1, text), BASIS_TEXTS))


def sequence(rows: Rows) -> Values:
    """Sequences."""
    return Values(rows.column("sequence").astype(np.int64))


def spent_txid(rows: Rows) -> Values:
    """Ids of the transactions that they spend from, as shown; held or not."""
    raw, _ = _outpoints(rows)
    real = ~coinbases(rows)
    return Values(written.hashes(raw, real), real)


def spent_vout(rows: Rows) -> Values:
    """Which outputs of those."""
    return Values(_outpoints(rows)[1], ~coinbases(rows))


def _outpoints(rows: Rows) -> tuple[Hashes, Int64s]:
    """Transaction id (wire order) and index of the output that each input spends; zeros for a coinbase."""
    spent, chain = rows.column("spent_out"), rows.chain
    raw, vout = np.zeros((len(rows), 32), dtype=np.uint8), np.zeros(len(rows), dtype=np.int64)
    here = np.flatnonzero(spent >= 0)
    if len(here):
        txs = chain.tx_of_out(spent[here])
        raw[here], vout[here] = chain.tx.txid_raw.take(txs), spent[here] - chain.tx.out_lo.take(txs)
    away = np.flatnonzero(spent == UNKNOWN)
    if len(away):
        side = unresolved_rows(rows, rows.nums[away])
        raw[away] = chain.unresolved.prev_txid_raw.take(side)
        vout[away] = chain.unresolved.prev_vout.take(side)
    return raw, vout


def unresolved_rows(rows: Rows, in_nums: Int64s) -> Int64s:
    """The row in the side table of each input whose spent output is not held."""
    out = np.full(len(in_nums), UNKNOWN, dtype=np.int64)
    for segment in rows.chain.segments:
        held = segment.column("unresolved", "in_num")
        if len(held):
            place = np.minimum(np.searchsorted(held, in_nums), len(held) - 1)
            hit = held[place] == in_nums
            out[hit] = place[hit] + segment.span("unresolved")[0]
    return out
