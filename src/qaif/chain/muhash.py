"""The MuHash of a set of coins, which takes coins in and out in any order."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np

from qaif.kernels import muhash
from qaif.units import Bytes, Int64s

_MOST_THREADS = 8
_WORTH_SHARING = 1_000  # members; fewer are done before a thread has begun


class MuHash:
    """A set's hash, kept as what was put in and what was taken out."""

    def __init__(self) -> None:
        self._put, self._taken = muhash.one(), muhash.one()

    def insert(self, data: Bytes, offset: Int64s) -> Self:
        """Put in members: the byte strings `data[offset[i]:offset[i + 1]]`."""
        muhash.multiply(self._put, _product(data, offset))
        return self

    def remove(self, data: Bytes, offset: Int64s) -> Self:
        """Take out members, given as to `insert`; whether they are in the set is not known here."""
        muhash.multiply(self._taken, _product(data, offset))
        return self

    def digest(self) -> bytes:
        """The 32 bytes; Core shows them reversed, like a block hash."""
        return muhash.digest(self._put, self._taken)


def _product(data: Bytes, offset: Int64s) -> muhash.UInt64s:
    """The product of the members' factors, by as many threads as there are processors."""
    count = len(offset) - 1
    shares = min(os.cpu_count() or 1, _MOST_THREADS) if count >= _WORTH_SHARING else 1
    bounds = np.linspace(0, count, shares + 1).astype(np.int64)
    products = [muhash.one() for _ in range(shares)]
    with ThreadPoolExecutor(max_workers=shares) as pool:
        jobs = [
            pool.submit(muhash.multiply_members, product, data, offset[lo : hi + 1])
            for product, lo, hi in zip(products, bounds[:-1], bounds[1:], strict=True)
        ]
        for job in jobs:
            job.result()
    for other in products[1:]:
        muhash.multiply(products[0], other)
    return products[0]
