"""Which transactions of an address's cluster joined nothing, and why?"""

from dataclasses import dataclass
from pathlib import Path

from qaif.analysis.accuracy import measured
from qaif.analysis.clusters.decided import Decision, counted, decision_of, touching
from qaif.questions.answer import Answer, Layer
from qaif.questions.clustering import Opened, clusters_opened
from qaif.questions.shown import TxRef, script_shown, tx_ref
from qaif.questions.standing import as_of as as_of_of

LISTED = 100
_SHOWN_SCRIPTS = 10


@dataclass(frozen=True)
class DecisionShown:
    """A transaction that joins nothing, or that was asked about and joined all the same.

    Attributes:
        tx: the transaction.
        outcome: `refused`, or `joined after others` where it is about two large clusters.
        method: what decided, with its version.
        measured: what was measured of that method's error.
        reason: why.
        alarm: a person should look at it.
        spends_from: some of the scripts, as addresses, or as bytes in hex.
        scripts: how many there are.
        between: a script of each of two clusters, where it is about these.
        layer: an inference, or a claim where it heeds what sources or people say.
    """

    tx: TxRef
    outcome: str
    method: str
    measured: str
    reason: str
    alarm: bool
    spends_from: tuple[str, ...]
    scripts: int
    between: tuple[str, ...]
    layer: Layer


@dataclass(frozen=True, kw_only=True)
class RefusalsAnswer(Answer):
    """What was refused.

    Attributes:
        address: whose cluster; None where all refusals were asked for.
        count: how many decisions there are.
        by_method: how many each method made.
        decisions: the first of them in chain order.
        left_out: how many more there are.
    """

    address: str | None
    count: int
    by_method: dict[str, int]
    decisions: tuple[DecisionShown, ...]
    left_out: int


def refusals(
    workspace: Path,
    asked: str | None,
    *,
    as_of: str | None = None,
    with_change: bool = False,
    most: int = LISTED,
) -> RefusalsAnswer:
    """List the refusals that touch the cluster of an address, or all.

    Raises:
        AddressError: the address is misprinted.
        PrivateKeyError: it is a private key.
        NotFoundError: it does not occur here, or there is no chain.
    """
    with clusters_opened(workspace, as_of, with_change=with_change) as opened:
        rows = touching(opened.chain, opened.forest, None if asked is None else opened.script(asked))
        return RefusalsAnswer(
            layer=opened.layer,
            basis=opened.basis,
            as_of=as_of_of(opened.chain),
            coverage=opened.coverage,
            address=None if asked is None else asked.strip(),
            count=len(rows),
            by_method=counted(opened.forest, rows),
            decisions=tuple(
                decision_shown(opened, decision_of(opened.chain, opened.forest, int(row)))
                for row in rows[:most]
            ),
            left_out=max(0, len(rows) - most),
        )


def decision_shown(opened: Opened, decision: Decision) -> DecisionShown:
    """A decision as answers show it."""
    return DecisionShown(
        tx=tx_ref(opened.chain, decision.tx_num),
        outcome="joined after others" if decision.joined else "refused",
        method=decision.method,
        measured=measured(decision.method),
        reason=decision.reason,
        alarm=decision.alarm,
        spends_from=_shown(opened, decision.scripts[:_SHOWN_SCRIPTS]),
        scripts=len(decision.scripts),
        between=_shown(opened, decision.pair),
        layer="claim" if decision.heeds else "inference",
    )


def _shown(opened: Opened, scripts: tuple[int, ...]) -> tuple[str, ...]:
    shown = [script_shown(opened.chain, num) for num in scripts]
    return tuple(each.address or each.script_hex for each in shown if each is not None)
