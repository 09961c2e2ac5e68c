"""How much there may be, and what of it was lost for good: as Bitcoin Core's coin statistics count it.

A block's subsidy begins at 50 BTC and halves after the network's interval. What a block's coinbase does not
claim of subsidy and fees is lost; so is the first block's output, what a repeated id replaced, and what was
paid to scripts that can never be run. What is left is what the unspent outputs are worth together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qaif.chain.open import Chain
from qaif.units import SAT_PER_BTC, Int64s

_FIRST_SUBSIDY = 50 * SAT_PER_BTC
_MOST_HALVINGS = 64  # from here on Core shifts no further and says nothing
_PIECE_BLOCKS = 1 << 10


@dataclass(frozen=True)
class Rewards:
    """What the blocks of a chain were allowed to claim, and did.

    Attributes:
        subsidy_sat: subsidies of all blocks.
        unclaimed_sat: subsidies and fees that no coinbase claimed; less than that where one claimed too much.
        greedy_block: the first block whose coinbase claims more than subsidy and fees, None where none does.
        greedy_sat: how much more.
    """

    subsidy_sat: int
    unclaimed_sat: int
    greedy_block: int | None = None
    greedy_sat: int = 0


def subsidies(heights: Int64s, interval: int) -> Int64s:
    """The subsidy of the blocks at some heights, in satoshi."""
    halvings = heights // interval
    return np.where(halvings < _MOST_HALVINGS, _FIRST_SUBSIDY >> np.minimum(halvings, 63), 0)


def rewards(chain: Chain) -> Rewards:
    """Add up what blocks may claim and do claim.

    Args:
        chain: a view in which every block and every spent output is held.
    """
    subsidy = unclaimed = greedy_sat = 0
    greedy = None
    for first, allowed, left in _blocks(chain):
        subsidy, unclaimed = subsidy + int(allowed.sum()), unclaimed + int(left.sum())
        if greedy is None and (left < 0).any():
            row = int(np.argmax(left < 0))
            greedy, greedy_sat = first + row, -int(left[row])
    return Rewards(subsidy, unclaimed, greedy, greedy_sat)


def _blocks(chain: Chain) -> Iterator[tuple[int, Int64s, Int64s]]:
    """Runs of blocks: number of the first, subsidies, and what was not claimed of subsidy and fees."""
    for first in range(0, chain.n_blocks, _PIECE_BLOCKS):
        last = min(first + _PIECE_BLOCKS, chain.n_blocks)
        bounds = np.arange(first, last + 1)
        ins, outs = chain.block.in_lo.take(bounds), chain.block.out_lo.take(bounds)
        spent = chain.txin.value_sat[int(ins[0]) : int(ins[-1])]
        paid = chain.txout.value_sat[int(outs[0]) : int(outs[-1])]
        spent = np.maximum(spent, 0)  # a coinbase's input has no value, which is -1 here
        allowed = subsidies(chain.block.height[first:last].astype(np.int64), chain.network.halving_interval)
        fees = np.add.reduceat(spent, ins[:-1] - ins[0]) - np.add.reduceat(paid, outs[:-1] - outs[0])
        yield first, allowed, allowed + fees
