"""The chain as of a past block is the store that was indexed up to that block."""

from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain.digest import column_digests
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from support.indexing import digests, put


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("gaps", [False, True])
def test_at_a_block_equals_a_store_cut_there(tmp_path: Path, seed: int, *, gaps: bool) -> None:
    rng = seeded(seed)
    blocks = Branch(seeded(seed)).grow(60).blocks
    if gaps:
        blocks = [block for block in blocks if rng.random() < 0.8]
    put(tmp_path / "chain", blocks, round_bytes=4_000)
    with Chain.open(tmp_path / "chain") as chain:
        for num in [0, 1, *rng.sample(range(2, len(blocks)), 6), len(blocks) - 1]:
            put(tmp_path / f"cut{num}", blocks[: num + 1])
            assert column_digests(chain.at(num)) == digests(tmp_path / f"cut{num}"), num


def test_what_comes_later_is_not_seen(tmp_path: Path) -> None:
    branch = Branch(seeded(3)).grow(20)
    coin, _ = next(iter(branch.unspent.items()))
    put(tmp_path / "chain", branch.blocks)
    held = len(branch.blocks)
    branch.grow(40)
    put(tmp_path / "chain", branch.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        past = chain.at(held - 1)
        tx = int(chain.tx_nums(coin[0])[0])
        out = chain.tx.out_lo.one(tx) + coin[1]
        assert past.spent_by(np.array([out])).tolist() == [-1]
        last = chain.n_txs - 1
        txid = chain.tx.txid_raw.take(last)[0].tobytes()
        assert chain.tx_nums(txid).tolist() == [last]
        assert past.tx_nums(txid).tolist() == []
        assert past.script_num(chain.script_raw(chain.n_scripts - 1)) == -1
        with pytest.raises(IndexError, match="outside"):
            past.tx.version.take(last)
        with pytest.raises(NotFoundError):
            past.at(held)
        assert past.block_num_of_hash(chain.tip.hash_raw) == -1
        assert past.held.complete
