"""Documents kept byte for byte under their SHA-256, with when, from where and by which tool they were taken.

A document is the user's own file and is kept exactly as it was given, also where it holds a private
key: a changed copy would be worth nothing as evidence. What Qaif prints, writes and logs never
repeats such a key (see `finder`). A kept file is read-only and never written again; when it is read
back its digest is checked.

Documents inside of one (what is attached to an e-mail, the members of an archive) are kept as documents of
their own, with the outer one's digest; so is the text that was derived from a PDF, a picture or an e-mail, in
which spans count.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version as installed
from pathlib import Path

from qaif.chain.secrets import redact
from qaif.errors import DocumentError
from qaif.evidence.passages import Passage
from qaif.evidence.reading.read import read, unread
from qaif.evidence.reading.shape import Options, Reading
from qaif.evidence.stored import read_bounded, read_kept, store
from qaif.records.documents import Document as Record
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records

__all__ = ["Document", "Keeper", "Kept", "Origin", "keep", "read_kept", "reopened"]
DEEPEST = 4  # documents in documents in documents
MOST_INSIDE = 100_000
LARGEST_INSIDE = 4 << 30
_OCR = re.compile(r"tesseract[^(,]{0,60}\(([A-Za-z_+]{1,100})\)$", re.IGNORECASE)
DERIVED = "derived"  # the kind of a text that was derived from another document


@dataclass(frozen=True)
class Document:
    """A kept document, read as text.

    Args:
        record: what the records say of it: digest, when and from where it was first taken, tool, size.
        reading: its text, and how it was read.
    """

    record: Record
    reading: Reading

    @property
    def text(self) -> str:
        """The text that spans count in: the decoded bytes, markup included, or what was derived from them."""
        return self.reading.text

    @property
    def encoding(self) -> str:
        """How its bytes were read; `derived` where the text is not theirs."""
        return self.reading.encoding or DERIVED

    @property
    def encoding_basis(self) -> str:
        """How that was known: for a derived text, the reader with its version."""
        return self.reading.encoding_basis or f"by {self.reading.reader}"

    @property
    def media_type(self) -> str:
        """As the internet calls it."""
        return self.reading.media_type

    @property
    def text_sha256(self) -> str:
        """Of the text as UTF-8; a derived text is kept under it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def passages(self) -> Iterator[Passage]:
        """The stretches of it that are read as one, made one at a time."""
        return self.reading.split()


@dataclass(frozen=True)
class Origin:
    """What the user says of where a document is from.

    Args:
        source: from where; the path where None.
        note: in words.
        captured_at: when it was captured, where that was not now.
        parent_sha256: the document that it was inside of.
    """

    source: str | None = None
    note: str = ""
    captured_at: datetime | None = None
    parent_sha256: str | None = None


@dataclass(frozen=True)
class Kept:
    """What came of keeping a document.

    Args:
        document: it.
        is_new: its bytes were not kept here before.
        earlier: other records of the same bytes.
        inside: the documents in it.
        replaced: records of other bytes that were taken from the same source before.
    """

    document: Document
    is_new: bool
    earlier: tuple[Record, ...]
    inside: tuple["Kept", ...] = ()
    replaced: tuple[Record, ...] = ()


@dataclass
class _Room:
    """How much may still come out of one document."""

    count: int = MOST_INSIDE
    size: int = LARGEST_INSIDE

    def take(self, size: int) -> None:
        self.count -= 1
        self.size -= size
        if self.count < 0 or self.size < 0:
            raise DocumentError(
                f"The document holds more than {MOST_INSIDE:,} documents, or {LARGEST_INSIDE >> 30} GiB.",
                way_out="Take it apart yourself, and add the files that matter.",
            )


@dataclass(frozen=True)
class Keeper:
    """Keeps documents in a workspace.

    Args:
        folder: the workspace's folder of documents.
        records: the workspace's records.
        now: the moment at which they are taken.
        options: how they are to be read.
        even_unread: keep also what is of no kind that can be read, for its bytes alone.
    """

    folder: Path
    records: Records
    now: datetime
    options: Options = field(default_factory=Options)
    even_unread: bool = False

    def file(self, path: Path, origin: Origin | None = None) -> Kept:
        """Keep a file.

        Raises:
            NotFoundError: there is no such file.
            DocumentError: it cannot be read, is too large, or is of no kind that is read.
        """
        origin = origin or Origin()
        source = str(path.absolute()) if origin.source is None else origin.source
        return self.content(read_bounded(path), path.name, replace(origin, source=source))

    def content(self, content: bytes, name: str, origin: Origin) -> Kept:
        """Keep bytes that are at hand; see `file`."""
        return self._keep(content, name, origin, _Room(), 0)

    def known(self, content: bytes, source: str) -> Record | None:
        """The record of the same bytes from the same source, if they were kept with all that is inside."""
        sha256_hex = hashlib.sha256(content).hexdigest()
        same = (one for one in self.records.documents.of(sha256_hex) if one.source == redact(source))
        record = next(same, None)
        return record if record is None or (self.folder / sha256_hex).is_file() else None

    def _keep(self, content: bytes, name: str, origin: Origin, room: _Room, depth: int) -> Kept:
        reading = self._read(content, name, depth)
        sha256_hex = hashlib.sha256(content).hexdigest()
        is_new = store(self.folder, sha256_hex, content)
        if reading.is_derived and reading.text:
            self._keep_derived(sha256_hex, name, reading)
        inside = self._keep_inside(sha256_hex, reading, origin, room, depth)
        earlier = self.records.documents.of(sha256_hex)
        record = self.records.documents.add(self._record(content, name, origin, reading))
        others = tuple(one for one in earlier if one.source != record.source)
        there = self.records.documents.from_source(record.source)
        replaced = tuple(one for one in there if one.sha256 != sha256_hex)
        return Kept(Document(record, reading), is_new, others, inside, replaced)

    def _read(self, content: bytes, name: str, depth: int) -> Reading:
        """Read a document; one that is inside of another is kept also where it cannot be read."""
        try:
            return read(content, name, self.options if depth == 0 else Options(ocr=self.options.ocr))
        except DocumentError as error:
            if depth == 0 and not self.even_unread:
                raise
            return replace(unread(), unread=(*unread().unread, error.message))

    def _keep_derived(self, parent_sha256: str, name: str, reading: Reading) -> None:
        text = reading.text.encode()
        digest = hashlib.sha256(text).hexdigest()
        store(self.folder, digest, text)
        self.records.documents.add(
            Record(
                sha256=digest,
                taken_at=utc_stamp(self.now),
                source=f"text of {parent_sha256} by {reading.reader}",
                tool=self._tool(),
                media_type="text/plain",
                size=len(text),
                name=redact(f"{name}.txt"),
                parent_sha256=parent_sha256,
                kind=DERIVED,
            )
        )

    def _keep_inside(
        self, sha256_hex: str, reading: Reading, origin: Origin, room: _Room, depth: int
    ) -> tuple[Kept, ...]:
        """Keep the documents inside; below a depth they are left where they are, which is said."""
        if depth >= DEEPEST:
            return ()
        kept = []
        for part in reading.parts():
            room.take(len(part.content))
            inner = replace(origin, source=f"{origin.source}!{part.name}", parent_sha256=sha256_hex)
            kept.append(self._keep(part.content, part.name, inner, room, depth + 1))
        return tuple(kept)

    def _record(self, content: bytes, name: str, origin: Origin, reading: Reading) -> Record:
        return Record(
            sha256=hashlib.sha256(content).hexdigest(),
            taken_at=utc_stamp(self.now),
            source=redact(origin.source or name),
            tool=self._tool(),
            media_type=_recorded_type(reading),
            size=len(content),
            name=redact(name),
            note=redact(origin.note),
            captured_at=None if origin.captured_at is None else utc_stamp(origin.captured_at),
            parent_sha256=origin.parent_sha256,
            kind=reading.kind,
        )

    @staticmethod
    def _tool() -> str:
        return f"qaif {installed('qaif')}"


def _recorded_type(reading: Reading) -> str:
    """The media type; with the encoding where the bytes alone do not tell it."""
    is_told = reading.encoding_basis in ("named by the user", "said by the server")
    return f"{reading.media_type}; charset={reading.encoding}" if is_told else reading.media_type


def reopened(folder: Path, records: Records, sha256_hex: str) -> Document:
    """A kept document, read again from its bytes as it was read when it was kept.

    Raises:
        NotFoundError: it is not kept here.
        DocumentError: it is not what it was, or its text is not derived from it as it was.
    """
    record = records.documents.get(sha256_hex)
    content = read_kept(folder, sha256_hex)
    if record.kind == "other":
        return Document(record, unread())
    charset = record.media_type.partition("; charset=")[2] or None
    options = Options(encoding=charset, ocr=_ocr_languages(records, sha256_hex))
    document = Document(record, read(content, record.name, options))
    if document.reading.is_derived and document.text and not _is_kept(records, document):
        raise DocumentError(
            f"The text of document {sha256_hex} is no longer derived as it was when it was kept: now "
            f"{document.reading.reader} reads it.",
            way_out="Add it again: its new text is kept beside the old, and spans name theirs.",
        )
    return document


def _is_kept(records: Records, document: Document) -> bool:
    derived = records.documents.of(document.text_sha256)
    return any(one.parent_sha256 == document.record.sha256 for one in derived)


def _ocr_languages(records: Records, sha256_hex: str) -> str:
    """In which languages its text was read by OCR, if it was."""
    for one in records.documents.inside(sha256_hex):
        if one.kind == DERIVED and (found := _OCR.search(one.source)):
            return found[1]
    return ""


def keep(folder: Path, records: Records, path: Path, now: datetime, encoding: str | None = None) -> Document:
    """Keep a document, and what is inside of it, and read it.

    Args:
        folder: the workspace's folder of documents.
        records: the workspace's records.
        path: the document.
        now: the moment it is taken.
        encoding: what it is written in, where the user says so.

    Raises:
        NotFoundError: there is no such file.
        DocumentError: it cannot be read, is too large, or is of no kind that is read.
    """
    return Keeper(folder, records, now, Options(encoding=encoding)).file(path).document
