"""SHA-256 by OpenSSL, called from compiled code by name; `machine.load_libcrypto` makes the names known."""

from typing import Any

import numpy as np
from numba import types

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, address
from qaif.kernels.machine import LIBCRYPTO_CALLS

CONTEXT_BYTES = 128  # SHA256_CTX has 112
_init: Any = types.ExternalFunction(LIBCRYPTO_CALLS[0], types.int32(types.intp))
_update: Any = types.ExternalFunction(LIBCRYPTO_CALLS[1], types.int32(types.intp, types.intp, types.intp))
_final: Any = types.ExternalFunction(LIBCRYPTO_CALLS[2], types.int32(types.intp, types.intp))


@jit
def hash_jobs(
    data: Bytes, offset: Int64s, length: Int64s, end: Int64s, row: Int64s, rounds: int, out: Bytes
) -> None:
    """SHA-256 of many messages, by 1 or 2 rounds; `sha256_plain.hash_jobs` says what the arrays are."""
    memory = np.empty(CONTEXT_BYTES, np.uint8)
    context = address(memory, 0)
    for i in range(len(offset)):
        at, size, last = offset[i], length[i], end[i]
        goal = address(out, 32 * row[i])
        _init(context)
        if last:
            _update(context, address(data, at), 4)
            _update(context, address(data, at + 6), size - 8)
            _update(context, address(data, last - 4), 4)
        else:
            _update(context, address(data, at), size)
        _final(goal, context)
        if rounds == 2:
            _init(context)
            _update(context, goal, 32)
            _final(goal, context)
    memory[0] = 0  # the address above does not keep the array alive; this use does


@jit
def hash_pairs(data: Bytes, count: int, out: Bytes) -> None:
    """SHA-256 twice of `count` messages of 64 bytes that follow each other; `out` may be `data`."""
    memory = np.empty(CONTEXT_BYTES, np.uint8)
    context = address(memory, 0)
    for i in range(count):
        goal = address(out, 32 * i)
        _init(context)
        _update(context, address(data, 64 * i), 64)
        _final(goal, context)
        _init(context)
        _update(context, goal, 32)
        _final(goal, context)
    memory[0] = 0  # keeps the array alive until here


@jit
def sha256_into(data: Bytes, start: int, size: int, out: Bytes) -> None:
    """SHA-256 of `size` bytes from `start` on into 32 bytes of `out`."""
    memory = np.empty(CONTEXT_BYTES, np.uint8)
    context = address(memory, 0)
    _init(context)
    _update(context, address(data, start), size)
    _final(address(out, 0), context)
    memory[0] = 0  # keeps the array alive until here
