"""Why two scripts are in one cluster: a chain of transactions, each of which spends from both its neighbours.

The forest gives one such chain at once. A shorter one is looked for from both ends, step by step, until the
budget of inputs looked at is spent; where that is before the search has ended, the answer says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.groups import groups_of_txs
from qaif.analysis.clusters.rules import REPEATED
from qaif.chain.open import Chain
from qaif.units import Int64s

BUDGET = 200  # scripts and transactions looked at: 55 ms in the median in a cluster of a million scripts
_JOINED = (REPEATED,)  # decisions that joined


@dataclass(frozen=True)
class Step:
    """A transaction that spends from two scripts, or in the second tier gives change of one to the other."""

    one: int
    tx_num: int
    other: int


@dataclass(frozen=True)
class Witness:
    """What joined two scripts.

    Attributes:
        steps: from the first to the second; empty where they are one script.
        shortest: no shorter chain exists; False where the search was ended by its budget.
        first_joined: the transaction that first put both into one cluster; -1 where they are one script.
        looked_at: scripts and transactions looked at for a shorter one.
    """

    steps: tuple[Step, ...]
    shortest: bool
    first_joined: int
    looked_at: int


def witness(chain: Chain, forest: Forest, one: int, other: int, budget: int = BUDGET) -> Witness | None:
    """The chain of transactions that joined two scripts; None where they are not in one cluster.

    Args:
        chain: the view that is asked about; the forest may know more.
        forest: the clusters.
        one: a script.
        other: another.
        budget: how many scripts and transactions may be looked at for a shorter chain.
    """
    first = forest.met(one, other, chain.n_txs)
    if one == other or first < 0:
        return Witness((), shortest=True, first_joined=-1, looked_at=0) if one == other else None
    steps = _from_forest(chain, forest, one, other)
    search = _Search(chain, forest, budget)
    shorter = search.shorter(one, other, len(steps)) if len(steps) > 1 else None
    return Witness(shorter or steps, not search.cut_off, first, search.looked_at)


def _from_forest(chain: Chain, forest: Forest, one: int, other: int) -> tuple[Step, ...]:
    """Split at the transaction that joined the two last, and again on both sides, each time earlier."""
    done: list[Step] = []
    waiting = [(one, other, chain.n_txs)]
    while waiting:
        left, right, limit = waiting.pop()
        if left == right:
            continue
        tx = forest.met(left, right, limit)
        spent = groups_of_txs(chain, np.array([tx], dtype=np.int64), forest.links).scripts
        before = forest.roots(spent, tx)
        ends = forest.roots(np.array([left, right], dtype=np.int64), tx)
        near, far = (
            mine if mine in (own := spent[before == top].tolist()) else own[0]
            for mine, top in zip((left, right), ends.tolist(), strict=True)
        )
        if (left, right) == (near, far):
            done.append(Step(left, tx, right))
            continue
        waiting += [(far, right, tx), (near, far, limit), (left, near, tx)]  # the last is done first
    return tuple(done)


@dataclass
class _Search:
    """A search from both ends through the transactions that may join."""

    chain: Chain
    forest: Forest
    budget: int
    looked_at: int = 0
    cut_off: bool = False
    _shut: Int64s = field(init=False)

    def __post_init__(self) -> None:
        refused = self.forest.decisions
        self._shut = refused[~np.isin(refused[:, 1], _JOINED), 0]

    def shorter(self, one: int, other: int, known: int) -> tuple[Step, ...] | None:
        """The shortest chain of fewer steps than are known; None where none was found."""
        came: tuple[dict[int, Step | None], dict[int, Step | None]] = ({one: None}, {other: None})
        edges: list[list[int]] = [[one], [other]]
        depth = [0, 0]
        while sum(depth) < known - 1:
            side = int(len(edges[1]) < len(edges[0]))
            if not edges[side]:
                return None
            edges[side] = self._widen(edges[side], came[side])
            depth[side] += 1
            if self.cut_off:
                return None
            meeting = next((each for each in edges[side] if each in came[1 - side]), None)
            if meeting is not None:
                return _joined(came, meeting)
        return None

    def _widen(self, edge: Iterable[int], came: dict[int, Step | None]) -> list[int]:
        """The scripts that are one transaction further."""
        found = []
        for script in edge:
            for tx, scripts in self._spent_with(script):
                for each in scripts:
                    if each not in came:
                        came[each] = Step(script, tx, each)
                        found.append(each)
            if self.cut_off:
                break
        return found

    def _spent_with(self, script: int) -> list[tuple[int, list[int]]]:
        """Transactions that may join a script to others, with what they spend from."""
        ins = self.chain.ins_of(script)
        self.looked_at += 1 + len(ins)
        if self.looked_at > self.budget:
            self.cut_off = True
            return []
        txs = np.unique(self.chain.tx_of_in(ins))
        links = self.forest.links
        if links is not None:
            outs = self.chain.outs_of(script)
            self.looked_at += len(outs)
            txs = np.union1d(txs, self.chain.tx_of_out(outs))
        groups = groups_of_txs(self.chain, txs[~np.isin(txs, self._shut)], links)
        joining = ((tx, groups.of(row).tolist()) for row, tx in enumerate(groups.tx_num.tolist()))
        return [(tx, scripts) for tx, scripts in joining if script in scripts]


def _joined(came: tuple[dict[int, Step | None], dict[int, Step | None]], meeting: int) -> tuple[Step, ...]:
    """The steps from the one end to the meeting, and from there to the other."""
    steps: list[Step] = []
    at = meeting
    while (step := came[0][at]) is not None:
        steps.insert(0, step)
        at = step.one
    at = meeting
    while (step := came[1][at]) is not None:
        steps.append(Step(step.other, step.tx_num, step.one))
        at = step.one
    return tuple(steps)
