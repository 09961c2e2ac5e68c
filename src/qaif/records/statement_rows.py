"""Statements as rows of the records, and rows as statements."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from qaif.records.statement import Assertion, Entry, Statement

_AS_THEY_ARE = (
    *("asserted_by", "document_sha256", "quote", "dataset", "reliability"),
    *("credibility", "status", "first_seen", "last_seen", "method"),
)
_STATED = ("entity_id", "schema", "prop", "value", "lang", "original", "key", "locator")
_COLUMNS = (
    *(f"s.{name}" for name in ("seq", "id", "said", *_STATED, "erased")),
    *(f"e.{name}" for name in ("entered_by", "entered_at", "tool", "reason", "document_sha256")),
    *(f"a.{name}" for name in ("span_start", "span_end", "resting_on", *_AS_THEY_ARE)),
)
SELECT_LOGGED = (
    f"SELECT {', '.join(_COLUMNS)} FROM statements AS s "  # noqa: S608  names of ours
    "JOIN assertions AS a ON a.id = s.assertion_id JOIN entries AS e ON e.id = s.entry_id"
)
INSERT_STATEMENT = (
    f"INSERT INTO statements (id, said, {', '.join(_STATED)}, assertion_id, entry_id) "  # noqa: S608  names of ours
    f"VALUES ({', '.join('?' * (len(_STATED) + 4))})"
)


@dataclass(frozen=True)
class Logged:
    """A row of the log, read back.

    Attributes:
        seq: its number.
        id: of its statement, in hex.
        said: it says the statement; False where it takes it back.
        statement: what it says; where it takes back, of which entity.
        entry: who entered it, when and why.
        erased: it is a tombstone.
    """

    seq: int
    id: str
    said: bool
    statement: Statement
    entry: Entry
    erased: bool = False


def assertion_row(assertion: Assertion) -> dict[str, object]:
    """An assertion, as the columns have it."""
    start, end = assertion.span or (None, None)
    return {
        "digest": assertion.digest,
        "dataset": assertion.dataset,
        "asserted_by": assertion.asserted_by,
        "resting_on": json.dumps(assertion.resting_on, ensure_ascii=False),
        "document_sha256": assertion.document_sha256,
        "span_start": start,
        "span_end": end,
        "quote": assertion.quote,
        "reliability": assertion.reliability,
        "credibility": assertion.credibility,
        "status": assertion.status,
        "first_seen": assertion.first_seen,
        "last_seen": assertion.last_seen,
        "method": assertion.method,
    }


def statement_row(
    statement_id: bytes, statement: Statement, assertion_id: int, entry_id: int
) -> tuple[object, ...]:
    """A statement that is said, in the order of `INSERT_STATEMENT`."""
    return (
        statement_id,
        1,
        statement.entity_id,
        statement.schema,
        statement.prop,
        statement.value,
        statement.lang,
        statement.original,
        statement.key,
        statement.locator,
        assertion_id,
        entry_id,
    )


def taken_back_row(row: Row[*tuple[Any, ...]], entry_id: int) -> tuple[object, ...]:
    """The row that takes a statement back; `row` is the one that says it."""
    return (
        *(row.id, 0, row.entity_id, row.schema, "", "", "", None, None, ""),
        row.assertion_id,
        entry_id,
    )


def logged(row: Row[*tuple[Any, ...]]) -> Logged:
    """A row of `SELECT_LOGGED`, read."""
    seq, statement_id, said, entity_id, schema, prop, value, lang, original, key, locator, erased = row[:12]
    by, at, tool, reason, document, *of_assertion = row[12:]
    return Logged(
        seq,
        statement_id.hex(),
        bool(said),
        Statement(entity_id, schema, prop, value, _assertion(of_assertion), lang, original, key, locator),
        Entry(entered_by=by, entered_at=at, tool=tool, reason=reason, document_sha256=document),
        bool(erased),
    )


def _assertion(values: list[Any]) -> Assertion:
    start, end, resting_on, *as_they_are = values
    return Assertion(
        span=None if start is None or end is None else (start, end),
        resting_on=tuple(json.loads(resting_on)),
        **dict(zip(_AS_THEY_ARE, as_they_are, strict=True)),
    )
