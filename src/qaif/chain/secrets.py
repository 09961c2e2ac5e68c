"""Finds private keys in text, so that none is ever printed, logged or kept.

What is known by its shape is taken without asking its checksum: a key with one wrong character is still most
of a key. What has no shape of its own (64 hexadecimal digits are also a transaction id) counts only where a
word shortly before it calls it a key. A minikey is told by its own typing check, one text in 256 by chance.

A seed phrase is told by twelve or more words of BIP39's English list in a row, again whatever its checksum:
of the words that hold English sentences together ("the", "and", "of", "is") hardly one is on that list.

Not found: a key that is split over lines, encrypted, or written in another alphabet; a phrase in another
language or of fewer words.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from qaif.chain.seedwords import SEED_WORDS

REDACTED = "[private key removed]"

_B58 = "1-9A-HJ-NP-Za-km-z"
_BECH32 = "02-9ac-hj-np-z"
_SHAPES = (
    ("a private key in wallet import format", rf"[59][{_B58}]{{50}}|[KLc][{_B58}]{{51}}"),
    ("an extended private key", rf"[xyztuvYZUV]prv[{_B58}]{{60,}}"),
    ("a private key encrypted by BIP38", rf"6P[{_B58}]{{56}}"),
    ("a Nostr private key", rf"nsec1[{_BECH32}]{{58}}|NSEC1[{_BECH32.upper()}]{{58}}"),
    ("a master seed of BIP93", rf"ms1[{_BECH32}]{{45,}}|MS1[{_BECH32.upper()}]{{45,}}"),
)


def _alone(shape: str) -> re.Pattern[str]:
    """The shape where no letter or digit stands on either side."""
    return re.compile(rf"(?<![A-Za-z0-9])(?:{shape})(?![A-Za-z0-9])")


_PATTERNS = tuple((kind, _alone(shape)) for kind, shape in _SHAPES)
_MINIKEY = _alone(rf"S(?:[{_B58}]{{29}}|[{_B58}]{{25}}|[{_B58}]{{21}})")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0[xX])?[0-9A-Fa-f]{64}(?:01)?(?![0-9A-Za-z])")
_CALLED = re.compile(
    r"(?P<key>priv(?:ate)?[\s_-]*(?:key|exponent|hex)|secret|seed|master[\s_-]*key|\bwif\b|\bpriv\b"
    r"|закрыт\w+ ключ\w*|приватн\w+ ключ\w*|المفتاح الخاص|مفتاح خاص|מפתח פרטי|私钥|私鑰|秘密鍵)"
    r"|(?P<other>\btx(?:id|hash)?\b|transaction|block|hash|outpoint|public|pub[\s_-]*key|merkle)",
    re.IGNORECASE,
)
_CALLED_WITHIN = 60  # characters before the digits

_WORDS = frozenset(SEED_WORDS)
_PHRASE = 12  # words of the shortest phrase that wallets make today
_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,8}(?![A-Za-z])")
_LONGEST_GAP = 8  # characters between two words: a comma, a line's end, a number

# characters without a width, and marks of writing direction: they hide a key from the eye and from a pattern
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


class KeySpan(NamedTuple):
    """Where a private key stands in a text: `text[start:end]`, and what kind it is, never what it says."""

    start: int
    end: int
    kind: str


def _called_a_key(text: str, start: int) -> bool:
    """Whether the last naming word shortly before `start` says that a private key follows."""
    named = None
    for found in _CALLED.finditer(text, max(0, start - _CALLED_WITHIN), start):
        named = found.lastgroup
    return named == "key"


def _phrases(text: str) -> Iterator[KeySpan]:
    """Runs of words of the list, with nothing but numbers and marks between them."""
    count, start, end = 0, 0, 0
    for found in _WORD.finditer(text):
        gap = text[end : found.start()] if count else ""
        listed = found.group().lower() in _WORDS
        if count and not (listed and len(gap) <= _LONGEST_GAP and not any(map(str.isalpha, gap))):
            if count >= _PHRASE:
                yield KeySpan(start, end, "a seed phrase")
            count = 0
        if listed:
            start = start if count else found.start()
            count, end = count + 1, found.end()
    if count >= _PHRASE:
        yield KeySpan(start, end, "a seed phrase")


def _found(text: str) -> Iterator[KeySpan]:
    """Every key of a text without hidden characters, in no order."""
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield KeySpan(*found.span(), kind)
    for found in _MINIKEY.finditer(text):
        if hashlib.sha256(found.group().encode() + b"?").digest()[0] == 0:
            yield KeySpan(*found.span(), "a minikey")
    for found in _HEX.finditer(text):
        if _called_a_key(text, found.start()):
            yield KeySpan(*found.span(), "a private key in hexadecimal")
    yield from _phrases(text)


def find_private_keys(text: str) -> tuple[KeySpan, ...]:
    """Every private key in `text`, in order, with characters hidden inside it counted as part of it."""
    hidden = [found.start() for found in _UNSEEN.finditer(text)]
    if not hidden:
        return tuple(sorted(_found(text)))
    skipped = set(hidden)
    place = [at for at in range(len(text)) if at not in skipped]
    return tuple(
        sorted(
            KeySpan(place[span.start], place[span.end - 1] + 1, span.kind)
            for span in _found(_UNSEEN.sub("", text))
        )
    )


def redact(text: str) -> str:
    """`text` with every private key replaced by `REDACTED`; all else as it was."""
    parts, at = [], 0
    for span in find_private_keys(text):
        if span.start >= at:
            parts += [text[at : span.start], REDACTED]
        at = max(at, span.end)
    return "".join(parts) + text[at:]
