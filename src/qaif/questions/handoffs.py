"""Where did this money meet a service? Every arrival and departure: the list for a request to it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qaif.chain.open import Chain
from qaif.questions.answer import Answer, CoverageOf, weakest
from qaif.questions.handoff_rows import Handoff, arrivals, departures
from qaif.questions.trace import Traced, TraceRequest, traced
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_seeds import TraceSubject
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

Direction = Literal["arrivals", "departures", "both"]
_NO_CUSTOMER = (
    "An arrival at a service shows that coins came to an address of it. Whose account that is, the service "
    "can know; what left the service later is not this money."
)


@dataclass(frozen=True, kw_only=True)
class HandoffsAnswer(Answer):
    """Where money met services.

    Attributes:
        subjects: what the traces began with.
        limits: how far they went.
        arrivals: money of the subjects that came to a service, by service and day.
        departures: money that came from a service to the subjects, likewise.
        says_nothing_of: what such a table does not show, in words.
    """

    subjects: tuple[TraceSubject, ...]
    limits: dict[str, object]
    arrivals: tuple[Handoff, ...]
    departures: tuple[Handoff, ...]
    says_nothing_of: str = _NO_CUSTOMER


def handoffs(workspace: Path, request: TraceRequest, direction: Direction = "both") -> HandoffsAnswer:
    """Every hand-off within the limits of a trace.

    Args:
        workspace: the workspace.
        request: what to trace, and how far; its direction does not count.
        direction: which way to look.

    Raises:
        UsageError: a limit, a method or a subject makes no sense.
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or nothing of a subject is held.
    """
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    ways = {"arrivals": (True,), "departures": (False,), "both": (True, False)}[direction]
    with Records.open(folder.path) as records:
        claims = None if request.through_labels else records
        found = [
            traced(chain, claims, replace(request, forward=forward, most_destinations=0), opened)
            for forward in ways
        ]
    return _answer(found)


def _answer(found: list[Traced]) -> HandoffsAnswer:
    first = found[0].answer
    reasons = [reason for one in found for reason in one.answer.coverage.reasons]
    coverage = CoverageOf(
        all(one.answer.coverage.complete for one in found),
        tuple(dict.fromkeys(reasons)),
        first.coverage.told,
        first.coverage.scripts,
    )
    rows = [(one.web.forward, (arrivals if one.web.forward else departures)(one)) for one in found]
    return HandoffsAnswer(
        layer=weakest([one.answer.layer for one in found]),
        basis=first.basis,
        as_of=first.as_of,
        coverage=coverage,
        subjects=first.subjects,
        limits=dict(first.limits),
        arrivals=tuple(row for forward, its in rows if forward for row in its),
        departures=tuple(row for forward, its in rows if not forward for row in its),
    )
