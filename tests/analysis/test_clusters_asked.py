"""What is asked of clusters: why, what touches them, what they did, and what would be otherwise."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Block, Branch, seeded
from oracle.blockmaker import spent as outpoints_of
from oracle.clusters import fewest_steps
from qaif.analysis.clusters import figures as of_figures
from qaif.analysis.clusters.decided import counted, decision_of, touching
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.without import methods, rules_without, without
from qaif.analysis.clusters.witness import witness
from qaif.chain.open import Chain
from support.clustering import LOOSE, groups_in, made, may_be_mixes, numbers_of, partition
from support.indexing import put


@pytest.mark.parametrize("seed", range(2))
def test_why_is_a_chain_of_transactions_and_the_shortest(tmp_path: Path, seed: int) -> None:
    blocks = Branch(seeded(seed)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as whole:
        forest = made(whole)
        shut = may_be_mixes(whole)
        for height in (20, 40):
            chain = whole.at(height)
            groups = [(tx, own) for tx, own in groups_in(chain, blocks[: height + 1]) if tx not in shut]
            spent = dict(groups)
            lengths = set()
            for one in range(0, chain.n_scripts, 5):
                for other in range(chain.n_scripts):
                    found = witness(chain, forest, one, other)
                    fewest = fewest_steps(groups, one, other)
                    assert (found is None) == (fewest is None)
                    if found is None or fewest is None:
                        continue
                    assert found.shortest
                    assert len(found.steps) == fewest
                    lengths.add(fewest)
                    ends = [one, *(step.other for step in found.steps)]
                    assert ends[-1] == other
                    for at, step in zip(ends, found.steps, strict=False):
                        assert step.one == at
                        assert {step.one, step.other} <= set(spent[step.tx_num])
            assert max(lengths) > 1


def test_a_search_that_is_cut_off_says_so_and_still_has_a_chain(tmp_path: Path) -> None:
    blocks = Branch(seeded(1)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain)
        spent = dict(groups_in(chain, blocks))
        cut = 0
        for other in range(chain.n_scripts):
            found = witness(chain, forest, 0 if other else 1, other, budget=1)
            if found is not None and not found.shortest:
                cut += 1
                assert len(found.steps) > 1
                assert all({step.one, step.other} <= set(spent[step.tx_num]) for step in found.steps)
        whole = [witness(chain, forest, 3, other, budget=1) for other in range(chain.n_scripts)]
        assert cut + sum(found is not None and not found.shortest for found in whole)


@pytest.mark.parametrize("few", [0, 10_000])
def test_figures_are_sums_over_the_blocks(tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_figures, "_FEW", few)
    blocks = Branch(seeded(5)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain)
        for script in range(0, chain.n_scripts, 9):
            members = forest.members(script)
            raw = {chain.script_raw(int(num)) for num in members}
            got = of_figures.figures_of(chain, members)
            assert (
                got.txs,
                got.received_sat,
                got.sent_sat,
                got.from_others_sat,
                got.to_others_sat,
                got.balance_sat,
                got.unknown_inputs,
            ) == slow_figures(blocks, raw)


def slow_figures(blocks: list[Block], scripts: set[bytes]) -> tuple[int, ...]:
    paid: dict[tuple[bytes, int], tuple[int, bytes]] = {}
    net: dict[bytes, int] = defaultdict(int)
    balance, received = 0, 0
    for tx in (tx for block in blocks for tx in block.txs):
        for at in outpoints_of(tx):
            value, script = paid.get(at, (0, b"\x00none"))
            if script in scripts:
                net[tx.txid] -= value
                balance -= value
        for n, (value, script) in enumerate(tx.outs):
            paid[tx.txid, n] = (value, script)
            if script in scripts:
                net[tx.txid] += value
                balance += value
                received += value
    from_others, to_others = (sum(max(sign * each, 0) for each in net.values()) for sign in (1, -1))
    return len(net), received, received - balance, from_others, to_others, balance, 0


def test_decisions_touch_the_clusters_that_they_spend_from(tmp_path: Path) -> None:
    blocks = Branch(seeded(2)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as whole:
        forest, chain = made(whole), whole.at(30)
        spent = dict(groups_in(chain, blocks[:31]))
        refused = [tx for tx in forest.decisions[:, 0].tolist() if tx < chain.n_txs]
        assert touching(chain, forest, None).tolist() == list(range(len(refused)))
        touched = 0
        for script in range(0, chain.n_scripts, 4):
            mine = set(forest.members(script, chain.n_txs).tolist())
            rows = touching(chain, forest, script)
            expected = [row for row, tx in enumerate(refused) if mine & set(spent[tx])]
            assert rows.tolist() == expected
            touched += len(rows)
            assert sum(counted(forest, rows).values()) == len(rows)
            for row in rows[:2].tolist():
                said = decision_of(chain, forest, row)
                assert (said.tx_num, list(said.scripts), said.joined) == (
                    refused[row],
                    spent[refused[row]],
                    False,
                )
                assert said.reason.startswith(("it is ", "it may be "))
        assert touched


def test_without_a_transaction_is_a_chain_that_never_joined_by_it(tmp_path: Path) -> None:
    blocks = Branch(seeded(3)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain)
        joining = np.unique(forest.joined[forest.link >= 0])
        fell = 0
        for tx in joining[::3].tolist():
            txid = chain.tx.txid_raw.take(tx)[0].tobytes()
            script = dict(groups_in(chain, blocks))[tx][0]
            got = without(chain, forest, script, txid=txid)
            anew = made(chain, LOOSE, Given(joins_nothing=(txid,)))
            assert got.after.tolist() == anew.members(script).tolist()
            assert {frozenset(part.tolist()) for part in got.parts} == {
                each & set(got.before.tolist()) for each in partition(anew) if each & set(got.before.tolist())
            }
            assert script in got.parts[0]
            fell += len(got.parts) > 1
        assert fell
        assert forest.members(0).tolist() == made(chain).members(0).tolist(), (
            "the clusters stayed as they were"
        )


def test_without_a_method(tmp_path: Path) -> None:
    blocks = Branch(seeded(4)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain)
        nums = numbers_of(chain)
        script = next(num for num in nums.values() if len(forest.members(num)) > 2)
        alone = without(chain, forest, script, method="co-spend")
        assert alone.after.tolist() == [script]
        assert [len(part) for part in alone.parts] == [1] * len(alone.before)
        for method in methods(forest):
            got = without(chain, forest, script, method=method)
            anew = made(chain, rules_without(LOOSE, method))
            assert got.after.tolist() == anew.members(script).tolist()
        with pytest.raises(ValueError, match="guess"):
            rules_without(LOOSE, "guess")
