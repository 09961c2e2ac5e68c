"""How many scripts paid two sets of addresses, as a number only: who gave is nobody's business here.

A donor is a script that put in where a set is paid and does not spend. A script that pays out for many, as an
exchange's does, is one donor here however many people stand behind it, and a person with many scripts is
many: the numbers are of scripts. Small numbers say too much of single people and are not given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qaif.analysis.counterparties import paid_to_set
from qaif.analysis.transfers import transfers_of
from qaif.chain.open import Chain
from qaif.units import Int64s

FEWEST = 5


@dataclass(frozen=True)
class SharedDonors:
    """Scripts that paid both of two sets.

    Attributes:
        first, second: places of the sets among those given.
        count: how many; None where there are some, and fewer than `FEWEST`.
    """

    first: int
    second: int
    count: int | None


def donors_of(chain: Chain, script_nums: Sequence[int], *, inference: bool = True) -> Int64s:
    """The scripts that paid a set, ascending; those of the set itself are none.

    Args:
        chain: the chain; its tip is the moment asked about.
        script_nums: the set.
        inference: count inputs whose script is only inferred.
    """
    transfers = transfers_of(chain, script_nums, inference=inference)
    key = paid_to_set(chain, transfers, inference=inference).key
    return np.setdiff1d(key[key >= 0], np.asarray(script_nums, dtype=np.int64))


def shared(donors: Sequence[Int64s]) -> tuple[SharedDonors, ...]:
    """For each two of some sets of donors, how many are in both; small numbers are not given."""
    return tuple(
        SharedDonors(first, second, suppressed(len(np.intersect1d(donors[first], donors[second]))))
        for first, second in combinations(range(len(donors)), 2)
    )


def suppressed(count: int) -> int | None:
    """A number that is 0 or not small; None for a small one."""
    return None if 0 < count < FEWEST else count
