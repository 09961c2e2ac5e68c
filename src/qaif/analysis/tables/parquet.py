"""Record batches into Parquet files, with bounded memory.

Row groups hold about `ROWS_A_GROUP` rows. Numbers are delta-coded, texts that come again are kept once a row
group, and all is compressed with Zstandard.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_A_GROUP = 122_880
_LEVEL = 3


class ParquetFile:
    """A Parquet file that is written batch by batch; use it with `with`.

    Args:
        path: the file.
        schema: names and types.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        numbers = [f.name for f in schema if pa.types.is_integer(f.type) or pa.types.is_timestamp(f.type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            version="2.6",
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=[field.name for field in schema if field.name not in numbers],
            column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
            store_schema=False,
        )
        self._waiting: list[pa.RecordBatch] = []
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._waiting.append(batch)
        if sum(len(one) for one in self._waiting) >= ROWS_A_GROUP:
            self._flush()

    def finish(self, metadata: Mapping[str, str]) -> None:
        """Write what is waiting, and texts about the file into its foot."""
        self._flush()
        self._writer.add_key_value_metadata(dict(metadata))

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            self._writer.write_table(table, row_group_size=max(len(table), 1))
            self.rows += len(table)
            self._waiting = []


def write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a whole file; how many rows."""
    with ParquetFile(path, schema) as file:
        for batch in batches:
            file.write(batch)
        file.finish({})
    return file.rows
