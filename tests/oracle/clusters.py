"""Clusters the slow way: sets of scripts, and everything decided anew from the first transaction on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from oracle.blockmaker import Block
from oracle.blockmaker import spent as outpoints_of

Group = tuple[int, Sequence[int]]
Pair = tuple[int, int]


@dataclass
class Sets:
    """Sets of scripts after some transactions.

    Attributes:
        of: the set of each script; sets are shared, so that two scripts of one set have the same object.
        steps: (transaction, the scripts that it spends from) of each transaction that joined something.
        asked: (transaction, why) of each that must be asked about and was refused.
    """

    of: dict[int, set[int]] = field(default_factory=dict)
    steps: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)

    def partition(self) -> set[frozenset[int]]:
        return {frozenset(one) for one in self.of.values()}


def sets_of(  # the rules of the product, in other words
    scripts: int,
    groups: Iterable[Group],
    refused: Collection[int] = (),
    *,
    large: int = 1 << 30,
    established: int = 1 << 30,
    crowd: int = 64,
    marked: Collection[int] = (),
) -> Sets:
    """Sets of the scripts 0 up to `scripts`; a group that must be asked about joins nothing."""
    sets = Sets({each: {each} for each in range(scripts)})
    for tx, spent in groups:
        parts = list({id(sets.of[each]): sets.of[each] for each in spent}.values())
        if tx in refused or len(parts) < 2:
            continue
        why = _why(parts, large, established, crowd, marked)
        if why:
            sets.asked.append((tx, why))
            continue
        whole = set().union(*parts)
        for each in whole:
            sets.of[each] = whole
        sets.steps.append((tx, tuple(spent)))
    return sets


def _why(parts: Sequence[set[int]], large: int, established: int, crowd: int, marked: Collection[int]) -> str:
    if sum(not part.isdisjoint(marked) for part in parts) > 1:
        return "marked"
    if sum(len(part) >= large for part in parts) > 1:
        return "large"
    return "crowd" if sum(len(part) >= established for part in parts) >= crowd else ""


def first_met(scripts: int, groups: Sequence[Group], one: int, other: int) -> int:
    """The transaction up to and with which two scripts are first in one set; -1 where none is."""
    sets = {each: {each} for each in range(scripts)}
    for tx, spent in groups:
        whole = set().union(*(sets[each] for each in spent))
        for each in whole:
            sets[each] = whole
        if sets[one] is sets[other]:
            return tx
    return -1


def fewest_steps(groups: Sequence[Group], one: int, other: int) -> int | None:
    """How many transactions lead from one script to another by what they spend from together."""
    reached, steps = {one}, 0
    while other not in reached:
        wider = set(reached)
        for _, spent in groups:
            if not reached.isdisjoint(spent):
                wider.update(spent)
        if wider == reached:
            return None
        reached, steps = wider, steps + 1
    return steps


def spent_together(blocks: Sequence[Block]) -> list[list[tuple[bytes, list[bytes]]]]:
    """Of each block, each transaction that spends from two scripts or more: its id, and the scripts."""
    paid = {
        (tx.txid, n): script for block in blocks for tx in block.txs for n, (_, script) in enumerate(tx.outs)
    }
    found = []
    for block in blocks:
        own = [(tx.txid, list(dict.fromkeys(paid[at] for at in outpoints_of(tx)))) for tx in block.txs[1:]]
        found.append([(txid, scripts) for txid, scripts in own if len(scripts) > 1])
    return found
