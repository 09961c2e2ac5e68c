"""The chain order of a stored chain and of headers that continue it, without placing every block anew.

A follower of a whole chain would spend seconds on that for each new block. Where the store is one run, and
the new headers build on one of its blocks, only two branches are to be compared, by the rule of
`feeds/placing.py`: the one with more work stands, of equal ones the stored one. A test compares both ways.
"""

import numpy as np

from qaif.feeds.core.headers import Stored
from qaif.feeds.placing import Placing, lengthened
from qaif.feeds.shape import HeaderTable
from qaif.units import UNKNOWN

_PREV = slice(4, 36)
_BITS = slice(72, 76)


def continued(stored: Stored, table: HeaderTable) -> Placing | None:
    """The chain order; None where it must be found by placing every block.

    Args:
        stored: the store's blocks.
        table: those, and after them headers of which each builds on the one before, checked for their work.
    """
    count = len(stored.header)
    if not count or stored.linked[1:].min(initial=1) == 0 or stored.height[0] == UNKNOWN:
        return None
    new = table.header[count:]
    fork = count - 1
    if len(new):
        fork = int(table.claimed_height[count]) - 1 - int(stored.height[0])
        if not 0 <= fork < count or new[0, _PREV].tobytes() != stored.hash_raw[fork].tobytes():
            return None
    none, every = np.empty(0, dtype=np.int64), np.arange(count + len(new), dtype=np.int64)
    before = Placing(
        every[:count], stored.height, stored.height_basis, stored.linked, stored.work, none, none
    )
    if not len(new):
        return before
    kept = fork + 1
    cut = Placing(
        before.rows[:kept],
        before.height[:kept],
        before.height_basis[:kept],
        before.linked[:kept],
        before.work[:kept],
        none,
        none,
    )
    bits = np.ascontiguousarray(new[:, _BITS]).view("<u4").reshape(-1)
    after = lengthened(cut, every[count:], bits)
    if after.work[-1].tobytes() <= before.work[-1].tobytes():
        return before._replace(stale_rows=every[count:])
    return after._replace(stale_rows=every[kept:count])
