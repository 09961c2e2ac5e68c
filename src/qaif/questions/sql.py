"""What does SQL say of the chain? One query, read-only, over the tables of `docs/schema.md`."""

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from qaif.analysis.methods import SPENDER_SCRIPT
from qaif.analysis.tables.duck import Engine
from qaif.analysis.tables.parquet import ParquetFile
from qaif.analysis.tables.results import Plain, names_once, rows_of, without_keys
from qaif.analysis.tables.source import Source
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.answer import Answer, CoverageOf, as_json
from qaif.questions.asked import Moment, moment, refuse_secrets
from qaif.questions.standing import as_of, chain_coverage, told_inputs
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import new_file

LEAST_MEMORY_MIB = 64
METADATA_KEY = "qaif"


@dataclass(frozen=True, kw_only=True)
class SqlRequest:
    """A query, and how to answer it.

    Attributes:
        query: one query in DuckDB's SQL.
        as_of: a height, a block hash or a day; the chain's tip where None.
        inference: whether scripts count that only follow from what an input shows; else they are NULL.
        limit: at most so many rows; all where None.
        memory_mib: what the engine may use; half of the machine's where None.
        threads: how many; one a processor where None.
    """

    query: str
    as_of: str | None = None
    inference: bool = True
    limit: int | None = None
    memory_mib: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class ResultColumn:
    """A column of the result: its name, and Arrow's name of its type."""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class SqlAnswer(Answer):
    """The rows of a query.

    Attributes:
        query: as asked.
        columns: of the result.
        row_count: rows given.
        truncated: there are more than the limit.
        path: the file that holds them; None where `rows` does.
        rows: each as its columns by name; whole numbers are integers, other numbers texts, bytes hex.
    """

    query: str
    columns: tuple[ResultColumn, ...]
    row_count: int
    truncated: bool
    path: Path | None = None
    rows: tuple[dict[str, Plain], ...] = ()


class Running:
    """A query that runs: its columns, its batches of rows, and in the end what to say of it."""

    def __init__(self, now: Moment, source: Source, engine: Engine, request: SqlRequest) -> None:
        self._now, self._source, self._engine, self._request = now, source, engine, request
        self._reader = engine.run(request.query)
        names = names_once(self._reader.schema.names)
        self.schema: Any = self._reader.schema
        self.columns = tuple(
            ResultColumn(name, str(field.type)) for name, field in zip(names, self.schema, strict=True)
        )
        self._truncated = False
        self._given = 0

    def batches(self) -> Iterator[Any]:
        """Record batches, up to the limit."""
        limit = self._request.limit
        for batch in self._engine.batches(self._reader):
            left = len(batch) if limit is None else limit - self._given
            self._truncated = len(batch) > left
            self._given += min(left, len(batch))
            yield batch[: max(left, 0)]
            if self._truncated:
                return

    def answer(self, **more: Any) -> SqlAnswer:
        """What to say once the batches are read: the layer is that of what was read for them."""
        chain, inferred = self._now.chain, self._source.rests_on_inference
        return SqlAnswer(
            layer="inference" if inferred else "fact",
            basis={
                "network": chain.network.name,
                "simulated": chain.simulated,
                "inference": self._source.inference,
                "methods": [vars(SPENDER_SCRIPT)] if inferred else [],
                "columns_read": sorted(f"{table}.{column}" for table, column in self._source.touched),
            },
            as_of=as_of(chain),
            coverage=coverage(self._now),
            query=self._request.query,
            columns=self.columns,
            row_count=self._given,
            truncated=self._truncated,
            **more,
        )


def coverage(now: Moment) -> CoverageOf:
    """What of the chain is held, and what of it was only told."""
    held, told = chain_coverage(now.chain), told_inputs(now.chain)
    reasons = [*held.reasons, *now.gap]
    if told:
        reasons.append(
            f"{told:,} input(s) have the value and script that the source of the blocks told; no transaction "
            "held proves them."
        )
    return CoverageOf(held.complete and not now.gap, tuple(reasons))


@contextmanager
def running(chain: Chain, request: SqlRequest) -> Iterator[Running]:
    """Run a query on an opened chain.

    Raises:
        QueryError: it is no query, or DuckDB refuses it.
        PrivateKeyError: there is a private key in it; nothing of it is repeated.
        UsageError: the moment, the limit or the memory makes no sense.
        NotFoundError: the as-of block is not held.
    """
    refuse_secrets(request.query)
    _check(request)
    now = moment(chain, request.as_of)
    source = Source(now.chain, request.inference)
    memory = request.memory_mib or max(_machine_mib() // 2, LEAST_MEMORY_MIB)
    with Engine(source, memory, request.threads) as engine:
        yield Running(now, source, engine, request)


def _check(request: SqlRequest) -> None:
    if request.limit is not None and request.limit < 0:
        raise UsageError("The limit is under 0.", way_out="Give 0 or more.")
    if request.memory_mib is not None and request.memory_mib < LEAST_MEMORY_MIB:
        raise UsageError(f"The memory is under {LEAST_MEMORY_MIB} MiB.", way_out="Give it more.")


def _machine_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def sql(workspace: Path, request: SqlRequest) -> SqlAnswer:
    """The rows of a query in a workspace; see `running` for what it raises."""
    with Chain.open(Workspace.open(workspace).chain_dir) as chain:
        return sql_on(chain, request)


def sql_on(chain: Chain, request: SqlRequest) -> SqlAnswer:
    """The rows of a query on an opened chain; see `running` for what it raises."""
    with running(chain, request) as query:
        names = [column.name for column in query.columns]
        rows = tuple(
            dict(zip(names, row, strict=True)) for batch in query.batches() for row in rows_of(batch)
        )
        return query.answer(rows=rows)


def sql_to_csv(workspace: Path, request: SqlRequest, out: TextIO) -> SqlAnswer:
    """Write the rows of a query as CSV with a head, NULL as nothing; see `running` for what it raises."""
    with Chain.open(Workspace.open(workspace).chain_dir) as chain, running(chain, request) as query:
        table = csv.writer(out, lineterminator="\n")
        table.writerow([column.name for column in query.columns])
        for batch in query.batches():
            table.writerows(map(_cells, rows_of(batch)))
        return query.answer()


def _cells(row: tuple[Plain, ...]) -> list[object]:
    return [_cell(value) for value in row]


def _cell(value: Plain) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, default=str) if isinstance(value, list | dict) else value


def sql_to_parquet(workspace: Path, request: SqlRequest, path: Path) -> SqlAnswer:
    """Write the rows of a query into a new Parquet file, whose foot holds the envelope under `qaif`.

    Raises:
        OutputError: the file is there already, or cannot be written; see `running` for the others.
    """
    with (
        Chain.open(Workspace.open(workspace).chain_dir) as chain,
        running(chain, request) as query,
        new_file(path) as draft,
    ):
        with ParquetFile(draft, query.schema) as file:
            for batch in query.batches():
                file.write(without_keys(batch))
            answer = query.answer(path=path)
            file.finish({METADATA_KEY: json.dumps(as_json(answer))})
        return answer
