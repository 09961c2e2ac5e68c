"""The declared tables as Arrow: computed, piece by piece, for the rows and columns that somebody asks for.

A `ChainTable` is an Arrow dataset whose scanner reads the chain view: it takes the columns and the filter
that a query engine pushes down, narrows the rows by the store's own indexes, computes the filter's columns,
applies it, and computes the other columns for the rows that are left. Stored columns of rows that follow one
another are the mapped memory itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from qaif.analysis.tables import of_scripts
from qaif.analysis.tables.declared import (
    FRIENDLY,
    RAW_INFERRED,
    TABLES,
    Column,
    Kind,
    RawTable,
    Table,
)
from qaif.analysis.tables.narrowing import Narrowing, conditions
from qaif.analysis.tables.of_inputs import script_nums
from qaif.analysis.tables.rows import Edges, Rows, Values
from qaif.chain.arrow import arrow_type, as_arrow
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_INFERRED
from qaif.chain.written import Texts
from qaif.units import Bools, Int64s

PIECE_ROWS = 131_072
_TYPES: Mapping[Kind, pa.DataType] = {
    "text": pa.large_string(),
    "int": pa.int32(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "time": pa.timestamp("us"),
}
_MICROSECONDS = 1_000_000


@dataclass
class Source:
    """A chain view as tables, and what was asked of it so far.

    Args:
        chain: the chain view.
        inference: whether a script that only follows from an input counts.
    """

    chain: Chain
    inference: bool = True
    touched: set[tuple[str, str]] = field(default_factory=set)
    rests_on_inference: bool = False

    @cached_property
    def edges(self) -> Edges:
        """Where blocks begin."""
        return Edges.of(self.chain)

    @cached_property
    def has_inferred(self) -> bool:
        """Whether the script of any input is only inferred."""
        return bool(len(of_scripts.inferred_inputs(self.chain)))

    def tables(self) -> "dict[str, ChainTable]":
        """All tables by name, those for people first."""
        return {name: ChainTable(self, table) for name, table in TABLES.items()}

    def noted(self, table: Table | RawTable, columns: set[str], rows: Rows) -> None:
        """Keep in mind whether a piece that was read rests on an inference."""
        self.touched |= {(table.name, name) for name in columns}
        if self.rests_on_inference or not self.inference or not self.has_inferred:
            return
        if not any((table.name, name) in _INFERRED for name in columns):
            return
        if table.counts == "txin":
            self.rests_on_inference = bool((rows.column("script_basis") >= BASIS_INFERRED).any())
        else:
            self.rests_on_inference = not bool(of_scripts.factual(self.chain, rows.nums).all())


_INFERRED = RAW_INFERRED | {
    (table.name, column.name) for table in FRIENDLY.values() for column in table.columns if column.inferred
}


class ChainTable(ds.Dataset):  # type: ignore[misc]  # pyarrow ships no types
    """One declared table of a source.

    Args:
        source: the chain view.
        table: the declaration.
    """

    def __init__(self, source: Source, table: Table | RawTable) -> None:
        self._source, self.table = source, table
        self._form = schema_of(table)

    @property
    def schema(self) -> pa.Schema:
        """Names and types."""
        return self._form

    def scanner(
        self,
        columns: Sequence[str] | None = None,
        filter: ds.Expression | None = None,  # noqa: A002  Arrow's name
        **_: object,
    ) -> "TableScanner":
        """Read some columns of the rows that pass a filter."""
        return TableScanner(self, tuple(self._form.names if columns is None else columns), filter)

    def batches(
        self, columns: Sequence[str], passing: ds.Expression | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows that pass, in order, in pieces of at most `PIECE_ROWS`."""
        source, counts = self._source, self.table.counts
        text = "" if passing is None else str(passing)
        asked = tuple(name for name in self._form.names if re.search(rf"\b{name}\b", text))
        needed = {*columns, *asked}
        narrowing = Narrowing(source.chain, source.edges, counts)
        firsts = np.array([s.span(counts)[0] for s in source.chain.segments], dtype=np.int64)
        for nums in narrowing.candidates(conditions(text)).pieces(firsts, PIECE_ROWS):
            rows = self._rows(nums)
            source.noted(self.table, needed, rows)
            if counts == "script" and not source.inference and source.has_inferred:
                rows = self._rows(nums[of_scripts.factual(source.chain, nums)])
            if passing is not None:
                rows = self._rows(self._passing(rows, asked, passing))
            if len(rows):
                yield self._batch(rows, columns)

    def _rows(self, nums: Int64s) -> Rows:
        source = self._source
        return Rows(source.chain, source.edges, self.table.counts, nums, inference=source.inference)

    def _passing(self, rows: Rows, asked: tuple[str, ...], passing: ds.Expression) -> Int64s:
        batch = self._batch(rows, asked).append_column("row", pa.array(np.arange(len(rows))))
        kept = pa.Table.from_batches([batch]).filter(passing).column("row").to_numpy()
        return rows.nums if len(kept) == len(rows) else rows.nums[np.sort(kept)]

    def _batch(self, rows: Rows, columns: Sequence[str]) -> pa.RecordBatch:
        fields = [self._form.field(name) for name in columns]
        arrays = [self._array(rows, name) for name in columns]
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))

    def _array(self, rows: Rows, name: str) -> pa.Array:
        if isinstance(self.table, RawTable):
            return _raw(self.table, rows, name)
        column = next(one for one in self.table.columns if one.name == name)
        return to_arrow(column, column.compute(rows))


class TableScanner:
    """What Arrow's scanners are to their readers: a stream of batches, once."""

    def __init__(self, table: ChainTable, columns: tuple[str, ...], passing: ds.Expression | None) -> None:
        self._table, self._columns, self._passing = table, columns, passing

    @property
    def projected_schema(self) -> pa.Schema:
        """Names and types of the columns read."""
        return pa.schema([self._table.schema.field(name) for name in self._columns])

    def to_reader(self) -> pa.RecordBatchReader:
        """The batches."""
        return pa.RecordBatchReader.from_batches(
            self.projected_schema, self._table.batches(self._columns, self._passing)
        )


def schema_of(table: Table | RawTable) -> pa.Schema:
    """Names and types of a declared table; a friendly column may be NULL, a stored one never is."""
    if isinstance(table, RawTable):
        stored = [pa.field(c.name, arrow_type(c), nullable=False) for c in table.columns]
        return pa.schema([pa.field(table.number, pa.int64(), nullable=False), *stored])
    return pa.schema([pa.field(c.name, _TYPES[c.kind]) for c in table.columns])


def _raw(table: RawTable, rows: Rows, name: str) -> pa.Array:
    if name == table.number:
        return to_arrow_numbers(rows.nums, None, pa.int64())
    column = next(one for one in table.columns if one.name == name)
    data = rows.column(name)
    if table.name == "txin" and not rows.inference:
        if name == "script_num":
            data = script_nums(rows)
        if name == "script_basis":
            data = np.where(data >= BASIS_INFERRED, 0, data).astype(np.uint8)
    return as_arrow(column, np.ascontiguousarray(data))


def to_arrow(column: Column, values: Values) -> pa.Array:
    """A computed column as an Arrow array over the same memory."""
    data = values.data
    if isinstance(data, Texts):
        buffers = [_validity(values.known), pa.py_buffer(data.edge), pa.py_buffer(data.data)]
        return pa.Array.from_buffers(pa.large_string(), len(data.edge) - 1, buffers)
    if column.kind == "bool":
        bits = pa.py_buffer(np.packbits(data, bitorder="little"))
        return pa.Array.from_buffers(pa.bool_(), len(data), [_validity(values.known), bits])
    if column.kind == "time":
        data = data * _MICROSECONDS
    return to_arrow_numbers(data, values.known, _TYPES[column.kind])


def to_arrow_numbers(data: Int64s, known: Bools | None, kind: pa.DataType) -> pa.Array:
    """Numbers as an Arrow array over the same memory."""
    if data.dtype.itemsize * 8 != kind.bit_width:
        raise AssertionError(f"{data.dtype} is not {kind}")
    whole = pa.py_buffer(np.ascontiguousarray(data))
    return pa.Array.from_buffers(kind, len(data), [_validity(known), whole])


def _validity(known: Bools | None) -> pa.Buffer | None:
    return None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
