"""Outputs that nobody can ever spend, and why: as Bitcoin Core's coin statistics set them apart.

The genesis output never entered the set of unspent outputs. A coinbase whose id a later one repeated (BIP30:
blocks 91722 and 91812 on mainnet) was overwritten while unspent. A script that begins with OP_RETURN, or is
longer than 10,000 bytes, fails when it is run.
"""

import numpy as np

from qaif.chain.open import Chain
from qaif.units import Bytes, Int64s

SPENDABLE = 0
GENESIS = 1
OVERWRITTEN = 2
OP_RETURN = 3
OVERSIZED = 4
WHY = {
    GENESIS: "the genesis block's output cannot be spent",
    OVERWRITTEN: "a later coinbase with the same id overwrote it (BIP30)",
    OP_RETURN: "its script begins with OP_RETURN",
    OVERSIZED: "its script is longer than 10,000 bytes",
}
_OP_RETURN_CODE = 0x6A
_LONGEST_SCRIPT = 10_000


def unspendable(chain: Chain, out_nums: Int64s) -> Bytes:
    """Which outputs can never be spent.

    Args:
        chain: the chain, whose tip is the moment asked about.
        out_nums: output numbers.

    Returns:
        A code for each, uint8: 0 where it can be spent, else a key of `WHY`. An output that was spent before
        its transaction's id was repeated is not overwritten.
    """
    code = _by_script(chain, chain.txout.script_num.take(out_nums))
    txs = chain.tx_of_out(out_nums)
    if chain.n_blocks and chain.block.height.one(0) == 0:
        code[txs == 0] = GENESIS
    unspent = chain.spent_by(out_nums) < 0
    for tx in _coinbases(chain, np.unique(txs[unspent & (code == SPENDABLE)])):
        if len(again := chain.tx_nums(chain.tx.txid_raw.take(int(tx))[0].tobytes())) and again[-1] > tx:
            code[(txs == tx) & unspent] = OVERWRITTEN
    return code


def _by_script(chain: Chain, script_nums: Int64s) -> Bytes:
    nums, back = np.unique(script_nums, return_inverse=True)
    return never_run(chain, chain.script.byte_lo.take(nums), chain.script.byte_lo.take(nums + 1))[back]


def never_run(chain: Chain, lo: Int64s, hi: Int64s) -> Bytes:
    """Which scripts, given as bounds in `script_byte`, always fail: OVERSIZED, OP_RETURN, else SPENDABLE."""
    code = np.zeros(len(lo), dtype=np.uint8)
    code[hi - lo > _LONGEST_SCRIPT] = OVERSIZED
    some = np.flatnonzero(hi > lo)
    code[some[chain.script_byte.value.take(lo[some]) == _OP_RETURN_CODE]] = OP_RETURN
    return code


def _coinbases(chain: Chain, txs: Int64s) -> Int64s:
    """Those of the transactions that make new coins."""
    if not chain.whole:
        return txs[chain.coinbases(txs)]
    blocks = chain.block_of_tx(txs)
    found: Int64s = txs[chain.block.tx_lo.take(blocks) == txs]
    return found
