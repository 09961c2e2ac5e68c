"""What share of what this received and sent touches whom? Direct and indirect, in and out, by each method."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from qaif.analysis.clusters.figures import figures_of, rows_of
from qaif.analysis.flows.contacts import UNSOLICITED, DustRule, paid_in, paid_out
from qaif.analysis.flows.methods import Marked, follow
from qaif.analysis.flows.parties import SERVICE_SCRIPTS, Parties
from qaif.analysis.flows.stops import TraceLimits
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.questions.answer import Answer, CoverageOf, Layer
from qaif.questions.asked import addresses_named, moment
from qaif.questions.clustering import Opened
from qaif.questions.exposure_parts import DustShown, Side, Touched, dust_shown, side_of
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.trace import basis_of, methods_named, reasons_of
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_labels import Labelled, WalkAsked, walk_to_labels
from qaif.records.engine import Records
from qaif.units import UNKNOWN
from qaif.workspace.folder import Workspace

RECEIPT = (
    "A receipt implies no knowledge: nobody can refuse to be paid, and who is paid need not know by whom."
)
NOT_TO_ADD = (
    "One address can have several names and categories: their rows overlap and are not to be added up. What "
    "is not attributed is not clear: it is unknown."
)


@dataclass(frozen=True, kw_only=True)
class ExposureRequest:
    """Whose exposure, and how far to look.

    Attributes:
        subject: an address; by cluster it stands for its cluster.
        methods: ids of methods; all where empty.
        hops, transactions, fan, through_mixes: see `TraceLimits`.
        dust: what counts as unsolicited dust; no smaller coin is followed on the way either.
        split: contacts before this day and from it on are shown apart.
        by, with_change, service_scripts: see `ByCluster`.
        as_of: a height, a block hash or a day; the chain's tip where None.
    """

    subject: str
    methods: tuple[str, ...] = ()
    hops: int = 6
    transactions: int = 1_000
    fan: int = 100
    through_mixes: bool = False
    dust: DustRule = UNSOLICITED
    split: date | None = None
    by: str = "cluster"
    with_change: bool = False
    service_scripts: int = SERVICE_SCRIPTS
    as_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExposureAnswer(Answer):
    """The exposure of an address or its cluster.

    Attributes:
        subject: as it was asked for.
        scripts: how many scripts were taken together.
        received_sat: what came from outside of them, as far as values are known.
        sent_sat: what they paid to outside, fees included, likewise.
        incoming: whom what it received touches.
        outgoing: whom what it sent touches.
        dust: what was paid to it that exposes it to nobody.
        receipt: what a receipt does not show, in words.
        not_to_add: how rows are to be read, in words.
    """

    subject: str
    scripts: int
    received_sat: int
    sent_sat: int
    incoming: Side
    outgoing: Side
    dust: DustShown
    receipt: str = RECEIPT
    not_to_add: str = NOT_TO_ADD


def exposure(workspace: Path, request: ExposureRequest) -> ExposureAnswer:
    """The exposure of an address or of its cluster to whom claims name.

    Raises:
        UsageError: a limit or a method makes no sense.
        AddressError: the address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or the address does not occur in it.
    """
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    with Records.open(folder.path) as records:
        return exposed(chain, records, request, opened)


def exposed(
    chain: Chain, records: Records, request: ExposureRequest, opened: Opened | None = None
) -> ExposureAnswer:
    """Exposure on an opened chain, by the clusters that are given; see `exposure`."""
    methods, now = methods_named(request.methods), moment(chain, request.as_of)
    if min(request.hops, request.transactions, request.dust.sat, request.dust.fan) < 0 or request.fan < 1:
        raise UsageError("A limit is not negative.")
    parties = Parties(now.chain, opened.forest if opened else None, request.service_scripts)
    (asked,) = addresses_named(now.chain, (request.subject,))
    script = now.chain.script_num(asked.script_raw)
    if script == UNKNOWN:
        raise NotFoundError("This address does not occur in the blocks held.", way_out="See `qaif status`.")
    members = parties.members(int(parties.of(np.array([script], dtype=np.int64))[0]))
    spends, coins = rows_of(now.chain, members)
    contacts_in = paid_in(parties, members, coins, request.dust)
    contacts_out = paid_out(parties, members, spends)
    limits = TraceLimits(
        hops=request.hops,
        transactions=request.transactions,
        fan=request.fan,
        least_sat=request.dust.sat,
        through_mixes=request.through_mixes,
        seeds_too=False,
    )
    walk = WalkAsked(np.setdiff1d(coins, contacts_in.dust), forward=False, limits=limits, parties=parties)
    found: list[Touched] = []
    for contacts, asked_walk in (
        (contacts_in, walk),
        (contacts_out, replace(walk, seeds=coins, forward=True)),
    ):
        web = walk_to_labels(now.chain, records, asked_walk)
        marks = tuple(follow(web.web, method) for method in methods)
        found.append(Touched(parties, records, contacts, web, marks, members, request.split))
    sides = [side_of(one) for one in found]
    figures = figures_of(now.chain, members)
    return ExposureAnswer(
        layer=_layer(sides),
        basis=basis_of(now.chain, methods, opened) | {"limits": _limits(request)},
        as_of=as_of(now.chain),
        coverage=_coverage(now.chain, [(one.walked, one.marks) for one in found], now.gap),
        subject=request.subject.strip(),
        scripts=len(members),
        received_sat=figures.from_others_sat,
        sent_sat=figures.to_others_sat,
        incoming=sides[0],
        outgoing=sides[1],
        dust=dust_shown(now.chain, contacts_in.dust, request.dust),
    )


def _layer(sides: list[Side]) -> Layer:
    return "claim" if any(side.entities or side.categories for side in sides) else "inference"


def _limits(request: ExposureRequest) -> dict[str, object]:
    names = ("hops", "transactions", "fan", "through_mixes", "split", "by", "service_scripts")
    dust = {"dust_sat": request.dust.sat, "dust_fan": request.dust.fan}
    return {name: getattr(request, name) for name in names} | dust


def _coverage(
    chain: Chain, walks: list[tuple[Labelled, tuple[Marked, ...]]], gap: tuple[str, ...]
) -> CoverageOf:
    held = chain_coverage(chain)
    ways = ("Of what it received: ", "Of what it sent: ")
    reasons = [
        way + reason
        for way, (walked, marks) in zip(ways, walks, strict=True)
        for reason in reasons_of(walked.web, marks, complete=held.complete)
    ]
    return CoverageOf(held.complete and not gap, (*held.reasons, *gap, *reasons), held.told, held.scripts)
