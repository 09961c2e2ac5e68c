"""The chain as Parquet files: whole tables, as of one block, with a manifest beside them."""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from qaif.analysis.methods import SPENDER_SCRIPT
from qaif.analysis.tables.declared import FRIENDLY, TABLES
from qaif.analysis.tables.parquet import ParquetFile
from qaif.analysis.tables.source import ChainTable, Source
from qaif.chain.open import Chain
from qaif.chain.tables import FORMAT_VERSION
from qaif.errors import UsageError
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, as_json
from qaif.questions.asked import Moment, moment
from qaif.questions.sql import coverage
from qaif.questions.standing import as_of
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import new_folder

MANIFEST_NAME = "export.json"
EXPORT_VERSION = 1
Stage = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class ExportedTable:
    """One table's file.

    Attributes:
        name: the table.
        file: its name in the folder.
        rows: how many.
        bytes: length of the file.
        sha256: of the file.
        columns: name, type and meaning of each.
    """

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ExportAnswer(Answer):
    """What an export holds; `export.json` beside the files is this.

    Attributes:
        export_version: of the shape of this manifest.
        store_version: format version of the store.
        tool: which Qaif.
        folder: where the files are.
        tables: one a file.
    """

    export_version: int
    store_version: int
    tool: str
    folder: Path
    tables: tuple[ExportedTable, ...]


def _quiet(title: str) -> AbstractContextManager[Progress]:
    del title
    return nullcontext(silent)


def export(  # noqa: PLR0913  what is asked, and how progress is told
    workspace: Path,
    out: Path,
    *,
    tables: tuple[str, ...] = (),
    as_of: str | None = None,
    inference: bool = True,
    stage: Stage = _quiet,
) -> ExportAnswer:
    """Write tables of a workspace's chain into a new folder, all of them or none.

    Args:
        workspace: the workspace.
        out: the folder; new, or empty.
        tables: which; the five for people where none is named.
        as_of: a height, a block hash or a day; the chain's tip where None.
        inference: whether scripts count that only follow from what an input shows; else they are NULL.
        stage: gives the progress of each table.

    Raises:
        UsageError: there is no such table, or the moment makes no sense.
        NotFoundError: there is no chain, or the as-of block is not held.
        OutputError: the folder holds something, or cannot be written.
    """
    chosen = _chosen(tables)
    with Chain.open(Workspace.open(workspace).chain_dir) as chain:
        now = moment(chain, as_of)
        source = Source(now.chain, inference)
        with new_folder(out) as draft:
            written = []
            for name in chosen:
                with stage(name) as progress:
                    written.append(_written(source.tables()[name], draft, progress, now.chain))
            answer = _answer(now, source, out, tuple(written))
            text = json.dumps(as_json(answer), ensure_ascii=False, indent=2)
            (draft / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
        return answer


def _chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        raise UsageError(f"There is no table {unknown[0][:80]!r}.", way_out=f"Tables: {', '.join(TABLES)}.")
    return tuple(dict.fromkeys(names)) or tuple(FRIENDLY)


def _written(table: ChainTable, folder: Path, progress: Progress, chain: Chain) -> ExportedTable:
    name, total = table.table.name, chain.limits[table.table.counts]
    path, done = folder / f"{name}.parquet", 0
    with ParquetFile(path, table.schema) as file:
        for batch in table.batches(table.schema.names):
            file.write(batch)
            done += len(batch)
            progress(done, total, "rows")
        file.finish({})
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return ExportedTable(name, path.name, file.rows, path.stat().st_size, digest, _columns(table))


def _columns(table: ChainTable) -> tuple[dict[str, str], ...]:
    meanings = {column.name: column.meaning for column in table.table.columns}
    return tuple(
        {"name": one.name, "type": str(one.type), "meaning": meanings.get(one.name, "number of the row")}
        for one in table.schema
    )


def _answer(now: Moment, source: Source, out: Path, tables: tuple[ExportedTable, ...]) -> ExportAnswer:
    chain, inferred = now.chain, source.rests_on_inference
    basis: dict[str, Any] = {
        "network": chain.network.name,
        "simulated": chain.simulated,
        "inference": source.inference,
        "methods": [vars(SPENDER_SCRIPT)] if inferred else [],
    }
    return ExportAnswer(
        layer="inference" if inferred else "fact",
        basis=basis,
        as_of=as_of(chain),
        coverage=coverage(now),
        export_version=EXPORT_VERSION,
        store_version=FORMAT_VERSION,
        tool=f"qaif {installed('qaif')}",
        folder=out,
        tables=tables,
    )
