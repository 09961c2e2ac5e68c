"""Clusters of a chain: made block by block, asked as of any transaction, taken back to any block.

Nothing here reads a later block than the one that it decides on, so making the clusters in one go, in steps,
and after blocks were taken off ends in the same arrays.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.groups import Groups, Links, groups_of, refusals_of
from qaif.analysis.clusters.jumps import Jumps
from qaif.analysis.clusters.rules import APART, CROWD, LABELLED, LARGE, REPEATED, Rules
from qaif.chain.labels import Constraints, Labels
from qaif.chain.open import Chain
from qaif.kernels import union_find
from qaif.units import Hashes, Int32s, Int64s

_AT_ONCE = 100_000  # transactions
_TWO = 2


def _none(*shape: int) -> Int64s:
    return np.zeros(shape or (0,), dtype=np.int64)


def _none_narrow(*shape: int) -> Int32s:
    return np.zeros(shape or (0,), dtype=np.int32)


@dataclass
class Forest:
    """Clusters as of the last block that was taken in.

    Attributes:
        rules: what they are made by.
        given: what sources and people say.
        links: change that is joined too, for the second tier; None for the first.
        link, marks, log: see `kernels/union_find`.
        history, settled: `joined` of it, as far as those rows of the log were carried into it.
        logged: how many rows of the log are in use; what is behind them is of no meaning.
        decisions: int64[d, 4]: transaction, code, and two scripts where it is about two clusters; in chain
            order, each transaction that was refused or joined after others had been.
        blocks: u1[b, 32], the hashes of the blocks taken in.
        reach: int64[b + 1, 2]: transactions and scripts before each block, and in all.
    """

    rules: Rules = field(default_factory=Rules)
    given: Given = field(default_factory=Given)
    links: Links | None = None
    link: Int32s = field(default_factory=_none_narrow)
    history: Int32s = field(default_factory=_none_narrow)
    settled: int = 0
    marks: Int32s = field(default_factory=_none_narrow)
    log: Int32s = field(default_factory=lambda: _none_narrow(0, 2))
    logged: int = 0
    decisions: Int64s = field(default_factory=lambda: _none(0, 4))
    blocks: Hashes = field(default_factory=lambda: np.zeros((0, 32), dtype=np.uint8))
    reach: Int64s = field(default_factory=lambda: _none(1, 2))

    @property
    def n_txs(self) -> int:
        """Transactions taken in."""
        return int(self.reach[-1, 0])

    @property
    def n_scripts(self) -> int:
        """Scripts known."""
        return int(self.reach[-1, 1])

    @property
    def n_blocks(self) -> int:
        """Blocks taken in."""
        return len(self.blocks)

    def copy(self, given: Given) -> "Forest":
        """The same, to be gone on with under something else that is given."""
        arrays = {name: getattr(self, name).copy() for name in ("link", "history", "marks", "log")}
        return replace(self, given=given, **arrays)

    def bring_to(self, chain: Chain) -> int:
        """Take back the blocks that a chain has not, take in those that it has besides; how many stayed.

        The numbers of the chain must be of the epoch in which the forest was made.
        """
        kept = self.shared_with(chain)
        self.take_back(kept)
        here = self.n_txs
        self._grow(chain)
        constraints, labels = self.given.in_chain(chain)
        self._mark(kept, constraints, labels)
        jumps = Jumps.of(self.decisions, chain)
        for lo in range(here, chain.n_txs, _AT_ONCE):
            self._take_in(chain, (lo, min(lo + _AT_ONCE, chain.n_txs)), (constraints, labels), jumps)
        return kept

    def shared_with(self, chain: Chain) -> int:
        """How many of the first blocks are the same in the chain."""
        count = min(len(self.blocks), chain.n_blocks)
        hashes, reach = _blocks_of(chain, count)
        same = (self.blocks[:count] == hashes).all(axis=1)
        same &= (self.reach[1 : count + 1] == reach[1:]).all(axis=1)
        return count if same.all() else int(np.argmin(same))

    def take_back(self, blocks: int) -> None:
        """Be what it was when it had so many blocks."""
        txs, scripts = (int(each) for each in self.reach[blocks])
        self.logged = union_find.undo(self.log, self.logged, txs, self.link, self.joined, self.marks)
        self.settled = self.logged
        self.link, self.history, self.marks = (
            each[:scripts] for each in (self.link, self.history, self.marks)
        )
        self.decisions = self.decisions[: int(np.searchsorted(self.decisions[:, 0], txs))]
        self.blocks, self.reach = self.blocks[:blocks], self.reach[: blocks + 1]

    @property
    def joined(self) -> Int32s:
        """Of `kernels/union_find`: when each script was put under another; made where it is asked for."""
        lacking = len(self.link) - len(self.history)
        if lacking:
            self.history = np.concatenate([self.history, np.full(lacking, union_find.NEVER, dtype=np.int32)])
        union_find.settle(self.log, self.settled, self.logged, self.history)
        self.settled = self.logged
        return self.history

    def roots(self, scripts: Int64s, limit: int | None = None) -> Int64s:
        """The root of each script as of the transactions before a limit; -1 for a number under 0."""
        out = np.empty(len(scripts), dtype=np.int64)
        asked = np.ascontiguousarray(scripts, dtype=np.int64)
        if limit is None:
            union_find.tops(self.link, asked, out)
        else:
            union_find.roots_at(self.link, self.joined, asked, limit, out)
        return out

    def labels(self) -> Int32s:
        """The root of every script: int32[n]."""
        out = np.empty(len(self.link), dtype=np.int32)
        union_find.labels(self.link, out)
        return out

    def met(self, one: int, other: int, limit: int | None = None) -> int:
        """The transaction that first put two scripts into one cluster; -1 where none did."""
        return union_find.met(self.link, self.joined, one, other, self._limit(limit))

    def members(self, script: int, limit: int | None = None) -> Int64s:
        """The scripts of a script's cluster, ascending."""
        top = int(self.roots(np.array([script], dtype=np.int64), limit)[0])
        room = -int(self.link[int(self.roots(np.array([top], dtype=np.int64))[0])])  # of what it is in now
        out, inside = np.empty(room, dtype=np.int64), np.zeros(len(self.link), dtype=np.uint8)
        found = union_find.members(self.log, self.logged, self._limit(limit), top, self.link, inside, out)
        return np.sort(out[:found])

    def sizes(self, roots: Int64s) -> Int64s:
        """How many scripts each root has under it, as of all transactions taken in."""
        return -self.link[roots].astype(np.int64)

    def _limit(self, limit: int | None) -> int:
        return self.n_txs if limit is None else limit

    def begin(self, chain: Chain) -> None:
        """All scripts of the blocks taken in alone, with their marks, as before any join."""
        constraints, labels = self.given.in_chain(chain)
        self._alone(self.n_scripts)
        self._mark(0, constraints, labels)

    def replay(self, losers: Int64s, winners: Int64s, txs: Int64s) -> None:
        """Joins that were made before, in their order."""
        self.log = np.empty((len(losers), 2), dtype=np.int32)
        loser, winner, tx = (np.ascontiguousarray(each, dtype=np.int64) for each in (losers, winners, txs))
        self.logged = union_find.replay(loser, winner, tx, self.link, self.marks, self.log, 0)
        self.history, self.settled = _none_narrow(), 0

    def _grow(self, chain: Chain) -> None:
        """Room for the scripts of a chain, each alone."""
        self._alone(chain.n_scripts - len(self.link))
        self.blocks, self.reach = _blocks_of(chain, chain.n_blocks)

    def _alone(self, count: int) -> None:
        """So many more scripts, each alone."""
        self.link = np.concatenate([self.link, np.full(count, -1, dtype=np.int32)])
        if len(self.marks):
            self.marks = np.concatenate([self.marks, np.zeros(count, dtype=np.int32)])

    def _make_room(self, joins: int) -> None:
        """Room in the log for so many more; it grows by half at least, so that growing costs little."""
        lacking = self.logged + joins - len(self.log)
        if lacking > 0:
            more = np.empty((max(lacking, len(self.log) // 2), 2), dtype=np.int32)
            self.log = np.concatenate([self.log, more])

    def _mark(self, kept: int, constraints: Constraints, labels: Labels) -> None:
        """Put marks on the scripts that came with the new blocks."""
        named = np.union1d(constraints.apart.reshape(-1), labels.script_num)
        new = named[(named >= int(self.reach[kept, 1])) & (named < len(self.link))]
        if len(new) and not len(self.marks):
            self.marks = np.zeros(len(self.link), dtype=np.int32)
        self.marks[new] += 1

    def _take_in(
        self, chain: Chain, span: tuple[int, int], said: tuple[Constraints, Labels], jumps: Jumps
    ) -> None:
        if not self.rules.co_spend:
            return
        groups = groups_of(chain, *span, self.links)
        code = refusals_of(chain, groups, self.rules, said[0].joins_nothing)
        shut = np.flatnonzero(code)
        decided = [np.stack([groups.tx_num[shut], code[shut], *[np.full(len(shut), -1)] * 2], axis=1)]
        refused, at = (code != 0).astype(np.uint8), 0
        self._make_room(len(groups.scripts))
        own = np.empty(int(np.diff(groups.lo).max(initial=0)), dtype=np.int64)
        while True:
            at, self.logged = union_find.unite(
                groups.lo,
                groups.scripts,
                groups.tx_num,
                refused,
                at,
                self.rules.large,
                self.rules.established,
                self.rules.crowd,
                self.link,
                self.marks,
                self.log,
                self.logged,
                own,
            )
            if at == len(groups.tx_num):
                break
            decided.append(self._asked(groups, at, said, jumps))
            at += 1
        found = np.concatenate(decided)
        found = found[np.argsort(found[:, 0], kind="stable")]
        self.decisions = np.concatenate([self.decisions, found])

    def _asked(self, groups: Groups, row: int, said: tuple[Constraints, Labels], jumps: Jumps) -> Int64s:
        """Decide on a group that the kernel would not join; its row of `decisions`, or none."""
        tx = int(groups.tx_num[row])
        tops = np.array(list(dict.fromkeys(self.roots(groups.of(row)).tolist())), dtype=np.int64)
        code, one, other = self._verdict(tx, tops, said, jumps)
        if code in (0, REPEATED):
            self._join(tops, tx)
        return np.array([[tx, code, one, other]] if code else _none(0, 4), dtype=np.int64)

    def _verdict(
        self, tx: int, tops: Int64s, said: tuple[Constraints, Labels], jumps: Jumps
    ) -> tuple[int, int, int]:
        for code, pair in ((APART, self._apart(tops, said[0])), (LABELLED, self._labelled(tops, said[1]))):
            if pair is not None:
                return code, *pair
        size = -self.link[tops]
        large = tops[size >= self.rules.large]
        established = tops[size >= self.rules.established]
        if len(large) > _TWO or len(established) >= self.rules.crowd:
            return CROWD, int(established[0]), int(established[1])
        if len(large) == _TWO:
            one, other = (int(each) for each in large[np.argsort(self.link[large], kind="stable")])
            return REPEATED if jumps.asked(tx, one, other, self.rules.repeats) else LARGE, one, other
        return 0, -1, -1

    def _apart(self, tops: Int64s, constraints: Constraints) -> tuple[int, int] | None:
        """Two scripts of different entities under two of these roots; the roots are as of now."""
        ends = [self.roots(constraints.apart[:, side]) for side in (0, 1)]
        crossing = np.isin(ends[0], tops) & np.isin(ends[1], tops) & (ends[0] != ends[1])
        rows = np.flatnonzero(crossing)
        return (int(constraints.apart[rows[0], 0]), int(constraints.apart[rows[0], 1])) if len(rows) else None

    def _labelled(self, tops: Int64s, labels: Labels) -> tuple[int, int] | None:
        """Two labelled scripts under two of these roots whose labels have none in common."""
        under = self.roots(labels.script_num)
        told = [(np.flatnonzero(under == top)) for top in tops.tolist()]
        told = [rows for rows in told if len(rows)]
        for place, rows in enumerate(told):
            for others in told[:place]:
                if not np.isin(labels.label[rows], labels.label[others]).any():
                    return int(labels.script_num[others[0]]), int(labels.script_num[rows[0]])
        return None

    def _join(self, tops: Int64s, tx: int) -> None:
        """Join sets, whatever they are, as the kernel does."""
        winner = tops[int(np.argmin(self.link[tops]))]
        losers = tops[tops != winner]
        winners, txs = (np.full(len(losers), each, dtype=np.int64) for each in (winner, tx))
        self.logged = union_find.replay(losers, winners, txs, self.link, self.marks, self.log, self.logged)


def _blocks_of(chain: Chain, count: int) -> tuple[Hashes, Int64s]:
    """Hashes of the first blocks, and transactions and scripts before each and after the last."""
    rows = np.arange(count + 1, dtype=np.int64)
    reach = (
        [chain.block.tx_lo.take(rows), chain.block.script_lo.take(rows)] if chain.n_blocks else [_none(1)] * 2
    )
    return chain.block.hash_raw[0:count], np.stack(reach, axis=1).astype(np.int64)
