"""Clusters of a made chain, and what the slow twin makes of its blocks."""

from collections.abc import Sequence

import numpy as np

from oracle.blockmaker import Block
from oracle.clusters import Group, Sets, sets_of, spent_together
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import Rules
from qaif.analysis.shapes.columns import all_shapes
from qaif.analysis.shapes.detectors import DETECTORS
from qaif.chain.open import Chain

LOOSE = Rules(large=1 << 30, established=1 << 30)


def numbers_of(chain: Chain) -> dict[bytes, int]:
    return {chain.script_raw(num): num for num in range(chain.n_scripts)}


def may_be_mixes(chain: Chain) -> set[int]:
    asked = [each for each in DETECTORS if each.mix and each.id != "payjoin"]
    return {
        lo + row
        for lo, shapes in all_shapes(chain)
        for each in asked
        for row, verdict in enumerate(each(shapes).verdict.tolist())
        if verdict
    }


def groups_in(chain: Chain, blocks: Sequence[Block]) -> list[Group]:
    """What each transaction of the blocks spends from together, in the numbers of the chain."""
    nums = numbers_of(chain)
    return [
        (int(chain.tx_nums(txid)[0]), [nums[each] for each in scripts])
        for together in spent_together(blocks)
        for txid, scripts in together
    ]


def twin_of(chain: Chain, blocks: Sequence[Block], rules: Rules = LOOSE, given: Given | None = None) -> Sets:
    """What the twin makes of blocks, in the numbers of a chain that holds them."""
    said, nums = given or Given(), numbers_of(chain)
    refused = may_be_mixes(chain) | {int(chain.tx_nums(txid)[0]) for txid in said.joins_nothing}
    named = {script for pair in said.apart for script in pair} | {script for script, _ in said.operators}
    return sets_of(
        chain.n_scripts,
        groups_in(chain, blocks),
        refused,
        large=rules.large,
        established=rules.established,
        crowd=rules.crowd,
        marked={nums[each] for each in named if each in nums},
    )


def partition(forest: Forest, limit: int | None = None) -> set[frozenset[int]]:
    roots = forest.roots(np.arange(forest.n_scripts), limit)
    return {frozenset(np.flatnonzero(roots == top).tolist()) for top in set(roots.tolist())}


def same(one: Forest, other: Forest) -> bool:
    names = ("link", "joined", "marks", "decisions", "blocks", "reach")
    equal = [np.array_equal(getattr(one, name), getattr(other, name)) for name in names]
    return all(equal) and np.array_equal(one.log[: one.logged], other.log[: other.logged])


def made(chain: Chain, rules: Rules = LOOSE, given: Given | None = None) -> Forest:
    forest = Forest(rules, given or Given())
    forest.bring_to(chain)
    return forest
