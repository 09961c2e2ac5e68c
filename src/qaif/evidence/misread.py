"""What a program that reads pictures makes of an address: letters that look alike, and one that it got wrong.

An alphabet without 1, b, i and o, or without 0, O, I and l, tells what such a letter must have been. What is
read so counts only where the checksum holds. A letter that is in the alphabet and wrong cannot be told from
the text: then the addresses that are one letter away are named beside what stands there, and none is taken.
"""

import re
from collections.abc import Callable, Iterator

_BECH32_DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE58_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = re.compile(r"(bc|tb|bcrt)([1lI])([0-9A-Za-z]{39,59})", re.IGNORECASE)
_BASE58 = re.compile(r"[13mn2Il][0-9A-Za-z]{25,34}")
_IN_BECH32 = str.maketrans("1IiOobB", "lll0068")
_IN_BASE58 = str.maketrans("0OIl", "oo11")


def as_meant(text: str) -> str | None:
    """A run of letters as an address, its look-alikes read as letters that addresses have; None of others."""
    if match := _BECH32.fullmatch(text):
        return f"{match[1].lower()}1{match[3].translate(_IN_BECH32).lower()}"
    return text.translate(_IN_BASE58) if _BASE58.fullmatch(text) else None


def read_so(text: str, meant: str) -> str:
    """Which letters were read as which, in words; empty where none was."""
    pairs = (
        f"{a} as {b}" for a, b in zip(text, meant, strict=True) if a != b and (a.lower() != b or a in "OIB")
    )
    what = ", ".join(dict.fromkeys(pairs))
    return f"read letters that OCR confuses: {what}" if what else ""


def one_letter_off(meant: str, holds: Callable[[str], bool]) -> Iterator[str]:
    """The addresses that differ from a run of letters in one.

    Args:
        meant: as `as_meant` gives it.
        holds: whether a text is an address.
    """
    bech32 = _BECH32.fullmatch(meant)
    first, digits = (bech32.start(3), _BECH32_DIGITS) if bech32 else (1, _BASE58_DIGITS)
    for at in range(first, len(meant)):
        for letter in digits:
            other = f"{meant[:at]}{letter}{meant[at + 1 :]}"
            if letter != meant[at] and holds(other):
                yield other


def tries(meant: str) -> int:
    """How many texts `one_letter_off` tries."""
    return len(meant) * len(_BECH32_DIGITS if _BECH32.fullmatch(meant) else _BASE58_DIGITS)
