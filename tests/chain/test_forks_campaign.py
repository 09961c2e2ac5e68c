"""The short form of `tests/campaigns/forks.py`, and the reorganisation across a BIP30 pair by name."""

from pathlib import Path

import numpy as np
import pytest

from campaigns import forks
from oracle.blockmaker import GENESIS_TIME, Branch, make_block, make_tx, seeded
from qaif.chain.check import check
from qaif.chain.open import Chain
from qaif.chain.spendable import OVERWRITTEN, SPENDABLE, unspendable
from support.indexing import digests, put


def test_random_trees_end_in_the_columns_of_the_winning_branch(tmp_path: Path) -> None:
    seen = forks.main(tmp_path / "campaign", 1, 8, [])
    assert seen["trees"] == 8
    for what in ("reorganisations", "runs_with_gaps", "bip30_repeats", "shared_transactions"):
        assert seen[what] > 0, what
    assert seen["outputs_fought_over"] > 0


def test_depths_end_in_the_columns_of_the_winning_branch(tmp_path: Path) -> None:
    seen = forks.main(tmp_path / "campaign", 3, 0, [1, 2, 7, 40])
    assert (seen["depths"], seen["deepest"]) == (4, 40)


def test_the_winner_is_found_by_work_and_by_who_was_whole_first() -> None:
    """The campaign's own rule, by hand."""
    one = Branch(seeded(1)).grow(4, 0)
    two = one.fork(2, 2).grow(2, 0)
    rest, late = two.blocks[3:], one.blocks[3:]
    assert forks.winner([*one.blocks, *rest]) == one.blocks
    assert forks.winner([*one.blocks[:3], rest[1], late[0], rest[0], late[1]]) == two.blocks
    assert forks.winner([*one.blocks[:3], rest[1], *late]) is None
    two.grow(1, 0)
    assert forks.winner([*one.blocks, *two.blocks[3:]]) == two.blocks


@pytest.mark.parametrize("round_bytes", [1, 10**7])
def test_bitcoin_22596_a_reorganisation_across_a_bip30_pair_keeps_the_earlier_copy(
    tmp_path: Path, round_bytes: int
) -> None:
    """Bitcoin Core's issue 22596: the block with the later copy goes, and the earlier copy must survive."""
    old = Branch(seeded(1)).grow(12, 3)
    first = old.add([], [(50 * 10**8, b"\x51")])
    old.grow(6, 0)
    new = old.fork(len(old.blocks) - 1, 2)
    twin = make_block(old.blocks[-1].hash, GENESIS_TIME + 10**6, [first.txs[0]])
    old.blocks.append(twin)
    old.grow(2, 0)
    put(tmp_path / "chain", old.blocks, round_bytes=round_bytes)
    txid = first.txs[0].txid
    with Chain.open(tmp_path / "chain") as chain:
        earlier, later = (chain.tx.out_lo.one(int(num)) for num in chain.tx_nums(txid))
        assert unspendable(chain, np.array([earlier, later])).tolist() == [OVERWRITTEN, SPENDABLE]
    new.grow(2, 0)
    new.add([make_tx([(txid, 0)], [(49 * 10**8, b"\x52")])])
    new.grow(2, 0)
    after = old.blocks + new.blocks
    report = put(tmp_path / "chain", after, round_bytes=round_bytes)
    assert report.removed == 3
    with Chain.open(tmp_path / "chain") as chain:
        assert len(chain.tx_nums(txid)) == 1, "the later copy is gone and the earlier one is not"
        spender = int(chain.spent_by(np.array([earlier]))[0])
        assert chain.outpoint(spender) == (txid, 0)
        assert chain.txin.value_sat.one(spender) == 50 * 10**8
        before = chain.at(chain.n_blocks - 4)
        assert unspendable(before, np.array([earlier])).tolist() == [SPENDABLE]
    put(tmp_path / "fresh", new.blocks)
    assert digests(tmp_path / "chain") == digests(tmp_path / "fresh")
    assert check(tmp_path / "chain").good
    old.grow(4, 0)  # and back: the pair stands again
    put(tmp_path / "chain", after + old.blocks, round_bytes=round_bytes)
    put(tmp_path / "again", old.blocks)
    assert digests(tmp_path / "chain") == digests(tmp_path / "again")
