"""Fees of all transactions against the values of each, one by one."""

from pathlib import Path

import numpy as np

from oracle.blockmaker import Branch, seeded
from qaif.analysis.fees import fees
from qaif.chain.open import Chain
from support.indexing import put


def slow_fees(chain: Chain) -> list[int]:
    bounds = [*zip(chain.tx.in_lo.take(np.arange(chain.n_txs + 1)).tolist(), strict=True)]
    outs = chain.tx.out_lo.take(np.arange(chain.n_txs + 1)).tolist()
    found = []
    for tx in range(chain.n_txs):
        spent = [chain.txin.value_sat.one(num) for num in range(bounds[tx][0], bounds[tx + 1][0])]
        paid = sum(chain.txout.value_sat.one(num) for num in range(outs[tx], outs[tx + 1]))
        found.append(-1 if min(spent) < 0 else sum(spent) - paid)
    return found


def test_fees_of_a_chain_with_gaps_and_of_its_past(tmp_path: Path) -> None:
    rng = seeded(5)
    blocks = [block for block in Branch(seeded(5)).grow(40).blocks if rng.random() < 0.9]
    put(tmp_path / "chain", blocks, round_bytes=4_000)
    with Chain.open(tmp_path / "chain") as chain:
        assert len(chain.segments) > 1
        for view in (chain, chain.at(chain.n_blocks // 2), chain.at(0)):
            expected = slow_fees(view)
            assert fees(view).tolist() == expected
        assert max(slow_fees(chain)) >= 0 > min(slow_fees(chain))
