"""The nearest way from what a web began with to each of its coins: evidence that there is one."""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.web import Web
from qaif.kernels.flow_paths import nearest_into
from qaif.units import UNKNOWN, Int64s


@dataclass(frozen=True)
class Nearest:
    """Ways through a web.

    Attributes:
        hops: int64[c], the fewest changes of party from a seed; -1 where no way leads.
        via: int64[c], the coin before; -1 of a seed.
    """

    hops: Int64s
    via: Int64s

    def path(self, coin: int) -> tuple[int, ...]:
        """The coins of the way, from a seed to the coin."""
        way = [coin]
        while self.via[way[-1]] != UNKNOWN:
            way.append(int(self.via[way[-1]]))
        return tuple(reversed(way))


def nearest(web: Web, party: Int64s) -> Nearest:
    """The ways of a web.

    Args:
        web: the web.
        party: int64[c], whose each coin is; -1 unknown.
    """
    hops, via = np.empty(len(web.key), dtype=np.int64), np.empty(len(web.key), dtype=np.int64)
    seed = web.seed.view(np.uint8)
    nearest_into(web.take_lo, web.take, web.make_lo, web.make, party, web.value, seed, hops, via)
    return Nearest(hops, via)
