"""Long passages in pieces, so that what is proposed of a text without end has an end.

Proposals come at a few thousand a second; a text of a few megabytes can hold half a million, which nobody
would judge. After so many the rest is searched for addresses only, and the answer says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from qaif.evidence.passages import Passage

MOST_PROPOSALS = 20_000
LONGEST_PIECE = 1 << 16  # characters


def pieces(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages, none longer than a piece: parted at a line, else at a blank, else where it is full."""
    for passage in passages:
        start = 0
        while len(passage.text) - start > LONGEST_PIECE:
            end = _end(passage.text, start)
            yield _between(passage, start, end)
            start = end
        yield _between(passage, start, len(passage.text)) if start else passage


def _end(text: str, start: int) -> int:
    full = start + LONGEST_PIECE
    least = start + LONGEST_PIECE // 2
    for mark in ("\n", " "):
        at = text.rfind(mark, least, full)
        if at >= 0:
            return at + 1
    return full


def _between(passage: Passage, start: int, end: int) -> Passage:
    cut = slice(start, end)
    return replace(
        passage, text=passage.text[cut], starts=passage.starts[cut], ends=passage.ends[cut], cells=()
    )


def left_out(length: int, searched: int) -> str:
    """What to say where the rest of a text was not searched for more than addresses."""
    return (
        f"More than {MOST_PROPOSALS:,} proposals: after character {searched:,} of {length:,} only Bitcoin "
        "addresses were sought. Part the document to see the rest."
    )
