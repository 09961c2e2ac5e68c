"""What was fetched from an address that the user named: what the server said beside the document itself."""

import json
from dataclasses import dataclass

from sqlalchemy import Row, insert, select

from qaif.records.database import Database
from qaif.records.schema import captures


@dataclass(frozen=True)
class Hop:
    """One answer on the way that sent on to another address.

    Attributes:
        url: what was asked for.
        status: of the answer.
        location: where it sent on to.
        headers: of the answer, in order.
    """

    url: str
    status: int
    location: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Capture:
    """A document as a server gave it.

    Attributes:
        sha256: of the document's bytes, as they came.
        url: what was asked for first.
        status: of the last answer.
        headers: of the last answer, in order, as they came.
        redirects: the answers before it.
        fetched_at: when, ISO 8601 in UTC.
        tool: which tool fetched it, with version.
        certificate_sha256: of the certificate that the last server showed; None without TLS.
    """

    sha256: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    redirects: tuple[Hop, ...]
    fetched_at: str
    tool: str
    certificate_sha256: str | None

    @property
    def final_url(self) -> str:
        """Where the document came from in the end."""
        return self.redirects[-1].location if self.redirects else self.url


class Captures:
    """The table of captures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, capture: Capture) -> None:
        """Record a capture; each time that something is fetched is one."""
        values = vars(capture) | {
            "headers": json.dumps(capture.headers, ensure_ascii=False),
            "redirects": json.dumps([vars(hop) for hop in capture.redirects], ensure_ascii=False),
        }
        with self._database.writing() as connection:
            connection.execute(insert(captures).values(**values))

    def of(self, sha256: str) -> tuple[Capture, ...]:
        """Each time that a document was fetched, oldest first."""
        wanted = select(captures).where(captures.c.sha256 == sha256).order_by(captures.c.id)
        with self._database.reading() as connection:
            return tuple(_capture(row) for row in connection.execute(wanted).all())


def _capture(row: Row[tuple[object, ...]]) -> Capture:
    values = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's documented name for a row as a mapping
    del values["id"]
    values["headers"] = _pairs(json.loads(str(values["headers"])))
    values["redirects"] = tuple(
        Hop(**hop | {"headers": _pairs(hop["headers"])}) for hop in json.loads(str(values["redirects"]))
    )
    return Capture(**values)


def _pairs(headers: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers)
