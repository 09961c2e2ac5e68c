"""SQL over the declared tables: the only module that knows DuckDB.

The engine lives in memory and is closed: no file, no network, no extension, no variable of the program, and
its settings are locked. A text that is not one query is refused before it runs.
"""

import os
import re
from collections.abc import Callable
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from qaif.analysis.tables.declared import TABLES
from qaif.analysis.tables.source import Source
from qaif.chain import written
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.chain.secrets import redact
from qaif.errors import AddressError, PrivateKeyError, QueryError
from qaif.units import Int64s, hash_raw

_BATCH_ROWS = 65_536
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "temp_directory": "",
}
# advice that does not hold here, and how DuckDB introduces an error of one of our functions
_LONGER_THAN_NEEDED = re.compile(
    r"\n\nPlease try installing.*|\nDatabase is launched.*|Invalid Input Error: Python exception.*?Error: ",
    re.DOTALL,
)
FUNCTIONS = {
    "address(script_num)": "the address of a script; NULL where Core gives none",
    "script_num_of(address)": "the number of its script; NULL where it is not held; refuses misprints",
    "txid(tx_num)": "the id of a transaction, as shown",
    "tx_num_of(txid)": "the number of a transaction, the last of a BIP30 pair; NULL where it is not held",
}


class Engine:
    """A query engine over one source; close it, or use it with `with`.

    Args:
        source: the tables.
        memory_mib: what the engine may use, in MiB; nothing is spilled to disk.
        threads: how many; as many as there are processors where None.
    """

    def __init__(self, source: Source, memory_mib: int, threads: int | None = None) -> None:
        self._source = source
        config = _CLOSED | {"memory_limit": f"{memory_mib}MiB", "threads": threads or os.cpu_count() or 1}
        self._connection = duckdb.connect(":memory:", config=config)
        for name, table in source.tables().items():
            self._connection.register(name, table)
        self._add_functions(source.chain)
        self._connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, query: str) -> pa.RecordBatchReader:
        """Run one query; its rows come as they are computed.

        Raises:
            QueryError: it is no query, or DuckDB refuses it.
        """
        try:
            statements = self._connection.extract_statements(query)
        except duckdb.Error as error:
            raise self._refused(error) from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QueryError(
                "This is not one query: SQL here only reads.",
                way_out="Write one SELECT, WITH, FROM, DESCRIBE or SUMMARIZE.",
            )
        try:
            return self._connection.sql(query).to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise self._refused(error) from None

    def batches(self, reader: pa.RecordBatchReader) -> Any:
        """The batches of a running query, with DuckDB's errors as ours."""
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                raise self._refused(error) from None
            yield batch

    def _refused(self, error: Exception) -> QueryError:
        said = redact(_LONGER_THAN_NEEDED.sub("", str(error)).strip())
        if isinstance(error, duckdb.OutOfMemoryException):
            way_out = "Give it more with --memory, or ask for fewer rows or columns."
        else:
            way_out = f"Tables: {', '.join(TABLES)}; `DESCRIBE outputs` shows columns; see docs/schema.md."
        return QueryError(f"DuckDB refuses the query: {said}", way_out=way_out)

    def _add_functions(self, chain: Chain) -> None:
        self._add(
            "address",
            "BIGINT",
            "VARCHAR",
            lambda nums: _written(nums, chain.n_scripts, chain, written.addresses),
        )
        self._add("txid", "BIGINT", "VARCHAR", lambda nums: _written(nums, chain.n_txs, chain, _txids))
        self._add(
            "script_num_of", "VARCHAR", "BIGINT", lambda texts: _found(texts, lambda t: _script_num(chain, t))
        )
        self._add("tx_num_of", "VARCHAR", "BIGINT", lambda texts: _found(texts, lambda t: _tx_num(chain, t)))

    def _add(self, name: str, given: str, gives: str, function: Callable[[Any], pa.Array]) -> None:
        """DuckDB reads names and number of the arguments off the function."""
        self._connection.create_function(
            name,
            lambda column: function(column),  # noqa: PLW0108
            [given],
            gives,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=False,
        )


def _written(
    given: Any, limit: int, chain: Chain, write: Callable[[Chain, Int64s], written.Texts]
) -> pa.Array:
    """Numbers as texts; NULL for NULL, and for a number that nothing has."""
    nums = (
        np.array(given.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
        if len(given)
        else np.zeros(0, dtype=np.int64)
    )
    inside = (nums >= 0) & (nums < limit)
    texts = write(chain, nums[inside])
    out = np.full(len(nums), None, dtype=object)
    out[inside] = [texts[row] for row in range(int(inside.sum()))]
    return pa.array(out, type=pa.string())


def _txids(chain: Chain, tx_nums: Int64s) -> written.Texts:
    return written.hashes(chain.tx.txid_raw.take(tx_nums))


def _found(texts: Any, find: Callable[[str], int]) -> pa.Array:
    nums = [None if text is None else find(text) for text in texts.to_pylist()]
    return pa.array([num if num is not None and num >= 0 else None for num in nums], type=pa.int64())


def _script_num(chain: Chain, text: str) -> int:
    try:
        return chain.script_num(parse_address(text, chain.network).script_raw)
    except (AddressError, PrivateKeyError) as error:
        raise ValueError(error.message) from None


def _tx_num(chain: Chain, text: str) -> int:
    found = chain.tx_nums(hash_raw(text))
    return int(found[-1]) if len(found) else -1
