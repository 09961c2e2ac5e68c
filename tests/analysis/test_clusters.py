"""Clusters of made chains against their slow twin: in one go, in steps, taken back, and as of the past."""

from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from oracle.clusters import spent_together
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import APART, LISTED, SHAPE, Rules
from qaif.analysis.clusters.shaped import shapes_at
from qaif.analysis.shapes.columns import shapes_of
from qaif.chain.open import Chain
from support.clustering import LOOSE, made, may_be_mixes, numbers_of, partition, same, twin_of
from support.indexing import put

NEVER_AGAIN = 1 << 30


@pytest.mark.parametrize("seed", range(2))
def test_clusters_are_those_of_the_twin(tmp_path: Path, seed: int) -> None:
    blocks = Branch(seeded(seed)).grow(50, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain)
        assert partition(forest) == twin_of(chain, blocks).partition()
        shut = {int(tx) for tx in forest.decisions[:, 0]}
        together = [txid for block in spent_together(blocks) for txid, _ in block]
        txs = {int(chain.tx_nums(txid)[0]) for txid in together}
        assert shut == txs & may_be_mixes(chain)
        assert shut, f"seed {seed} refuses nothing: it tests less than it should"
        assert (forest.decisions[:, 1] >= SHAPE).all()


@pytest.mark.parametrize("seed", range(2))
def test_steps_and_reorganisations_end_in_the_same_arrays(tmp_path: Path, seed: int) -> None:
    rng = seeded(100 + seed)
    rules = Rules(large=6, repeats=1, established=4, crowd=3)
    branch = Branch(seeded(seed)).grow(40, 4)
    forest, every = Forest(rules), dict.fromkeys(branch.blocks)
    for height in (15, 16, 17, 30, 40):
        put(tmp_path / "c", branch.blocks[: height + 1])
        with Chain.open(tmp_path / "c") as chain:
            forest.bring_to(chain)
            assert same(forest, made(chain, rules))
    for _ in range(3):
        fork = rng.randrange(5, len(branch.blocks) - 1)
        branch = branch.fork(fork, rng.randrange(1 << 30)).grow(len(branch.blocks) - fork + 1, 4)
        every |= dict.fromkeys(branch.blocks)
        put(tmp_path / "c", list(every))
        with Chain.open(tmp_path / "c") as chain:
            assert forest.bring_to(chain) == fork + 1
            assert same(forest, made(chain, rules))
            forest.take_back(fork + 1)
            assert same(forest, made(chain.at(fork), rules))
            forest.bring_to(chain)


@pytest.mark.parametrize("seed", range(2))
def test_as_of_a_block_is_what_was_made_then(tmp_path: Path, seed: int) -> None:
    blocks = Branch(seeded(seed)).grow(40, 4).blocks
    rules = Rules(large=5, established=3, crowd=4, repeats=NEVER_AGAIN)
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain, rules)
        for height in (3, 11, 26, 39):
            past = chain.at(height)
            then = made(past, rules)
            roots = forest.roots(np.arange(past.n_scripts), past.n_txs)
            assert roots.tolist() == then.roots(np.arange(past.n_scripts)).tolist()
            assert partition(then) == twin_of(past, blocks[: height + 1], rules).partition()
            for script in range(0, past.n_scripts, 7):
                expected = np.flatnonzero(roots == roots[script]).tolist()
                assert (
                    forest.members(script, past.n_txs).tolist() == expected == then.members(script).tolist()
                )


@pytest.mark.parametrize("seed", range(2))
def test_what_must_not_be_joined_is_refused_and_kept(tmp_path: Path, seed: int) -> None:
    rng = seeded(seed)
    blocks = Branch(seeded(seed)).grow(40, 4).blocks
    put(tmp_path / "c", blocks)
    together = [one for block in spent_together(blocks) for one in block]
    scripts = sorted({each for _, spent in together for each in spent})
    given = Given(
        apart=tuple((one, two) for one, two in [rng.sample(scripts, 2) for _ in range(3)]),
        joins_nothing=tuple(txid for txid, _ in rng.sample(together, 4)),
    )
    with Chain.open(tmp_path / "c") as chain:
        forest = made(chain, LOOSE, given)
        nums = numbers_of(chain)
        ends = [nums[each] for pair in given.apart for each in pair]
        roots = forest.roots(np.array(ends, dtype=np.int64)).reshape(-1, 2)
        assert (roots[:, 0] != roots[:, 1]).all()
        listed = {int(chain.tx_nums(txid)[0]) for txid in given.joins_nothing}
        assert set(forest.decisions[forest.decisions[:, 1] == LISTED, 0].tolist()) == listed
        for tx, _, one, other in forest.decisions[forest.decisions[:, 1] == APART].tolist():
            assert forest.met(one, other) == -1
            assert tx not in forest.joined[forest.link >= 0]
        free = made(chain)
        assert all(any(small <= large for large in partition(free)) for small in partition(forest)), (
            "constraints join nothing"
        )


def test_shapes_of_some_are_those_of_all(tmp_path: Path) -> None:
    put(tmp_path / "c", Branch(seeded(6)).grow(30, 4).blocks)
    with Chain.open(tmp_path / "c") as chain:
        every = shapes_of(chain, 0, chain.n_txs)
        for some in (np.arange(0, chain.n_txs, 3), np.arange(chain.n_txs), np.zeros(0, dtype=np.int64)):
            found = shapes_at(chain, some)
            assert found.table.tolist() == every.table[some].tolist()
            assert found.coinbase.tolist() == every.coinbase[some].tolist()
