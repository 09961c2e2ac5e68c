"""What is missing, and whom to ask what: one request for each service that the money met."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qaif.questions.answer import Answer, Layer, weakest
from qaif.questions.handoff_rows import Handoff
from qaif.questions.handoffs import HandoffsAnswer, handoffs
from qaif.questions.trace import TraceRequest

Wanted = Literal[
    "account-holder",
    "identity-documents",
    "account-opened",
    "fiat-side",
    "log-ins",
    "later-withdrawals",
    "earlier-deposits",
    "preserve",
]
_OF_ARRIVALS: tuple[Wanted, ...] = (
    "preserve", "account-holder", "identity-documents", "account-opened", "fiat-side", "log-ins",
    "later-withdrawals",
)  # fmt: skip
_OF_DEPARTURES: tuple[Wanted, ...] = (
    "preserve", "account-holder", "identity-documents", "account-opened", "fiat-side", "log-ins",
    "earlier-deposits",
)  # fmt: skip


@dataclass(frozen=True)
class Payment:
    """A payment that a request is about.

    Attributes:
        direction: `arrival` at the service, or `departure` from it.
        txid: its transaction.
        time: of its block, ISO 8601 in UTC.
        outpoints: its coins, as txid:vout.
        addresses: the service's: of an arrival the deposit address.
        amount_sat: what was paid, whoever's it was.
        least_sat, most_sat: how much of it is the money that was traced, by the conventions that conserve.
        shared: several parties paid in, so that who paid cannot be said.
    """

    direction: Literal["arrival", "departure"]
    txid: str
    time: str
    outpoints: tuple[str, ...]
    addresses: tuple[str, ...]
    amount_sat: int
    least_sat: int | None
    most_sat: int | None
    shared: bool


@dataclass(frozen=True)
class Request:
    """What to ask one service.

    Attributes:
        service: who it is said to be; empty where nobody says it.
        said_by: who says so.
        statement_ids: the claims.
        known_by: an address of it, by which it is known where it has no name.
        layer: a claim where somebody names it; an inference where it only has the shape of a service.
        wanted: what to ask for, by stable words.
        payments: about which payments, as they came.
    """

    service: str
    said_by: tuple[str, ...]
    statement_ids: tuple[str, ...]
    known_by: str
    layer: Layer
    wanted: tuple[Wanted, ...]
    payments: tuple[Payment, ...]


@dataclass(frozen=True, kw_only=True)
class RequestsAnswer(Answer):
    """Whom to ask what.

    Attributes:
        subjects: what was traced, as it was asked for.
        requests: one a service, the one with the most money first.
        missing: what the chain cannot tell, or is not held, in words.
    """

    subjects: tuple[str, ...]
    requests: tuple[Request, ...]
    missing: tuple[str, ...]


def requests(workspace: Path, request: TraceRequest) -> RequestsAnswer:
    """Make a request for each service of a hand-off table; see `handoffs` for what it raises."""
    return requests_of(handoffs(workspace, request), request.subjects)


def requests_of(found: HandoffsAnswer, subjects: Sequence[str]) -> RequestsAnswer:
    """The same from a hand-off table that is at hand."""
    by_service: dict[str, list[Handoff]] = defaultdict(list)
    for row in (*found.arrivals, *found.departures):
        by_service[_key(row)].append(row)
    made = [_request(rows) for rows in by_service.values()]
    made.sort(key=lambda one: (-sum(payment.amount_sat for payment in one.payments), one.known_by))
    return RequestsAnswer(
        layer=weakest([one.layer for one in made]) if made else found.layer,
        basis=found.basis,
        as_of=found.as_of,
        coverage=found.coverage,
        subjects=tuple(subjects),
        requests=tuple(made),
        missing=(*found.coverage.reasons, found.says_nothing_of),
    )


def _key(row: Handoff) -> str:
    """By which hand-offs with one service are put together: its name, else its cluster, else its address."""
    if row.said:
        return f"said {row.said[0].text}"
    known = row.cluster.named_by if row.cluster else None
    known = known or next(iter(row.addresses), None)
    return (known.address or known.script_hex) if known else row.tx.txid


def _request(rows: Sequence[Handoff]) -> Request:
    said = list(dict.fromkeys(one for row in rows for one in row.said))
    first = rows[0]
    known = (first.addresses[0].address or first.addresses[0].script_hex) if first.addresses else ""
    ways = {row.direction for row in rows}
    wanted = [
        *(_OF_ARRIVALS if "arrival" in ways else ()),
        *(_OF_DEPARTURES if "departure" in ways else ()),
    ]
    return Request(
        service=said[0].text if said else "",
        said_by=tuple(dict.fromkeys(one.by for one in said if one.by)),
        statement_ids=tuple(one.statement_id for one in said if one.statement_id),
        known_by=known,
        layer=weakest([row.layer for row in rows]),
        wanted=tuple(dict.fromkeys(wanted)),
        payments=tuple(_payment(row) for row in sorted(rows, key=lambda row: (row.tx.time, row.tx.txid))),
    )


def _payment(row: Handoff) -> Payment:
    return Payment(
        direction=row.direction,
        txid=row.tx.txid,
        time=row.tx.time,
        outpoints=row.outpoints,
        addresses=tuple(one.address or one.script_hex for one in row.addresses),
        amount_sat=row.amount_sat,
        least_sat=row.least_sat,
        most_sat=row.most_sat,
        shared=row.shared,
    )
