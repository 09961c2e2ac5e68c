"""Union-find and groups against their slow twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oracle.clusters import Group, first_met, sets_of
from qaif.kernels import union_find
from qaif.kernels.co_spend import groups_into
from qaif.units import Int32s, Int64s

SCRIPTS = 24
MOST = 1 << 30
LIMITS = st.sampled_from([(MOST, MOST, 64), (3, MOST, 64), (MOST, 2, 3), (5, 2, 4)])
GROUPS = st.lists(st.lists(st.integers(0, SCRIPTS - 1), min_size=2, max_size=5), max_size=30)
MARKED = st.sets(st.integers(0, SCRIPTS - 1), max_size=4)


class Made:
    """The kernels' arrays, and groups put through them; a group that they ask about joins nothing."""

    def __init__(self, marked: set[int]) -> None:
        self.link = np.full(SCRIPTS, -1, dtype=np.int32)
        self.joined = np.full(SCRIPTS, union_find.NEVER, dtype=np.int32)
        self.marks = np.zeros(SCRIPTS if marked else 0, dtype=np.int32)
        self.marks[list(marked)] += 1
        self.log, self.logged = np.zeros((30 * 5, 2), dtype=np.int32), 0
        self.asked: list[int] = []

    def put(self, groups: list[Group], refused: set[int], limits: tuple[int, int, int]) -> None:
        lo = np.cumsum([0, *(len(spent) for _, spent in groups)]).astype(np.int64)
        flat = np.array([each for _, spent in groups for each in spent], dtype=np.int64)
        txs = np.array([tx for tx, _ in groups], dtype=np.int64)
        no = np.array([tx in refused for tx, _ in groups], dtype=np.uint8)
        at, own = 0, np.zeros(5, dtype=np.int64)
        while True:
            at, self.logged = union_find.unite(
                lo, flat, txs, no, at, *limits, self.link, self.marks, self.log, self.logged, own
            )
            if at == len(groups):
                union_find.settle(self.log, 0, self.logged, self.joined)
                return
            self.asked.append(int(txs[at]))
            at += 1

    def partition(self, limit: int = union_find.NEVER) -> set[frozenset[int]]:
        roots = self.roots(limit)
        return {frozenset(np.flatnonzero(roots == each).tolist()) for each in roots.tolist()}

    def roots(self, limit: int) -> Int64s:
        labels, asked = np.empty(SCRIPTS, dtype=np.int32), np.arange(SCRIPTS, dtype=np.int64)
        now = np.empty(SCRIPTS, dtype=np.int64)
        union_find.labels(self.link, labels)
        union_find.tops(self.link, asked, now)
        assert labels.tolist() == now.tolist()
        out = np.empty(SCRIPTS, dtype=np.int64)
        union_find.roots_at(self.link, self.joined, np.arange(SCRIPTS, dtype=np.int64), limit, out)
        return out


def numbered(lists: list[list[int]]) -> list[Group]:
    return [(3 * place + 1, spent) for place, spent in enumerate(lists)]


@given(GROUPS, MARKED, st.sets(st.integers(0, 30)), LIMITS)
def test_sets_are_those_of_the_twin(
    lists: list[list[int]], marked: set[int], skipped: set[int], limits: tuple[int, int, int]
) -> None:
    groups = numbered(lists)
    refused = {tx for place, (tx, _) in enumerate(groups) if place in skipped}
    made = Made(marked)
    made.put(groups, refused, limits)
    large, established, crowd = limits
    asked = {"large": large, "established": established, "crowd": crowd}
    twin = sets_of(SCRIPTS, groups, refused, marked=marked, **asked)
    assert made.partition() == twin.partition()
    assert made.asked == [tx for tx, _ in twin.asked]
    for limit in range(0, 3 * len(groups) + 2, 4):
        then = sets_of(SCRIPTS, [g for g in groups if g[0] < limit], refused, marked=marked, **asked)
        assert made.partition(limit) == then.partition()


@given(GROUPS, st.integers(0, 95), MARKED)
def test_undone_and_replayed_joins_are_those_of_the_twin(
    lists: list[list[int]], limit: int, marked: set[int]
) -> None:
    groups, limits = numbered(lists), (MOST, MOST, 64)
    made, other = Made(marked), Made(marked)
    made.put([(tx, spent) for tx, spent in groups if not marked.intersection(spent)], set(), limits)
    kept = [(tx, s) for tx, s in groups if tx < limit and not marked.intersection(s)]
    losers, txs = made.log[: made.logged].astype(np.int64).T.copy()
    winners = made.link[losers].astype(np.int64)
    made.logged = union_find.undo(made.log, made.logged, limit, made.link, made.joined, made.marks)
    assert made.partition() == sets_of(SCRIPTS, kept).partition()
    other.put(kept, set(), limits)
    for name in ("link", "joined", "marks"):
        assert getattr(made, name).tolist() == getattr(other, name).tolist()
    rest = slice(made.logged, len(losers))
    again = (losers[rest], winners[rest], txs[rest])
    made.logged = union_find.replay(*again, made.link, made.marks, made.log, made.logged)
    union_find.settle(made.log, 0, made.logged, made.joined)
    everything = [(tx, s) for tx, s in groups if not marked.intersection(s)]
    assert made.partition() == sets_of(SCRIPTS, everything).partition()


@given(GROUPS, st.integers(0, 95))
def test_who_met_when_and_members_are_those_of_the_twin(lists: list[list[int]], limit: int) -> None:
    groups = numbered(lists)
    made = Made(set())
    made.put(groups, set(), (MOST, MOST, 64))
    early = [group for group in groups if group[0] < limit]
    inside, out = np.zeros(SCRIPTS, dtype=np.uint8), np.zeros(SCRIPTS, dtype=np.int64)
    roots = made.roots(limit)
    for one in range(0, SCRIPTS, 5):
        for other in range(SCRIPTS):
            if one != other:
                got = union_find.met(made.link, made.joined, one, other, limit)
                assert got == first_met(SCRIPTS, early, one, other)
        top = int(roots[one])
        found = union_find.members(made.log, made.logged, limit, top, made.link, inside, out)
        assert sorted(out[:found].tolist()) == np.flatnonzero(roots == top).tolist()
        assert not inside.any()


@given(st.lists(st.lists(st.integers(-2, 6), max_size=24), max_size=8))
def test_groups_are_those_of_the_twin(lists: list[list[int]]) -> None:
    lo = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    flat = np.array([each for one in lists for each in one], dtype=np.int64)
    tx, group_lo = np.zeros(len(lists), dtype=np.int64), np.zeros(len(lists) + 1, dtype=np.int64)
    out = np.zeros(len(flat), dtype=np.int64)
    count = groups_into(lo, flat, tx, group_lo, out)
    twin = {place: list(dict.fromkeys(each for each in one if each >= 0)) for place, one in enumerate(lists)}
    expected = {place: own for place, own in twin.items() if len(own) > 1}
    assert tx[:count].tolist() == list(expected)
    assert [out[group_lo[i] : group_lo[i + 1]].tolist() for i in range(count)] == list(expected.values())


def test_a_path_is_short_whatever_the_order() -> None:
    made = Made(set())
    groups: list[Group] = [(n, [2 * n, 2 * n + 1]) for n in range(12)]
    groups += [(12 + n, [4 * n, 4 * n + 2]) for n in range(6)] + [(20, [0, 4]), (21, [8, 12]), (22, [0, 8])]
    made.put(groups, set(), (MOST, MOST, 64))
    depth = max(_depth(made.link, script) for script in range(SCRIPTS))
    assert 2 <= depth <= 4


def _depth(link: Int32s, script: int) -> int:
    steps = 0
    while link[script] >= 0:
        script, steps = int(link[script]), steps + 1
    return steps
