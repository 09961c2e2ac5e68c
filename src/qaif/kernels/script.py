"""What kind a script is and which of its bytes are its key, hash or program, as Bitcoin Core types it.

| array | type | meaning |
|---|---|---|
| data | u1[] | bytes that hold the scripts |
| off, length | i8[n] | script i is `data[off[i]:off[i] + length[i]]` |
| kind | u1[n] | Core's `TxoutType`, by number |
| payload_off, payload_len | i8[n] | key, hash or witness program; 0 if there is none |

Source: `Solver` in `script/solver.cpp` and `script/script.cpp` of Bitcoin Core; BIP16, BIP141, BIP341, BIP11.
"""

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_u8, load_u16, load_u32, readable

NONSTANDARD, ANCHOR, PUBKEY, PUBKEYHASH, SCRIPTHASH, MULTISIG, NULL_DATA = range(7)
WITNESS_V0_KEYHASH, WITNESS_V0_SCRIPTHASH, WITNESS_V1_TAPROOT, WITNESS_UNKNOWN = range(7, 11)
TYPE_NAMES = (
    "nonstandard",
    "anchor",
    "pubkey",
    "pubkeyhash",
    "scripthash",
    "multisig",
    "nulldata",
    "witness_v0_keyhash",
    "witness_v0_scripthash",
    "witness_v1_taproot",
    "witness_unknown",
)

OP_PUSHDATA1, OP_PUSHDATA2, OP_PUSHDATA4 = 0x4C, 0x4D, 0x4E
OP_1, OP_16, OP_RETURN, OP_CHECKSIG, OP_CHECKMULTISIG = 0x51, 0x60, 0x6A, 0xAC, 0xAE
MOST_MULTISIG_KEYS = 20  # MAX_PUBKEYS_PER_MULTISIG


@jit
def next_operation(data: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read one operation: its code (-1 where its push runs over the end), where its push starts, its size."""
    code = load_u8(data, at)
    at += 1
    if code > OP_PUSHDATA4:
        return code, at, 0
    if code < OP_PUSHDATA1:
        size = code
    elif code == OP_PUSHDATA1:
        if end - at < 1:
            return -1, at, 0
        size = load_u8(data, at)
        at += 1
    elif code == OP_PUSHDATA2:
        if end - at < 2:
            return -1, at, 0
        size = load_u16(data, at)
        at += 2
    else:
        if end - at < 4:
            return -1, at, 0
        size = load_u32(data, at)
        at += 4
    if size > end - at:
        return -1, at, 0
    return code, at, size


@jit
def is_push_only(data: Bytes, at: int, end: int) -> bool:
    """Whether every operation from `at` on is a push (Core counts OP_RESERVED as one)."""
    while at < end:
        code, start, size = next_operation(data, at, end)
        if code < 0 or code > OP_16:
            return False
        at = start + size
    return True


@jit
def is_key_size(data: Bytes, at: int, size: int) -> bool:
    """Whether a push is as long as its first byte says a public key is."""
    if size == 33:
        return load_u8(data, at) == 2 or load_u8(data, at) == 3
    if size == 65:
        first = load_u8(data, at)
        return first == 4 or first == 6 or first == 7  # noqa: PLR1714  a set is slow in compiled code
    return False


@jit
def _count(data: Bytes, code: int, at: int, size: int) -> int:
    """The number that an operation of a multisig script means, -1 if it is none from 1 to 20."""
    if OP_1 <= code <= OP_16:
        return code - OP_1 + 1
    if code == 1 and size == 1 and 16 < load_u8(data, at) <= MOST_MULTISIG_KEYS:
        return load_u8(data, at)
    return -1


@jit
def is_multisig(data: Bytes, at: int, end: int) -> bool:
    """Whether a script is `m key... n CHECKMULTISIG` with 1 <= m <= n <= 20 (BIP11)."""
    if at >= end or load_u8(data, end - 1) != OP_CHECKMULTISIG:
        return False
    code, start, size = next_operation(data, at, end)
    wanted = _count(data, code, start, size)
    if wanted < 1:
        return False
    keys = 0
    at = start + size
    while at < end:
        code, start, size = next_operation(data, at, end)
        if code < 0:
            return False
        at = start + size
        if not is_key_size(data, start, size):
            held = _count(data, code, start, size)
            return held == keys and held >= wanted and at + 1 == end
        keys += 1
    return False


@jit
def _witness_kind(data: Bytes, at: int, size: int) -> int:
    """The kind of a witness program (BIP141)."""
    version = load_u8(data, at)
    if version == 0:
        if size == 22:
            return WITNESS_V0_KEYHASH
        return WITNESS_V0_SCRIPTHASH if size == 34 else NONSTANDARD
    if version == OP_1 and size == 34:
        return WITNESS_V1_TAPROOT
    if version == OP_1 and size == 4 and load_u16(data, at + 2) == 0x734E:
        return ANCHOR
    return WITNESS_UNKNOWN


@jit
def classify(data: Bytes, at: int, size: int) -> tuple[int, int, int]:
    """The kind of one script, and where its payload starts and how long it is."""
    if size == 25 and load_u32(data, at) & 0xFFFFFF == 0x14A976 and load_u16(data, at + 23) == 0xAC88:
        return PUBKEYHASH, at + 3, 20
    if size == 23 and load_u16(data, at) == 0x14A9 and load_u8(data, at + 22) == 0x87:
        return SCRIPTHASH, at + 2, 20
    if 4 <= size <= 42 and load_u8(data, at + 1) == size - 2:
        version = load_u8(data, at)
        if version == 0 or OP_1 <= version <= OP_16:
            kind = _witness_kind(data, at, size)
            return (kind, at + 2, size - 2) if kind != NONSTANDARD else (kind, 0, 0)
    if size >= 1 and load_u8(data, at) == OP_RETURN and is_push_only(data, at + 1, at + size):
        return NULL_DATA, 0, 0
    key = size - 2
    whole = key == 33 or key == 65  # noqa: PLR1714  a set is slow in compiled code
    if whole and load_u8(data, at) == key and load_u8(data, at + size - 1) == OP_CHECKSIG:
        return (PUBKEY, at + 1, key) if is_key_size(data, at + 1, key) else (NONSTANDARD, 0, 0)
    if is_multisig(data, at, at + size):
        return MULTISIG, 0, 0
    return NONSTANDARD, 0, 0


@jit
def _classify_rows(
    data: Bytes, off: Int64s, length: Int64s, kind: Bytes, payload_off: Int64s, payload_len: Int64s
) -> None:
    for i in range(len(off)):
        kind[i], payload_off[i], payload_len[i] = classify(data, off[i], length[i])


def classify_scripts(data: Bytes, off: Int64s, length: Int64s) -> tuple[Bytes, Int64s, Int64s]:
    """Type scripts as Bitcoin Core does.

    Returns:
        kind uint8[n] (an index of `TYPE_NAMES`), payload_off int64[n], payload_len int64[n].

    Raises:
        ValueError: a script does not lie inside `data`, or the columns differ in length.
    """
    source = readable(data)
    start = np.ascontiguousarray(off, np.int64)
    size = np.ascontiguousarray(length, np.int64)
    if len(start) != len(size):
        raise ValueError(f"{len(start)} offsets but {len(size)} lengths")
    if len(start) and (min(start.min(), size.min()) < 0 or (start > len(source) - size).any()):
        raise ValueError(f"a script lies outside of the {len(source)} bytes given")
    kind = np.empty(len(start), np.uint8)
    payload_off, payload_len = np.empty(len(start), np.int64), np.empty(len(start), np.int64)
    _classify_rows(source, start, size, kind, payload_off, payload_len)
    return kind, payload_off, payload_len
