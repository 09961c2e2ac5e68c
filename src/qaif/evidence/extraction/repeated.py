# ruff: noqa: RUF002  an example in another script
"""Names met again: a name that its head word marked stands elsewhere without it.

Of `фонд «Тёплый берег»` the words in quotation marks are a name wherever they stand in them, of "association
Lueur d'Atlas" those in capitals, of a name in capitals the whole. One pass finds all of a passage.
"""

import re
from collections.abc import Iterator, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.reading import Reading

_QUOTED = re.compile(r"\"[^\"\n]{3,60}\"")
_SMALL_HEAD = re.compile(r"[^\W\d_]+ (?=[^\W\d_])")
_SHORTEST = 5
_MOST = 2_000


def find(reading: Reading, mentions: Sequence[Mentioned]) -> Iterator[Mentioned]:
    """Where names that were found stand once more, and who is spoken of by a head word alone."""
    sorts = _forms(reading, mentions)
    forms = list(sorts)[:_MOST]
    if forms:
        found = AhoCorasick(forms, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes(reading.text)
        for which, lo, hi in found:
            first = sorts[forms[which]]
            if _apart(reading.text, lo, hi) and reading.cased[lo] == reading.cased[first.lo]:
                yield first._replace(lo=lo, hi=hi)


def _forms(reading: Reading, mentions: Sequence[Mentioned]) -> dict[str, Mentioned]:
    """How each name may stand again, as folded text, with the place where that part of it was found."""
    forms: dict[str, Mentioned] = {}
    for mention in mentions:
        if mention.how != "name" or mention.entries or mention.word == "place":
            continue
        text = reading.text[mention.lo : mention.hi]
        if quoted := _QUOTED.search(text):
            lo, hi = mention.lo + quoted.start(), mention.lo + quoted.end()
        else:
            small = _SMALL_HEAD.match(text)
            cut = small.end() if small and reading.cased[mention.lo].islower() else 0
            lo, hi = mention.lo + cut, mention.hi
        if (
            text[0] > "\u0590" and text.count(" ") > 1 and not quoted
        ):  # the words behind an Arabic or Hebrew head
            rest = mention._replace(lo=mention.lo + text.index(" ") + 1)
            if reading.text[rest.lo] > "\u0590" and rest.hi - rest.lo > _SHORTEST:
                forms.setdefault(reading.text[rest.lo : rest.hi], rest)
        part = reading.cased[lo : lo + 1]
        if hi - lo >= _SHORTEST and (part == '"' or part in "«“„" or part.isupper() or part > "\u0590"):
            forms.setdefault(reading.text[lo:hi], mention._replace(lo=lo, hi=hi))
    return forms


def _apart(text: str, lo: int, hi: int) -> bool:
    before, after = text[lo - 1 : lo], text[hi : hi + 1]
    return not (before.isalnum() and text[lo] != '"') and not after.isalnum()
