# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""One passage made ready for extraction: folded, cut into lines and sentences, each line with its language.

Extractors see folded text and give back offsets in it; this module alone turns those into spans of the document
and into texts that are fit to be shown.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qaif.chain.secrets import REDACTED
from qaif.evidence.defang import defang, show, show_line
from qaif.evidence.extraction.shape import Kind, Schema, Span
from qaif.evidence.folding import Folded, fold_with_places
from qaif.evidence.mention import Redaction
from qaif.evidence.passages import Passage

CONTEXT = 80
LONGEST_SENTENCE = 2_000
_LONGEST_QUOTE = 400
_END = re.compile(r"[!?;]+(?=\s)|(?<![\s.\d][a-zа-я])(?<![\s.][a-z]{2})\.(?=\s+|$)|\n+")
_SHORT = re.compile(r"(?<![^\W_])(?:ltd|inc|corp|llc|sti|no|nr|num|tel|al|cf|тел|млн|млрд|тыс|руб|долл)\Z")
_LETTER_OF = {
    "he": re.compile("[\u05d0-\u05ea]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0620-\u06ff]"),
}
_PERSIAN = re.compile("[پچژگیک]")
_NOT_PERSIAN = re.compile("[يكةىأإ]")
_TURKISH = re.compile(r"[ığşİĞŞ]|\b(?:ve|bir|için|ile|olarak|da)\b")
_FRENCH = re.compile(r"[àâçèêëîïôùûœ]|\b(?:le|la|les|des|une|est|du|aux|qui|dans)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|is|was|by|for|at|not)\b", re.IGNORECASE)
_SAMPLE = 600


@dataclass(frozen=True)
class Found:
    """What an extractor found, in offsets of the folded text.

    Args:
        kind: what it is.
        value: in one form.
        lo: first folded character.
        hi: one past the last.
        notes: what was assumed.
        schema: for names.
    """

    kind: Kind
    value: str
    lo: int
    hi: int
    notes: tuple[str, ...] = ()
    schema: Schema | None = None


def language_of(text: str) -> str:
    """The language of a line by its letters and its commonest words; empty where there are none."""
    sample = text[:_SAMPLE]
    count = {name: len(letter.findall(sample)) for name, letter in _LETTER_OF.items()}
    likest = max(count, key=lambda name: count[name])
    if count[likest] * 3 > sum(char.isalpha() for char in sample):
        if likest != "ar":
            return likest
        return "fa" if len(_PERSIAN.findall(sample)) > len(_NOT_PERSIAN.findall(sample)) else "ar"
    points = {
        "en": len(_ENGLISH.findall(sample)),
        "tr": 2 * len(_TURKISH.findall(sample)),
        "fr": 2 * len(_FRENCH.findall(sample)),
    }
    likest = max(points, key=lambda name: points[name])
    return likest if points[likest] else ""


class Reading:
    """One passage, folded.

    Args:
        source: the document's text.
        passage: the passage.
        redactions: where private keys stand; no text of them leaves this class.
    """

    def __init__(self, source: str, passage: Passage, redactions: Sequence[Redaction] = ()) -> None:
        self._source = source
        self._passage = passage
        self._redactions = sorted((r.start, r.end) for r in redactions)
        self._redacted_starts = [start for start, _ in self._redactions]
        folded: Folded = fold_with_places(passage.text)
        self.text = folded.text
        self._places = folded.places

    @cached_property
    def cased(self) -> str:
        """The folded text's characters as they stand, one for one."""
        text = self._passage.text
        return "".join([text[place] for place in self._places.tolist()])

    def place(self, lo: int, hi: int) -> tuple[int, int]:
        """The span in the document of a stretch of the folded text."""
        first, last = int(self._places[lo]), int(self._places[hi - 1])
        return self._passage.starts[first], self._passage.ends[last]

    def locate(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch of the folded text that stands for a span of the document; nothing if it is not here."""
        starts = self._passage.starts
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
        if first < 0 or starts[first] != start or self._passage.ends[last] != end:
            return None
        lo = int(np.searchsorted(self._places, first, side="left"))
        hi = int(np.searchsorted(self._places, last, side="right"))
        return (lo, hi) if lo < hi else None

    def span(self, lo: int, hi: int) -> Span:
        """The same with what stands there."""
        start, end = self.place(lo, hi)
        return Span(start, end, self.quoted(start, end))

    def document_span(self, start: int, end: int) -> Span:
        """A span given in offsets of the document, with what stands there."""
        return Span(start, end, self.quoted(start, end))

    def quoted(self, start: int, end: int) -> str:
        """What stands at a span of the document, fit to be shown."""
        return defang(show(self._without_keys(start, min(end, start + _LONGEST_QUOTE))))

    def around(self, start: int, end: int) -> tuple[str, str]:
        """What stands before and after a span of the document, fit to be shown."""
        before = self._without_keys(max(0, start - CONTEXT), start)
        after = self._without_keys(end, end + CONTEXT)
        return defang(show_line(before)).lstrip(), defang(show_line(after)).rstrip()

    def holds_key(self, start: int, end: int) -> bool:
        """Whether a span of the document touches a private key."""
        at = bisect_right(self._redacted_starts, end - 1) - 1
        return at >= 0 and self._redactions[at][1] > start

    def _without_keys(self, start: int, end: int) -> str:
        parts, at = [], start
        first = max(0, bisect_right(self._redacted_starts, start) - 1)
        for lo, hi in self._redactions[first:]:
            if lo >= end:
                break
            if hi > at:
                parts += [self._source[at : max(lo, at)], REDACTED]
                at = hi
        return "".join(parts) + self._source[at:end]

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _languages(self) -> dict[int, str]:
        return {}

    def language(self, at: int) -> str:
        """The language of the line that a folded character stands in."""
        line = bisect_right(self._lines, at) - 1
        if line not in self._languages:
            end = self._lines[line + 1] if line + 1 < len(self._lines) else len(self.text)
            first = int(self._places[self._lines[line]]) if self.text else 0
            last = int(self._places[end - 1]) if end else 0
            self._languages[line] = language_of(self._passage.text[first : min(last + 1, first + _SAMPLE)])
        return self._languages[line]

    @cached_property
    def main_language(self) -> str:
        """The language of the passage as a whole, by its beginning."""
        return language_of(self._passage.text)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Where sentences begin and end; none is longer than 2,000 characters."""
        found: list[tuple[int, int]] = []
        start = 0
        ends = (match.end() for match in _END.finditer(self.text) if not self._shortened(match.start()))
        for end in [*ends, len(self.text)]:
            found += [(lo, min(end, lo + LONGEST_SENTENCE)) for lo in range(start, end, LONGEST_SENTENCE)]
            start = end
        return [(lo, hi) for lo, hi in found if not self.text[lo:hi].isspace()]

    def _shortened(self, at: int) -> bool:
        """Whether a full stop belongs to a word cut short, after which the sentence goes on: "Ltd. Şti.,"."""
        following = self.cased[at + 1 : at + 3].lstrip()
        short = self.text[at] == "." and _SHORT.search(self.text, max(0, at - 8), at)
        return bool(short and following and (short[0] == "ltd" or not following[0].isupper()))

    def before(self, lo: int, reach: int = 60) -> str:
        """Folded text before an offset, not beyond the line."""
        return self.text[max(0, lo - reach) : lo].rpartition("\n")[2]

    def after(self, hi: int, reach: int = 60) -> str:
        """Folded text after an offset, not beyond the line."""
        return self.text[hi : hi + reach].partition("\n")[0]
