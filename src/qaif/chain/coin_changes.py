"""What one block does to the unspent outputs: so that a running hash can follow it, and go back."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qaif.chain.coins import written
from qaif.chain.muhash import MuHash
from qaif.chain.open import Chain
from qaif.chain.spendable import SPENDABLE, never_run
from qaif.units import Bytes, Int64s


class CoinBytes(NamedTuple):
    """Coins as they are hashed, and where each begins."""

    data: Bytes
    offset: Int64s


@dataclass(frozen=True)
class CoinChange:
    """A block's effect.

    Attributes:
        made: the coins that it makes; those that it spends itself are in both.
        gone: the coins that it spends, and those that it replaces (BIP30).
    """

    made: CoinBytes
    gone: CoinBytes

    def apply(self, to: MuHash) -> MuHash:
        """From the set before the block to the one after it."""
        return to.insert(*self.made).remove(*self.gone)

    def undo(self, of: MuHash) -> MuHash:
        """From the set after the block to the one before it."""
        return of.insert(*self.gone).remove(*self.made)


def coin_change(chain: Chain, block_num: int) -> CoinChange:
    """What a block does to the unspent outputs.

    Args:
        chain: a view in which every block up to this one is held.
        block_num: the block.
    """
    row = np.array([block_num, block_num + 1])
    out_lo, out_hi = (int(x) for x in chain.block.out_lo.take(row))
    in_lo, in_hi = (int(x) for x in chain.block.in_lo.take(row))
    spent = chain.txin.spent_out[in_lo:in_hi]
    made = np.arange(out_lo, out_hi if block_num else out_lo, dtype=np.int64)
    gone = np.concatenate([spent[spent >= 0], _replaced(chain, block_num, in_lo)])
    return CoinChange(_coins(chain, made), _coins(chain, gone))


def _replaced(chain: Chain, block_num: int, in_lo: int) -> Int64s:
    """Outputs unspent before a block whose transaction it repeats."""
    tx_lo, tx_hi = (int(x) for x in chain.block.tx_lo.take([block_num, block_num + 1]))
    outs = [np.zeros(0, dtype=np.int64)]
    for tx, txid_raw in enumerate(chain.tx.txid_raw[tx_lo:tx_hi], tx_lo):
        nums = chain.tx_nums(txid_raw.tobytes())
        for earlier in nums[nums < tx][-1:]:
            mine = np.arange(*chain.tx.out_lo.take([earlier, earlier + 1]), dtype=np.int64)
            by = chain.spent_by(mine)
            outs.append(mine[(by < 0) | (by >= in_lo)] if earlier else mine[:0])
    return np.concatenate(outs)


def _coins(chain: Chain, outs: Int64s) -> CoinBytes:
    """The bytes of those of these outputs that can ever be spent."""
    scripts = chain.txout.script_num.take(outs)
    lo, hi = chain.script.byte_lo.take(scripts), chain.script.byte_lo.take(scripts + 1)
    kept = np.flatnonzero(never_run(chain, lo, hi) == SPENDABLE)
    outs, lo, hi = outs[kept], lo[kept], hi[kept]
    tx = chain.tx_of_out(outs)
    block = chain.block_of_tx(tx)
    height = chain.block.height.take(block).astype(np.int64)
    code = 2 * height + (chain.block.tx_lo.take(block) == tx)
    numbers = (outs - chain.tx.out_lo.take(tx), code, chain.txout.value_sat.take(outs))
    rows = np.arange(len(tx), dtype=np.int64)
    return CoinBytes(*written(chain, (chain.tx.txid_raw.take(tx), rows), numbers, lo, hi))
