"""Who groups scripts, and how right a grouping is: false merges in scripts and in pairs, and pairs kept.

A grouping is int64[scripts], a label for each; scripts with one label are said to be of one controller. Every
method that gives one is registered here, and `qaif evaluate` measures it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qaif.analysis.clusters.change import VOTE, VotedChange
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import CO_SPEND
from qaif.analysis.transfers import inputs_of
from qaif.chain.open import Chain
from qaif.kernels.classic_union import union_into
from qaif.units import Bools, Int64s

Grouping = Callable[[Chain], Int64s]
_DUST = (546, 2730)  # satoshi: equal outputs of these are not mixed
_AT_ONCE = 200_000
_FEWEST_INS, _FEWEST_OUTS = 2, 3


@dataclass(frozen=True)
class Judged:
    """How right a grouping is, over the scripts whose controller is known.

    Attributes:
        scripts: how many those are.
        strangers: those that stand in a group most of which is another controller's.
        pairs: pairs with one label.
        false_pairs: those of them that are of two controllers.
        true_pairs: pairs of one controller.
        largest: scripts of the largest group.
        largest_false: scripts of the largest group of more than one controller; 0 where there is none.
    """

    scripts: int
    strangers: int
    pairs: int
    false_pairs: int
    true_pairs: int
    largest: int
    largest_false: int


def judge(label: Int64s, controller: Int64s) -> Judged:
    """Compare a grouping with the truth.

    Args:
        label: int64[n], the group of each script.
        controller: int64[n], who controls it; -1 unknown, such scripts are left out.
    """
    known = controller >= 0
    group = _dense(label[known])
    both, count = np.unique(np.stack([group, controller[known]]), axis=1, return_counts=True)
    size, most = np.bincount(group), np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(most, both[0], count)
    controllers = np.bincount(both[0], minlength=len(size))
    pairs, right = _pairs(size), _pairs(count)
    return Judged(
        scripts=int(known.sum()),
        strangers=int((size - most).sum()),
        pairs=pairs,
        false_pairs=pairs - right,
        true_pairs=_pairs(np.bincount(_dense(controller[known]))),
        largest=int(size.max(initial=0)),
        largest_false=int(size[controllers > 1].max(initial=0)),
    )


def pairs_kept(label: Int64s, other: Int64s, controller: Int64s) -> tuple[int, int]:
    """Of the true pairs that another grouping finds, how many this one finds too, and how many they are."""
    known = controller >= 0
    found = np.stack([other[known], controller[known]])
    both = np.stack([label[known], *found])
    return _pairs(np.unique(both, axis=1, return_counts=True)[1]), _pairs(
        np.unique(found, axis=1, return_counts=True)[1]
    )


def classic(chain: Chain) -> Int64s:
    """The classic rule: scripts that are spent together are one's, unless BlockSci's CoinJoin test fires."""
    return _united(chain, lambda lo, hi: ~looks_like_coinjoin(chain, lo, hi))


def classic_outside(chain: Chain, mixes: Bools) -> Int64s:
    """The classic rule where the mixes are known, bool[transactions], and join nothing."""
    return _united(chain, lambda lo, hi: ~looks_like_coinjoin(chain, lo, hi) & ~mixes[lo:hi])


def clusters(chain: Chain, given: Given | None = None) -> Int64s:
    """The clusters of `qaif cluster`: change joins nothing, and nobody said more than is given."""
    forest = Forest(given=given or Given())
    forest.bring_to(chain)
    return forest.labels().astype(np.int64)


def with_change(chain: Chain) -> Int64s:
    """The clusters of `qaif cluster --with-change`, the second tier."""
    forest = Forest(links=VotedChange.now())
    forest.bring_to(chain)
    return forest.labels().astype(np.int64)


GROUPINGS: dict[str, Grouping] = {
    "classic/1": classic,
    f"{CO_SPEND.id}/{CO_SPEND.version}": clusters,
    f"{CO_SPEND.id}/{CO_SPEND.version}+{VOTE}": with_change,
}


def looks_like_coinjoin(chain: Chain, lo: int, hi: int) -> Bools:
    """BlockSci's test `isCoinjoin` of the transactions from number `lo` up to `hi`: bool[n].

    Half of the outputs, rounded up, have one value; there are as many inputs and different scripts spent, at
    least; the value is not dust. Source: `heuristics/tx_identification.cpp` of BlockSci.
    """
    from qaif.analysis.shapes.columns import shapes_of
    from qaif.kernels import tx_shape as field

    shapes = shapes_of(chain, lo, hi)
    people = (shapes[field.OUT_COUNT] + 1) // 2
    scripts = shapes[field.IN_SCRIPTS] + shapes[field.IN_SCRIPTS_UNKNOWN]
    found: Bools = (
        (shapes[field.IN_COUNT] >= _FEWEST_INS)
        & (shapes[field.OUT_COUNT] >= _FEWEST_OUTS)
        & (scripts >= people)
        & (shapes[field.EQUAL_COUNT] == people)
        & ~np.isin(shapes[field.EQUAL_VALUE], _DUST)
    )
    return found


def _united(chain: Chain, joins: Callable[[int, int], Bools]) -> Int64s:
    """Labels after uniting the known scripts that each joining transaction spends."""
    label = np.arange(chain.n_scripts, dtype=np.int64)
    for lo in range(0, chain.n_txs, _AT_ONCE):
        hi = min(lo + _AT_ONCE, chain.n_txs)
        nums = np.arange(lo, hi, dtype=np.int64)
        ins, row = inputs_of(chain, nums)
        script = chain.txin.script_num.take(ins).astype(np.int64)
        used = joins(lo, hi)[row] & (script >= 0)
        union_into(row[used], script[used], label)
    return label


def _dense(labels: Int64s) -> Int64s:
    found: Int64s = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return found


def _pairs(sizes: Int64s) -> int:
    """Pairs within groups of these sizes; Python's integers, because they pass 64 bits early."""
    return sum(size * (size - 1) // 2 for size in sizes.tolist())
