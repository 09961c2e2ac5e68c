"""Which of some scripts each of many is: a table by hash, and the bytes compared.

| array | type | meaning |
|---|---|---|
| known, known_size | u1[k, w], i8[k] | scripts of the table, from the left, and their lengths, each once |
| slot | i8[2^b] | on return of `fill`, a row of `known`, -1 where none; at least twice as many as rows |
| script, size | u1[n, w], i8[n] | the scripts that are looked for; those of length 0 are none |
| row | i8[n] | on return of `find`, the row of `known`, -1 where it is none of them |
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.join import hash64
from qaif.kernels.loads import Bytes, Int64s


@jit
def _same(one: Bytes, other: Bytes, size: int) -> bool:
    for k in range(size):  # noqa: SIM110  numba compiles no all()
        if one[k] != other[k]:
            return False
    return True


@jit
def _slot_of(script: Bytes, size: int, known: Bytes, known_size: Int64s, slot: Int64s) -> int:
    """The slot in which a script is, or the free one in which it would be."""
    last = len(slot) - 1
    at = np.int64(hash64(script, 0, size) & np.uint64(last))
    while slot[at] >= 0:
        row = slot[at]
        if known_size[row] == size and _same(known[row], script, size):
            break
        at = (at + 1) & last
    return int(at)


@jit
def fill(known: Bytes, known_size: Int64s, slot: Int64s) -> None:
    """Put every row into its slot."""
    slot[:] = -1
    for row in range(len(known)):
        slot[_slot_of(known[row], known_size[row], known, known_size, slot)] = row


@jit
def find(known: Bytes, known_size: Int64s, slot: Int64s, script: Bytes, size: Int64s, row: Int64s) -> None:
    """Look up every script."""
    for i in range(len(script)):
        row[i] = -1
        if size[i] > 0:
            row[i] = slot[_slot_of(script[i], size[i], known, known_size, slot)]
