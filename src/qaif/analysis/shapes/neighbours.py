"""Where neighbours sharpen what a shape says: whose outputs a transaction spends, and who spends its own.

A shape decides first. What neighbours add is a rule that changes a verdict of *unknown* or *yes* and says so;
never one of *no*. Parents stand before a transaction; children are those that the chain view holds, so what
they add can come with later blocks, and says so in the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qaif.analysis.shapes.columns import shapes_at
from qaif.analysis.shapes.contract import NO, UNKNOWN_KIND, YES, Detector, Rule, Verdicts
from qaif.analysis.shapes.mixes import MIXES
from qaif.analysis.shapes.ordinary import ORDINARY
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.kernels.tx_shape import OUT_MOST, POOL
from qaif.units import Bools, Int64s

VERSION = 1
_BY_ID = {detector.id: detector for detector in (*MIXES, *ORDINARY)}
_FEWEST = 2  # ours: parents that must agree before they decide
_RUN = 3  # ours: steps in a row that are a peel chain


@dataclass(frozen=True)
class Edge:
    """Neighbours of transactions: a row for each that is held.

    Attributes:
        row: int64[n], the place of the transaction that was asked about.
        num: int64[n], the neighbour's number.
        value: int64[n], satoshi that go from one to the other.
    """

    row: Int64s
    num: Int64s
    value: Int64s


def looks_near(detector: Detector) -> bool:
    """Whether neighbours can change what this detector says."""
    return detector.id in _NEARER


def sharpened(chain: Chain, detector: Detector, tx_nums: Int64s) -> tuple[Verdicts, Bools]:
    """What a detector says of transactions where their neighbours are looked at too.

    Returns:
        the verdicts, and bool[t]: where it was a neighbour that decided.
    """
    base = detector(shapes_at(chain, tx_nums))
    nearer = _NEARER.get(detector.id)
    rules = nearer(chain, tx_nums, base) if nearer else ()
    verdict, which = base.verdict.copy(), base.rule.copy()
    near = np.zeros(len(tx_nums), dtype=np.bool_)
    for number, rule in enumerate(rules):
        here = ~near & rule.holds & (base.verdict != NO)
        verdict[here], which[here] = rule.verdict, len(base.reasons) + number
        near |= here
    return Verdicts(verdict, which, (*base.reasons, *(rule.reason for rule in rules))), near


def parents(chain: Chain, tx_nums: Int64s) -> Edge:
    """The transactions whose outputs are spent, as far as they are held."""
    ins, row = inputs_of(chain, tx_nums)
    spent = chain.txin.spent_out.take(ins).astype(np.int64)
    held = spent >= 0
    value = chain.txin.value_sat.take(ins[held]).astype(np.int64)
    return Edge(row[held], chain.tx_of_out(spent[held]), value)


def children(chain: Chain, tx_nums: Int64s) -> Edge:
    """The transactions that spend the outputs, as far as the view holds them."""
    outs, row = outputs_of(chain, tx_nums)
    by = chain.spent_by(outs)
    held = by >= 0
    value = chain.txout.value_sat.take(outs[held]).astype(np.int64)
    return Edge(row[held], chain.tx_of_in(by[held]), value)


def _said_of(chain: Chain, nums: Int64s, name: str) -> Bools:
    """Of which transactions a detector does not say no."""
    each, place = np.unique(nums, return_inverse=True)
    found: Bools = (_BY_ID[name](shapes_at(chain, each)).verdict != NO)[place]
    return found


def _whirlpool(chain: Chain, tx_nums: Int64s, _base: Verdicts) -> tuple[Rule, ...]:
    near, count = parents(chain, tx_nums), len(tx_nums)
    right = _said_of(chain, near.num, "whirlpool-mix") | _said_of(chain, near.num, "whirlpool-tx0")
    all_held = np.bincount(near.row, minlength=count)
    fits = np.bincount(near.row[right], minlength=count)
    return (
        Rule(
            (fits >= _FEWEST) & (fits == all_held),
            YES,
            "its form is a mix's, and what it spends, as far as it is held, comes from mixes and Tx0s",
        ),
        Rule(
            (fits == 0) & (all_held >= _FEWEST),
            UNKNOWN_KIND,
            "its form is a mix's, but what it spends, as far as it is held, comes from no mix and no Tx0",
        ),
    )


def _tx0(chain: Chain, tx_nums: Int64s, base: Verdicts) -> tuple[Rule, ...]:
    near, pool = children(chain, tx_nums), shapes_at(chain, tx_nums)[POOL]
    mixed = _said_of(chain, near.num, "whirlpool-mix") & (near.value > pool[near.row])
    return (
        Rule(
            (np.bincount(near.row[mixed], minlength=len(tx_nums)) > 0) & (base.verdict == UNKNOWN_KIND),
            YES,
            "it has an output above a pool's size, and a later Whirlpool mix spends it",
        ),
    )


def _joinmarket(chain: Chain, tx_nums: Int64s, base: Verdicts) -> tuple[Rule, ...]:
    near = parents(chain, tx_nums)
    each, place = np.unique(near.num, return_inverse=True)
    sure = (_BY_ID["joinmarket"](shapes_at(chain, each)).verdict == YES)[place]
    pairs = np.unique(np.stack([near.row[sure], near.num[sure]]), axis=1)
    return (
        Rule(
            (np.bincount(pairs[0], minlength=len(tx_nums)) >= _FEWEST) & (base.verdict == UNKNOWN_KIND),
            YES,
            "it has a small mix's form, and spends outputs of several JoinMarket CoinJoins",
        ),
    )


def _peel(chain: Chain, tx_nums: Int64s, base: Verdicts) -> tuple[Rule, ...]:
    asked = np.flatnonzero(base.verdict != NO)
    steps = np.zeros(len(tx_nums), dtype=np.int64)
    for onward in (_step_before, _step_after):
        row, num = asked, tx_nums[asked]
        for _ in range(_RUN - 1):
            row, num = onward(chain, row, num)
            steps[row] += 1
    return (
        Rule(
            steps >= _RUN - 1,
            YES,
            "it stands in a run of three or more such steps, each spending the larger output of the last",
        ),
    )


def _step_before(chain: Chain, row: Int64s, nums: Int64s) -> tuple[Int64s, Int64s]:
    """The step before each, where what it spends is the larger output of one."""
    near = parents(chain, nums)
    kept = _said_of(chain, near.num, "peel-step")
    kept &= near.value == shapes_at(chain, near.num)[OUT_MOST]
    return row[near.row[kept]], near.num[kept]


def _step_after(chain: Chain, row: Int64s, nums: Int64s) -> tuple[Int64s, Int64s]:
    """The step after each, where it spends the larger output."""
    near = children(chain, nums)
    kept = _said_of(chain, near.num, "peel-step")
    kept &= near.value == shapes_at(chain, nums)[OUT_MOST][near.row]
    return row[near.row[kept]], near.num[kept]


_NEARER: dict[str, Callable[[Chain, Int64s, Verdicts], tuple[Rule, ...]]] = {
    "whirlpool-mix": _whirlpool,
    "whirlpool-tx0": _tx0,
    "joinmarket": _joinmarket,
    "peel-step": _peel,
}
