"""The shortest way from the seeds of a web to each coin, counted in changes of party.

| array | type | meaning |
|---|---|---|
| take_lo, take, make_lo, make | | as in `kernels/flow` |
| party | i8[c] | whose each coin is; -1 unknown, which is like nobody's |
| value | i8[c] | satoshi of each coin |
| seed | u1[c] | 1 where a way begins |
| hops | i8[c] | on return the fewest changes of party on a way to each coin; -1 where none leads there |
| via | i8[c] | on return the coin before it on that way; -1 of a seed, and where there is none |

Of ways with as few changes that with the larger coin before is taken, then the first that was taken.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit

Int64s = NDArray[np.int64]
Flags = NDArray[np.uint8]


@jit
def nearest_into(
    take_lo: Int64s,
    take: Int64s,
    make_lo: Int64s,
    make: Int64s,
    party: Int64s,
    value: Int64s,
    seed: Flags,
    hops: Int64s,
    via: Int64s,
) -> None:
    """Fill `hops` and `via`, transaction by transaction in their order."""
    for coin in range(len(seed)):
        hops[coin], via[coin] = (0 if seed[coin] else -1), -1
    for tx in range(len(take_lo) - 1):
        for row in range(make_lo[tx], make_lo[tx + 1]):
            coin = make[row]
            if seed[coin]:
                continue
            best, before = -1, -1
            for other in range(take_lo[tx], take_lo[tx + 1]):
                start = take[other]
                if hops[start] < 0:
                    continue
                same = party[coin] >= 0 and party[coin] == party[start]
                found = hops[start] + (0 if same else 1)
                if best < 0 or found < best or (found == best and value[start] > value[before]):
                    best, before = found, start
            hops[coin], via[coin] = best, before
