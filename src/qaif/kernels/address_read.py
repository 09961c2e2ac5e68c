"""Reads many addresses at once: Base58Check and Bech32 or Bech32m into the scripts that they stand for.

What is read here is a whole and well-formed address of one network and nothing beside it. Every other text, a
misprinted address among them, has to be read by `chain/addresses`, which says what is wrong.

| array | type | meaning |
|---|---|---|
| data, off, length | u1[], i8[n], i8[n] | text i is `data[off[i]:off[i] + length[i]]` |
| hrp | u1[] | the part of the network's bech32 addresses before the 1, in small letters |
| payload | u1[n, 25] | on return, what a base58 text stands for, its checksum not looked at |
| kind | u1[n] | on return, OTHER, BASE58 or WITNESS |
| script | u1[n, LONGEST] | on return, the script from the left, zeros after it |
| size | i8[n] | on return, its length; 0 where it has to be read by `chain/addresses` |

Source: BIP13, BIP173, BIP350.
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_u8, readable
from qaif.kernels.sha256 import double_sha256_rows

Table = NDArray[np.int64]

LONGEST = 42  # a version, a length and a program of 40 bytes
OTHER, BASE58, WITNESS = range(3)
_PAYLOAD, _CHECKED = 25, 21
_LEAST_DIGITS, _MOST_DIGITS = 26, 35
_LIMBS, _STEP = 7, 5  # 32 bits each; digits taken in at a time
_CHECKSUM, _LONGEST_TEXT, _LAST_VERSION = 6, 90, 16
_KEYHASH, _SCRIPTHASH = 20, 32  # bytes of a program of version 0
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3


def _values(letters: bytes) -> NDArray[np.int64]:
    """The digit that each byte stands for, -1 where it is none."""
    out = np.full(256, -1, dtype=np.int64)
    out[np.frombuffer(letters, dtype=np.uint8)] = np.arange(len(letters))
    return out


def _folds() -> NDArray[np.int64]:
    """What each top of a checksum's state is folded back as."""
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    folds = [0] * 32
    for top in range(32):
        for bit, value in enumerate(generator):
            folds[top] ^= value if top >> bit & 1 else 0
    return np.array(folds, dtype=np.int64)


_BASE58 = _values(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
_SMALL = _values(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l")
_LARGE = _values(b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")
_FOLDS = _folds()


@jit
def _base58(data: Bytes, at: int, count: int, limbs: Int64s, out: Bytes) -> bool:
    """Fill a payload; False where the text does not stand for just so many bytes."""
    limbs[:] = 0
    k = 0
    while k < count:
        carry, factor, end = 0, 1, min(k + _STEP, count)
        while k < end:
            digit = _BASE58[load_u8(data, at + k)]
            if digit < 0:
                return False
            carry, factor, k = carry * 58 + digit, factor * 58, k + 1
        for d in range(_LIMBS):
            carry += limbs[d] * factor
            limbs[d] = carry & 0xFFFFFFFF
            carry >>= 32
        if carry:
            return False
    if limbs[_LIMBS - 1] > 0xFF:
        return False
    ones, zeros = 0, 0
    while ones < count and load_u8(data, at + ones) == ord("1"):
        ones += 1
    for i in range(_PAYLOAD):
        byte = _PAYLOAD - 1 - i
        out[i] = limbs[byte >> 2] >> 8 * (byte & 3) & 0xFF
    while zeros < _PAYLOAD and out[zeros] == 0:
        zeros += 1
    return ones == zeros


@jit
def _has_hrp(data: Bytes, at: int, count: int, hrp: Bytes) -> int:
    """How the text begins: 1 with the part in small letters and a 1, 2 in capitals, 0 with something else."""
    if count <= len(hrp) + 1 + _CHECKSUM or count > _LONGEST_TEXT or load_u8(data, at + len(hrp)) != ord("1"):
        return 0
    small, large = True, True
    for k in range(len(hrp)):
        byte = load_u8(data, at + k)
        small &= byte == np.int64(hrp[k])
        large &= byte == np.int64(hrp[k]) - 32
    return 1 if small else 2 if large else 0


@jit
def _program(data: Bytes, at: int, end: int, letters: Int64s, state: int, script: Bytes) -> int:
    """Fill a script from the text behind the 1; its length, 0 where it is not well-formed."""
    version, used, held, bits = -1, 2, 0, 0
    for k in range(at, end):
        group = letters[load_u8(data, k)]
        if group < 0:
            return 0
        state = (state & 0x1FFFFFF) << 5 ^ group ^ _FOLDS[state >> 25]
        if k >= end - _CHECKSUM:
            continue
        if version < 0:
            version = group
            continue
        held, bits = (held << 5 | group) & 0xFFF, bits + 5
        if bits >= 8:
            bits -= 8
            if used == LONGEST:
                return 0
            script[used] = held >> bits & 0xFF
            used += 1
    if state != (_BECH32_END if version == 0 else _BECH32M_END) or version > _LAST_VERSION:
        return 0
    if bits > 4 or held & ((1 << bits) - 1) or used < 4:
        return 0
    if version == 0 and used - 2 != _KEYHASH and used - 2 != _SCRIPTHASH:
        return 0
    script[0], script[1] = 0x50 + version if version else 0, used - 2
    return used


@jit
def _read(
    data: Bytes,
    off: Int64s,
    length: Int64s,
    hrp: Bytes,
    payload: Bytes,
    kind: Bytes,
    script: Bytes,
    size: Int64s,
) -> None:
    limbs, start = np.empty(_LIMBS, np.int64), 1
    for k in range(len(hrp)):
        start = (start & 0x1FFFFFF) << 5 ^ np.int64(hrp[k]) >> 5 ^ _FOLDS[start >> 25]
    start = (start & 0x1FFFFFF) << 5 ^ _FOLDS[start >> 25]
    for k in range(len(hrp)):
        start = (start & 0x1FFFFFF) << 5 ^ np.int64(hrp[k]) & 31 ^ _FOLDS[start >> 25]
    for i in range(len(off)):
        at, count = off[i], length[i]
        kind[i], size[i] = OTHER, 0
        begins = _has_hrp(data, at, count, hrp)
        if begins:
            letters = _SMALL if begins == 1 else _LARGE
            size[i] = _program(data, at + len(hrp) + 1, at + count, letters, start, script[i])
            kind[i] = WITNESS if size[i] else OTHER
        elif _LEAST_DIGITS <= count <= _MOST_DIGITS and _base58(data, at, count, limbs, payload[i]):
            kind[i] = BASE58


@jit
def _finish(
    rows: Int64s, digest: Bytes, payload: Bytes, p2pkh: int, p2sh: int, script: Bytes, size: Int64s
) -> None:
    """The scripts of base58 texts whose checksum holds, and whose version is the network's."""
    for j in range(len(rows)):
        i = rows[j]
        good = True
        for k in range(4):
            good &= digest[j, k] == payload[i, _CHECKED + k]
        version = np.int64(payload[i, 0])
        if not good or version not in (p2pkh, p2sh):
            continue
        at = 3 if version == p2pkh else 2
        for k in range(_KEYHASH):
            script[i, at + k] = payload[i, 1 + k]
        if version == p2pkh:
            script[i, 0], script[i, 1], script[i, 2] = 0x76, 0xA9, _KEYHASH
            script[i, 23], script[i, 24] = 0x88, 0xAC
            size[i] = 25
        else:
            script[i, 0], script[i, 1], script[i, 22] = 0xA9, _KEYHASH, 0x87
            size[i] = 23


def read_addresses(
    data: Bytes, off: Int64s, length: Int64s, hrp: str, p2pkh: int, p2sh: int
) -> tuple[Bytes, Int64s]:
    """The scripts of addresses of one network: `script` and `size`.

    Raises:
        ValueError: a text does not lie inside `data`, or the columns differ in length.
    """
    whole = len(off) == len(length) and bool((length >= 0).all() and (off >= 0).all())
    if not whole or (len(off) and int((off + length).max()) > len(data)):
        raise ValueError("an address lies outside of the bytes given")
    count = len(off)
    payload, kind = np.empty((count, _PAYLOAD), np.uint8), np.empty(count, np.uint8)
    script, size = np.zeros((count, LONGEST), np.uint8), np.empty(count, np.int64)
    part = np.frombuffer(hrp.encode(), np.uint8)
    _read(readable(data), off, length, part, payload, kind, script, size)
    script[size == 0] = 0
    rows = np.flatnonzero(kind == BASE58)
    flat = payload.reshape(-1)
    digest = double_sha256_rows(flat, _PAYLOAD * rows, np.full(len(rows), _CHECKED, np.int64))
    _finish(rows, digest, payload, p2pkh, p2sh, script, size)
    return script, size
