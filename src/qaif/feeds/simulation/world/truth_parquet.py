"""The truth of a simulated chain as Parquet, row group by row group, so that memory stays bounded.

Files and columns: `scripts` (script_raw, controller, beneficiary, wallet, role, promoter), `outputs`
(txid_raw, vout, purpose, is_change), `transactions` (txid_raw, kind, mix, foreign_keys, height), `actors`
(actor, kind, name, era), `handovers` (wallet, from_actor, to_actor, height, how). A script's controller is
the first one; what changed hands later stands in `handovers`. promoter: who advertises the script without
controlling it, -1 nobody.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qaif.feeds.simulation.world.blockwriter import Made
from qaif.feeds.simulation.world.words import KINDS, MIXES, PURPOSE, PURPOSES, ROLES
from qaif.kernels.loads import Bytes, Int64s

ROWS_A_GROUP = 1 << 17
_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMAS = {
    "scripts": pa.schema(
        [
            ("script_raw", pa.binary()),
            *((name, pa.int64()) for name in ("controller", "beneficiary", "wallet")),
            ("role", _WORD),
            ("promoter", pa.int64()),
        ]
    ),
    "outputs": pa.schema(
        [("txid_raw", pa.binary(32)), ("vout", pa.int64()), ("purpose", _WORD), ("is_change", pa.bool_())]
    ),
    "transactions": pa.schema(
        [
            ("txid_raw", pa.binary(32)),
            ("kind", _WORD),
            ("mix", _WORD),
            ("foreign_keys", pa.bool_()),
            ("height", pa.int64()),
        ]
    ),
    "actors": pa.schema(
        [("actor", pa.int64()), ("kind", pa.string()), ("name", pa.string()), ("era", pa.string())]
    ),
    "handovers": pa.schema(
        [(name, pa.int64()) for name in ("wallet", "from_actor", "to_actor", "height")]
        + [("how", pa.string())]
    ),
}


def _words(codes: Int64s, words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words))


def _ids(rows: Bytes) -> pa.Array:
    return pa.Array.from_buffers(pa.binary(32), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])


def _raws(data: Bytes, at: Int64s) -> pa.Array:
    offsets = pa.py_buffer(at.astype(np.int32))
    return pa.Array.from_buffers(
        pa.binary(), len(at) - 1, [None, offsets, pa.py_buffer(np.ascontiguousarray(data))]
    )


class TruthFiles:
    """The five files, written as blocks come.

    Args:
        folder: made where it is missing.
        era: of the actors.
    """

    def __init__(self, folder: Path, era: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._era = era
        self._files = {name: pq.ParquetWriter(folder / f"{name}.parquet", SCHEMAS[name]) for name in SCHEMAS}
        self._waiting: dict[str, list[pa.RecordBatch]] = {name: [] for name in SCHEMAS}
        self._written = dict.fromkeys(SCHEMAS, 0)
        self.rows = dict.fromkeys(SCHEMAS, 0)
        self._written = dict.fromkeys(SCHEMAS, 0)

    def _put(self, name: str, columns: list[Any]) -> None:
        batch = pa.record_batch(columns, schema=SCHEMAS[name])
        self._waiting[name].append(batch)
        self.rows[name] += batch.num_rows
        if self.rows[name] - self._written[name] >= ROWS_A_GROUP:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if self._waiting[name]:
            self._files[name].write_table(pa.Table.from_batches(self._waiting[name], SCHEMAS[name]))
            self._waiting[name], self._written[name] = [], self.rows[name]

    def block(self, made: Made, height: int) -> None:
        """What is true of a block."""
        scripts = made.scripts
        self._put(
            "scripts",
            [
                _raws(made.scripts_raw, made.scripts_at),
                *(pa.array(scripts[:, column]) for column in (1, 2, 3)),
                _words(scripts[:, 4], ROLES),
                pa.array(scripts[:, 5]),
            ],
        )
        self._outputs(made)
        kind, mix, foreign = (np.concatenate(([0], made.txs[:, column])) for column in (6, 7, 8))
        heights = pa.array(np.full(len(kind), height))
        self._put(
            "transactions",
            [_ids(made.txids), _words(kind, KINDS), _words(mix, MIXES), pa.array(foreign == 1), heights],
        )

    def _outputs(self, made: Made) -> None:
        many = made.coinbase_outs
        rows = np.concatenate(
            (np.zeros(many, np.int64), np.repeat(np.arange(len(made.txs)), made.txs[:, 5]) + 1)
        )
        first = np.array([PURPOSE["coinbase"], PURPOSE["commitment"]][:many])
        self._put(
            "outputs",
            [
                _ids(made.txids[rows]),
                pa.array(np.concatenate((np.arange(many), made.vout))),
                _words(np.concatenate((first, made.outs[:, 3])), PURPOSES),
                pa.array(np.concatenate((np.zeros(many, np.int64), made.outs[:, 4])) == 1),
            ],
        )

    def actors(self, actors: list[tuple[int, str, str]]) -> None:
        """Actors that are new."""
        if actors:
            numbers, kinds, names = zip(*actors, strict=True)
            self._put("actors", [numbers, kinds, names, [self._era] * len(numbers)])

    def handovers(self, rows: list[tuple[int, int, int, int, str]]) -> None:
        """Wallets whose keys passed to somebody else."""
        if rows:
            self._put("handovers", [list(column) for column in zip(*rows, strict=True)])

    def close(self) -> None:
        """Write what waits, and end the files."""
        for name, file in self._files.items():
            self._flush(name)
            file.close()
