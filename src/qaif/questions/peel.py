"""Where did the rest of this money go, payment by payment? Each step with how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.analysis.accuracy import measured
from qaif.analysis.change.vote import votes
from qaif.analysis.flows.parties import SERVICE_SCRIPTS, Parties
from qaif.analysis.flows.peel import VOTE, WHY_PEELED, Peeled, PeelLimits, PeelStep, peel
from qaif.analysis.flows.stops import Ends
from qaif.analysis.methods import Method
from qaif.chain.labels import label_scripts
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.answer import Answer, CoverageOf, Layer, weakest
from qaif.questions.asked import moment
from qaif.questions.clustering import Opened
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.trace_clusters import ByCluster
from qaif.questions.trace_labels import Stopped, claimed
from qaif.questions.trace_parts import outpoint
from qaif.questions.trace_seeds import seeds_named
from qaif.records.engine import Records
from qaif.units import UNKNOWN, Bools, Int64s
from qaif.workspace.folder import Workspace

_LIMITS = (
    "The rest is followed into what is most like change, by a vote that looks at later blocks too. One wrong "
    "step follows a stranger from there on; shares of steps are multiplied as if they did not depend on each "
    "other."
)


@dataclass(frozen=True, kw_only=True)
class PeelRequest:
    """What to follow, and how far.

    Attributes:
        subject: an output as TXID:VOUT, or a transaction with one output.
        limits: how far.
        through_labels: go on past addresses of which a claim says something.
        by, with_change, service_scripts: see `ByCluster`.
        as_of: a height, a block hash or a day; the chain's tip where None.
    """

    subject: str
    limits: PeelLimits = PeelLimits()  # noqa: RUF009  frozen, of scalars
    through_labels: bool = False
    by: str = "cluster"
    with_change: bool = False
    service_scripts: int = SERVICE_SCRIPTS
    as_of: str | None = None


@dataclass(frozen=True)
class PaidOff:
    """An output that was peeled off: a payment, if the step is right."""

    outpoint: str
    script: ScriptShown | None
    value_sat: int


@dataclass(frozen=True)
class PeelStepShown:
    """One transaction of the chain.

    Attributes:
        tx: which.
        rest: the coin that is taken for the rest.
        paid: the others.
        permille: thousandths that this is the rest, by the vote.
        none_permille: thousandths that no output is.
        together_permille: of this step and all before it together.
        shaped: it may be that a small output is split off a large one here.
        inputs: how many coins it spends; more than one brings other money in.
    """

    tx: TxRef
    rest: PaidOff
    paid: tuple[PaidOff, ...]
    permille: int
    none_permille: int
    together_permille: int
    shaped: bool
    inputs: int


@dataclass(frozen=True, kw_only=True)
class PeelAnswer(Answer):
    """A chain of payments out of one coin.

    Attributes:
        begins: the coin that was asked for.
        steps: in order.
        ends: the coin at which it ends.
        reason: the stable word of why.
        why: in words.
        said: claims at the end.
        paid_sat: what was peeled off in all steps.
    """

    begins: PaidOff
    steps: tuple[PeelStepShown, ...]
    ends: PaidOff
    reason: str
    why: str
    said: tuple[Stopped, ...]
    paid_sat: int


def peel_chain(workspace: Path, request: PeelRequest) -> PeelAnswer:
    """Follow the rest of an output.

    Raises:
        UsageError: a limit makes no sense, or it is not one output.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or it is not held.
    """
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    with Records.open(folder.path) as records:
        return _followed(chain, None if request.through_labels else records, request, opened)


def _followed(
    chain: Chain, records: Records | None, request: PeelRequest, opened: Opened | None
) -> PeelAnswer:
    limits, now = request.limits, moment(chain, request.as_of)
    if min(limits.steps, limits.fan, limits.least_permille, limits.together_permille) < 0:
        raise UsageError("A limit is not negative.")
    coins, _ = seeds_named(Parties(now.chain), (request.subject,))
    if len(coins) != 1:
        raise UsageError(f"This names {len(coins):,} outputs; one is followed.", way_out="Write TXID:VOUT.")
    parties = Parties(now.chain, opened.forest if opened else None, request.service_scripts)
    services = _services(parties, int(coins[0]))
    found, said = _to_labels(now.chain, records, int(coins[0]), limits, services)
    held = chain_coverage(now.chain)
    reasons = (*held.reasons, *now.gap)
    layers: tuple[Layer, ...] = ("inference", opened.layer if opened else "fact", "claim" if said else "fact")
    return PeelAnswer(
        layer=weakest(layers),
        basis=_basis(now.chain, opened) | {"limits": vars(limits)},
        as_of=as_of(now.chain),
        coverage=CoverageOf(held.complete and not now.gap, reasons, held.told, held.scripts),
        begins=_coin(now.chain, int(coins[0])),
        steps=tuple(_shown(now.chain, step) for step in found.steps),
        ends=_coin(now.chain, found.last),
        reason=found.end.name.lower(),
        why=WHY_PEELED[found.end],
        said=said,
        paid_sat=sum(_coin(now.chain, coin).value_sat for step in found.steps for coin in step.peeled),
    )


def _services(parties: Parties, coin: int) -> Callable[[Int64s], Bools]:
    own = parties.of(parties.chain.txout.script_num.take(np.array([coin])).astype(np.int64))

    def others(scripts: Int64s) -> Bools:
        found: Bools = parties.services(scripts) & ~np.isin(parties.of(scripts), own)
        return found

    return others


def _to_labels(
    chain: Chain,
    records: Records | None,
    coin: int,
    limits: PeelLimits,
    services: Callable[[Int64s], Bools],
) -> tuple[Peeled, tuple[Stopped, ...]]:
    """Follow, and again to the first coin of which something is said."""
    found = peel(chain, coin, limits, Ends(None, services))
    if records is None:
        return found, ()
    rests = np.array([step.rest for step in found.steps], dtype=np.int64)
    scripts = np.unique(chain.txout.script_num.take(rests).astype(np.int64))
    said = claimed(chain, records, scripts)
    labels = label_scripts(chain, [(script, place) for place, (script, _) in enumerate(said)])
    again = peel(chain, coin, limits, Ends(labels, services)) if said else found
    return again, said[again.label][1] if again.label != UNKNOWN else ()


def _basis(chain: Chain, opened: Opened | None) -> dict[str, object]:
    vote = votes()[VOTE]
    method = Method(
        id=vote.id,
        version=vote.version,
        sentence="The rest goes on in the output that the vote of the change heuristics gives most.",
        measured=measured(vote.method),
        limits=_LIMITS,
    )
    clusters = {} if opened is None else {"clusters": opened.basis}
    return {
        "network": chain.network.name,
        "simulated": chain.simulated,
        "methods": [vars(method)],
        **clusters,
    }


def _shown(chain: Chain, step: PeelStep) -> PeelStepShown:
    return PeelStepShown(
        tx=tx_ref(chain, step.tx_num),
        rest=_coin(chain, step.rest),
        paid=tuple(_coin(chain, coin) for coin in step.peeled),
        permille=step.permille,
        none_permille=step.none_permille,
        together_permille=step.together_permille,
        shaped=step.shaped,
        inputs=step.inputs,
    )


def _coin(chain: Chain, coin: int) -> PaidOff:
    script = script_shown(chain, int(chain.txout.script_num.one(coin)))
    return PaidOff(outpoint(chain, coin), script, int(chain.txout.value_sat.one(coin)))
