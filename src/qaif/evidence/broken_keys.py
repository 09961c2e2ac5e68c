"""Private keys that blanks, line breaks or hyphens part: told by their checksum, since their shape is gone.

`chain/secrets.py` takes an unbroken key by its shape alone. Pieces put together could be any words, so
here the checksum has to hold: only then are they blanked.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

GAP = re.compile(r"\s{0,64}[-\u2010-\u2015_·•*]{0,3}\s{0,64}")
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {letter: value for value, letter in enumerate(_ALPHABET)}
_MOST_PIECES = 64
_CHECKSUM = 4


class _Form(NamedTuple):
    """How one sort of key is written.

    Args:
        kind: its name.
        lengths: how many characters it can have.
        first: the first bytes that it can have.
        n_bytes: how many bytes it can have, checksum and all.
    """

    kind: str
    lengths: tuple[int, ...]
    first: tuple[str, ...]
    n_bytes: tuple[int, ...]


_FORMS = {
    **dict.fromkeys(
        "59KLc", _Form("a private key in wallet import format", (51, 52), ("80", "ef"), (37, 38))
    ),
    **dict.fromkeys("xt", _Form("an extended private key", (111,), ("0488ade4", "04358394"), (82,))),
    **dict.fromkeys("yzuv", _Form("an extended private key", (111,), ("04",), (82,))),
    "6": _Form("a private key encrypted by BIP38", (58,), ("0142", "0143"), (43,)),
}


def broken_keys(text: str, runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Keys in pieces: where the first begins, where the last ends, and what kind.

    Args:
        text: cleaned text.
        runs: its runs of letters and digits.
    """
    for at, (start, end) in enumerate(runs):
        form = _FORMS.get(text[start])
        if form and end - start < form.lengths[0] and not set(text[start:end]) - _DIGIT.keys():
            yield from _pieced(text, runs[at : at + _MOST_PIECES], form)


def _pieced(text: str, runs: Sequence[tuple[int, int]], form: _Form) -> Iterator[tuple[int, int, str]]:
    start, end = runs[0]
    joined = text[start:end]
    for (_, before), (after, end) in pairwise(runs):
        joined += text[after:end]
        if len(joined) > form.lengths[-1] or not GAP.fullmatch(text, before, after):
            return
        if len(joined) in form.lengths and _holds(joined, form):
            yield start, end, form.kind


def _holds(joined: str, form: _Form) -> bool:
    """Whether pieces put together are a key: of its alphabet, first bytes, length and checksum."""
    number = 0
    for letter in joined:
        if letter not in _DIGIT:
            return False
        number = number * 58 + _DIGIT[letter]
    data = number.to_bytes(-(-number.bit_length() // 8), "big")
    if len(data) not in form.n_bytes or not data.hex().startswith(form.first):
        return False
    twice = hashlib.sha256(hashlib.sha256(data[:-_CHECKSUM]).digest()).digest()
    return data[-_CHECKSUM:] == twice[:_CHECKSUM]
