"""Why are two addresses in one cluster? The chain of transactions that joined them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from qaif.analysis.clusters.rules import co_spend
from qaif.analysis.clusters.witness import BUDGET, Step, Witness, witness
from qaif.analysis.transfers import inputs_of
from qaif.questions.answer import Answer, Layer
from qaif.questions.cluster import shown_as
from qaif.questions.clustering import Opened, clusters_opened
from qaif.questions.shown import TxRef, tx_ref
from qaif.questions.standing import as_of as as_of_of

_BOTH: Final = "spends from both"
_CHANGE: Final = "its change goes to the {}"


@dataclass(frozen=True)
class JoinShown:
    """One transaction that spends from two scripts, or gives the change of the one to the other.

    Attributes:
        one: the one script, as an address, or as bytes in hex.
        tx: the transaction.
        other: the other script.
        how: `spends from both`, or whose change goes to which.
        method: what concludes from it, with its version.
        measured: what was measured of that method's error.
        layer: always an inference.
    """

    one: str
    tx: TxRef
    other: str
    how: str
    method: str
    measured: str
    layer: Layer = "inference"


@dataclass(frozen=True, kw_only=True)
class WhyAnswer(Answer):
    """What joins two addresses.

    Attributes:
        one: the first, as it was asked for.
        other: the second.
        together: they are in one cluster.
        steps: transactions that lead from the first to the second; empty where they are not together.
        first_joined: the transaction that first put both into one cluster.
        shortest: no shorter chain exists; False where the search was ended by its budget.
        said: the same in words.
    """

    one: str
    other: str
    together: bool
    steps: tuple[JoinShown, ...]
    first_joined: TxRef | None
    shortest: bool
    said: str


def why(  # noqa: PLR0913  one argument an option
    workspace: Path,
    one: str,
    other: str,
    *,
    as_of: str | None = None,
    with_change: bool = False,
    budget: int = BUDGET,
) -> WhyAnswer:
    """Say what joined two addresses, or that nothing did.

    Raises:
        AddressError: one is misprinted.
        PrivateKeyError: one is a private key.
        NotFoundError: one does not occur here, or there is no chain.
    """
    with clusters_opened(workspace, as_of, with_change=with_change) as opened:
        return why_on(opened, one, other, budget=budget)


def why_on(opened: Opened, one: str, other: str, *, budget: int = BUDGET) -> WhyAnswer:
    """The same of clusters that are open; see `why`."""
    found = witness(opened.chain, opened.forest, opened.script(one), opened.script(other), budget)
    return WhyAnswer(
        layer=opened.layer,
        basis=opened.basis,
        as_of=as_of_of(opened.chain),
        coverage=opened.coverage,
        one=one.strip(),
        other=other.strip(),
        together=found is not None,
        steps=() if found is None else tuple(_shown(opened, step) for step in found.steps),
        first_joined=_first(opened, found),
        shortest=found is not None and found.shortest,
        said=_said(found, budget, with_change=opened.forest.links is not None),
    )


def _first(opened: Opened, found: Witness | None) -> TxRef | None:
    return None if found is None or found.first_joined < 0 else tx_ref(opened.chain, found.first_joined)


def _shown(opened: Opened, step: Step) -> JoinShown:
    ins, _ = inputs_of(opened.chain, np.array([step.tx_num], dtype=np.int64))
    spent = opened.chain.txin.script_num.take(ins)
    both = step.one in spent and step.other in spent
    method = co_spend() if both else opened.methods[-1]
    return JoinShown(
        one=shown_as(opened, step.one),
        tx=tx_ref(opened.chain, step.tx_num),
        other=shown_as(opened, step.other),
        how=_BOTH if both else _CHANGE.format("second" if step.one in spent else "first"),
        method=f"{method.id}/{method.version}",
        measured=method.measured,
    )


def _said(found: Witness | None, budget: int, *, with_change: bool) -> str:
    if found is None:
        return "Nothing that is held joins them; that does not say that two people control them."
    if not found.steps:
        return "They are one script."
    count = len(found.steps)
    follows = "; steps by change are marked" if with_change else ", each spending from both its ends"
    steps = f"{count:,} transaction{'s join' if count > 1 else ' joins'} them{follows}"
    if found.shortest:
        return f"{steps}; there is no shorter chain."
    return (
        f"{steps}. A shorter chain was not searched for to the end: {budget:,} scripts and transactions were "
        "looked at."
    )
