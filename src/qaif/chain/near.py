"""Which known addresses a misprinted one is close to: a lead to check against the source, never an answer.

Closeness is the number of single changes (a character put in, left out, put for another, or two neighbours
exchanged) that lead from one text to the other. Random addresses share little: see MEASURED. But likeness is
no proof that the known address was meant. Addresses with the same first and last characters are made on
purpose, to be taken for another, so every explanation says what is equal and what is not.

No correction is computed. One could try all single changes until a checksum holds; what comes out is an
address that no source names. Beyond one or two errors the nearest valid text is usually not the one that was
meant, and then it accuses a person who has nothing to do with the matter; BIP173 warns of it for the same
reason. If it is right and has ever mattered here, it is among the known ones; nothing need be invented.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

# pairs of random addresses, and the likeness of the closest pair in per cent; counted again by the tests
MEASURED = {"pubkeyhash": (40_000, 20), "witness_v0_keyhash": (40_000, 30)}

_LEAST_LIKE = 60  # per cent
_LEAST_KEPT = (4, 3)  # first and last characters that an abbreviation must keep
_LONGEST = 100
_ELLIPSIS = re.compile(r"\.{2,}|…|\*{2,}|_{2,}")
_LOOK_ALIKE = str.maketrans("oli", "011")


class Near(NamedTuple):
    """A known address that a text is close to.

    Attributes:
        address: the known address.
        distance: how many single changes lie between; 0 where the text is an abbreviation of it.
        likeness: per cent of the longer one's characters that need no change.
        same_start, same_end: how many first and last characters are equal.
        explanation: all that in words.
    """

    address: str
    distance: int
    likeness: int
    same_start: int
    same_end: int
    explanation: str


def distance(one: str, other: str) -> int:
    """Single changes between two texts, exchanged neighbours counting once (optimal string alignment).

    H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003: a column of
    the table is held in the bits of a few integers.
    """
    if not one or not other:
        return len(one) + len(other)
    where: dict[str, int] = {}
    for at, character in enumerate(one):
        where[character] = where.get(character, 0) | 1 << at
    whole, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, diagonal, before, count = whole, 0, 0, 0, len(one)
    for character in other:
        here = where.get(character, 0)
        exchanged = ((~diagonal & here) << 1) & before
        diagonal = ((((here & up) + up) ^ up) | here | down | exchanged) & whole
        rising, falling = (down | ~(diagonal | up)) & whole, diagonal & up
        count += bool(rising & last) - bool(falling & last)
        rising, falling = rising << 1 | 1, falling << 1
        up, down, before = (falling | ~(diagonal | rising)) & whole, rising & diagonal & whole, here
    return count


def _same_start(one: str, other: str) -> int:
    """How many first characters are equal."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def _abbreviated(text: str, address: str) -> Near | None:
    """The address, if `text` is its beginning and end with dots between."""
    parts = _ELLIPSIS.split(text)
    if len(parts) != 2:  # noqa: PLR2004 - a beginning and an end
        return None
    start, end = parts
    kept = len(start) >= _LEAST_KEPT[0] and len(end) >= _LEAST_KEPT[1]
    if not kept or not address.startswith(start) or not address.endswith(end):
        return None
    if len(start) + len(end) >= len(address):
        return None
    said = (
        f"an abbreviation that this address fits: the first {len(start)} and the last {len(end)} characters"
    )
    return Near(address, 0, 100 * (len(start) + len(end)) // len(address), len(start), len(end), said)


def _misprinted(text: str, address: str) -> Near | None:
    """The address, if few changes lead from `text` to it."""
    longest = max(len(text), len(address))
    changes = distance(text, address)
    likeness = 100 * (longest - changes) // longest
    alike = text.casefold().translate(_LOOK_ALIKE) == address.casefold().translate(_LOOK_ALIKE)
    if changes == 0 or (likeness < _LEAST_LIKE and not alike):
        return None
    start = _same_start(text, address)
    end = min(_same_start(text[::-1], address[::-1]), min(len(text), len(address)) - start)
    return Near(address, changes, likeness, start, end, _in_words(changes, longest, start, end, alike=alike))


def _in_words(changes: int, longest: int, start: int, end: int, *, alike: bool) -> str:
    """What is equal and what is not."""
    if alike:
        return f"differs only in the case or the look of letters, at {changes} of {longest} characters"
    plural = "change" if changes == 1 else "changes"
    return (
        f"{changes} single {plural} away, of {longest} characters; "
        f"the first {start} and the last {end} characters are the same"
    )


def near_misses(text: str, known: Iterable[str], limit: int = 5) -> tuple[Near, ...]:
    """Known addresses that `text` is close to, the closest first; none if nothing is close.

    Args:
        text: what was printed, without spaces around it; bech32 in one case.
        known: addresses to compare with, some 20 microseconds each. An equal one is not a near miss.
        limit: how many to give at most.
    """
    given = text.lower() if text.isupper() else text
    if not given or len(given) > _LONGEST:
        return ()
    found = [near for each in known if (near := _abbreviated(given, each) or _misprinted(given, each))]
    return tuple(sorted(found, key=lambda near: (near.distance, -near.likeness, near.address))[:limit])
