"""Rows of a query's result as plain values, without private keys: a chain holds what anybody wrote."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from qaif.chain.secrets import redact

Plain = None | bool | int | str | Decimal | list[Any] | dict[str, Any]

# a text that is all hex digits, or as short as no key is, holds none; it is not looked through
_HARMLESS = re.compile(r"[0-9a-f]*|.{0,21}", re.DOTALL)


def plain(value: object) -> Plain:
    """A value as answers hold it: whole numbers are integers, others `Decimal`, bytes hex, times in UTC."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else value
    return _plain_other(value)


def _plain_other(value: object) -> Plain:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta | UUID):
        return str(value)
    if isinstance(value, dict):
        return {harmless(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(type(value).__name__)


def harmless(text: str) -> str:
    """A text with every private key taken out."""
    return text if _HARMLESS.fullmatch(text) else redact(text)


def rows_of(batch: pa.RecordBatch) -> Iterator[tuple[Plain, ...]]:
    """The rows of a batch."""
    columns = [column.to_pylist() for column in batch.columns]
    for row in zip(*columns, strict=True):
        yield tuple(plain(value) for value in row)


def without_keys(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with every private key in its texts taken out."""
    arrays = [_without_keys(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def _without_keys(column: pa.Array) -> pa.Array:
    if not _holds_text(column.type):
        return column
    before = column.to_pylist()
    after = [_redacted(value) for value in before]
    return column if after == before else pa.array(after, type=column.type)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dict):
        return {key: _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_redacted(item) for item in value)
    return value


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return True
    return any(_holds_text(kind.field(i).type) for i in range(kind.num_fields))


def names_once(names: list[str]) -> list[str]:
    """Column names, each once: a name that comes again gets a number."""
    given: dict[str, int] = {}
    out = []
    for name in names:
        shown = harmless(name)
        given[shown] = given.get(shown, 0) + 1
        again = given[shown] > 1
        out.append(f"{shown}_{given[shown]}" if again else shown)
    return out
