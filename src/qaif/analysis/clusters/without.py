"""How a cluster falls apart, or grows, where a transaction or a method is left out."""

from dataclasses import dataclass, replace

import numpy as np

from qaif.analysis.clusters.change import VOTE
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.rules import CO_SPEND, Rules
from qaif.chain.open import Chain
from qaif.units import Int64s

SIZE_JUMP = "size-jump"
_NEVER = 1 << 39


@dataclass(frozen=True)
class Apart:
    """A cluster before, and what became of its scripts.

    Attributes:
        before: its scripts, ascending.
        parts: its scripts by the cluster in which each is afterwards: the part of the script asked about
            first, then the largest.
        after: all scripts that are afterwards in the cluster of the script asked about.
    """

    before: Int64s
    parts: tuple[Int64s, ...]
    after: Int64s


def methods(forest: Forest) -> tuple[str, ...]:
    """What can be left out."""
    return (CO_SPEND.id, SIZE_JUMP, *([VOTE] if forest.links else []), *forest.rules.refusing)


def rules_without(rules: Rules, method: str) -> Rules:
    """The rules without a method.

    Raises:
        ValueError: it is none of these.
    """
    if method not in (CO_SPEND.id, SIZE_JUMP, *rules.refusing):
        raise ValueError(f"there is no method {method!r}")
    if method == CO_SPEND.id:
        return replace(rules, co_spend=False)
    if method == SIZE_JUMP:
        return replace(rules, large=_NEVER, established=_NEVER)
    return replace(rules, refusing=tuple(each for each in rules.refusing if each != method))


def without(chain: Chain, forest: Forest, script: int, *, txid: bytes = b"", method: str = "") -> Apart:
    """Make the clusters of a chain view again without a transaction (its id, wire order) or a method.

    What comes before the transaction stays; everything after it is decided anew, so that the answer is that
    of clusters which had never seen it.
    """
    before = forest.members(script, chain.n_txs)
    if txid:
        shut = (*forest.given.joins_nothing, txid)
        other = forest.copy(replace(forest.given, joins_nothing=shut))
        first = chain.block_of_tx(chain.tx_nums(txid)[:1])
        other.take_back(int(first[0]) if len(first) else other.n_blocks)
    else:
        links = None if method == VOTE else forest.links
        rules = forest.rules if method == VOTE else rules_without(forest.rules, method)
        other = Forest(rules, forest.given, links)
    other.bring_to(chain)
    roots = other.roots(before)
    mine = int(other.roots(np.array([script], dtype=np.int64))[0])
    parts = [before[roots == top] for top in np.unique(roots).tolist()]
    parts.sort(key=lambda part: (int(other.roots(part[:1])[0]) != mine, -len(part)))
    return Apart(before, tuple(parts), other.members(script))
