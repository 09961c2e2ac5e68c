# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Names met again: a name that its head word marked stands elsewhere without it, and "the fund" means one of them.

Of `фонд «Тёплый берег»` the words in quotation marks are a name wherever they stand in quotation marks, of
"association Lueur d'Atlas" the words in capitals, of a name in capitals the whole. All of a passage are found in one
pass.
"""

import re
from collections.abc import Iterator, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.folding import fold_pattern

_QUOTED = re.compile(r"\"[^\"\n]{3,60}\"")
_SMALL_HEAD = re.compile(r"[^\W\d_]+ (?=[^\W\d_])")
_SHORTEST = 5
_MOST = 2_000
_LOWER = "|".join(
    sorted(
        {re.escape(word) for language in ("en", "fr") for word in HEADS[language] if word.isalpha()},
        key=len,
        reverse=True,
    )
)
_AGAIN = re.compile(
    rf"(?<![^\W_])(?:the |this |that |its |la |le |l['’]|cette |cet |ce |ladite |ledit |said )(?P<head>(?i:{_LOWER}))(?![^\W_])(?! (?:of|de|du|des|d['’]|[A-ZÀ-ÞĀ-Ž]))"
)
_TURKISH_AGAIN = re.compile(
    fold_pattern(
        r"(?<![^\W_])(?P<head>dernek|dernegin|dernegi|vakif|vakfin|vakfi|orgut|orgutu|orgutun|hareket|hareketi)(?![^\W_])"
    )
)
_TURKISH_SORT = {"d": "charity", "v": "charity", "o": "movement", "h": "movement"}


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
    yield from _again(reading)


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
        if text[0] > "\u0590" and text.count(" ") > 1 and not quoted:  # the words behind an Arabic or Hebrew head
            rest = mention._replace(lo=mention.lo + text.index(" ") + 1)
            if "\u0590" < reading.text[rest.lo] and rest.hi - rest.lo > _SHORTEST:
                forms.setdefault(reading.text[rest.lo : rest.hi], rest)
        part = reading.cased[lo : lo + 1]
        if hi - lo >= _SHORTEST and (part == '"' or part in "«“„" or part.isupper() or part > "\u0590"):
            forms.setdefault(reading.text[lo:hi], mention._replace(lo=lo, hi=hi))
    return forms


def _apart(text: str, lo: int, hi: int) -> bool:
    before, after = text[lo - 1 : lo], text[hi : hi + 1]
    return not (before.isalnum() and text[lo] != '"') and not after.isalnum()


def _again(reading: Reading) -> Iterator[Mentioned]:
    for match in _AGAIN.finditer(reading.cased):
        lo, hi = match.span()
        word = reading.text[match.start("head") : match.end("head")]
        kind, schema = HEADS["en"].get(word) or HEADS["fr"][word]
        if schema not in ("PublicBody", "Country") and kind != "newspaper":
            yield Mentioned(lo, hi, schema, kind, "again")
    for match in _TURKISH_AGAIN.finditer(reading.text):
        yield Mentioned(*match.span(), "Organization", _TURKISH_SORT[match["head"][0]], "again")
