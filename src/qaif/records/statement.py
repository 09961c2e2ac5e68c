"""The unit of evidence: one statement, which is one value of one property of one entity, and who says so.

A statement's id is a hash of all that it says and of who says it, each field with its length before it: the
same thing said by the same source in the same place is one statement, however often it is entered. When and
by whom it was entered is not a part of it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from struct import Struct
from typing import Literal, get_args

Status = Literal["alleged", "reported", "admitted", "court finding", "official listing", "retracted"]
"""How a source puts it: what it does not stand for itself, what it reports, what the one concerned admits,
what a court found, what an authority's own list says, what the source itself took back."""

RELIABILITIES = "ABCDEF"
CREDIBILITIES = range(1, 7)
STATUSES: tuple[str, ...] = get_args(Status)
ID_BYTES = 16


@cache
def _packing(count: int) -> Callable[..., bytes]:
    return Struct(f"<{count}q").pack


_SIX = _packing(6)


def digest_of(*fields: str | None, after: bytes = b"") -> bytes:
    """SHA-256 of fields, all their lengths before them, so that no two ways to cut a text are one; 32 bytes.

    Args:
        fields: texts; None differs from the empty text.
        after: bytes of a known length that are covered too.
    """
    lengths = _packing(len(fields))(*[-1 if each is None else len(each) for each in fields])
    text = "".join(filter(None, fields))
    return sha256(lengths + after + text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """Who says something, where, resting on whom, and how far it can be trusted.

    Attributes:
        asserted_by: the source, by its name: a newspaper, a list, an analyst.
        resting_on: the sources that it relies on, nearest first, the root last; empty where there is none.
        document_sha256: the kept document that says it; None where no document is kept.
        span: where in the document's text, [start, end) in code points; None where it is no text.
        quote: what stands there.
        dataset: the list or pack that it came with; empty for the analyst's own case.
        reliability: of the source, A to F (Admiralty code); F where it cannot be judged.
        credibility: of the information, 1 to 6 (Admiralty code); 6 where it cannot be judged.
        status: how the source puts it.
        first_seen, last_seen: from when to when the source said so, ISO 8601, as much as is known.
        method: how it came here, such as `by hand` or the extractor with its version.

    Raises:
        ValueError: a reliability, credibility or status that is none.
    """

    asserted_by: str
    resting_on: tuple[str, ...] = ()
    document_sha256: str | None = None
    span: tuple[int, int] | None = None
    quote: str = ""
    dataset: str = ""
    reliability: str = "F"
    credibility: int = 6
    status: Status = "reported"
    first_seen: str | None = None
    last_seen: str | None = None
    method: str = "by hand"
    digest: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.reliability) != 1 or self.reliability not in RELIABILITIES:
            raise ValueError(f"a reliability is one of {RELIABILITIES}, not {self.reliability!r}")
        if self.credibility not in CREDIBILITIES:
            raise ValueError(f"a credibility is 1 to 6, not {self.credibility!r}")
        if self.status not in STATUSES:
            raise ValueError(f"a status is one of {', '.join(STATUSES)}, not {self.status!r}")
        object.__setattr__(self, "digest", self._digest())

    @property
    def root(self) -> str:
        """The source that all of it rests on in the end, as far as is known."""
        return self.resting_on[-1] if self.resting_on else self.asserted_by

    def _digest(self) -> bytes:
        start, end = self.span or (None, None)
        fields = (
            self.asserted_by,
            json.dumps(self.resting_on, ensure_ascii=False),
            self.document_sha256,
            None if start is None else str(start),
            None if end is None else str(end),
            self.quote,
            self.dataset,
            self.reliability,
            str(self.credibility),
            self.status,
            self.first_seen,
            self.last_seen,
            self.method,
        )
        return digest_of(*fields)


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of one property of one entity, and who says so.

    Attributes:
        entity_id: of what.
        schema: the entity's kind, in FollowTheMoney's vocabulary or ours.
        prop: the property; `id` for the bare statement that there is such an entity.
        value: its value, normalised; the id of an entity where the property points to one.
        assertion: who says so.
        lang: the value's language (ISO 639-1), empty where it has none.
        original: the value as it stood, where it was normalised.
        key: under what it is found: an address, an account, the id that it points to; None where it is not.
        locator: where in a structured source it stands: a row, a path, the id of a list's entry.
    """

    entity_id: str
    schema: str
    prop: str
    value: str
    assertion: Assertion
    lang: str = ""
    original: str | None = None
    key: str | None = None
    locator: str = ""

    @property
    def id(self) -> bytes:
        """A hash of all that it says and who says it, without key and locator; 16 bytes."""
        entity_id, schema, prop, value = self.entity_id, self.schema, self.prop, self.value
        lang, original = self.lang, self.original
        # As `digest_of` does it, without its loops: an import asks for hundreds of thousands.
        last = -1 if original is None else len(original)
        lengths = _SIX(len(entity_id), len(schema), len(prop), len(value), len(lang), last)
        text = f"{entity_id}{schema}{prop}{value}{lang}{original or ''}".encode("utf-8", "surrogatepass")
        return sha256(lengths + self.assertion.digest + text).digest()[:ID_BYTES]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act of entering statements, or of taking them back.

    Attributes:
        entered_by: who: the analyst's name, or what ran.
        entered_at: when, ISO 8601 in UTC, as `utc_stamp` writes it.
        tool: with what, with version.
        reason: why; for a correction or a retraction it says what was wrong.
        document_sha256: the kept file that was read, where one was.
    """

    entered_by: str
    entered_at: str
    tool: str
    reason: str = ""
    document_sha256: str | None = None
