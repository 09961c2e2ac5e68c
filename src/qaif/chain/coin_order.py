"""Unspent outputs in the order of Bitcoin Core's database: by the bytes of the id, then by index.

Coins are dealt into 256 parts by the first byte of their id and each part is sorted by itself. What does not
fit into memory waits in a file without a name beside the store.
"""

from collections.abc import Iterator

import numpy as np

from qaif.chain.coins import Coins
from qaif.chain.files import Scratch
from qaif.kernels import coins as kernel
from qaif.kernels import sort
from qaif.units import Bytes, Int64s

MEMORY_BYTES = 512 << 20


class CoinOrder:
    """Takes coins as they come and gives them in order.

    Args:
        scratch: where those go that do not fit.
        memory_bytes: as much is kept in memory.
    """

    def __init__(self, scratch: Scratch, memory_bytes: int = MEMORY_BYTES) -> None:
        self._scratch, self._most = scratch, memory_bytes
        self._dealt: list[tuple[Bytes, Int64s]] = []
        self._away: list[Int64s] = []  # bounds of the parts in the scratch file, of each time it was written
        self._held = 0

    def add(self, coins: Coins) -> None:
        """Take coins; those of one id must come in one piece or in the order of their indexes."""
        dealt = np.empty(len(coins.data), dtype=np.uint8)
        self._dealt.append((dealt, kernel.part(coins.data, coins.offset, dealt)))
        self._held += len(dealt)
        if self._held > self._most:
            self._put_away()

    def _put_away(self) -> None:
        bounds = np.zeros(kernel.PARTS + 1, dtype=np.int64)
        bounds[0] = self._scratch.length
        for number in range(kernel.PARTS):
            self._scratch.append(self._in_memory(number))
            bounds[number + 1] = self._scratch.length
        self._away.append(bounds)
        self._dealt, self._held = [], 0

    def _in_memory(self, number: int) -> Bytes:
        parts = [data[bounds[number] : bounds[number + 1]] for data, bounds in self._dealt]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint8)

    def parts(self) -> Iterator[Bytes]:
        """The coins of each part, in order; the parts follow one another in order too."""
        for number in range(kernel.PARTS):
            pieces = [
                self._scratch.read(int(bounds[number]), int(bounds[number + 1] - bounds[number]))
                for bounds in self._away
            ]
            yield in_order(np.concatenate([*pieces, self._in_memory(number)]))


def in_order(data: Bytes) -> Bytes:
    """Coins sorted by id; those of one id stay as they came."""
    count = kernel.count_coins(data)
    if count < 0:
        raise AssertionError("a part ends within a coin")
    offset, key = kernel.find_coins(data, count)
    order = sort.argsort(key)
    kernel.settle_ties(data, offset, key, order)
    out = np.empty(len(data), dtype=np.uint8)
    kernel.gather(data, offset, order, out)
    return out
