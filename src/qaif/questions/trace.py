"""Where did this money go, or come from? Five conventions side by side, each end with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from qaif.analysis.flows.methods import BY_ID, METHODS, FlowMethod, Marked, destinations, follow
from qaif.analysis.flows.mixing import MIX_DETECTORS
from qaif.analysis.flows.parties import SERVICE_SCRIPTS, Parties
from qaif.analysis.flows.stops import CUT, UNFOLLOWABLE, WHY, Stop, TraceLimits
from qaif.analysis.flows.web import Web
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.answer import Answer, CoverageOf, Layer, weakest
from qaif.questions.asked import addresses_named, moment
from qaif.questions.clustering import Opened
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_labels import Stopped, WalkAsked, walk_to_labels
from qaif.questions.trace_parts import (
    DestinationShown,
    HopShown,
    StopShown,
    destination_shown,
    hops_shown,
    spread_sentence,
    stops_shown,
)
from qaif.questions.trace_seeds import TraceSubject, seeds_named
from qaif.records.engine import Records
from qaif.units import hash_hex
from qaif.workspace.folder import Workspace


@dataclass(frozen=True, kw_only=True)
class TraceRequest:
    """What to trace, and how far.

    Attributes:
        subjects: outputs (TXID:VOUT), transactions or addresses; all of them together.
        forward: where it went; else where it came from.
        methods: ids of methods; all where empty.
        hops, transactions, fan, least_sat, through_mixes: see `TraceLimits`.
        until: forward, the last day (UTC) that is followed; backward, the first.
        stops: addresses at which it ends.
        through_labels: go on past addresses of which a claim says something.
        by, with_change, service_scripts: see `ByCluster`. By cluster, an address stands for its cluster.
        as_of: a height, a block hash or a day; the chain's tip where None.
        most_destinations: how many to list.
    """

    subjects: tuple[str, ...]
    forward: bool = True
    methods: tuple[str, ...] = ()
    hops: int = 6
    transactions: int = 1_000
    fan: int = 100
    least_sat: int = 1_000
    through_mixes: bool = False
    until: date | None = None
    stops: tuple[str, ...] = ()
    through_labels: bool = False
    by: str = "script"
    with_change: bool = False
    service_scripts: int = SERVICE_SCRIPTS
    as_of: str | None = None
    most_destinations: int = 25


@dataclass(frozen=True)
class MethodTotals:
    """What became of the money by one method; the four parts add up to the first two.

    Attributes:
        method: which.
        begun_sat: what it began with: the subjects' coins, less what came to one of them from another.
        added_sat: what it marked beside; 0 but for poison, which marks what it touches.
        ended_sat: what lies where the trace ends for a reason of the money's own.
        cut_sat: what lies where a limit cut the trace.
        not_followed_sat: what cannot be followed because the blocks held do not suffice.
        fees_sat: what went to miners; it is not followed further.
    """

    method: str
    begun_sat: int
    added_sat: int
    ended_sat: int
    cut_sat: int
    not_followed_sat: int
    fees_sat: int


@dataclass(frozen=True, kw_only=True)
class TraceAnswer(Answer):
    """A trace.

    Attributes:
        direction: which way.
        subjects: what it began with.
        limits: how far it went.
        transactions: how many it went through.
        may_be_mixes: those of them that may be mixes, and were followed.
        totals: for each method.
        stops: why it ended, and how much there; reasons without coins are left out.
        destination_count: how many scripts it ended at; by cluster, how many clusters.
        destinations: the first of them.
        spread: whether what follows from it depends on the method, in words.
        depends_on_method: whether the methods that conserve name different largest ends.
        hops: what each hop moved; the same money is counted once a hop, so hops do not add up.
    """

    direction: Literal["forward", "backward"]
    subjects: tuple[TraceSubject, ...]
    limits: Mapping[str, object]
    transactions: int
    may_be_mixes: tuple[str, ...]
    totals: tuple[MethodTotals, ...]
    stops: tuple[StopShown, ...]
    destination_count: int
    destinations: tuple[DestinationShown, ...]
    spread: str
    depends_on_method: bool
    hops: tuple[HopShown, ...]


@dataclass(frozen=True)
class Traced:
    """An answer, and the arrays behind it, valid for one chain view."""

    answer: TraceAnswer
    chain: Chain = field(repr=False)
    parties: Parties = field(repr=False)
    web: Web = field(repr=False)
    found: tuple[Marked, ...] = field(repr=False)
    labels: tuple[tuple[Stopped, ...], ...] = field(repr=False)


def trace(workspace: Path, request: TraceRequest) -> Traced:
    """Trace money in a workspace; the arrays stay readable.

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
    with Records.open(folder.path) as records:
        return traced(chain, None if request.through_labels else records, request, opened)


def traced(
    chain: Chain, records: Records | None, request: TraceRequest, opened: Opened | None = None
) -> Traced:
    """Trace money on an opened chain, by the clusters that are given; see `trace` for what it raises."""
    methods, limits = methods_named(request.methods), _limits(request)
    now = moment(chain, request.as_of)
    parties = Parties(now.chain, opened.forest if opened else None, request.service_scripts)
    seeds, subjects = seeds_named(parties, request.subjects)
    stops = [one.script_raw for one in addresses_named(now.chain, request.stops)] if request.stops else []
    asked = WalkAsked(seeds, request.forward, limits, parties)
    labelled = walk_to_labels(now.chain, records, asked, stops)
    web, labels = labelled.web, labelled.labels
    found = tuple(follow(web, method) for method in methods)
    rows = destinations(web, found, parties.of(web.script_num))
    shown = tuple(
        destination_shown(parties, web, found, labels, row) for row in rows[: request.most_destinations]
    )
    spread, depends = spread_sentence(parties, found, rows)
    answer = TraceAnswer(
        layer=weakest((_layer(web, labels), opened.layer if opened else "fact")),
        basis=basis_of(now.chain, methods, opened) | {"ends_at_claims": records is not None},
        as_of=as_of(now.chain),
        coverage=_coverage(now.chain, web, found, now.gap),
        direction="forward" if request.forward else "backward",
        subjects=subjects,
        limits=_limits_shown(request),
        transactions=len(web.tx_num),
        may_be_mixes=_txids(now.chain, web),
        totals=tuple(_totals(web, one) for one in found),
        stops=stops_shown(web, found),
        destination_count=len(rows),
        destinations=shown,
        spread=spread,
        depends_on_method=depends,
        hops=hops_shown(web, found),
    )
    return Traced(answer, now.chain, parties, web, found, labels)


def methods_named(asked: tuple[str, ...]) -> tuple[FlowMethod, ...]:
    """Methods by their ids; all where none is named.

    Raises:
        UsageError: there is no such method.
    """
    if not asked:
        return METHODS
    unknown = [one for one in asked if one not in BY_ID]
    if unknown:
        raise UsageError(
            f"There is no method {unknown[0][:40]!r}.", way_out=f"There are {', '.join(BY_ID)}, and `all`."
        )
    return tuple(BY_ID[one] for one in dict.fromkeys(asked))


def _limits(request: TraceRequest) -> TraceLimits:
    if min(request.hops, request.transactions, request.fan, request.least_sat) < 0:
        raise UsageError("A limit is not negative.")
    seconds = None
    if request.until is not None:
        begin = datetime.combine(request.until, time(0), UTC)
        moment_ = begin + timedelta(days=1, seconds=-1) if request.forward else begin
        seconds = int(moment_.timestamp())
    return TraceLimits(
        request.hops, request.transactions, request.fan, request.least_sat, seconds, request.through_mixes
    )


def _limits_shown(request: TraceRequest) -> dict[str, object]:
    return {
        "hops": request.hops,
        "transactions": request.transactions,
        "fan": request.fan,
        "least_sat": request.least_sat,
        "until": request.until,
        "stops": request.stops,
        "through_mixes": request.through_mixes,
        "through_labels": request.through_labels,
        "by": request.by,
        "service_scripts": request.service_scripts if request.by == "cluster" else None,
    }


def _layer(web: Web, labels: tuple[tuple[Stopped, ...], ...]) -> Layer:
    """A trace that a claim ended rests on that claim."""
    met = np.unique(web.label[web.stop == Stop.LABELLED]).tolist()
    claimed = any(one.statement_id is not None for label in met for one in labels[label])
    return "claim" if claimed else "inference"


def basis_of(
    chain: Chain, methods: tuple[FlowMethod, ...], opened: Opened | None = None
) -> dict[str, object]:
    """The envelope's basis of what rests on flow methods, and on clusters where they were asked for."""
    of_clusters = {} if opened is None else {"clusters": opened.basis}
    return {
        "network": chain.network.name,
        "simulated": chain.simulated,
        "methods": [{k: v for k, v in vars(one).items() if k != "code"} for one in methods],
        "mixes": [f"{one.id}/{one.version}" for one in MIX_DETECTORS],
        **of_clusters,
    }


def _totals(web: Web, one: Marked) -> MethodTotals:
    unfollowable = int(one.marked[np.isin(web.stop, UNFOLLOWABLE)].sum())
    cut = int(one.marked[np.isin(web.stop, CUT)].sum())
    return MethodTotals(
        method=one.method.id,
        begun_sat=one.fresh_sat,
        added_sat=one.added_sat,
        ended_sat=int(one.marked[web.ends].sum()) - cut - unfollowable,
        cut_sat=cut,
        not_followed_sat=unfollowable,
        fees_sat=one.fee_sat,
    )


def _txids(chain: Chain, web: Web) -> tuple[str, ...]:
    return tuple(hash_hex(raw.tobytes()) for raw in chain.tx.txid_raw.take(web.tx_num[web.maybe_mix]))


def _coverage(chain: Chain, web: Web, found: tuple[Marked, ...], gap: tuple[str, ...]) -> CoverageOf:
    base = chain_coverage(chain)
    reasons = (*base.reasons, *gap, *reasons_of(web, found, complete=base.complete))
    return CoverageOf(base.complete and not gap, reasons, base.told, base.scripts)


def reasons_of(web: Web, found: tuple[Marked, ...], *, complete: bool) -> tuple[str, ...]:
    """What could not be followed, in words.

    Args:
        web: what was walked.
        found: what methods say of it.
        complete: every block is held.
    """
    reasons = []
    for stop in UNFOLLOWABLE:
        coins = np.flatnonzero(web.stop == stop)
        if len(coins):
            amounts = ", ".join(f"{one.method.id} {int(one.marked[coins].sum()):,}" for one in found)
            reasons.append(
                f"{len(coins):,} coin(s) could not be followed, because {WHY[stop]}: sat by {amounts}."
            )
    unspent = int((web.stop == Stop.UNSPENT).sum())
    if unspent and not complete:
        reasons.append(
            f"{unspent:,} coin(s) are spent by no transaction held; in what is not held they may be."
        )
    return tuple(reasons)
