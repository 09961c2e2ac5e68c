"""Where links stand in a text, and where each ends: without the punctuation of the sentence around it."""

import re
from collections.abc import Iterator

_LINK = re.compile(r"(?:hxxps?|https?|ftp|tg|wss?|mailto):[^\s<>\"'«»]+|\bwww\.[^\s<>\"'«»]+", re.IGNORECASE)
_PUNCTUATION = ".,;:!?،؛؟…]}'\""


def links_in(text: str) -> Iterator[tuple[int, int]]:
    """Where links stand, `[start, end)`, in their order."""
    for match in _LINK.finditer(text):
        yield match.start(), _end(match)


def _end(match: re.Match[str]) -> int:
    text = match[0].rstrip(_PUNCTUATION)
    while text[-1:] == ")" and text.count(")") > text.count("("):
        text = text[:-1].rstrip(_PUNCTUATION)
    return match.start() + len(text)
