"""The store's columns as Arrow, without copying: the only module of `chain/` that knows pyarrow.

A table has one record batch a segment; its buffers are the mapped files themselves, which stay mapped as long
as any of it lives. Columns, their order and their codes (-1 unknown, -2 coinbase) are those of
`tables.PRIMARY`; a hash is `fixed_size_binary(32)`, in wire order. A table of `Chain.at(block)` ends where
that block ended.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from qaif.chain.open import Chain
from qaif.chain.sections import Array
from qaif.chain.tables import PRIMARY, Column


def arrow_type(column: Column) -> pa.DataType:
    """How Arrow holds a primary column."""
    if column.width == 1:
        return pa.from_numpy_dtype(np.dtype(column.dtype))
    return pa.binary(column.width)


def as_arrow(column: Column, rows: Array) -> pa.Array:
    """Rows of a primary column as an Arrow array over the same memory.

    Args:
        column: its declaration.
        rows: shape (n,), or (n, width); contiguous.
    """
    return pa.Array.from_buffers(arrow_type(column), len(rows), [None, pa.py_buffer(rows)])


def schema(table: str, columns: Sequence[str] | None = None) -> pa.Schema:
    """The columns of a primary table, all or those named.

    Raises:
        KeyError: there is no such table or column.
    """
    chosen = _chosen(table, columns)
    return pa.schema([pa.field(c.name, arrow_type(c), nullable=False) for c in chosen])


def batches(chain: Chain, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """One record batch a segment, over the mapped file.

    Raises:
        KeyError: there is no such table or column.
    """
    chosen, limit, form = _chosen(table, columns), chain.limits[table], schema(table, columns)
    for segment in chain.segments:
        rows = max(min(limit, segment.span(table)[1]) - segment.span(table)[0], 0)
        arrays = [as_arrow(column, segment.column(table, column.name)[:rows]) for column in chosen]
        yield pa.RecordBatch.from_arrays(arrays, schema=form)


def table(chain: Chain, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A primary table: one chunk a segment, nothing copied.

    Raises:
        KeyError: there is no such table or column.
    """
    return pa.Table.from_batches(batches(chain, name, columns), schema=schema(name, columns))


def _chosen(table: str, columns: Sequence[str] | None) -> tuple[Column, ...]:
    declared = {column.name: column for column in PRIMARY[table]}
    return tuple(declared[name] for name in (declared if columns is None else columns))
