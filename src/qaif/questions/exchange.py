"""Claims from and to other programs: FollowTheMoney JSON, MISP events, STIX bundles."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from qaif.chain.secrets import redact
from qaif.errors import DocumentError, NotFoundError
from qaif.evidence.claims.entity import captions_of, put_together
from qaif.evidence.documents import keep
from qaif.evidence.exchange import ftm, misp, stix
from qaif.evidence.exchange.wallets import wallets
from qaif.questions.analyst import entry
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.audit import add_entry
from qaif.records.engine import Records
from qaif.records.statement import Statement
from qaif.records.statements import Said, replace
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import new_file

Format = Literal["ftm", "misp", "stix"]
_LARGEST = 1 << 30


@dataclass(frozen=True, kw_only=True)
class ImportAnswer(Answer):
    """What was imported.

    Attributes:
        format: which.
        dataset: the name that its statements go by.
        sha256: of the file.
        counts: what stands in it.
        said: what became of its statements; those of an earlier file of that name are replaced.
    """

    format: str
    dataset: str
    sha256: str
    counts: dict[str, object]
    said: Said


@dataclass(frozen=True, kw_only=True)
class ExportAnswer(Answer):
    """What was written.

    Attributes:
        format: which.
        file: where.
        objects: entities, or addresses.
        left_out: entities that the format has no kind for.
    """

    format: str
    file: Path
    objects: int
    left_out: int


def import_file(  # noqa: PLR0913, PLR0917  where to, how, what, by which name, who, when
    path: Path, kind: Format, file: Path, dataset: str | None, by: str | None, now: datetime
) -> ImportAnswer:
    """Import a file, all or none; a file that was imported under that name before is replaced.

    Args:
        path: the workspace's folder; it is made where it is missing.
        kind: the format.
        file: the file.
        dataset: the name that its statements go by; made of the file's name where None.
        by: who imports it; the program where None.
        now: the moment.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is not of that format.
    """
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.", way_out="Name a file.")
    named = f"{kind}:{dataset or file.stem}"
    digest, reader, statements = _reader(kind, file, named)
    workspace = Workspace.open_or_create(path)
    reasons: list[str] = []
    with Records.open(workspace.path) as records:
        try:
            keep(workspace.documents_dir, records, file, now)
        except DocumentError as error:
            reasons.append(f"The file is not kept, so nothing can be traced to its bytes: {error.message}")
        with records.writing() as connection:
            done = entry(by or f"qaif {kind} import", now, "", digest)
            said = replace(connection, named, statements, done)
            add_entry(connection, now, f"{kind}.imported", digest, {"statements": said.added})
    reasons += _problems(reader)
    return ImportAnswer(
        layer="claim",
        coverage=CoverageOf(complete=not reasons, reasons=tuple(reasons)),
        format=kind,
        dataset=named,
        sha256=digest,
        counts={name: _plain(value) for name, value in vars(reader.counts).items()},
        said=said,
    )


def export_file(  # noqa: PLR0913, PLR0917  from where, how, where to, what, called what, when
    path: Path, kind: Format, out: Path, dataset: str, title: str, now: datetime
) -> ExportAnswer:
    """Write what a dataset says, or the analyst's own case, into a new file.

    Raises:
        NotFoundError: it says nothing.
        OutputError: the file is there already, or cannot be written.
    """
    with Records.open(Workspace.open(path).path) as records:
        rows = records.statements.of_dataset(dataset)
        if not rows:
            what = f"Dataset {dataset!r}" if dataset else "The case of your own"
            raise NotFoundError(f"{what} says nothing here.", way_out="Name another with --dataset.")
        captions = captions_of(rows)
    entities = put_together(rows)
    with new_file(out) as draft:
        if kind == "ftm":
            listed = list(ftm.written(entities))
            draft.write_text(redact("".join(f"{ftm.line(each)}\n" for each in listed)), encoding="utf-8")
            count, left = len(listed), len(entities) - len(listed)
        else:
            said = wallets(rows, captions)
            made = (misp if kind == "misp" else stix).written(said, title, now)
            text = json.dumps(made, ensure_ascii=False, indent=1)
            draft.write_text(f"{redact(text)}\n", encoding="utf-8")
            count, left = len(said), 0
    reasons = (f"{left} entities are of kinds that the format has not.",) if left else ()
    return ExportAnswer(
        layer="claim",
        coverage=CoverageOf(complete=not left, reasons=reasons),
        format=kind,
        file=out,
        objects=count,
        left_out=left,
    )


def _reader(kind: Format, file: Path, dataset: str) -> tuple[str, Any, Iterator[Statement]]:
    """The file's digest, what reads it, and its statements."""
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        if kind == "ftm":
            reader = ftm.FtmReader(dataset, dataset.partition(":")[2], file.name)
            return digest, reader, reader.statements(_lines(file))
        if file.stat().st_size > _LARGEST:
            raise DocumentError(f"{file} is larger than {_LARGEST >> 20} MiB.", way_out="Cut it up.")
        content = file.read_bytes()
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror}.", way_out="See to it.") from error
    made = (misp.MispReader if kind == "misp" else stix.StixReader)(content, dataset, file.name)
    return digest, made, made.statements()


def _lines(file: Path) -> Iterator[bytes]:
    """The lines of a file, none longer in memory than it may be by one byte."""
    with file.open("rb") as opened:
        while line := opened.readline(ftm.LONGEST_LINE + 1):
            yield line


def _problems(reader: Any) -> list[str]:
    wrong = getattr(reader.counts, "not_addresses", [])
    said = f"{len(wrong):,} values stand for Bitcoin addresses and are none; they were left out."
    return [said] if wrong else []


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, set) else value
