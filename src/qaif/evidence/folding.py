# ruff: noqa: RUF001  this module is about the letters of many scripts
"""Text with what does not tell words apart folded away: case, accents, vowel signs, unseen characters.

Digits of every script become plain ones, Arabic marks of numbers become point and comma, letters that Arabic
and Persian keyboards write differently become one. Every folded character keeps the place of the character it
comes from, so that a span of the folded text is a span of the text.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qaif.evidence.defang import is_invisible

_SINGLE = {
    **dict.fromkeys("ی", "ي"),
    "ى": "ي",
    "ک": "ك",
    **dict.fromkeys("ةہھەۀ", "ه"),
    "ٱ": "ا",
    "ء": "",
    "ـ": "",
    "٫": ".",
    "٬": ",",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    **dict(zip("ךםןףץ", "כמנפצ", strict=True)),
    "׳": "'",
    "״": '"',
    **dict.fromkeys("’‘‛ʼ`´ʻʿʾ", "'"),
    **dict.fromkeys("“”„«»‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−־", "-"),
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "…": "…",
}
_KEPT = "\n\r\t"
_N_CODES = 0x110000


@cache
def fold_char(char: str) -> str:
    """What one character is folded to: nothing, one character, or what a ligature stands for."""
    if char in _SINGLE:
        return _SINGLE[char]
    if char.isascii():
        return char.lower() if char.isprintable() or char in _KEPT else ""
    return _fold_wide(char)


def _fold_wide(char: str) -> str:
    if char.isspace():
        return "\n" if char in "\u2028\u2029\u0085" else " "
    if is_invisible(char):
        return ""
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    apart = unicodedata.normalize("NFKD", char)
    if apart == char:
        return "" if unicodedata.category(char) == "Mn" else char.lower()[:1]
    return "".join(fold_char(c) for c in apart)


def fold(text: str) -> str:
    """Fold a short text, such as a name."""
    return "".join(map(fold_char, text))


def fold_pattern(pattern: str) -> str:
    """A regular expression for folded text, written with letters as people write them."""
    return "".join(char if char.isascii() else fold_char(char) for char in pattern)


@dataclass(frozen=True)
class Folded:
    """A text folded.

    Args:
        text: what it is folded to.
        places: for each folded character, which character of the text it comes from; int64, never falling.
    """

    text: str
    places: NDArray[np.int64]


def fold_with_places(text: str) -> Folded:
    """Fold a long text; takes time in proportion to its length."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    seen = np.zeros(_N_CODES, dtype=np.bool_)
    seen[codes] = True
    n_out = np.empty(_N_CODES, dtype=np.int64)
    at_out = np.empty(_N_CODES, dtype=np.int64)
    pieces: list[str] = []
    length = 0
    for code in np.flatnonzero(seen).tolist():
        piece = fold_char(chr(code))
        n_out[code], at_out[code] = len(piece), length
        pieces.append(piece)
        length += len(piece)
    table = np.frombuffer("".join(pieces).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    counts = n_out[codes]
    places = np.repeat(np.arange(len(codes)), counts)
    within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
    folded = table[np.repeat(at_out[codes], counts) + within]
    return Folded(folded.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"), places)
