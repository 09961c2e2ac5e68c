"""Is there a way for money from one to another? The shortest, the earliest, by the fewest parties."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from qaif.analysis.flows.methods import METHODS, follow
from qaif.analysis.flows.nearest import nearest
from qaif.analysis.flows.parties import SERVICE_SCRIPTS, Parties
from qaif.analysis.flows.stops import CUT, TraceLimits
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.questions.answer import Answer, CoverageOf, Layer
from qaif.questions.asked import addresses_named, moment
from qaif.questions.clustering import Opened
from qaif.questions.exposure_path import PathShown, path_shown
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.trace import basis_of, reasons_of
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_labels import WalkAsked, walk_to_labels
from qaif.questions.trace_parts import StopShown, stops_shown
from qaif.records.engine import Records
from qaif.units import UNKNOWN, Int64s
from qaif.workspace.folder import Workspace

_WAYS = (
    "A way shows that money could have come like this, not that it did or that anybody at its ends knew. "
    "None within the limits does not say that there is none."
)


@dataclass(frozen=True, kw_only=True)
class PathRequest:
    """Between whom, and how far to look.

    Attributes:
        start, end: addresses; by cluster each stands for its cluster.
        limits: how far; see `TraceLimits`.
        until: the last day (UTC) that is followed.
        through_labels: go on past addresses of which a claim says something.
        by, with_change, service_scripts: see `ByCluster`.
        as_of: a height, a block hash or a day; the chain's tip where None.
    """

    start: str
    end: str
    limits: TraceLimits = TraceLimits(hops=12, transactions=20_000)  # noqa: RUF009  frozen, of scalars
    until: date | None = None
    through_labels: bool = False
    by: str = "cluster"
    with_change: bool = False
    service_scripts: int = SERVICE_SCRIPTS
    as_of: str | None = None


@dataclass(frozen=True)
class WaysShown:
    """Ways from one to the other.

    Attributes:
        from_: where they begin.
        to: where they end.
        arrivals: in how many coins money arrives within the limits.
        marked_sat: what of it came from the beginning, by each method; none where nothing arrives.
        shortest: by the fewest transactions; None where there is none within the limits.
        fewest_parties: by the fewest changes of hands.
        earliest: to the first coin that arrives.
        transactions: how many were looked at.
        cut: a limit cut the search.
        rest: where the search ended, by reason.
    """

    from_: str
    to: str
    arrivals: int
    marked_sat: dict[str, int]
    shortest: PathShown | None
    fewest_parties: PathShown | None
    earliest: PathShown | None
    transactions: int
    cut: bool
    rest: tuple[StopShown, ...]


@dataclass(frozen=True, kw_only=True)
class PathAnswer(Answer):
    """Ways between two, in both directions.

    Attributes:
        there: from the first to the second.
        back: from the second to the first.
        read_as: how ways are to be read, in words.
    """

    there: WaysShown
    back: WaysShown
    read_as: str = _WAYS


def path(workspace: Path, request: PathRequest) -> PathAnswer:
    """Search ways for money between two addresses or clusters.

    Raises:
        UsageError: a limit makes no sense, or both are of one party.
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or an address does not occur in it.
    """
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    with Records.open(folder.path) as records:
        return _searched(chain, None if request.through_labels else records, request, opened)


def _searched(
    chain: Chain, records: Records | None, request: PathRequest, opened: Opened | None
) -> PathAnswer:
    now = moment(chain, request.as_of)
    parties = Parties(now.chain, opened.forest if opened else None, request.service_scripts)
    ends = [_members(parties, one) for one in (request.start, request.end)]
    if np.isin(ends[0], ends[1]).any():
        raise UsageError(
            "Both are of one party here: there is nothing between them.", way_out="Try --by script."
        )
    there, why_there = _ways(parties, records, request, (ends[0], ends[1]), (request.start, request.end))
    back, why_back = _ways(parties, records, request, (ends[1], ends[0]), (request.end, request.start))
    held = chain_coverage(now.chain)
    reasons = tuple(dict.fromkeys((*held.reasons, *now.gap, *why_there, *why_back)))
    layer: Layer = "fact" if opened is None else opened.layer
    return PathAnswer(
        layer=layer,
        basis=basis_of(now.chain, METHODS, opened) | {"limits": vars(_limits(request)) | {"by": request.by}},
        as_of=as_of(now.chain),
        coverage=CoverageOf(held.complete and not now.gap, reasons, held.told, held.scripts),
        there=there,
        back=back,
    )


def _members(parties: Parties, asked: str) -> Int64s:
    (one,) = addresses_named(parties.chain, (asked,))
    num = parties.chain.script_num(one.script_raw)
    if num == UNKNOWN:
        raise NotFoundError(
            f"{one.address} does not occur in the blocks held.", way_out="See `qaif status` for what is held."
        )
    return parties.members(int(parties.of(np.array([num], dtype=np.int64))[0]))


def _limits(request: PathRequest) -> TraceLimits:
    one = request.limits
    if min(one.hops, one.transactions, one.fan, one.least_sat) < 0:
        raise UsageError("A limit is not negative.")
    end = None
    if request.until is not None:
        end = int((datetime.combine(request.until, time(0), UTC) + timedelta(days=1)).timestamp()) - 1
    return TraceLimits(one.hops, one.transactions, one.fan, one.least_sat, end, one.through_mixes)


def _ways(
    parties: Parties,
    records: Records | None,
    request: PathRequest,
    ends: tuple[Int64s, Int64s],
    names: tuple[str, str],
) -> tuple[WaysShown, tuple[str, ...]]:
    chain = parties.chain
    asked = WalkAsked(parties.coins(ends[0]), forward=True, limits=_limits(request), parties=parties)
    stops = [chain.script_raw(int(num)) for num in ends[1]]
    web = walk_to_labels(chain, records, asked, stops).web
    marks = tuple(follow(web, method) for method in METHODS)
    near = nearest(web, np.arange(len(web.key), dtype=np.int64))
    hands = nearest(web, parties.of(web.script_num))
    there = np.flatnonzero(web.ends & (web.label >= 0) & (web.label < len(stops)) & ~web.seed)

    def way(order: tuple[Int64s, ...], by: int = 0) -> PathShown | None:
        if not len(there):
            return None
        best = int(there[np.lexsort(order)][0])
        return path_shown(parties, web, (near, hands)[by].path(best))

    first = web.key[there]
    shown = WaysShown(
        from_=names[0].strip(),
        to=names[1].strip(),
        arrivals=len(there),
        marked_sat={one.method.id: int(one.marked[there].sum()) for one in marks} if len(there) else {},
        shortest=way((first, hands.hops[there], near.hops[there])),
        fewest_parties=way((first, near.hops[there], hands.hops[there]), 1),
        earliest=way((first,)),
        transactions=len(web.tx_num),
        cut=bool(np.isin(web.stop[web.ends], CUT).any()),
        rest=stops_shown(web, marks),
    )
    return shown, reasons_of(web, marks, complete=chain_coverage(chain).complete)
