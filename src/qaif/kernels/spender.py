"""Which script an input spends, as far as the input itself tells: an INFERENCE, and a conservative one.

Where the output that an input spends is not held, the input often still tells whose it was: a revealed public
key hashes to the address, a redeem or witness script to the script address. Nothing is verified against the
chain here, and no signature is checked, so each answer carries its basis and never passes for a fact.

What is accepted, all else being `BASIS_UNKNOWN`:
    P2PKH: the script is a signature push and a public key push (33 bytes 02/03, 65 bytes 04); no witness.
    P2WPKH: no script; two witness items, a signature and a 33-byte key.
    P2SH-P2WPKH, P2SH-P2WSH: the script is one push of a version 0 program, to which the last witness item
        hashes. Consensus allows a witness beside a script in no other case.
    P2SH: pushes only; the last is a script of known operations that checks a signature of a key it holds; a
        push before it is a signature; for plain multisig exactly as many as it asks for, after an empty push.
    P2WSH: no script; two or more witness items, the last of them such a script (plain multisig: as above).
        Where the last item could be a taproot control block by its length, one item before it must be a
        signature too. An annex (last item begins 0x50) and control blocks (first byte from 0xc0) are never
        taken for a script.

Not seen here: an output that wraps the usual key check in other operations (`CLTV DROP DUP HASH160 ...`) is
spent by the same two pushes as P2PKH, and anybody can make such an output of their own to be misread. Bare
multisig, P2PK, taproot and empty scripts are never guessed.

Arrays:
    data: uint8[size]; script_off, script_len, witness_off, witness_len: int64[k], ranges of `data`; a witness
        range starts with its count of items and is empty where there is none.
    basis: uint8[k]; start, size: int64[k], the key or script that the answer is the hash of.
    script: uint8[k, 34], zero after script_len: uint8[k] (0 where the basis is unknown).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import load_u8, readable
from qaif.kernels.ripemd160 import hash160_rows
from qaif.kernels.sha256 import sha256_rows
from qaif.kernels.signed_scripts import MULTISIG, compact, is_key, is_signature, push, template

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]

BASIS_UNKNOWN = 0
BASIS_P2PKH = 1
BASIS_P2WPKH = 2
BASIS_P2SH = 3
BASIS_P2SH_P2WPKH = 4
BASIS_P2WSH = 5
BASIS_NAMES = (
    "unknown",
    "p2pkh key",
    "p2wpkh key",
    "p2sh redeem script",
    "p2sh-p2wpkh",
    "p2wsh witness script",
)
LONGEST_SCRIPT = 34


class Measured(NamedTuple):
    """Inputs whose spent script is known for certain, and what this module said of them."""

    inputs: int
    right: int
    wrong: int
    unknown: int


# counted again by tests/kernels/test_spender.py
VERSION = 1  # goes up when a conclusion changes: stores made by another version are made again

MEASURED = {
    "mainnet block 300025, by its spent outputs": Measured(1_427, 1_424, 0, 3),
    "33 mainnet blocks, by outputs in them": Measured(6_229, 6_228, 0, 1),
    "the first 4,522 mainnet blocks": Measured(260, 6, 0, 254),
    "10 testnet blocks of Core's filter vectors": Measured(25, 16, 0, 9),
    "324 regtest blocks of Wasabi wallets": Measured(170, 170, 0, 0),
}

_NESTED_P2WSH = 6  # only between here and `_settle`: told as BASIS_P2SH
_CONTROL_BASE, _CONTROL_STEP, _CONTROL_FIRST = 33, 32, 0xC0  # BIP341
_ANNEX = 0x50
_LONGEST_REDEEM = 520


@jit
def _pushes(data: Bytes, start: int, size: int) -> tuple[int, int, int, int, int, bool]:
    """A push-only script: count (-1: it is not), signatures, size of the first, start and size of the last.

    The last value tells whether every push is written as a direct push.
    """
    at, end, count, signatures, direct = start, start + size, 0, 0, True
    first_size, last, last_size = 0, start, 0
    while at < end:
        last, last_size, after = push(data, at, end)
        if after < 0:
            return -1, 0, 0, 0, 0, False
        if count == 0:
            first_size = last_size
        if last != at + 1:
            direct = False
        if is_signature(data, last, last_size):
            signatures += 1
        count, at = count + 1, after
    return count, signatures, first_size, last, last_size, direct


@jit
def _items(data: Bytes, start: int, size: int) -> tuple[int, int, int, int, int, int]:
    """A witness: count of items (-1: malformed), signatures, first start and size, last start and size."""
    if size == 0:
        return 0, 0, 0, 0, 0, 0
    end, signatures = start + size, 0
    count, at = compact(data, start, end)
    first, first_size, last, last_size = start, 0, start, 0
    if at < 0:
        return -1, 0, 0, 0, 0, 0
    for item in range(count):
        last_size, last = compact(data, at, end)
        if last < 0:
            return -1, 0, 0, 0, 0, 0
        if item == 0:
            first, first_size = last, last_size
        if is_signature(data, last, last_size):
            signatures += 1
        at = last + last_size
    if at != end:
        return -1, 0, 0, 0, 0, 0
    return count, signatures, first, first_size, last, last_size


@jit
def _is_program(data: Bytes, start: int, size: int, length: int) -> bool:
    """Whether a script is one direct push of a version 0 program of `length` bytes."""
    if size != length + 3 or load_u8(data, start) != length + 2:
        return False
    return load_u8(data, start + 1) == 0 and load_u8(data, start + 2) == length


@jit
def _nested(data: Bytes, start: int, size: int, items: tuple[int, int, int, int, int, int]) -> int:
    """A script beside a witness: the basis, if the last item hashes to the program (asked in `_settle`)."""
    count, _, _, _, last, last_size = items
    if _is_program(data, start, size, 20) and count == 2 and last_size == 33 and is_key(data, last, 33):
        return BASIS_P2SH_P2WPKH
    if _is_program(data, start, size, 32) and count > 0:
        return _NESTED_P2WSH
    return BASIS_UNKNOWN


@jit
def _signed(kind: int, count: int, signatures: int, first_size: int) -> bool:
    """Whether the items before a script are what it asks for; `count` includes the script."""
    wanted = kind - MULTISIG
    if kind == 0 or wanted <= 0:
        return kind != 0
    return signatures == wanted and count == wanted + 2 and first_size == 0


@jit
def _native(data: Bytes, items: tuple[int, int, int, int, int, int]) -> int:
    """A witness without a script: a key, a witness script, or unknown."""
    count, signatures, first, first_size, last, last_size = items
    if count < 2 or last_size == 0 or load_u8(data, last) == _ANNEX:
        return BASIS_UNKNOWN
    if count == 2 and last_size == 33 and is_key(data, last, 33) and is_signature(data, first, first_size):
        return BASIS_P2WPKH
    like_control = last_size >= _CONTROL_BASE and (last_size - _CONTROL_BASE) % _CONTROL_STEP == 0
    if like_control and (load_u8(data, last) >= _CONTROL_FIRST or signatures == 0):
        return BASIS_UNKNOWN
    if _signed(template(data, last, last_size), count, signatures, first_size):
        return BASIS_P2WSH
    return BASIS_UNKNOWN


@jit
def _bare(data: Bytes, pushes: tuple[int, int, int, int, int, bool]) -> int:
    """A script without a witness: a key, a redeem script, or unknown."""
    count, signatures, first_size, last, last_size, direct = pushes
    if count < 2 or signatures == 0:
        return BASIS_UNKNOWN
    if is_key(data, last, last_size):
        return BASIS_P2PKH if count == 2 and direct else BASIS_UNKNOWN
    if last_size > _LONGEST_REDEEM or is_signature(data, last, last_size):
        return BASIS_UNKNOWN
    if _signed(template(data, last, last_size), count, signatures, first_size):
        return BASIS_P2SH
    return BASIS_UNKNOWN


@jit
def _look(
    data: Bytes,
    script_off: Int64s,
    script_len: Int64s,
    witness_off: Int64s,
    witness_len: Int64s,
    basis: Bytes,
    start: Int64s,
    size: Int64s,
) -> None:
    """Fill `basis`, and the range of what is to be hashed; every range lies inside `data`."""
    for row in range(len(script_off)):
        items = _items(data, witness_off[row], witness_len[row])
        start[row], size[row] = items[4], items[5]
        if items[0] == 0:
            pushes = _pushes(data, script_off[row], script_len[row])
            basis[row], start[row], size[row] = _bare(data, pushes), pushes[3], pushes[4]
        elif items[0] > 0 and script_len[row] == 0:
            basis[row] = _native(data, items)
        elif items[0] > 0:
            basis[row] = _nested(data, script_off[row], script_len[row], items)


_LENGTH_OF = np.array([0, 25, 22, 23, 23, 34], dtype=np.uint8)
_FRAMES = {
    BASIS_P2PKH: (b"\x76\xa9\x14", b"\x88\xac"),
    BASIS_P2WPKH: (b"\x00\x14", b""),
    BASIS_P2SH: (b"\xa9\x14", b"\x87"),
    BASIS_P2WSH: (b"\x00\x20", b""),
}


def _write(script: Bytes, rows: Int64s, kind: int, digest: Bytes) -> None:
    """Put each digest into its row of `script`, in the form that `kind` has."""
    before, after = _FRAMES[kind]
    end = len(before) + digest.shape[1]
    script[rows, : len(before)] = np.frombuffer(before, np.uint8)
    script[rows, len(before) : end] = digest
    script[rows, end : end + len(after)] = np.frombuffer(after, np.uint8)


def _settle(
    data: Bytes, script_off: Int64s, script_len: Int64s, basis: Bytes, start: Int64s, size: Int64s
) -> Bytes:
    """Hash what was found; where a nested program is not that hash, put the basis back to unknown."""
    script = np.zeros((len(basis), LONGEST_SCRIPT), dtype=np.uint8)
    for kind, hashed in (
        (BASIS_P2PKH, hash160_rows),
        (BASIS_P2WPKH, hash160_rows),
        (BASIS_P2SH, hash160_rows),
        (BASIS_P2WSH, sha256_rows),
    ):
        rows = np.flatnonzero(basis == kind)
        _write(script, rows, kind, hashed(data, start[rows], size[rows]))
    for kind, hashed, length in ((BASIS_P2SH_P2WPKH, hash160_rows, 20), (_NESTED_P2WSH, sha256_rows, 32)):
        rows = np.flatnonzero(basis == kind)
        digest = hashed(data, start[rows], size[rows])
        program = data[script_off[rows, None] + np.arange(3, 3 + length)]
        good = (digest == program).all(axis=1)
        basis[rows[~good]] = BASIS_UNKNOWN
        rows = rows[good]
        _write(script, rows, BASIS_P2SH, hash160_rows(data, script_off[rows] + 1, script_len[rows] - 1))
    basis[basis == _NESTED_P2WSH] = BASIS_P2SH
    return script


def _inside(data: Bytes, offset: Int64s, length: Int64s) -> bool:
    """Whether every range lies inside the data; an empty range may point anywhere."""
    good = (offset >= 0) & (length >= 0) & (length <= len(data)) & (offset <= len(data) - length)
    return len(offset) == len(length) and bool((good | (length == 0)).all())


def spent_scripts(
    data: Bytes, script_off: Int64s, script_len: Int64s, witness_off: Int64s, witness_len: Int64s
) -> tuple[Bytes, Bytes, Bytes]:
    """Infer the script that each input spends; not for coinbase inputs, which spend none.

    Returns:
        basis uint8[k] (`BASIS_*`), script uint8[k, 34], length of the script uint8[k].

    Raises:
        ValueError: a range does not lie inside `data`, or the columns differ in length.
    """
    data = readable(data)
    whole = _inside(data, script_off, script_len) and _inside(data, witness_off, witness_len)
    if not whole or len(script_off) != len(witness_off):
        raise ValueError("a script or witness does not lie inside the data")
    basis = np.zeros(len(script_off), dtype=np.uint8)
    start, size = np.zeros((2, len(script_off)), dtype=np.int64)
    _look(data, script_off, script_len, witness_off, witness_len, basis, start, size)
    script = _settle(data, script_off, script_len, basis, start, size)
    return basis, script, _LENGTH_OF[basis]
