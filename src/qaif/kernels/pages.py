"""XXH64 (seed 0) of pages of 4 KiB: https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md.

Arrays:
    words u8[w]    little-endian words; page p is words[512 * p : 512 * p + 512], and must be there
    pages i8[n]    which pages
On return a new u8[n]: the hash of each.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit

Array = NDArray[Any]
WORDS = 512

_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)
_P4 = np.uint64(0x85EBCA77C2B2AE63)
_LENGTH = np.uint64(8 * WORDS)
_START_1 = np.uint64((0x9E3779B185EBCA87 + 0xC2B2AE3D27D4EB4F) % 2**64)
_START_4 = np.uint64(2**64 - 0x9E3779B185EBCA87)
_WORD = np.uint64(64)


@jit
def rotated(value: np.uint64, bits: int) -> np.uint64:
    """A word with its bits moved to the left, round the end."""
    left = np.uint64(bits)
    return (value << left) | (value >> (_WORD - left))


@jit
def mixed(lane: np.uint64, word: np.uint64) -> np.uint64:
    """One step of one lane."""
    return rotated(lane + word * _P2, 31) * _P1


@jit
def page_hash(words: Array, begin: int) -> np.uint64:
    """The hash of the page whose words begin there."""
    one = _START_1
    two = _P2
    three = np.uint64(0)
    four = _START_4
    for at in range(begin, begin + WORDS, 4):
        one = mixed(one, words[at])
        two = mixed(two, words[at + 1])
        three = mixed(three, words[at + 2])
        four = mixed(four, words[at + 3])
    h = rotated(one, 1) + rotated(two, 7) + rotated(three, 12) + rotated(four, 18)
    h = (h ^ mixed(np.uint64(0), one)) * _P1 + _P4
    h = (h ^ mixed(np.uint64(0), two)) * _P1 + _P4
    h = (h ^ mixed(np.uint64(0), three)) * _P1 + _P4
    h = (h ^ mixed(np.uint64(0), four)) * _P1 + _P4
    h += _LENGTH
    h = (h ^ (h >> np.uint64(33))) * _P2
    h = (h ^ (h >> np.uint64(29))) * _P3
    return h ^ (h >> np.uint64(32))


@jit
def page_hashes(words: Array, pages: Array) -> Array:
    """The hash of each page."""
    out = np.empty(len(pages), dtype=np.uint64)
    for row in range(len(pages)):
        out[row] = page_hash(words, pages[row] * WORDS)
    return out
