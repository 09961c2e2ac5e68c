"""Which documents does this workspace keep, from where, and are they what they were?"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from qaif.errors import DocumentError
from qaif.evidence.defang import show
from qaif.evidence.documents import DERIVED
from qaif.evidence.stored import State, state_of
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.documents import Document
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class CaptureOf:
    """A time that a document was fetched: from where, with which status, and by way of which addresses."""

    url: str
    final_url: str
    status: int
    fetched_at: str
    hops: int
    certificate_sha256: str | None


@dataclass(frozen=True)
class ListedDocument:
    """A document, taken from one source; the same bytes from another source stand once more.

    Attributes:
        sha256: of its bytes.
        kind: what it is; `derived` for a text that was derived from its parent.
        media_type: the same as the internet calls it.
        size: bytes.
        name: its file's name, as shown.
        taken_at: when it was first taken from there.
        captured_at: when its user says that it was captured.
        source: from where, as shown.
        note: what its user said of it, as shown.
        tool: what took it.
        parent_sha256: the document that it was inside of, or derived from.
        captures: each time that it was fetched.
        state: `kept`, `changed` or `lost`.
    """

    sha256: str
    kind: str
    media_type: str
    size: int
    name: str
    taken_at: str
    captured_at: str | None
    source: str
    note: str
    tool: str
    parent_sha256: str | None
    captures: tuple[CaptureOf, ...]
    state: State


@dataclass(frozen=True, kw_only=True)
class DocumentsAnswer(Answer):
    """Every record of a document, in the order of records."""

    documents: tuple[ListedDocument, ...]


def documents(workspace: Path, progress: Progress = silent) -> DocumentsAnswer:
    """List documents; each is hashed once.

    Args:
        workspace: its folder.
        progress: told the documents.

    Raises:
        NotFoundError: there is no workspace.
        DocumentError: a kept file is there and cannot be read.
    """
    place = Workspace.open(workspace)
    with Records.open(place.path) as records:
        states = _states(place, records, progress)
        listed = tuple(
            ListedDocument(
                sha256=one.sha256,
                kind=one.kind,
                media_type=one.media_type,
                size=one.size,
                name=show(one.name),
                taken_at=one.taken_at,
                captured_at=one.captured_at,
                source=show(one.source),
                note=show(one.note),
                tool=one.tool,
                parent_sha256=one.parent_sha256,
                captures=_captures(records, one.sha256),
                state=states[one.sha256],
            )
            for one in records.documents.list()
        )
    wrong = sum(state != "kept" for state in states.values())
    reasons = (f"{wrong:,} documents are not what they were.",) if wrong else ()
    return DocumentsAnswer(
        layer="claim", coverage=CoverageOf(complete=not wrong, reasons=reasons), documents=listed
    )


class DocumentFaults(NamedTuple):
    """How many documents there are, their bytes, and which are not what they were, in words."""

    documents: int = 0
    size: int = 0
    faults: tuple[str, ...] = ()


def document_faults(workspace: Workspace, progress: Progress = silent) -> DocumentFaults:
    """Which kept documents are not what they were.

    Args:
        workspace: the workspace.
        progress: told the documents.
    """
    if not workspace.records_path.exists():
        return DocumentFaults()
    faults = []
    with Records.open(workspace.path) as records:
        every = {one.sha256: one for one in reversed(records.documents.list())}
        for done, (sha256_hex, one) in enumerate(every.items()):
            progress(done, len(every), "documents")
            try:
                state = state_of(workspace.documents_dir, sha256_hex)
            except DocumentError as error:
                faults.append(error.message)
                continue
            if state != "kept":
                faults.append(f"{_called(one)} is {state}: {workspace.documents_dir / sha256_hex}")
    return DocumentFaults(len(every), sum(one.size for one in every.values()), tuple(faults))


def _called(one: Document) -> str:
    if one.kind == DERIVED:
        return f"the text derived from document {one.parent_sha256}"
    return f"document {one.sha256} ({show(one.name)})"


def _states(place: Workspace, records: Records, progress: Progress) -> dict[str, State]:
    digests = list(dict.fromkeys(one.sha256 for one in records.documents.list()))
    states: dict[str, State] = {}
    for done, sha256_hex in enumerate(digests):
        progress(done, len(digests), "documents")
        states[sha256_hex] = state_of(place.documents_dir, sha256_hex)
    return states


def _captures(records: Records, sha256_hex: str) -> tuple[CaptureOf, ...]:
    return tuple(
        CaptureOf(
            url=show(one.url),
            final_url=show(one.final_url),
            status=one.status,
            fetched_at=one.fetched_at,
            hops=len(one.redirects),
            certificate_sha256=one.certificate_sha256,
        )
        for one in records.captures.of(sha256_hex)
    )
