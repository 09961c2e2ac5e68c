"""What is said of an address, in a line each, as a case shows it; `qaif claims` says all of it."""

from dataclasses import dataclass

from qaif.evidence.claims.entity import NAMES, Entity, Value
from qaif.evidence.claims.gather import gather
from qaif.evidence.defang import defang, show_line
from qaif.evidence.exchange.tagpack import chain_of
from qaif.records.engine import Records

MOST_SAID = 50
_PLAIN = frozenset((*NAMES, "summary", "description", "wording", "notes"))
_SAYS_LITTLE = frozenset(
    (
        *(
            "publicKey",
            "cryptoAddress",
            "currency",
            "network",
            "subject",
            "wallet",
            "sourceUrl",
            "modifiedAt",
        ),
        *("confidence", "is_cluster_definer", "context", "role", "campaign"),
    )
)
_LONGEST = 300


@dataclass(frozen=True)
class SaidOfIt:
    """One thing that is said of an address; a claim.

    Attributes:
        text: what, as shown.
        by: who says it, as shown.
        resting_on: whom that rests on, the root last.
        independent_sources: how many roots the same value has.
        status: how the source puts it.
        reliability: of the source, A to F.
        credibility: of the information, 1 to 6.
        dataset: the list or pack that it came with; empty for the analyst's own case.
        document_sha256: the document that says it, or the file that it came in; None where there is none.
        span: where in its text.
        statement_id: `qaif claims trace` shows the bytes behind it.
    """

    text: str
    by: str
    resting_on: tuple[str, ...]
    independent_sources: int
    status: str
    reliability: str
    credibility: int
    dataset: str
    document_sha256: str | None
    span: tuple[int, int] | None
    statement_id: str


def said_of(records: Records, address: str, as_of: int | None = None) -> tuple[tuple[SaidOfIt, ...], int]:
    """What is said of an address up to a row of the log, and how much more than is given here."""
    gathered = gather(records, address, as_of)
    rows = [
        row
        for entity in (*gathered.entities, *gathered.links)
        for prop in entity.properties
        if prop.name not in _SAYS_LITTLE
        for value in prop.values
        for row in _rows(entity, prop.name, value)
    ]
    return tuple(rows[:MOST_SAID]), max(0, len(rows) - MOST_SAID) + gathered.links_left_out


def _rows(entity: Entity, prop: str, value: Value) -> list[SaidOfIt]:
    elsewhere = next((chain for each in entity.values("subject") if (chain := chain_of(each.value))), "")
    words = f"(of {elsewhere}, not of Bitcoin) " if elsewhere else ""
    return [
        SaidOfIt(
            text=_fit(words + _words(entity, prop, value)),
            by=_fit(saying.asserted_by),
            resting_on=tuple(map(_fit, saying.resting_on)),
            independent_sources=len(value.roots),
            status=saying.status,
            reliability=saying.reliability,
            credibility=saying.credibility,
            dataset=_fit(saying.dataset),
            document_sha256=saying.document_sha256,
            span=saying.span,
            statement_id=saying.statement_id,
        )
        for saying in value.sayings
    ]


def _words(entity: Entity, prop: str, value: Value) -> str:
    called = value.points_to or value.value
    if prop in _PLAIN:
        return value.value
    if prop == "object":
        roles = [each.value for each in entity.values("role")] or ["linked to"]
        return f"{', '.join(roles)} {called}"
    return f"{prop}: {called}"


def _fit(text: str) -> str:
    """Fit to be shown, on one line, and not too long."""
    shown = defang(show_line(text))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
