"""Parquet files of the dataset: which there are, and their columns, tried for presence and type."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from qaif.errors import BlockFileError, SourceMissingError

RowT = TypeVar("RowT")

_ROWS_AT_ONCE = 4_096
_YOUNG_NS = 2_000_000_000  # a file changed so lately may change again in the same tick of its clock

TEXT, WHOLE, BTC, TIME = "text", "whole numbers", "floats", "times"
Wanted = Mapping[str, "str | Mapping[str, str]"]

BLOCKS: Wanted = {
    **dict.fromkeys(("hash", "merkle_root", "bits", "coinbase_param", "previousblockhash"), TEXT),
    **dict.fromkeys(("number", "version", "nonce"), WHOLE),
    "timestamp": TIME,
}
TRANSACTIONS: Wanted = {
    **dict.fromkeys(("hash", "block_hash"), TEXT),
    **dict.fromkeys(("version", "lock_time", "index"), WHOLE),
    "inputs": {
        "index": WHOLE,
        "spent_transaction_hash": TEXT,
        "spent_output_index": WHOLE,
        "script_hex": TEXT,
        "sequence": WHOLE,
        "type": TEXT,
        "address": TEXT,
        "value": BTC,
    },
    "outputs": {"index": WHOLE, "script_hex": TEXT, "value": BTC},
}


class SeenFile(NamedTuple):
    """A file as it was when it was read: its path in the dataset, bytes, and when it was changed last.

    `mtime_ns` is -1 where it was too young to tell a later change by that.
    """

    name: str
    size: int
    mtime_ns: int


class DayFiles(NamedTuple):
    """The files of one partition, `date=...`: those of its blocks, and those of its transactions."""

    blocks: tuple[SeenFile, ...]
    transactions: tuple[SeenFile, ...]


def files_by_day(folder: Path) -> dict[str, DayFiles]:
    """The files of a dataset by the folder under `blocks` and `transactions` in which they stand.

    Raises:
        BlockFileError: it has no files of blocks or none of transactions.
    """
    found: dict[str, tuple[list[SeenFile], list[SeenFile]]] = {}
    for which, table in enumerate(("blocks", "transactions")):
        paths = sorted((folder / table).rglob("*.parquet"))
        if not paths:
            raise BlockFileError(
                f"There are no Parquet files in {folder / table}.",
                way_out="Name the folder that holds blocks/date=... and transactions/date=...",
                path=str(folder / table),
            )
        for path in paths:
            day = path.parent.relative_to(folder / table).as_posix()
            found.setdefault(day, ([], []))[which].append(_seen(folder, path))
    return {day: DayFiles(tuple(b), tuple(t)) for day, (b, t) in sorted(found.items())}


def _seen(folder: Path, path: Path) -> SeenFile:
    now = time.time_ns()
    try:
        stat = path.stat()
    except OSError as error:
        raise _gone(path) from error
    old = stat.st_mtime_ns < now - _YOUNG_NS
    return SeenFile(path.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns if old else -1)


def _gone(path: Path) -> SourceMissingError:
    return SourceMissingError(
        f"{path} is gone, or cannot be read.",
        way_out="Run the command again when nothing is copying into the dataset.",
        path=str(path),
    )


class TableFile:
    """One file, opened; its columns are those wanted and of their types.

    Args:
        path: the file.
        wanted: the columns, and the fields of those that are lists of structs.

    Raises:
        BlockFileError: it is no Parquet file, or a column is missing or of another type.
        SourceMissingError: it is gone.
    """

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self._path = path
        if not path.is_file():
            raise _gone(path)
        try:
            self._file = pq.ParquetFile(path)
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._damaged(error) from error
        for name, kind in wanted.items():
            self._try(schema, name, kind)
        self._leaves = [path for path in self._paths() if _is_wanted(path, wanted)]

    @property
    def groups(self) -> int:
        """Row groups."""
        return int(self._file.num_row_groups)

    def rows(self, group: int, read: Callable[[Any], Iterator[RowT]]) -> Iterator[RowT]:
        """The rows of a group, a few thousand at a time in memory.

        Args:
            group: which.
            read: makes rows of a batch.

        Raises:
            BlockFileError: they cannot be read.
        """
        try:
            for batch in self._file.iter_batches(_ROWS_AT_ONCE, [group], self._leaves):
                yield from read(batch)
        except (pa.ArrowException, OSError, ValueError, IndexError, OverflowError) as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _paths(self) -> list[str]:
        schema = self._file.schema
        return [schema.column(at).path for at in range(len(schema))]

    def _try(self, schema: Any, name: str, kind: "str | Mapping[str, str]") -> None:
        if schema.get_field_index(name) < 0:
            raise self._refused(f"has no column {name}, or several", name)
        found = schema.field(name).type
        if isinstance(kind, str):
            if not _is_of(found, kind):
                raise self._refused(f"has {found} in the column {name}, not {kind}", name)
            return
        is_list = pa.types.is_list(found) or pa.types.is_large_list(found)
        if not is_list or not pa.types.is_struct(found.value_type):
            raise self._refused(f"has {found} in the column {name}, not lists of structs", name)
        for field, of_kind in kind.items():
            at = found.value_type.get_field_index(field)
            if at < 0:
                raise self._refused(f"has no field {field} in the column {name}", f"{name}.{field}")
            inner = found.value_type.field(at).type
            if not _is_of(inner, of_kind):
                raise self._refused(f"has {inner} in {name}.{field}, not {of_kind}", f"{name}.{field}")

    def _refused(self, what: str, column: str) -> BlockFileError:
        return BlockFileError(
            f"{self._path} {what}.",
            way_out="Take the files as the AWS public dataset has them (v1.0/btc).",
            path=str(self._path),
            column=column,
        )

    def _damaged(self, error: Exception) -> BlockFileError:
        return BlockFileError(
            f"{self._path} cannot be read as Parquet: {str(error)[:200]}",
            way_out="Copy that file anew from the dataset.",
            path=str(self._path),
        )


def _is_wanted(path: str, wanted: Wanted) -> bool:
    """Whether a leaf, such as `inputs.list.element.sequence`, is of a wanted column."""
    first, *rest = path.split(".")
    kind = wanted.get(first)
    return kind is not None and (isinstance(kind, str) or (bool(rest) and rest[-1] in kind))


def _is_of(found: Any, kind: str) -> bool:
    types = pa.types
    if kind == TEXT:
        return bool(types.is_string(found) or types.is_large_string(found))
    if kind == WHOLE:
        return bool(types.is_integer(found))
    if kind == TIME:
        return bool(types.is_timestamp(found) or types.is_integer(found))
    return bool(types.is_float64(found))
