"""Writes many addresses at once: Base58Check and Bech32 or Bech32m, as Bitcoin Core writes them.

| array | type | meaning |
|---|---|---|
| payload | u1[n, 25] | version, hash and checksum of a base58 address |
| version | i8[n] | witness version, 0 to 16 |
| data, off, length | u1[], i8[n], i8[n] | witness program i is `data[off[i]:off[i] + length[i]]`, up to 40 |
| hrp | u1[] | the part of a bech32 address before its 1 |
| out | u1[n, WIDEST] | on return, the text from the left |
| size | i8[n] | on return, its length |

Source: BIP13, BIP173, BIP350.
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_u8, readable
from qaif.kernels.sha256 import double_sha256_rows

WIDEST = 80  # bcrt1, a version, 64 groups of a program of 40 bytes, six of a checksum
_PAYLOAD, _CHECKSUM = 25, 6
_LIMBS, _FIVE_DIGITS = 7, 58**5  # 35 digits hold 25 bytes
_BASE58 = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BECH32 = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_GENERATOR = np.array([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3], np.int64)
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3


@jit
def _base58(payload: Bytes, out: Bytes, size: Int64s) -> None:
    """Long division in limbs of five digits, four bytes at a time."""
    limbs = np.empty(_LIMBS, np.int64)
    digits = np.empty(5 * _LIMBS, np.uint8)
    for i in range(len(payload)):
        limbs[:] = 0
        limbs[0] = payload[i, 0]
        for k in range(1, _PAYLOAD, 4):
            carry = 0
            for b in range(4):
                carry = carry << 8 | int(payload[i, k + b])
            for d in range(_LIMBS):
                carry += limbs[d] << 32
                limbs[d] = carry % _FIVE_DIGITS
                carry //= _FIVE_DIGITS
        used = 0
        for d in range(_LIMBS):
            limb = limbs[d]
            for k in range(5):
                digits[5 * d + k] = limb % 58
                limb //= 58
                if digits[5 * d + k]:
                    used = 5 * d + k + 1
        zeros = 0
        while zeros < _PAYLOAD and payload[i, zeros] == 0:
            out[i, zeros] = _BASE58[0]
            zeros += 1
        for d in range(used):
            out[i, zeros + d] = _BASE58[digits[used - 1 - d]]
        size[i] = zeros + used


@jit
def _check(state: int, group: int) -> int:
    top = state >> 25
    state = (state & 0x1FFFFFF) << 5 ^ group
    for i in range(5):
        if (top >> i) & 1:
            state ^= _GENERATOR[i]
    return state


@jit
def _put(group: int, out: Bytes, i: int, at: int) -> int:
    out[i, at] = _BECH32[group]
    return at + 1


@jit
def _bech32(
    version: Int64s, data: Bytes, off: Int64s, length: Int64s, hrp: Bytes, out: Bytes, size: Int64s
) -> None:
    start = 1
    for c in hrp:
        start = _check(start, int(c) >> 5)
    start = _check(start, 0)
    for c in hrp:
        start = _check(start, int(c) & 31)
    for i in range(len(version)):
        for k in range(len(hrp)):
            out[i, k] = hrp[k]
        out[i, len(hrp)] = 49  # the 1
        state = _check(start, version[i])
        at = _put(version[i], out, i, len(hrp) + 1)
        held, bits = 0, 0
        for k in range(length[i]):
            held, bits = (held << 8 | load_u8(data, off[i] + k)) & 0xFFF, bits + 8
            while bits >= 5:
                bits -= 5
                state = _check(state, (held >> bits) & 31)
                at = _put((held >> bits) & 31, out, i, at)
        if bits:
            state = _check(state, (held << (5 - bits)) & 31)
            at = _put((held << (5 - bits)) & 31, out, i, at)
        for _ in range(_CHECKSUM):
            state = _check(state, 0)
        state ^= _BECH32_END if version[i] == 0 else _BECH32M_END
        for k in range(_CHECKSUM):
            at = _put((state >> 5 * (_CHECKSUM - 1 - k)) & 31, out, i, at)
        size[i] = at


def base58_addresses(version: Bytes, digest: Bytes) -> tuple[Bytes, Int64s]:
    """Base58Check of a version byte (uint8[n]) and a hash (uint8[n, 20]): `out` and `size`."""
    count = len(version)
    payload = np.empty((count, _PAYLOAD), np.uint8)
    payload[:, 0], payload[:, 1:21] = version, digest
    whole = np.ascontiguousarray(payload[:, :21]).reshape(-1)
    at = 21 * np.arange(count, dtype=np.int64)
    payload[:, 21:] = double_sha256_rows(whole, at, np.full(count, 21, np.int64))[:, :4]
    out, size = np.empty((count, WIDEST), np.uint8), np.empty(count, np.int64)
    _base58(payload, out, size)
    return out, size


def bech32_addresses(
    version: Int64s, data: Bytes, off: Int64s, length: Int64s, hrp: str
) -> tuple[Bytes, Int64s]:
    """Bech32 (version 0) or Bech32m of witness programs: `out` and `size`.

    Raises:
        ValueError: a program is longer than 40 bytes or lies outside of `data`.
    """
    if len(off) and (length.max() > 40 or off.min() < 0 or (off + length).max() > len(data)):
        raise ValueError("a witness program is too long, or outside of the bytes given")
    out, size = np.empty((len(version), WIDEST), np.uint8), np.empty(len(version), np.int64)
    _bech32(version, readable(data), off, length, np.frombuffer(hrp.encode(), np.uint8), out, size)
    return out, size
