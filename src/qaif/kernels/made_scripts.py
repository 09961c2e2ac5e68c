"""Scripts of invented keys: what pays and what spends them, with signatures of the right size and shape.

A script is a number, `number * KINDS + kind`; its keys follow from the number and a seed, so nothing is kept.
Keys are 32 bytes that look random behind a right first byte, signatures are numbers of the right length in
DER (or 64 bytes): nothing here is valid, and everything has the form that it should.

| array | type | meaning |
|---|---|---|
| out | u1[] | where bytes go; room for `SCRIPT_ROOM` more than is written |
| noise | u8[1] | the state of what signatures are drawn from |
| work | u1[512] | room for a script that is hashed |
| hashed | u1[32] | room for its hash |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s
from qaif.kernels.ripemd160 import ripemd160_into
from qaif.kernels.serialise import store, store_size
from qaif.kernels.sha256 import sha256_into

Words = NDArray[np.uint64]

KINDS = 8
PK, PKH, PKH_LONG, SH_WPKH, SH_MULTI, WPKH, WSH_MULTI, TAPROOT = range(KINDS)
SCRIPT_ROOM = 64
MULTI_BYTES = 105  # OP_2, three keys, OP_3, OP_CHECKMULTISIG


@jit
def mixed(seed: int, number: int) -> int:
    """64 bits that look random, and always the same for a seed and a number (splitmix64)."""
    x = np.uint64(seed) + np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int(np.int64(x ^ (x >> np.uint64(31))))


@jit
def draw(noise: Words) -> int:
    """The next 64 bits of the noise."""
    noise[0] += np.uint64(1)
    return mixed(int(np.int64(noise[0] >> np.uint64(40))) + 77, int(np.int64(noise[0])))


@jit
def store_key(out: Bytes, at: int, seed: int, key: int, kind: int) -> int:
    """A public key: 33 bytes, 65 for `PKH_LONG`, the 32 of its x for `TAPROOT`."""
    first = mixed(seed, 8 * key)
    if kind == PKH_LONG:
        at = store(out, at, 4, 1)
    elif kind != TAPROOT:
        at = store(out, at, 2 + (first & 1), 1)
    for word in range(8 if kind == PKH_LONG else 4):
        at = store(out, at, mixed(seed, 8 * key + word), 8)
    return at


@jit
def store_multi(out: Bytes, at: int, seed: int, number: int) -> int:
    """A script that two of three keys open."""
    at = store(out, at, 0x52, 1)
    for key in range(3):
        at = store(out, at, 33, 1)
        at = store_key(out, at, seed, (number << 2) + 1 + key, PK)
    return store(out, at, 0xAE53, 2)


@jit
def store_hash160(out: Bytes, at: int, work: Bytes, size: int, hashed: Bytes) -> int:
    """RIPEMD-160 of SHA-256 of the first bytes of `work`."""
    sha256_into(work, 0, size, hashed)
    ripemd160_into(hashed, 0, 32, out[at : at + 20])
    return at + 20


@jit
def program_of(seed: int, number: int, work: Bytes, hashed: Bytes) -> int:
    """The version 0 program of a key in `work`; its size."""
    size = store_key(work, 0, seed, number << 2, WPKH)
    sha256_into(work, 0, size, hashed)
    ripemd160_into(hashed, 0, 32, work[2:22])
    return store(work, 0, 0x1400, 2) + 20


@jit
def store_script(out: Bytes, at: int, seed: int, script: int, work: Bytes, hashed: Bytes) -> int:
    """The output script of a number; where it ends."""
    kind, number = script % KINDS, script // KINDS
    if kind == PK:
        at = store_key(out, store(out, at, 33, 1), seed, number << 2, kind)
        return store(out, at, 0xAC, 1)
    if kind in (PKH, PKH_LONG):
        size = store_key(work, 0, seed, number << 2, kind)
        at = store_hash160(out, store(out, at, 0x14A976, 3), work, size, hashed)
        return store(out, at, 0xAC88, 2)
    if kind in (SH_WPKH, SH_MULTI):
        if kind == SH_WPKH:
            size = program_of(seed, number, work, hashed)
        else:
            size = store_multi(work, 0, seed, number)
        at = store_hash160(out, store(out, at, 0x14A9, 2), work, size, hashed)
        return store(out, at, 0x87, 1)
    if kind == WPKH:
        size = store_key(work, 0, seed, number << 2, kind)
        return store_hash160(out, store(out, at, 0x1400, 2), work, size, hashed)
    if kind == WSH_MULTI:
        size = store_multi(work, 0, seed, number)
        sha256_into(work, 0, size, hashed)
        at = store(out, at, 0x2000, 2)
        out[at : at + 32] = hashed
        return at + 32
    return store_key(out, store(out, at, 0x2051, 2), seed, number << 2, kind)


@jit
def store_integer(out: Bytes, at: int, noise: Words, low: int) -> int:
    """A DER integer of 32 bytes, of 33 where its first bit is set and `low` does not forbid that."""
    first = draw(noise)
    top = first & 0x7F if low == 1 else first & 0xFF
    top = max(top, 1)
    at = store(out, at, 2, 1)
    at = store(out, store(out, at, 33, 1), 0, 1) if top > 0x7F else store(out, at, 32, 1)
    at = store(out, at, top | (first & ~0xFF), 8)
    for _ in range(3):
        at = store(out, at, draw(noise), 8)
    return at


@jit
def store_signature(out: Bytes, at: int, noise: Words, low: int) -> int:
    """A DER signature for everything, with its length; `low` 1: its r is ground to be short."""
    start = at
    at = store_integer(out, at + 3, noise, low)
    at = store_integer(out, at, noise, 1)
    store(out, start + 1, 0x30, 1)
    store(out, start + 2, at - start - 3, 1)
    at = store(out, at, 1, 1)
    store(out, start, at - start - 1, 1)
    return at


@jit
def store_input_script(
    out: Bytes, at: int, seed: int, script: int, low: int, noise: Words, work: Bytes, hashed: Bytes
) -> int:
    """The input script that spends a script, with its length."""
    kind, number = script % KINDS, script // KINDS
    start = at
    if kind == SH_WPKH:
        size = program_of(seed, number, work, hashed)
        at = store_size(out, store(out, at, size + 1, 1), size)
        out[at : at + size] = work[:size]
        return at + size
    if kind not in (PK, PKH, PKH_LONG, SH_MULTI):
        return store(out, at, 0, 1)
    if kind == SH_MULTI:
        at = store(out, at + 3, 0, 1)
        at = store_signature(out, store_signature(out, at, noise, low), noise, low)
        at = store_multi(out, store(out, at, 0x4C + (MULTI_BYTES << 8), 2), seed, number)
        size = at - start - 3
        if size < 0xFD:  # so short are two signatures only by a rare chance
            out[start + 1 : start + 1 + size] = out[start + 3 : at].copy()
            store(out, start, size, 1)
            return at - 2
        store(out, store(out, start, 0xFD, 1), size, 2)
        return at
    at = store_signature(out, at + 1, noise, low)
    if kind in (PKH, PKH_LONG):
        at = store(out, at, 65 if kind == PKH_LONG else 33, 1)
        at = store_key(out, at, seed, number << 2, kind)
    store(out, start, at - start - 1, 1)
    return at


@jit
def store_witness(out: Bytes, at: int, seed: int, script: int, low: int, noise: Words) -> int:
    """The witness that spends a script; one byte of nothing where it has none."""
    kind, number = script % KINDS, script // KINDS
    if kind in (SH_WPKH, WPKH):
        at = store_signature(out, store(out, at, 2, 1), noise, low)
        return store_key(out, store(out, at, 33, 1), seed, number << 2, WPKH)
    if kind == TAPROOT:
        at = store(out, at, 0x4001, 2)
        for _ in range(8):
            at = store(out, at, draw(noise), 8)
        return at
    if kind == WSH_MULTI:
        at = store(out, at, 0x0004, 2)
        at = store_signature(out, store_signature(out, at, noise, low), noise, low)
        return store_multi(out, store(out, at, MULTI_BYTES, 1), seed, number)
    return store(out, at, 0, 1)


@jit
def _scripts(seed: int, script: Int64s, out: Bytes, end: Int64s) -> None:
    work, hashed, at = np.empty(512, np.uint8), np.empty(32, np.uint8), 0
    for row in range(len(script)):
        at = store_script(out, at, seed, script[row], work, hashed)
        end[row + 1] = at


def scripts_raw(seed: int, script: Int64s) -> tuple[Bytes, Int64s]:
    """The output scripts of numbers, joined, and where each begins: uint8[], int64[n + 1]."""
    out = np.empty(SCRIPT_ROOM * (len(script) + 1), np.uint8)
    end = np.zeros(len(script) + 1, np.int64)
    _scripts(seed, script, out, end)
    return out[: end[-1]], end
