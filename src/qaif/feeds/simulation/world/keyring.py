"""Scripts of keys that somebody could really have, for chains that a node accepts.

A script is a number as in `kernels.made_scripts`; key k of a chain has the secret `start + k`, so that the
next point is an addition away. Points and scripts are kept: memory grows with a signed chain.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from qaif.feeds.simulation.keys import ORDER, Point, add, multiply
from qaif.feeds.simulation.transactions import push
from qaif.kernels.made_scripts import (
    KINDS,
    PK,
    PKH,
    PKH_LONG,
    SH_MULTI,
    SH_WPKH,
    TAPROOT,
    WPKH,
    WSH_MULTI,
    store_hash160,
)

LEGACY = frozenset((PK, PKH, PKH_LONG, SH_MULTI))  # kinds without a witness
_FAR = 12  # keys that a walk passes over with one addition
_KEYS_A_SCRIPT, _MULTI_KEYS = 4, (1, 2, 3)


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    out = np.empty(20, np.uint8)
    store_hash160(out, 0, np.frombuffer(data, np.uint8), len(data), np.empty(32, np.uint8))
    return out.tobytes()


class KeyRing:
    """The keys and scripts of a chain by their numbers.

    Args:
        start: the secret of key 0.
    """

    def __init__(self, start: int) -> None:
        self._start = start % ORDER
        self._steps = [multiply(step) for step in range(1, _FAR + 1)]
        self._points: dict[int, Point] = {}
        self._scripts: dict[int, bytes] = {}
        self._last = -1

    def secret(self, key: int) -> int:
        """The private key of a number."""
        return (self._start + key) % ORDER

    def point(self, key: int) -> Point:
        """Its public key, found from the last one where that is near."""
        found = self._points.get(key)
        if found is None:
            near = 0 < key - self._last <= _FAR and self._last >= 0
            step = self._steps[key - self._last - 1] if near else None
            found = add(self._points[self._last], step) if step else multiply(self.secret(key))
            self._points[key], self._last = found, key
        return found

    def public(self, key: int, *, long: bool = False) -> bytes:
        """The public key in 33 bytes, or in 65."""
        x, y = self.point(key)
        if long:
            return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
        return bytes([2 + (y & 1)]) + x.to_bytes(32, "big")

    def keys(self, script: int) -> tuple[int, ...]:
        """The keys that can sign for a script, in the order of their signatures."""
        first = script // KINDS * _KEYS_A_SCRIPT
        if script % KINDS in (SH_MULTI, WSH_MULTI):
            return tuple(first + one for one in _MULTI_KEYS)
        return (first,)

    def public_of(self, script: int) -> bytes:
        """The public key of a script of one key, as it is shown."""
        return self.public(self.keys(script)[0], long=script % KINDS == PKH_LONG)

    def inner(self, script: int) -> bytes:
        """What the hash of a script of scripts is of: two of three keys, or the program of a nested key."""
        if script % KINDS == SH_WPKH:
            return b"\x00\x14" + hash160(self.public_of(script))
        publics = b"".join(push(self.public(key)) for key in self.keys(script))
        return b"\x52" + publics + b"\x53\xae"  # OP_2; OP_3, OP_CHECKMULTISIG

    def script(self, script: int) -> bytes:
        """The output script of a number."""
        made = self._scripts.get(script)
        if made is None:
            made = self._scripts[script] = self._made(script)
        return made

    def _made(self, script: int) -> bytes:
        kind = script % KINDS
        if kind == TAPROOT:
            return b"\x51\x20" + self.public_of(script)[1:]
        if kind == WSH_MULTI:
            return b"\x00\x20" + sha256(self.inner(script)).digest()
        if kind in (SH_MULTI, SH_WPKH):
            return b"\xa9\x14" + hash160(self.inner(script)) + b"\x87"
        public = self.public_of(script)
        if kind == PK:
            return push(public) + b"\xac"
        if kind == WPKH:
            return b"\x00\x14" + hash160(public)
        return self.pays_hash(public)

    def pays_hash(self, public: bytes) -> bytes:
        """P2PKH; also what BIP 143 signs for a witness key hash."""
        return b"\x76\xa9\x14" + hash160(public) + b"\x88\xac"

    def scripts(self, numbers: Sequence[int]) -> list[bytes]:
        """The output scripts of numbers."""
        return [self.script(one) for one in numbers]

    def signed_as(self, script: int) -> bytes:
        """The script that a signature before taproot speaks of."""
        kind = script % KINDS
        if kind in (SH_MULTI, WSH_MULTI):
            return self.inner(script)
        if kind in (WPKH, SH_WPKH):
            return self.pays_hash(self.public_of(script))
        return self.script(script)
