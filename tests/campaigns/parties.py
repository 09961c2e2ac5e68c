"""Do a transaction's inputs fall into parties that each get one share and their own change back?

In a mix of JoinMarket's form each party but one brings what its share and its change are worth, give or
take a small fee. Standard library only.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import NamedTuple

MOST_INPUTS = 3  # of one party, where they are looked for
GIVE, LEAST_FEE = 3_000, 3_000  # satoshi: of the network's fee that a party pays, and what it may earn
FEE_SHARE = 500  # a party earns at most this part of a share: 0.2 %
SPREAD = 0.3  # in a control each change is altered by up to this part


class Parties(NamedTuple):
    """How many change outputs are what some inputs leave after a share.

    Attributes:
        size: the share, satoshi.
        shares: outputs of that size.
        changes: other outputs.
        found: of those, what one to three inputs of nobody else leave.
        tries: how often the same was looked for with changes that were altered at random.
        as_many: how often as many were found then.
    """

    size: int
    shares: int
    changes: int
    found: int
    tries: int
    as_many: int

    @property
    def shown(self) -> bool:
        """Whether three parties or more are found, and chance finds as many in at most 1 % of the tries."""
        return self.found > 2 and 100 * self.as_many <= self.tries


def parties(ins: list[int], outs: list[int], tries: int = 200) -> Parties:
    """Look for parties, and as often for such as cannot be there."""
    size, shares = Counter(outs).most_common(1)[0]
    changes = sorted((value for value in outs if value != size), reverse=True)
    rng = Random(size)  # noqa: S311  a control, the same each time
    found, as_many = _found(ins, size, changes), 0
    for _ in range(tries):
        altered = [max(1, round(value * (1 + rng.uniform(-SPREAD, SPREAD)))) for value in changes]
        as_many += _found(ins, size, altered) >= found
    return Parties(size, shares, len(changes), found, tries, as_many)


def _found(ins: list[int], size: int, changes: list[int]) -> int:
    """Changes that get inputs of their own: the fewest inputs first, then the nearest."""
    free, open_, count = set(range(len(ins))), dict(enumerate(changes)), 0
    for many in range(1, MOST_INPUTS + 1):
        matches = sorted(
            (abs(miss), place, picked)
            for place, change in open_.items()
            for miss, picked in _near(ins, sorted(free), (size, change), many)
        )
        for _, place, picked in matches:
            if place in open_ and free.issuperset(picked):
                free.difference_update(picked)
                del open_[place]
                count += 1
    return count


def _near(
    ins: list[int], free: list[int], of: tuple[int, int], many: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """So many inputs that bring a share and a change, with what is missing."""
    wanted, most = sum(of), max(of[0] // FEE_SHARE, LEAST_FEE)
    for picked in combinations([place for place in free if ins[place] <= wanted + GIVE], many):
        miss = sum(ins[place] for place in picked) - wanted
        if -most <= miss <= GIVE:
            yield miss, picked
