"""A peel chain, followed step by step: what is taken for the rest of the money, and how sure that is.

At each transaction the change vote gives every output its thousandths of being the change of who spends. The
rest is followed into the output with the largest share. The shares of a chain multiplied are the share of all
of it, as far as steps do not depend on each other; they often do, since one wallet makes them all.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from qaif.analysis.change.columns import change_bits
from qaif.analysis.change.contract import possible
from qaif.analysis.change.vote import votes
from qaif.analysis.flows.mixing import mixes, shapes_at
from qaif.analysis.flows.stops import Ends
from qaif.analysis.shapes.contract import NO
from qaif.analysis.shapes.detectors import DETECTORS
from qaif.chain.open import Chain
from qaif.units import UNKNOWN

VOTE = "change-vote"
WHOLE = 1_000
_PEEL = next(one for one in DETECTORS if one.id == "peel-step")
_TWO = 2


class PeelEnd(IntEnum):
    """Why a chain is not followed further."""

    STEPS = 1
    UNSPENT = 2
    LABELLED = 3
    SERVICE = 4
    MIX = 5
    FAN = 6
    SINGLE = 7
    UNSURE = 8
    TOGETHER = 9


WHY_PEELED: dict[PeelEnd, str] = {
    PeelEnd.STEPS: "the limit of steps is reached",
    PeelEnd.UNSPENT: "no transaction in the blocks held spends it",
    PeelEnd.LABELLED: "somebody says whose this address is",
    PeelEnd.SERVICE: "its cluster has the shape of a service",
    PeelEnd.MIX: "the next transaction has, or may have, the shape of a mix",
    PeelEnd.FAN: "the next transaction has more outputs than a step of a peel chain has",
    PeelEnd.SINGLE: "the next transaction has one output that can be anybody's: nothing is peeled off there",
    PeelEnd.UNSURE: "no output of the next transaction is sure enough to be the rest",
    PeelEnd.TOGETHER: "all steps taken together are no longer sure enough",
}


@dataclass(frozen=True)
class PeelLimits:
    """How far to go.

    Attributes:
        steps: most transactions.
        fan: most outputs of a step.
        least_permille: thousandths that a step must have.
        together_permille: thousandths that all steps together must have.
    """

    steps: int = 100
    fan: int = 10
    least_permille: int = 500
    together_permille: int = 50


@dataclass(frozen=True)
class PeelStep:
    """One transaction.

    Attributes:
        tx_num: which.
        rest: the output that is taken for the rest.
        peeled: the other outputs.
        permille: thousandths that it is the rest, by the vote; at most 999.
        none_permille: thousandths that no output is.
        together_permille: of this step and all before it, rounded down.
        shaped: it has, or may have, the shape of a peel step: a small output is split off a large one.
        inputs: how many it spends; beside the rest of the step before, other coins of who spends.
    """

    tx_num: int
    rest: int
    peeled: tuple[int, ...]
    permille: int
    none_permille: int
    together_permille: int
    shaped: bool
    inputs: int


@dataclass(frozen=True)
class Peeled:
    """A chain.

    Attributes:
        steps: in order.
        last: the coin at which it ends.
        end: why.
        label: the label at which it ends; -1 where it ends for another reason.
    """

    steps: tuple[PeelStep, ...]
    last: int
    end: PeelEnd
    label: int


def peel(chain: Chain, coin: int, limits: PeelLimits, ends: Ends) -> Peeled:
    """Follow the rest of an output.

    Args:
        chain: the chain view.
        coin: the number of the output.
        limits: how far.
        ends: where the caller says that it ends; of the first coin's own script nothing is asked.
    """
    steps: list[PeelStep] = []
    together = WHOLE * WHOLE  # finer than it is told, so that roundings do not add up
    while True:
        label, end = _at(chain, coin, ends) if steps else (UNKNOWN, None)
        tx = UNKNOWN if end is not None else _spender(chain, coin)
        if end is None:
            end = PeelEnd.UNSPENT if tx == UNKNOWN else _of_tx(chain, tx, len(steps), limits)
        step = _step(chain, tx, together) if end is None else None
        if step is not None and step.permille < limits.least_permille:
            end = PeelEnd.UNSURE
        elif step is not None and step.together_permille < limits.together_permille:
            end = PeelEnd.TOGETHER
        if end is not None or step is None:
            return Peeled(tuple(steps), coin, end or PeelEnd.UNSURE, label)
        steps.append(step)
        together, coin = together * step.permille // WHOLE, step.rest


def _at(chain: Chain, coin: int, ends: Ends) -> tuple[int, PeelEnd | None]:
    script = chain.txout.script_num.take(np.array([coin], dtype=np.int64)).astype(np.int64)
    label = int(ends.at(script)[0])
    if label != UNKNOWN:
        return label, PeelEnd.LABELLED
    return UNKNOWN, PeelEnd.SERVICE if ends.of_services(script)[0] else None


def _spender(chain: Chain, coin: int) -> int:
    spent = chain.spent_by(np.array([coin], dtype=np.int64))
    return int(chain.tx_of_in(spent)[0]) if spent[0] != UNKNOWN else UNKNOWN


def _of_tx(chain: Chain, tx: int, done: int, limits: PeelLimits) -> PeelEnd | None:
    ins = chain.tx.in_lo.one(tx + 1) - chain.tx.in_lo.one(tx)
    outs = chain.tx.out_lo.one(tx + 1) - chain.tx.out_lo.one(tx)
    said = mixes(chain, *(np.array([one], dtype=np.int64) for one in (tx, ins, outs)))[0]
    if done >= limits.steps:
        return PeelEnd.STEPS
    if said:
        return PeelEnd.MIX
    if outs > limits.fan:
        return PeelEnd.FAN
    can = int(possible(change_bits(chain, tx, tx + 1)).sum())
    return PeelEnd.SINGLE if can < _TWO else None


def _step(chain: Chain, tx: int, together: int) -> PeelStep:
    shares = votes()[VOTE].shares(change_bits(chain, tx, tx + 1))
    first = chain.tx.out_lo.one(tx)
    best = int(np.argmax(shares.output))
    permille = min(int(shares.output[best]), WHOLE - 1)  # no vote is certain
    return PeelStep(
        tx_num=tx,
        rest=first + best,
        peeled=tuple(first + at for at in range(len(shares.output)) if at != best),
        permille=permille,
        none_permille=int(shares.none[0]),
        together_permille=together * permille // WHOLE // WHOLE,
        shaped=bool(_PEEL(shapes_at(chain, np.array([tx], dtype=np.int64))).verdict[0] != NO),
        inputs=chain.tx.in_lo.one(tx + 1) - chain.tx.in_lo.one(tx),
    )
