"""Scripts whose address begins as a text does: found by their bytes, without writing an address.

The first characters of a base58 address bound the first bytes of the hash that it stands for, those of a
bech32 address are the first bits of its program. So a chain of any size is searched with a few comparisons a
script.
"""

from dataclasses import dataclass

import numpy as np

from qaif.chain.open import Chain
from qaif.feeds.networks import Network
from qaif.kernels.script import TYPE_NAMES
from qaif.units import Bools, Int64s

KEPT = 5  # characters that must be equal; of bech32, after the network's prefix and the 1
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE58_LENGTHS = range(25, 36)
_BELOW = 8 * (25 - 3)  # bits of the 25 bytes below version and two bytes of hash
_AT_ONCE = 1 << 20  # scripts
_PAYLOAD_AT = {"pubkeyhash": 3, "scripthash": 2}


@dataclass(frozen=True)
class _Bounds:
    """Which first bytes fit: `low <= key <= high` for any of the pairs, in scripts of these types."""

    pairs: tuple[tuple[int, int], ...]
    types: tuple[str, ...]
    first_byte: int | None  # of a witness script


def begins_like(chain: Chain, text: str) -> Int64s:
    """Numbers of all scripts whose address has the same first characters, ascending.

    Some that begin a little differently are among them; none is left out that has about the text's length.
    """
    bounds = _bech32_bounds(text, chain.network) or _base58_bounds(text, chain.network)
    if bounds is None:
        return np.zeros(0, dtype=np.int64)
    parts = [
        _fitting(chain, bounds, np.arange(lo, min(lo + _AT_ONCE, chain.n_scripts), dtype=np.int64))
        for lo in range(0, chain.n_scripts, _AT_ONCE)
    ]
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _fitting(chain: Chain, bounds: _Bounds, nums: Int64s) -> Int64s:
    types = chain.script.type.take(nums)
    out = []
    for name in bounds.types:
        mine = nums[types == TYPE_NAMES.index(name)]
        begin = chain.script.byte_lo.take(mine)
        at = begin + _PAYLOAD_AT.get(name, 2)
        high = chain.script_byte.value.take(at).astype(np.int64) << 8
        key = high | chain.script_byte.value.take(at + 1)
        if bounds.first_byte is None:
            key |= _version(name, chain.network) << 16
        fits = _inside(key, bounds.pairs)
        if bounds.first_byte is not None:
            fits &= chain.script_byte.value.take(begin) == bounds.first_byte
        out.append(mine[fits])
    return np.sort(np.concatenate(out))


def _inside(key: Int64s, pairs: tuple[tuple[int, int], ...]) -> Bools:
    fits = np.zeros(len(key), dtype=np.bool_)
    for low, high in pairs:
        fits |= (key >= low) & (key <= high)
    return fits


def _version(name: str, network: Network) -> int:
    return network.p2pkh_version if name == "pubkeyhash" else network.p2sh_version


def _base58_bounds(text: str, network: Network) -> _Bounds | None:
    start = text[:KEPT]
    if len(start) < KEPT or not set(start) <= set(_BASE58):
        return None
    value = 0
    for character in start:
        value = 58 * value + _BASE58.index(character)
    lengths = [n for n in range(len(text) - 2, len(text) + 3) if n in _BASE58_LENGTHS]
    widths = [58 ** (length - KEPT) for length in lengths]
    pairs = tuple((value * width >> _BELOW, ((value + 1) * width - 1) >> _BELOW) for width in widths)
    types = tuple(
        name
        for name in _PAYLOAD_AT
        if any(low >> 16 <= _version(name, network) <= high >> 16 for low, high in pairs)
    )
    return _Bounds(pairs, types, None) if types else None


def _bech32_bounds(text: str, network: Network) -> _Bounds | None:
    prefix = f"{network.bech32_hrp}1"
    start = text.lower().removeprefix(prefix)[:KEPT]
    if not text.lower().startswith(prefix) or len(start) < KEPT or not set(start) <= set(_BECH32):
        return None
    version, *groups = (_BECH32.index(character) for character in start)
    bits = 0
    for group in groups:
        bits = bits << 5 | group
    key = bits >> 5 * len(groups) - 16
    types = ("witness_v0_keyhash", "witness_v0_scripthash", "witness_v1_taproot", "witness_unknown")
    return _Bounds(((key, key),), types, 0x50 + version if version else 0)
