"""What others did meanwhile: transactions of the whole network, and scripts of like age and volume."""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.activity.periods import Periods
from qaif.chain.open import Chain
from qaif.units import Bools, Int64s

MOST_PEERS, FEWEST_PEERS = 200, 20
MOST_LOOKED_AT = 4_000
_LIKE = 2  # half to twice as much
_AGE_DAYS = 91


@dataclass(frozen=True)
class Peers:
    """Scripts first paid within three months of the set, with half to twice as many transactions before.

    Attributes:
        count: how many were found, at most 200.
        rose_as_much: those whose rate rose by as much or more.
        reason: why they cannot be compared; empty where they can.
    """

    count: int
    rose_as_much: int
    reason: str = ""


@dataclass(frozen=True)
class Sides:
    """Two sets of periods to compare, as bools over `periods`."""

    periods: Periods
    before: Bools
    after: Bools


def network_counts(chain: Chain, periods: Periods) -> Int64s:
    """Transactions of all blocks by period, those that make new coins left out; int64 of shape (periods,)."""
    counts = np.zeros(len(periods), dtype=np.int64)
    count = chain.n_blocks
    beginnings = np.append(chain.block.tx_lo[0:count].astype(np.int64), chain.n_txs)
    place = periods.of(chain.block.time[0:count].astype(np.int64))
    inside = (place >= 0) & (place < len(periods))
    np.add.at(counts, place[inside], (np.diff(beginnings) - 1)[inside])
    return counts


def peers(chain: Chain, script_nums: Int64s, sides: Sides, own: Int64s) -> Peers:
    """How many scripts of like age and volume rose as much.

    Args:
        chain: a whole chain.
        script_nums: the set.
        sides: the periods that are compared.
        own: the set's transactions by period.
    """
    before, after = int(own[sides.before].sum()), int(own[sides.after].sum())
    if not before:
        return Peers(0, 0, "There is nothing before to be alike in.")
    found = rose = 0
    for num in _of_like_age(chain, int(script_nums.min()), np.asarray(script_nums)):
        outs = chain.outs_of(num)
        if len(outs) * _LIKE < before // 2:
            continue
        counts = _by_period(chain, num, outs, sides.periods)
        theirs = int(counts[sides.before].sum())
        if before <= theirs * _LIKE and theirs <= before * _LIKE:
            found += 1
            rose += int(counts[sides.after].sum()) * before >= after * theirs
            if found == MOST_PEERS:
                break
    few = f"Only {found:,} scripts of like age and volume were found; {FEWEST_PEERS} are needed."
    return Peers(found, rose, few if found < FEWEST_PEERS else "")


def _of_like_age(chain: Chain, script_num: int, own: Int64s) -> list[int]:
    """Scripts that appeared near one, spread evenly; scripts are numbered by first appearance."""
    firsts = chain.block.script_lo[0 : chain.n_blocks].astype(np.int64)
    times = chain.block.time[0 : chain.n_blocks].astype(np.int64)
    block = int(np.searchsorted(firsts, script_num, "right")) - 1
    near = np.flatnonzero(np.abs(times - times[block]) <= _AGE_DAYS * 86_400)
    low = int(firsts[near[0]])
    high = int(firsts[near[-1] + 1]) if near[-1] + 1 < len(firsts) else chain.n_scripts
    step = max(1, (high - low) // MOST_LOOKED_AT)
    nums = np.arange(low, high, step, dtype=np.int64)
    return [int(num) for num in nums[~np.isin(nums, own)]]


def _by_period(chain: Chain, num: int, outs: Int64s, periods: Periods) -> Int64s:
    txs = np.union1d(chain.tx_of_out(outs), chain.tx_of_in(chain.ins_of(num)))
    place = periods.of(chain.block.time.take(chain.block_of_tx(txs)).astype(np.int64))
    counts = np.zeros(len(periods), dtype=np.int64)
    np.add.at(counts, place[(place >= 0) & (place < len(periods))], 1)
    return counts
