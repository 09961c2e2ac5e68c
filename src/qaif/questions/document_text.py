"""What does a kept document say? Its text, in which the spans of claims and proposals count."""

from dataclasses import dataclass
from pathlib import Path

from qaif.chain.secrets import find_private_keys
from qaif.evidence.defang import show
from qaif.evidence.documents import reopened
from qaif.evidence.mention import Redaction
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

MASK = "\N{FULL BLOCK}"


@dataclass(frozen=True, kw_only=True)
class DocumentText(Answer):
    """A document's text.

    Attributes:
        sha256: of the document.
        name: its file's name, as shown.
        kind: what it is.
        reader: what read it, with version.
        text: what it says, each character of a private key replaced by a block; positions stay as they are.
        text_sha256: of the text as it was read.
        redactions: where keys were.
    """

    sha256: str
    name: str
    kind: str
    reader: str
    text: str
    text_sha256: str
    redactions: tuple[Redaction, ...]


def document_text(workspace: Path, sha256: str) -> DocumentText:
    """Read a kept document again.

    Raises:
        NotFoundError: it is not kept here.
        DocumentError: it is not what it was.
    """
    folder = Workspace.open(workspace)
    with Records.open(folder.path) as records:
        document = reopened(folder.documents_dir, records, sha256)
    found = tuple(Redaction(each.start, each.end, each.kind) for each in find_private_keys(document.text))
    unread = tuple(show(each) for each in document.reading.unread)
    return DocumentText(
        layer="claim",
        coverage=CoverageOf(not unread, unread),
        sha256=document.record.sha256,
        name=show(document.record.name),
        kind=document.reading.kind,
        reader=document.reading.reader,
        text=_masked(document.text, found),
        text_sha256=document.text_sha256,
        redactions=found,
    )


def _masked(text: str, found: tuple[Redaction, ...]) -> str:
    for each in found:
        text = text[: each.start] + MASK * (each.end - each.start) + text[each.end :]
    return text
