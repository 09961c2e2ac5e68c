"""The chain order of a stored chain and of headers that continue it, without placing every block anew.

A follower of a whole chain would spend seconds on that for each new block. Where the store is one run, and
the new headers build on one of its blocks, only two branches are to be compared, by the rule of
`feeds/placing.py`: the one with more work stands, of equal ones the stored one. A test compares both ways.
"""

import numpy as np

from qaif.feeds.core.headers import Stored
from qaif.feeds.placing import Placing, block_work
from qaif.feeds.shape import HeaderTable
from qaif.units import HASH_LENGTH, UNKNOWN, Bytes

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
    work = _summed(stored.work[fork], new)
    none = np.empty(0, dtype=np.int64)
    if not len(new) or work[-1].tobytes() <= stored.work[-1].tobytes():
        stale = np.arange(count, count + len(new), dtype=np.int64)
        rows = np.arange(count, dtype=np.int64)
        return Placing(rows, stored.height, stored.height_basis, stored.linked, stored.work, stale, none)
    kept = fork + 1
    rows = np.concatenate([np.arange(kept), np.arange(count, count + len(new))]).astype(np.int64)
    basis = np.full(len(new), stored.height_basis[fork], dtype=np.uint8)
    return Placing(
        rows=rows,
        height=table.claimed_height[rows],
        height_basis=np.concatenate([stored.height_basis[:kept], basis]),
        linked=np.concatenate([stored.linked[:kept], np.ones(len(new), dtype=np.uint8)]),
        work=np.concatenate([stored.work[:kept], work]),
        stale_rows=np.arange(kept, count, dtype=np.int64),
        invalid_rows=none,
    )


def _summed(before: Bytes, header: Bytes) -> Bytes:
    """The work up to and with each header: uint8[n, 32], big-endian."""
    total, out = int.from_bytes(before.tobytes(), "big"), []
    for bits in np.ascontiguousarray(header[:, _BITS]).view("<u4").reshape(-1).tolist():
        total += block_work(bits)
        out.append(total.to_bytes(HASH_LENGTH, "big"))
    return np.frombuffer(b"".join(out), dtype=np.uint8).reshape(-1, HASH_LENGTH)
