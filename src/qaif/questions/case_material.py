"""Everything that a case report shows, asked at one moment: the investigations, and more of each address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError
from qaif.questions.answer import Answer, CoverageOf, weakest
from qaif.questions.campaign import CampaignAnswer, campaign, campaigns
from qaif.questions.case_judged import JudgedMaterial, JudgingAsked, judged_of
from qaif.questions.case_pins import Pins
from qaif.questions.claims import ClaimsAnswer, claims
from qaif.questions.cluster import ClusterAnswer, cluster
from qaif.questions.designations import DesignationsAnswer, designations
from qaif.questions.exposure import ExposureAnswer, ExposureRequest, exposure
from qaif.questions.handoffs import HandoffsAnswer, handoffs
from qaif.questions.investigate import investigate
from qaif.questions.investigation import FoundAddress, Investigation, InvestigationRequest
from qaif.questions.trace import TraceAnswer, TraceRequest, trace
from qaif.questions.why import JoinShown, why
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

JURISDICTIONS = ("US", "EU", "UK", "UN", "IL")
_MOST_ADDRESSES = 12
_MOST_TRANSACTIONS = 20_000_000  # of a chain whose clusters are made without being asked for
_MOST_WITNESSES = 5
_MATRIX_YEARS = 8
_MOST_CAMPAIGNS = 5
_T = TypeVar("_T")


@dataclass(frozen=True)
class MoreOfAddress:
    """What else is asked of an address; None where the address does not occur, or nothing is there to ask.

    Attributes:
        address: which.
        cluster: what moves together with it.
        witnesses: the transactions that join it to some of those.
        forward: where its money went.
        backward: where it came from.
        handoffs: where it met services.
        exposure: whom it touches.
        claims: what is said of it.
        designations: who lists it.
    """

    address: str
    cluster: ClusterAnswer | None
    witnesses: tuple[JoinShown, ...]
    forward: TraceAnswer | None
    backward: TraceAnswer | None
    handoffs: HandoffsAnswer | None
    exposure: ExposureAnswer | None
    claims: ClaimsAnswer | None
    designations: DesignationsAnswer | None


@dataclass(frozen=True)
class JournalRow:
    """One row of a case's journal; `exhibit` is 0 where it is about the case as a whole."""

    number: int
    at: str
    by: str
    act: str
    exhibit: int
    kind: str
    subject: str
    text: str
    likelihood: str = ""
    confidence: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseMaterial(Answer):
    """All that a report is made of.

    Attributes:
        title: the case's name.
        simulated: the blocks come from a simulator.
        pins: what it rests on.
        journal: what was done in the case, oldest first.
        investigations: one for each document or address.
        more: more of each address, in their order; none where facts alone were asked for.
        more_left_out: addresses that nothing more was asked of.
        campaigns: the campaigns that show one of the addresses.
        judged: figures of documents recomputed, rival explanations, whom to ask what, what to do.
    """

    title: str
    simulated: bool
    pins: Mapping[str, str]
    journal: tuple[JournalRow, ...]
    investigations: tuple[Investigation, ...]
    more: tuple[MoreOfAddress, ...]
    more_left_out: int
    campaigns: tuple[CampaignAnswer, ...]
    judged: JudgedMaterial


@dataclass(frozen=True)
class MaterialRequest:
    """What a report is to be about.

    Attributes:
        title: the case's name.
        requests: what to investigate.
        pins: what to ask as of.
        journal: the case's rows.
        jurisdictions: whose designations are looked at, if any list is loaded.
    """

    title: str
    requests: tuple[InvestigationRequest, ...]
    pins: Pins
    journal: tuple[JournalRow, ...] = ()
    jurisdictions: tuple[str, ...] = JURISDICTIONS


def material(path: Path, asked: MaterialRequest, now: datetime) -> CaseMaterial:
    """Ask everything that a report shows.

    Raises:
        As `investigate` does.
    """
    pinned = [_pinned(one, asked.pins) for one in asked.requests]
    found = tuple(investigate(path, one, now) for one in pinned)
    return material_of(path, asked, found)


def material_of(path: Path, asked: MaterialRequest, found: tuple[Investigation, ...]) -> CaseMaterial:
    """The same for investigations that were made."""
    addresses = tuple({one.address: one for each in found for one in each.addresses}.values())
    facts_alone = not all(one.basis.get("inference", True) for one in found)
    first = [] if facts_alone else [*addresses[:_MOST_ADDRESSES]]
    grouping = _grouping(path)
    more = tuple(_more(path, one, asked, grouping=grouping) for one in first)
    as_of = next((one.as_of for one in found if one.as_of), None)
    how = JudgingAsked(as_of.hash if as_of else None, asked.pins.claims_row, asked.jurisdictions)
    return CaseMaterial(
        layer=weakest([one.layer for one in found]),
        basis={},
        as_of=as_of,
        coverage=_coverage(found),
        title=asked.title,
        simulated=any(one.simulated for one in found),
        pins={name: str(value) for name, value in vars(asked.pins).items()},
        journal=asked.journal,
        investigations=found,
        more=more,
        more_left_out=len(addresses) - len(first),
        campaigns=_campaigns(path, {one.address for one in addresses}, asked.pins.claims_row),
        judged=judged_of(path, found, {one.address: one.handoffs for one in more}, how),
    )


def _pinned(request: InvestigationRequest, pins: Pins) -> InvestigationRequest:
    as_of = None if pins.chain == "none" else pins.chain
    return replace(request, as_of=request.as_of or as_of, claims_row=pins.claims_row)


def _coverage(found: Sequence[Investigation]) -> CoverageOf:
    reasons = dict.fromkeys(reason for one in found for reason in one.coverage.reasons)
    complete = bool(found) and all(one.coverage.complete for one in found)
    return CoverageOf(complete, tuple(reasons), any(one.coverage.told for one in found))


def _grouping(path: Path) -> bool:
    """Whether clusters are at hand, or soon made: those of a whole chain are made by `qaif cluster` first."""
    workspace = Workspace.open(path)
    try:
        with Chain.open(workspace.chain_dir) as chain:
            small = chain.n_txs <= _MOST_TRANSACTIONS
    except NotFoundError:
        return False
    return small or any(workspace.clusters_dir.glob("*"))


def _more(path: Path, found: FoundAddress, asked: MaterialRequest, *, grouping: bool) -> MoreOfAddress:
    address, pins = found.address, asked.pins
    said = claims(path, address, str(pins.claims_row))
    listed = _designations(path, found, asked.jurisdictions)
    if found.review is None or not found.review.tx_count:
        return MoreOfAddress(address, None, (), None, None, None, None, said, listed)
    at = found.review.as_of.hash if found.review.as_of else None
    ahead = TraceRequest(subjects=(address,), as_of=at)
    grouped = _asked(lambda: cluster(path, address, as_of=at)) if grouping else None
    by = "cluster" if grouping else "script"
    return MoreOfAddress(
        address=address,
        cluster=grouped,
        witnesses=_witnesses(path, grouped, address, at),
        forward=_asked(lambda: trace(path, ahead).answer),
        backward=_asked(lambda: trace(path, replace(ahead, forward=False)).answer),
        handoffs=_asked(lambda: handoffs(path, ahead)),
        exposure=_asked(lambda: exposure(path, ExposureRequest(subject=address, as_of=at, by=by))),
        claims=said,
        designations=listed,
    )


def _asked(question: Callable[[], _T]) -> _T | None:
    """An answer; None where the address does not occur in the blocks held."""
    try:
        return question()
    except NotFoundError:
        return None


def _witnesses(
    path: Path, grouped: ClusterAnswer | None, address: str, at: str | None
) -> tuple[JoinShown, ...]:
    """The transactions that join an address to the first others of its cluster."""
    if grouped is None:
        return ()
    steps: dict[tuple[str, str, str], JoinShown] = {}
    for other in [each for each in grouped.members.sample if each != address][:_MOST_WITNESSES]:
        try:
            found = why(path, address, other, as_of=at)
        except (AddressError, NotFoundError):  # a member whose script has no address
            continue
        steps |= {(one.tx.txid, one.one, one.other): one for one in found.steps}
    return tuple(steps.values())


def _designations(
    path: Path, found: FoundAddress, jurisdictions: tuple[str, ...]
) -> DesignationsAnswer | None:
    """Who lists it on the day of the last block; None where no list is loaded, or there is no day."""
    with Records.open(Workspace.open(path).path) as records:
        loaded = bool(records.lists.versions())
    standing = found.review.as_of if found.review else None
    if not loaded or standing is None or not jurisdictions:
        return None
    day = date.fromisoformat(standing.time[:10])
    return designations(path, found.address, day, jurisdictions, since=day.year - _MATRIX_YEARS)


def _campaigns(path: Path, addresses: set[str], row: int) -> tuple[CampaignAnswer, ...]:
    """The campaigns that are said to have shown one of the addresses."""
    out = []
    for named, _ in campaigns(path).campaigns:
        try:
            one = campaign(path, named, as_of=str(row))
        except NotFoundError:  # it was entered after the row
            continue
        if any(shown.address in addresses for shown in one.addresses):
            out.append(one)
    return tuple(out[:_MOST_CAMPAIGNS])
