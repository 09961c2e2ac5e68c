"""Two large clusters, differently labelled ones, and crowds: refused, with an alarm."""

from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, Outpoint, Tx, make_tx, seeded
from qaif.analysis.clusters.decided import decision_of, touching
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import CROWD, LABELLED, LARGE, REPEATED, Rules
from qaif.chain.open import Chain
from support.clustering import made, same
from support.indexing import put

RULES = Rules(large=4, repeats=2, established=3, crowd=3)


def key(number: int) -> bytes:
    return b"\x00\x14" + number.to_bytes(20, "big")


class Purse:
    """A chain whose coins lie on keys that are numbered, and transactions that spend from named keys."""

    def __init__(self) -> None:
        self.branch = Branch(seeded(1))
        self.coins: dict[int, list[Outpoint]] = {}
        self.sums = 0

    def fund(self, *keys: int) -> None:
        block = self.branch.add([], [(1_000 + 7 * n, key(each)) for n, each in enumerate(keys)])
        for n, each in enumerate(keys):
            self.coins.setdefault(each, []).append((block.txs[0].txid, n))

    def spend(self, *keys: int) -> Tx:
        """A transaction that spends a coin of each key, into one new output."""
        spent = [self.coins[each].pop() for each in keys]
        self.sums += 1
        return make_tx(spent, [(500 + self.sums, key(10_000 + self.sums))])

    def together(self, *groups: tuple[int, ...]) -> list[bytes]:
        """A block with a transaction for each group of keys; their ids."""
        for group in groups:
            self.fund(*group)
        txs = [self.spend(*group) for group in groups]
        self.branch.add(txs)
        return [tx.txid for tx in txs]

    def put(self, folder: Path) -> Chain:
        put(folder, self.branch.blocks)
        return Chain.open(folder)


def nums(chain: Chain, *keys: int) -> list[int]:
    return [chain.script_num(key(each)) for each in keys]


def test_two_large_clusters_are_joined_only_after_several_blocks_asked(tmp_path: Path) -> None:
    purse = Purse()
    purse.together((1, 2, 3, 4), (11, 12, 13, 14))
    asked = [purse.together((1, 11), (2, 12))[:], purse.together((3, 13)), purse.together((4, 14))]
    with purse.put(tmp_path / "c") as chain:
        forest = made(chain, RULES)
        one, other = nums(chain, 1, 11)
        codes = forest.decisions[:, 1].tolist()
        assert codes == [LARGE, LARGE, LARGE, REPEATED]
        joined = int(chain.tx_nums(asked[-1][0])[0])
        assert forest.met(one, other) == joined
        assert forest.met(one, other, joined) == -1
        said = [decision_of(chain, forest, int(row)) for row in touching(chain, forest, one)]
        assert [(each.alarm, each.joined) for each in said] == [(True, False)] * 3 + [(True, True)]
        assert all(len(each.pair) == 2 for each in said)
        taken_back = made(chain, RULES)
        taken_back.take_back(chain.n_blocks - 2)
        assert taken_back.met(one, other) == -1
        taken_back.bring_to(chain)
        assert same(taken_back, forest)


def test_two_transactions_of_one_block_count_once(tmp_path: Path) -> None:
    purse = Purse()
    purse.together((1, 2, 3, 4), (11, 12, 13, 14))
    purse.together((1, 11), (2, 12), (3, 13), (4, 14))
    with purse.put(tmp_path / "c") as chain:
        forest = made(chain, RULES)
        assert forest.decisions[:, 1].tolist() == [LARGE] * 4
        assert forest.met(*nums(chain, 1, 11)) == -1


def test_what_asked_for_one_of_two_joined_clusters_asks_for_both(tmp_path: Path) -> None:
    purse = Purse()
    purse.together((1, 2, 3, 4, 5), (11, 12, 13, 14), (21, 22, 23, 24))
    purse.together((11, 21))
    for one, other in ((1, 11), (2, 12), (3, 13)):
        purse.together((one, other))
    purse.together((4, 22))
    purse.together((5, 23))
    with purse.put(tmp_path / "c") as chain:
        forest = made(chain, RULES)
        assert forest.decisions[:, 1].tolist() == [LARGE, LARGE, LARGE, REPEATED, LARGE, REPEATED]
        assert len(set(forest.roots(np.array(nums(chain, 1, 11, 21)), None).tolist())) == 1
        for blocks in range(3, chain.n_blocks):
            again = made(chain.at(blocks), RULES)
            again.bring_to(chain)
            assert same(again, forest)


def test_a_crowd_of_established_clusters_is_refused(tmp_path: Path) -> None:
    purse = Purse()
    purse.together((1, 2, 3), (11, 12, 13), (21, 22, 23))
    purse.together((1, 11))
    purse.together((31, 32, 33), (41, 42, 43))
    purse.together((21, 31, 41))
    with purse.put(tmp_path / "c") as chain:
        forest = made(chain, Rules(large=100, established=3, crowd=3))
        assert forest.decisions[:, 1].tolist() == [CROWD]
        assert forest.met(*nums(chain, 1, 11)) >= 0, "two are no crowd"
        assert forest.met(*nums(chain, 21, 31)) == -1


@pytest.mark.parametrize(("names", "refused"), [(("a", "b"), True), (("a", "a"), False)])
def test_clusters_of_different_operators_are_not_joined(
    tmp_path: Path, names: tuple[str, str], *, refused: bool
) -> None:
    purse = Purse()
    purse.together((1, 2), (11, 12))
    purse.together((2, 12))
    given = Given(operators=((key(1), names[0]), (key(11), names[1])))
    with purse.put(tmp_path / "c") as chain:
        forest = made(chain, RULES, given)
        assert forest.decisions[:, 1].tolist() == [LABELLED] * refused
        assert (forest.met(*nums(chain, 1, 11)) == -1) is refused
        assert same(forest, _in_steps(chain, given))


def _in_steps(chain: Chain, given: Given) -> Forest:
    forest = made(chain.at(0), RULES, given)
    for block in range(1, chain.n_blocks):
        forest.bring_to(chain.at(block))
    return forest
