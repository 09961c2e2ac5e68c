"""The second tier: change that the vote is sure of is joined, as a slow twin does it, and only when asked."""

from pathlib import Path

import numpy as np
import pytest

from oracle.clusters import fewest_steps, sets_of
from qaif.analysis.change.shown import change_said
from qaif.analysis.clusters import kept
from qaif.analysis.clusters.change import VOTE, VotedChange
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.without import without
from qaif.analysis.clusters.witness import witness
from qaif.chain.open import Chain
from support.clustering import LOOSE, made, may_be_mixes, partition, same
from support.indexing import put
from support.known_owners import KnownOwners


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    folder = tmp_path_factory.mktemp("change") / "c"
    put(folder, KnownOwners.of(5, 70).branch.blocks)
    return Chain.open(folder)


def second(chain: Chain) -> Forest:
    forest = Forest(LOOSE, Given(), VotedChange.now())
    forest.bring_to(chain)
    return forest


def groups_with_change(chain: Chain) -> list[tuple[int, list[int]]]:
    """What each transaction spends from and gives change to, one transaction at a time."""
    groups = []
    for tx in range(chain.n_txs):
        lo, hi = (int(chain.tx.in_lo.take(each)[0]) for each in (tx, tx + 1))
        spent = [num for num in chain.txin.script_num[lo:hi].tolist() if num >= 0]
        vote = next((one for one in change_said(chain, tx).votes if one.method.startswith(VOTE)), None)
        if vote is not None and vote.change is not None:
            out = int(chain.tx.out_lo.take(tx)[0]) + vote.change
            spent.append(int(chain.txout.script_num.take(out)[0]))
        if len(set(spent)) > 1:
            groups.append((tx, list(dict.fromkeys(spent))))
    return groups


def test_clusters_are_those_of_the_twin(chain: Chain) -> None:
    groups = groups_with_change(chain)
    twin = sets_of(chain.n_scripts, groups, may_be_mixes(chain))
    forest = second(chain)
    assert partition(forest) == twin.partition()
    first = made(chain)
    assert len(partition(first)) > len(partition(forest)) + 20
    coarser = forest.roots(np.arange(chain.n_scripts))
    for top in set(first.roots(np.arange(chain.n_scripts)).tolist()):
        assert len(set(coarser[first.members(top)].tolist())) == 1  # the first tier is finer


def test_the_past_and_what_is_kept_are_the_same(chain: Chain, tmp_path: Path) -> None:
    forest = second(chain)
    for height in (20, 45):
        past = chain.at(height)
        then = second(past)
        roots = forest.roots(np.arange(past.n_scripts), past.n_txs)
        assert roots.tolist() == then.roots(np.arange(past.n_scripts)).tolist()
    for _ in range(2):
        assert same(kept.clusters_of(chain, tmp_path, LOOSE, Given(), VotedChange.now()), forest)
    assert same(kept.clusters_of(chain, tmp_path, LOOSE, Given()), made(chain))
    forest.take_back(30)
    assert same(forest, second(chain.at(29)))
    forest.bring_to(chain)
    assert same(forest, second(chain))


def test_a_witness_leads_through_change(chain: Chain) -> None:
    forest, shut = second(chain), may_be_mixes(chain)
    groups = [(tx, spent) for tx, spent in groups_with_change(chain) if tx not in shut]
    joining, asked = dict(groups), 0
    first = made(chain)
    for script in range(0, chain.n_scripts, 5):
        for other in forest.members(script)[-2:].tolist():
            found = witness(chain, forest, script, other, budget=10_000)
            assert found is not None
            for step in found.steps:
                assert {step.one, step.other} <= set(joining[step.tx_num])
            if found.shortest:
                assert len(found.steps) == fewest_steps(groups, script, other)
            asked += first.met(script, other) < 0 and script != other
    assert asked > 10


def test_without_the_vote_it_is_the_first_tier(chain: Chain) -> None:
    forest, first = second(chain), made(chain)
    for script in range(0, chain.n_scripts, 37):
        assert without(chain, forest, script, method=VOTE).after.tolist() == first.members(script).tolist()
