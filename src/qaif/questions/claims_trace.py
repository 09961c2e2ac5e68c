"""On which bytes of which kept document does a statement rest?"""

import re
from dataclasses import dataclass
from pathlib import Path

from qaif.chain.secrets import redact
from qaif.errors import DocumentError, NotFoundError, UsageError
from qaif.evidence.claims.entity import Saying, saying_of
from qaif.evidence.claims.standing_text import text_at
from qaif.evidence.defang import show
from qaif.evidence.documents import read_kept, reopened
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.engine import Records
from qaif.records.statement_rows import Logged
from qaif.workspace.folder import Workspace

_HEX = re.compile(r"[0-9a-f]{4,32}")


@dataclass(frozen=True)
class TraceRow:
    """One row of the log that says the statement, or takes it back."""

    row: int
    said: bool
    entered_by: str
    entered_at: str
    tool: str
    reason: str
    erased: bool


@dataclass(frozen=True, kw_only=True)
class TraceAnswer(Answer):
    """A statement, back to the bytes that it rests on.

    Attributes:
        statement_id: its id, in hex.
        entity_id, schema, prop, value: what it says.
        saying: who says it, where.
        history: every row of the log with its id.
        document_sha256: of the kept document; its bytes have this digest now.
        n_bytes: its length.
        text: what stands there, as shown; empty where nothing can be shown.
        differs: the statement quotes something else than what stands there.
        why_not: why nothing is shown.
    """

    statement_id: str
    entity_id: str
    schema: str
    prop: str
    value: str
    saying: Saying
    history: tuple[TraceRow, ...]
    document_sha256: str | None
    n_bytes: int | None
    text: str
    differs: bool
    why_not: str


def trace(path: Path, statement_id: str) -> TraceAnswer:
    """Trace a statement to the bytes of a kept document.

    Args:
        path: the workspace's folder.
        statement_id: its id in hex, or how it begins, four digits or more.

    Raises:
        UsageError: it is no id, or the beginning of several.
        NotFoundError: there is no such statement, or its document is gone.
        DocumentError: the kept document is not what it was.
    """
    workspace = Workspace.open(path)
    with Records.open(workspace.path) as records:
        rows = records.statements.history(_one(records, statement_id.strip().lower()))
        content, text, why_not = _read(workspace.documents_dir, records, rows[0])
    first, said = rows[0], rows[0].statement
    differs = bool(text and said.assertion.quote and not _agree(said.assertion.quote, text))
    return TraceAnswer(
        layer="claim",
        coverage=CoverageOf(complete=bool(text), reasons=(why_not,) if why_not else ()),
        statement_id=first.id,
        entity_id=said.entity_id,
        schema=said.schema,
        prop=said.prop,
        value=redact(said.value),
        saying=saying_of(first),
        history=tuple(_row(row) for row in rows),
        document_sha256=said.assertion.document_sha256 or first.entry.document_sha256,
        n_bytes=None if content is None else len(content),
        text=redact(show(text) if said.assertion.span else text),
        differs=differs,
        why_not=why_not,
    )


def _one(records: Records, beginning: str) -> str:
    if not _HEX.fullmatch(beginning):
        raise UsageError("A statement's id is 32 hexadecimal digits, or the first four or more of them.")
    found = records.statements.ids_beginning(beginning)
    if not found:
        raise NotFoundError(f"No statement {beginning} is in the log.", way_out="Look with `qaif claims`.")
    if len(found) > 1:
        raise UsageError(f"Several statements begin with {beginning}.", way_out="Write more of the id.")
    return found[0]


def _read(folder: Path, records: Records, row: Logged) -> tuple[bytes | None, str, str]:
    """The document's bytes, what stands at the place, and why nothing does."""
    said = row.statement
    if row.erased:
        return None, "", "It was erased."
    digest = said.assertion.document_sha256 or row.entry.document_sha256
    if digest is None:
        return None, "", "It was entered without a document."
    try:
        content = read_kept(folder, digest)
    except NotFoundError:
        return None, "", f"The file that it came in, SHA-256 {digest}, is not kept."
    try:
        return content, *text_at(reopened(folder, records, digest), said, content)
    except (NotFoundError, DocumentError) as error:
        return content, "", error.message


def _agree(quote: str, text: str) -> bool:
    return " ".join(show(quote).split()) == " ".join(show(text).split()) or quote in text


def _row(row: Logged) -> TraceRow:
    done = row.entry
    return TraceRow(row.seq, row.said, done.entered_by, done.entered_at, done.tool, done.reason, row.erased)
