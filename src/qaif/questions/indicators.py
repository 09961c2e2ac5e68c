"""Which published indicators fit what an address did? Each with its paragraph; none is a verdict."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.analysis.clusters.figures import rows_of
from qaif.analysis.flows.contacts import Contacts, DustRule, paid_in, paid_out
from qaif.analysis.flows.indicators import (
    GATHERED,
    SPREAD,
    STRUCTURED,
    Indicator,
    Observed,
    Thresholds,
    many_small_gathered,
    spread_over_services,
    structuring,
)
from qaif.analysis.flows.parties import SERVICE_SCRIPTS, Parties
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.questions.answer import Answer, CoverageOf, Layer
from qaif.questions.asked import addresses_named, moment
from qaif.questions.clustering import Opened
from qaif.questions.shown import TxRef, tx_ref
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_labels import claimed
from qaif.records.engine import Records
from qaif.units import UNKNOWN, Bools, Int64s
from qaif.workspace.folder import Workspace

NO_VERDICT = (
    "An indicator is a reason to look, not a finding: lawful dealing looks like each of them. One alone says "
    "nothing of anybody's purpose; one that is not met clears nobody."
)
_MOST = 20


@dataclass(frozen=True, kw_only=True)
class IndicatorsRequest:
    """Of whom, by which numbers.

    Attributes:
        subject: an address; by cluster it stands for its cluster.
        limits: our numbers, and the threshold that the user names.
        by, with_change, service_scripts: see `ByCluster`.
        as_of: a height, a block hash or a day; the chain's tip where None.
    """

    subject: str
    limits: Thresholds
    by: str = "cluster"
    with_change: bool = False
    service_scripts: int = SERVICE_SCRIPTS
    as_of: str | None = None


@dataclass(frozen=True)
class IndicatorShown:
    """One indicator.

    Attributes:
        method: its id and version.
        met: `met`, `not met` in what is held, or `not asked`.
        counted: how many payers, payments or services were found at most.
        witness: transactions that show it; at most twenty.
        quote: the published paragraph.
        source: where it stands.
        rule: what is counted, in words.
        limits: who else looks like it.
        measured: that its error is not measured.
        layer: what it rests on.
    """

    method: str
    met: str
    counted: int
    witness: tuple[TxRef, ...]
    quote: str
    source: str
    rule: str
    limits: str
    layer: Layer
    measured: str = "not measured"


@dataclass(frozen=True, kw_only=True)
class IndicatorsAnswer(Answer):
    """The indicators of an address or cluster.

    Attributes:
        subject: as it was asked for.
        scripts: how many were taken together.
        indicators: each.
        no_verdict: what they do not show, in words.
    """

    subject: str
    scripts: int
    indicators: tuple[IndicatorShown, ...]
    no_verdict: str = NO_VERDICT


def indicators(workspace: Path, request: IndicatorsRequest) -> IndicatorsAnswer:
    """Look for what published paragraphs describe.

    Raises:
        UsageError: a number makes no sense.
        AddressError: the address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or the address does not occur in it.
    """
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    if any(value is not None and value < 1 for value in vars(request.limits).values()):
        raise UsageError("A number of an indicator is 1 or more.")
    with Records.open(folder.path) as records:
        return _looked(chain, records, request, opened)


def _looked(
    chain: Chain, records: Records, request: IndicatorsRequest, opened: Opened | None
) -> IndicatorsAnswer:
    now, limits = moment(chain, request.as_of), request.limits
    parties = Parties(now.chain, opened.forest if opened else None, request.service_scripts)
    (asked,) = addresses_named(now.chain, (request.subject,))
    script = now.chain.script_num(asked.script_raw)
    if script == UNKNOWN:
        raise NotFoundError("This address does not occur in the blocks held.", way_out="See `qaif status`.")
    members = parties.members(int(parties.of(np.array([script], dtype=np.int64))[0]))
    rows, by_claim = indicators_of(parties, records, members, limits)
    held = chain_coverage(now.chain)
    return IndicatorsAnswer(
        layer="claim" if by_claim else "inference",
        basis={
            "network": now.chain.network.name,
            "simulated": now.chain.simulated,
            "numbers": vars(limits) | {"service_scripts": request.service_scripts, "by": request.by},
            **({} if opened is None else {"clusters": opened.basis}),
        },
        as_of=as_of(now.chain),
        coverage=CoverageOf(
            held.complete and not now.gap, (*held.reasons, *now.gap), held.told, held.scripts
        ),
        subject=request.subject.strip(),
        scripts=len(members),
        indicators=rows,
    )


def indicators_of(
    parties: Parties, records: Records, members: Int64s, limits: Thresholds
) -> tuple[tuple[IndicatorShown, ...], bool]:
    """Each indicator of some scripts of one party, ascending, and whether one of them rests on a claim."""
    spends, coins = rows_of(parties.chain, members)
    came = paid_in(parties, members, coins, DustRule(0, 1))
    went = paid_out(parties, members, spends)
    service, by_claim = _services(parties, records, went)
    row = max((structuring(parties, one, limits) for one in (came, went)), key=lambda one: one.counted)
    gathered = many_small_gathered(parties, came, went, limits)
    spread = spread_over_services(parties, came, went, service, limits)
    return (
        _shown(parties.chain, GATHERED, gathered, "inference"),
        _shown(parties.chain, STRUCTURED, row, "inference"),
        _shown(parties.chain, SPREAD, spread, "claim" if by_claim else "inference"),
    ), by_claim


def _services(parties: Parties, records: Records, went: Contacts) -> tuple[Bools, bool]:
    """Which rows pay a service, by a claim or by shape; and whether any is one by a claim."""
    chain = parties.chain
    said = [chain.script_num(raw) for raw, _ in claimed(chain, records, np.unique(went.script_num))]
    labelled = np.isin(went.script_num, np.array(said, dtype=np.int64))
    found: Bools = labelled | parties.services(went.script_num)
    return found, bool(labelled.any())


def _shown(chain: Chain, what: Indicator, found: Observed, layer: Layer) -> IndicatorShown:
    return IndicatorShown(
        method=f"{what.id}/{what.version}",
        met={True: "met", False: "not met in what is held", None: "not asked"}[found.met],
        counted=found.counted,
        witness=tuple(tx_ref(chain, int(tx)) for tx in found.witness[:_MOST]),
        quote=what.quote,
        source=what.source,
        rule=what.rule,
        limits=what.limits,
        layer=layer,
    )
