"""Text as an address would be read from it: look-alike letters folded, what cannot be seen left out.

Nothing here decides that something is an address: a fold counts only if the checksum holds after it, and
every fold that was needed is said. Each cleaned character is tied to the characters of the passage that it
stands for.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from typing import Literal

from qaif.evidence.defang import is_invisible
from qaif.evidence.lookalikes import LOOKALIKES

Fold = Literal["none", "space", "invisible", "look-alike", "digit", "styled", "percent"]

_MOST_READINGS = 64
_ASCII_WORD = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PIECES = re.compile(r"[\t\n\r\x20-\x7e]++|.", re.DOTALL)
_PIECES_OF_URI = re.compile(r"[\t\n\r\x20-\x24\x26-\x7e]++|%[2-7][0-9A-Fa-f]|.", re.DOTALL)


@dataclass(frozen=True)
class Cleaned:
    """A passage as read.

    Args:
        text: the cleaned text; where a character has several readings, the likeliest.
        starts: for each character, where in the passage what it stands for begins.
        ends: for each character, where in the passage what it stands for ends.
        readings: the readings of those characters that have more than one.
        folded: the characters that were folded from another letter or digit.
    """

    text: str
    starts: MutableSequence[int]
    ends: MutableSequence[int]
    readings: dict[int, str] = field(default_factory=dict)
    folded: frozenset[int] = frozenset()

    def read(self, start: int, end: int) -> Iterator[str]:
        """Every way to read a stretch, the likeliest first, not more than 64."""
        odd = [at for at in range(start, end) if at in self.readings] if self.readings else []
        if not odd:
            yield self.text[start:end]
            return
        letters = list(self.text[start:end])
        for choice in islice(product(*(self.readings[at] for at in odd)), _MOST_READINGS):
            for at, letter in zip(odd, choice, strict=True):
                letters[at - start] = letter
            yield "".join(letters)


@cache
def fold(char: str) -> tuple[str, Fold]:
    """How one character is read: its readings, none for what is left out, and what was done."""
    if char.isascii():
        return (char, "none") if char.isprintable() or char.isspace() else ("", "invisible")
    if char in LOOKALIKES:
        return LOOKALIKES[char], "look-alike"
    if char.isspace():
        return " ", "space"
    if is_invisible(char) or unicodedata.category(char) == "Mn":
        return "", "invisible"
    if (digit := unicodedata.decimal(char, None)) is not None:
        plain = unicodedata.normalize("NFKC", char)
        return str(digit), "styled" if plain.isascii() else "digit"
    return _compatible(char)


def _compatible(char: str) -> tuple[str, Fold]:
    """Full-width and other styled letters; letters with an accent."""
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain in _ASCII_WORD:
        return plain, "styled"
    apart = unicodedata.normalize("NFKD", char)
    if apart[0] in _ASCII_WORD and all(unicodedata.combining(mark) for mark in apart[1:]):
        return apart[0], "look-alike"
    return char, "none"


def clean(text: str, *, percent: bool = False) -> Cleaned:
    """Read a passage.

    Args:
        text: the passage.
        percent: read `%41` as `A`, as in the value of a link.
    """
    pieces: list[str] = []
    starts, ends = array("i"), array("i")
    readings: dict[int, str] = {}
    folded: list[int] = []
    for match in (_PIECES_OF_URI if percent else _PIECES).finditer(text):
        piece, (lo, hi) = match[0], match.span()
        if hi - lo > 1 and not (percent and piece[0] == "%"):
            pieces.append(piece)
            starts.extend(range(lo, hi))
            ends.extend(range(lo + 1, hi + 1))
            continue
        options, done = fold(piece) if len(piece) == 1 else (chr(int(piece[1:], 16)), "percent")
        if not options:
            continue
        if done in ("look-alike", "digit", "styled"):
            folded.append(len(starts))
            if len(options) > 1:
                readings[len(starts)] = options
        pieces.append(options[0])
        starts.append(lo)
        ends.append(hi)
    return Cleaned("".join(pieces), starts, ends, readings, frozenset(folded))


_SAID: dict[Fold, str] = {
    "invisible": "left out characters that cannot be seen",
    "look-alike": "read letters that look Latin as Latin",
    "digit": "read digits of another script as plain digits",
    "styled": "read full-width or styled characters as plain ones",
}


def steps_of(passage: str, cleaned: Cleaned, picked: Sequence[int], read: str) -> tuple[str, ...]:
    """Say what was done to read something.

    Args:
        passage: the passage.
        cleaned: the same, cleaned.
        picked: which of its cleaned characters were read.
        read: the letter that each was read as.
    """
    letters = {cleaned.starts[at]: letter for at, letter in zip(picked, read, strict=True)}
    done: dict[str, list[str]] = {}
    for at in range(cleaned.starts[picked[0]], cleaned.ends[picked[-1]]):
        kind = fold(passage[at])[1]
        if kind in _SAID:
            as_what = f" as {letters[at]}" if at in letters else ""
            done.setdefault(_SAID[kind], []).append(f"U+{ord(passage[at]):04X}{as_what}")
    return tuple(f"{said}: {', '.join(dict.fromkeys(what))}" for said, what in done.items())
