"""SHA-256 of many messages, by the fastest means that this machine has.

| function | in | out |
|---|---|---|
| `sha256_rows`, `double_sha256_rows` | data u1[], offset i8[n], length i8[n] | u1[n, 32] |
| `sha256d` | data u1[] | u1[32] |
| `hash_jobs`, `hash_pairs`, `sha256_into` | for other kernels; see `sha256_plain` | |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels import machine, sha256_libcrypto, sha256_ni, sha256_plain
from qaif.kernels.loads import Bytes, Int64s, readable

_MODULES = {
    machine.SHA_NI: sha256_ni,
    machine.LIBCRYPTO: sha256_libcrypto,
    machine.NUMBA: sha256_plain,
}
hash_jobs = _MODULES[machine.BACKEND].hash_jobs
hash_pairs = _MODULES[machine.BACKEND].hash_pairs
sha256_into = _MODULES[machine.BACKEND].sha256_into


def backend() -> str:
    """`sha-ni`, `libcrypto` or `numba`: what this process hashes with."""
    return machine.BACKEND


def _rows(data: Bytes, offset: Int64s, length: Int64s, rounds: int) -> Bytes:
    source = readable(data)
    start = np.ascontiguousarray(offset, np.int64)
    size = np.ascontiguousarray(length, np.int64)
    if len(start) != len(size):
        raise ValueError(f"{len(start)} offsets but {len(size)} lengths")
    if len(start) and (min(start.min(), size.min()) < 0 or (start > len(source) - size).any()):
        raise ValueError(f"a row lies outside of the {len(source)} bytes given")
    out = np.empty(32 * len(start), np.uint8)
    hash_jobs(source, start, size, np.zeros(len(start), np.int64), np.arange(len(start)), rounds, out)
    return out.reshape(-1, 32)


def sha256_rows(data: Bytes, offset: Int64s, length: Int64s) -> NDArray[np.uint8]:
    """SHA-256 of each row `data[offset[i]:offset[i] + length[i]]`, as uint8[n, 32].

    Raises:
        ValueError: a row lies outside of `data`.
    """
    return _rows(data, offset, length, 1)


def double_sha256_rows(data: Bytes, offset: Int64s, length: Int64s) -> NDArray[np.uint8]:
    """SHA-256 of the SHA-256 of each row, as `sha256_rows`."""
    return _rows(data, offset, length, 2)


def sha256d(data: Bytes) -> Bytes:
    """SHA-256 of the SHA-256 of `data`, 32 bytes in wire order."""
    return double_sha256_rows(data, np.zeros(1, np.int64), np.array([len(data)], np.int64)).reshape(-1)
