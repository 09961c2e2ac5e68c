"""The truth of a simulated chain, as arrays over a chain view: the only module that reads its Parquet files.

A truth folder has `scripts.parquet` (script_raw, controller), `outputs.parquet` (txid_raw, vout,
is_change), `transactions.parquet` (txid_raw, kind, mix) and `actors.parquet` (actor, era), as `qaif simulate`
has them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qaif.chain.open import Chain
from qaif.errors import InputError
from qaif.units import UNKNOWN, Bools, Int64s

NO_MIX, TX0, PAYJOIN = "", "whirlpool-tx0", "payjoin"


@dataclass(frozen=True)
class Truth:
    """What is true of the transactions of a chain view.

    Attributes:
        controller: int64[scripts], who controls each script; -1 not said.
        change: bool[outputs], which are change.
        change_known: bool[transactions], of which it is said what is change.
        mix: int64[transactions], which of `mixes`; -1 not said.
        mixes: words for mixes; "" is none.
        kind: int64[transactions], which of `kinds`; -1 not said.
        kinds: words for what transactions are.
        era: int64[transactions], which of `eras` its spender is of; -1 not said.
        eras: names of eras.
    """

    controller: Int64s
    change: Bools
    change_known: Bools
    mix: Int64s
    mixes: tuple[str, ...]
    kind: Int64s
    kinds: tuple[str, ...]
    era: Int64s
    eras: tuple[str, ...]

    def is_mix(self, word: str) -> Bools:
        """Which transactions are mixes of a word: bool[transactions]."""
        number = self.mixes.index(word) if word in self.mixes else UNKNOWN - 1
        found: Bools = self.mix == number
        return found

    @property
    def of_several(self) -> Bools:
        """Which transactions mix coins of several owners; a Tx0 and a payjoin do not."""
        single = [n for n, word in enumerate(self.mixes) if word in (NO_MIX, TX0, PAYJOIN)]
        found: Bools = (self.mix >= 0) & ~np.isin(self.mix, single)
        return found

    @property
    def ordinary(self) -> Bools:
        """Which transactions are said to be nothing of the kind."""
        return self.is_mix(NO_MIX)


def read_truth(chain: Chain, folder: Path) -> Truth:
    """The truth of a chain from its folder.

    Raises:
        InputError: a file is missing or has not the columns it should have.
    """
    try:
        scripts = pq.read_table(folder / "scripts.parquet", columns=["script_raw", "controller"])
        outputs = pq.read_table(folder / "outputs.parquet", columns=["txid_raw", "vout", "is_change"])
        txs = pq.read_table(folder / "transactions.parquet", columns=["txid_raw", "kind", "mix"])
        actors = pq.read_table(folder / "actors.parquet", columns=["actor", "era"])
    except (OSError, pa.ArrowException, KeyError) as error:
        raise InputError(
            f"{folder} is not the truth of a simulated chain: {error}",
            way_out="Name the `truth` folder's parent, as `qaif simulate ... --out DIR` made it.",
        ) from error
    controller = _controllers(chain, scripts)
    txids = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(32), chain.n_txs, [None, pa.py_buffer(np.ascontiguousarray(chain.tx.txid_raw[:]))]
    )
    change, known = _changes(chain, outputs, txids)
    row = _places(txids, _column(txs, "txid_raw", pa.binary(32)))
    words = (*_words(txs["mix"], row), *_words(txs["kind"], row))
    era, eras = _eras(chain, controller, actors)
    return Truth(controller, change, known, *words, era, eras)


def _column(table: pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    return table[name].cast(kind).combine_chunks()


def _places(wanted: pa.Array, among: pa.Array) -> Int64s:
    """Where each value stands among others; -1 nowhere."""
    found = pc.fill_null(pc.index_in(wanted, value_set=among), -1)
    out: Int64s = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return out


def _controllers(chain: Chain, table: pa.Table) -> Int64s:
    data = np.ascontiguousarray(chain.script_byte.value[:])
    lo = chain.script.byte_lo.take(np.arange(chain.n_scripts + 1, dtype=np.int64)).astype(np.int64)
    scripts = pa.Array.from_buffers(
        pa.large_binary(), chain.n_scripts, [None, pa.py_buffer(lo), pa.py_buffer(data)]
    )
    row = _places(scripts, _column(table, "script_raw", pa.large_binary()))
    told = table["controller"].to_numpy().astype(np.int64)
    out: Int64s = np.where(row >= 0, told[np.maximum(row, 0)] if len(told) else UNKNOWN, UNKNOWN)
    return out


def _changes(chain: Chain, table: pa.Table, txids: pa.Array) -> tuple[Bools, Bools]:
    tx = _places(_column(table, "txid_raw", pa.binary(32)), txids)
    held = tx >= 0
    tx, vout = tx[held], table["vout"].to_numpy().astype(np.int64)[held]
    is_change = table["is_change"].to_numpy(zero_copy_only=False)[held].astype(np.bool_)
    change = np.zeros(chain.n_outs, dtype=np.bool_)
    change[(chain.tx.out_lo.take(tx) + vout)[is_change]] = True
    known = np.zeros(chain.n_txs, dtype=np.bool_)
    known[tx] = True
    return change, known


def _words(column: pa.ChunkedArray, row: Int64s) -> tuple[Int64s, tuple[str, ...]]:
    """Words by number, in the order of a chain's rows; -1 where a row is none."""
    words = sorted(set(column.to_pylist()))
    number = _places(column.cast(pa.string()).combine_chunks(), pa.array(words, pa.string()))
    out: Int64s = np.where(row >= 0, number[np.maximum(row, 0)] if len(number) else UNKNOWN, UNKNOWN)
    return out, tuple(words)


def _eras(chain: Chain, controller: Int64s, actors: pa.Table) -> tuple[Int64s, tuple[str, ...]]:
    """The era of who controls a transaction's first input."""
    first = chain.txin.script_num.take(chain.tx.in_lo.take(np.arange(chain.n_txs, dtype=np.int64)))
    by = np.where(first >= 0, controller[np.maximum(first, 0)] if len(controller) else UNKNOWN, UNKNOWN)
    row = _places(pa.array(by.astype(np.int64)), _column(actors, "actor", pa.int64()))
    return _words(actors["era"], row)
