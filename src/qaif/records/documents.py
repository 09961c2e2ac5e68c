"""What is known of each document that a workspace keeps; its bytes lie in the workspace, by SHA-256."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Row, insert, select

from qaif.errors import NotFoundError
from qaif.records.database import Database
from qaif.records.schema import documents


@dataclass(frozen=True)
class Document:
    """A document as it was first taken from a source.

    Attributes:
        sha256: of its bytes, in hex.
        taken_at: when, ISO 8601 in UTC, as `utc_stamp` writes it.
        source: from where: a path or a web address, as given.
        tool: which tool took it, with version.
        media_type: such as `text/plain`.
        size: bytes.
        name: the file's name.
        note: what its user said of it.
        captured_at: when its user says that it was captured, ISO 8601; None where it was not said.
        parent_sha256: the document that it was a part of, such as an e-mail; None where it stood alone.
        kind: which reader reads it, such as `text`, `html` or `pdf`.
    """

    sha256: str
    taken_at: str
    source: str
    tool: str
    media_type: str
    size: int
    name: str
    note: str = ""
    captured_at: str | None = None
    parent_sha256: str | None = None
    kind: str = "text"


class Documents:
    """The table of documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, document: Document) -> Document:
        """Record a document, and return what is recorded.

        The same bytes from the same source are recorded once: the first time they were taken.
        """
        same = (documents.c.sha256 == document.sha256) & (documents.c.source == document.source)
        with self._database.writing() as connection:
            known = connection.execute(select(documents).where(same)).one_or_none()
            if known is not None:
                return _document(known)
            connection.execute(insert(documents).values(**vars(document)))
        return document

    def get(self, sha256: str) -> Document:
        """A document as it was first taken.

        Raises:
            NotFoundError: no document with this digest is kept.
        """
        wanted = select(documents).where(documents.c.sha256 == sha256).order_by(documents.c.id).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFoundError(f"No document with SHA-256 {sha256} is kept here.", sha256=sha256)
        return _document(row)

    def of(self, sha256: str) -> tuple[Document, ...]:
        """The records of one document, from each source that it was taken from, in their order."""
        wanted = select(documents).where(documents.c.sha256 == sha256).order_by(documents.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(_document(row) for row in rows)

    def from_source(self, source: str) -> tuple[Document, ...]:
        """What was taken from one source, in the order of records."""
        wanted = select(documents).where(documents.c.source == source).order_by(documents.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(_document(row) for row in rows)

    def inside(self, sha256: str) -> tuple[Document, ...]:
        """What was taken out of a document, or derived from it, in the order of records."""
        wanted = select(documents).where(documents.c.parent_sha256 == sha256).order_by(documents.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(_document(row) for row in rows)

    def list(self) -> tuple[Document, ...]:
        """Every document from every source, in the order they were recorded."""
        with self._database.reading() as connection:
            rows = connection.execute(select(documents).order_by(documents.c.id)).all()
        return tuple(_document(row) for row in rows)


def utc_stamp(when: datetime) -> str:
    """A moment as the records keep it: ISO 8601, whole seconds, UTC.

    Raises:
        ValueError: the moment has no time zone.
    """
    if when.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(row: Row[tuple[object, ...]]) -> Document:
    values = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's documented name for a row as a mapping
    del values["id"]
    return Document(**values)
