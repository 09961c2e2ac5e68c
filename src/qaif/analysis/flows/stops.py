"""Where a trace ends, and why: each end has exactly one reason."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from qaif.chain.labels import Labels
from qaif.units import UNKNOWN, Bools, Int64s


class Stop(IntEnum):
    """Why a coin was not followed further."""

    FOLLOWED = 0
    UNSPENT = 1
    NOT_HELD = 2
    COINBASE = 3
    UNSPENDABLE = 4
    LABELLED = 5
    DUST = 6
    MIX = 7
    FAN = 8
    TIME = 9
    HOPS = 10
    BUDGET = 11
    VALUES = 12
    CONTRADICTION = 13
    SERVICE = 14


UNFOLLOWABLE = (Stop.NOT_HELD, Stop.VALUES, Stop.CONTRADICTION)  # what is missing here, not what was asked
CUT = (Stop.HOPS, Stop.BUDGET, Stop.TIME, Stop.FAN)  # limits that the user can move

WHY: dict[Stop, str] = {
    Stop.FOLLOWED: "followed further",
    Stop.UNSPENT: "no transaction in the blocks held spends it",
    Stop.NOT_HELD: "the transaction that made it is not in the blocks held",
    Stop.COINBASE: "these are new coins: a miner's reward",
    Stop.UNSPENDABLE: "nobody can ever spend it",
    Stop.LABELLED: "somebody says whose this address is: what it does next is that one's throughput",
    Stop.SERVICE: "its cluster has the shape of a service: what it does next is the service's throughput",
    Stop.DUST: "it is smaller than the least amount that is followed",
    Stop.MIX: "the next transaction has the shape of a mix, whose outputs are of several owners",
    Stop.FAN: "the next transaction has more parties than are followed: a service's shape",
    Stop.TIME: "the next transaction is past the day that was asked for",
    Stop.HOPS: "the limit of hops is reached",
    Stop.BUDGET: "the limit of transactions is reached",
    Stop.VALUES: "the next transaction spends outputs of unknown value, so that no share of it can be known",
    Stop.CONTRADICTION: "the next transaction pays more than it spends, as its values were told",
}


@dataclass(frozen=True)
class TraceLimits:
    """How far to go.

    Attributes:
        hops: most transactions from a seed.
        transactions: most transactions in all.
        fan: most outputs (forward) or inputs (backward) of a transaction that is followed.
        least_sat: the smallest coin that is followed.
        time_unix: forward, the last moment of a transaction that is followed; backward, the first.
        through_mixes: follow what has the shape of a mix too.
        seeds_too: what it begins with is not followed either where it is too small.
    """

    hops: int = 6
    transactions: int = 1_000
    fan: int = 100
    least_sat: int = 1_000
    time_unix: int | None = None
    through_mixes: bool = False
    seeds_too: bool = True


@dataclass(frozen=True)
class Ends:
    """Where the caller says that a trace ends.

    Attributes:
        labels: scripts at which it does.
        services: which scripts are of a service by their shape: bool for each of some scripts.
    """

    labels: Labels | None = None
    services: Callable[[Int64s], Bools] | None = None

    def at(self, script_nums: Int64s) -> Int64s:
        """Which label each script carries first; -1 where none."""
        found = script_nums * 0 + UNKNOWN
        if self.labels is not None:
            rows, label = self.labels.of(script_nums)
            found[rows[::-1]] = label[::-1]
        return found

    def of_services(self, script_nums: Int64s) -> Bools:
        """Which scripts are of a service, bool; none where nobody says how to see it."""
        if self.services is None:
            return np.zeros(len(script_nums), dtype=np.bool_)
        return self.services(script_nums)
