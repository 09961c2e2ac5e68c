# ruff: noqa: E501  words of many scripts, a table's line a word or a cue

"""Other names: "X (known as Y)", `X (المعروف باسم Y)`, `X («Y» olarak da bilinen)`; both ends are names."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qaif.evidence.extraction.cues import ALIAS, ALIAS_BEFORE, ALIAS_BESIDE, ALIAS_MORE
from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Schema
from qaif.evidence.folding import fold_pattern

_OPENING = re.compile(
    fold_pattern(
        r"(?:[\s(\[,\"'-]+(?:او|או|or|ou|или|كه|which|who|that|qui|которое|который|которая|которые|التي|الذي|is|was|est|היא|הוא))?"
        r"(?:\s(?:كه )?(?:با|به) نام)?[\s(\[,\"'-]*$"
    )
)
_BREAK = re.compile(r"[,.;:()\[\]\"\n!?]|\s-\s")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_PERSON = re.compile(
    fold_pattern(
        r"شخص|المدعو|السيد|المتهم|ناشط|رجل|مواطن|person|\bman\b|\bmr\b|\bms\b|individual|suspect|האיש|מר |החשוד|"
        r"гражданин|господин|обвиняем|sanik |monsieur|homme|آقاي|فردي|sahis|individu"
    )
)
_MOST_WORDS = 5
_BODIES = ("Organization", "Company", "LegalEntity", "Person")
_REACH = 90
_AND_NAMED = re.compile(
    fold_pattern(r"\s(?:و|and|is|was|has|who|which|هو|هي|الذي|التي|في|من|الذين|that|in|is|est|et|и)(?!\w).*$")
)


class Alias(NamedTuple):
    """One other name.

    Args:
        name: the one.
        other: the other.
        lo: where the words that say so begin, in folded text.
        hi: one past their last.
    """

    name: Mentioned
    other: Mentioned
    lo: int
    hi: int


def find(reading: Reading, mentions: Sequence[Mentioned]) -> Iterator[Alias]:
    """Other names, in the order of the passage."""
    ending = {mention.hi: mention for mention in mentions}
    beginning = {mention.lo: mention for mention in mentions}
    seen: set[int] = set()
    for pattern in (ALIAS, ALIAS_BEFORE, ALIAS_MORE, ALIAS_BESIDE):
        for match in pattern.finditer(reading.text):
            lo, hi = _trimmed(reading.text, *match.span("other"))
            after = beginning.get(match.end() + 1) if pattern is ALIAS_BEFORE else None
            subject = after or _before(reading, match.start(), ending)
            if subject and hi - lo > 1 and lo not in seen:
                seen.add(lo)
                other = Mentioned(lo, hi, subject.schema, "", "name")
                yield Alias(subject, other, *match.span("cue"))
    yield from _called(reading, mentions, seen)


_NAMING = re.compile(
    fold_pattern(
        r"(?<!\w)(?:known|called|calls|dubbed|alias|aka|named|names?|styled|connue?s?|dite?|appel\w+|nom|nomm\w+|designee?s?|enseigne|banniere|известн\w+|назва\w+|называ\w+|прозв\w+|имен\w+|"
        r"و?(?:ال)?معروف\w*|و?اسم\w*|ب?[يت]?سم[يو]\w{0,3}|ملقب\w*|لقب\w*|معروف|مشهور|نام|مي ?نامد|مي ?نامند|ה?ידוע\w*|ה?מכונ\w*|ה?מוכר\w*|ב?שמ\w?|ה?שמ|כינוי|ב?כינויה|bilinen|adi\w*|taninan|anilan|isim\w*)(?!\w)"
    )
)
_QUOTE = re.compile(r"\"[^\"\n]{2,60}\"")
_NO_ALIAS = re.compile(r"[.;\n\"]|\d")
_GAP, _GAP_AFTER = 60, 24


def _called(reading: Reading, mentions: Sequence[Mentioned], seen: set[int]) -> Iterator[Alias]:
    """A name, words of which one says that it is called so, and what stands in quotation marks; or the words after."""
    text = reading.text
    bodies = [
        m for m in mentions if m.how in ("name", "again") and m.schema in _BODIES and m.word != "newspaper"
    ]
    ends = [mention.hi for mention in bodies]
    taken = bytearray(len(text))
    for mention in mentions:
        if mention.word and mention.how == "name":
            taken[mention.lo : mention.hi] = b"\1" * (mention.hi - mention.lo)
    for match in _QUOTE.finditer(text):
        lo, hi = match.start() + 1, match.end() - 1
        at = bisect_right(ends, match.start()) - 1
        if at < 0 or lo in seen or taken.find(1, lo, hi) >= 0 or match.start() - ends[at] > _GAP:
            continue
        gap = text[ends[at] : match.start()]
        after = text[match.end() : match.end() + _GAP_AFTER].partition(".")[0]
        named = _NAMING.search(gap) or (len(gap) <= _GAP_AFTER and _NAMING.search(after))
        if named and not _NO_ALIAS.search(gap):
            seen.add(lo)
            other = Mentioned(lo, hi, bodies[at].schema, "", "name")
            yield Alias(bodies[at], other, ends[at], match.start() + 1)


def _trimmed(text: str, lo: int, hi: int) -> tuple[int, int]:
    """A name without its quotation marks, or what of a clause is the name."""
    if text[lo] == '"':
        return lo + 1, hi - 1
    piece = _AND_NAMED.sub("", text[lo:hi])
    words = [match.end() for match in _WORD.finditer(piece)]
    return (lo, lo + words[min(len(words), _MOST_WORDS) - 1]) if words else (lo, lo)


def _before(reading: Reading, at: int, ending: dict[int, Mentioned]) -> Mentioned | None:
    """Who stands right before the cue: a name found already, or the words back to the last comma."""
    start = max(0, at - _REACH)
    clause = reading.text[start:at]
    end = start + len(_OPENING.sub("", clause))
    for back in range(3):
        if end - back in ending or end + back in ending:
            return ending.get(end - back) or ending.get(end + back)
    breaks = [match.end() for match in _BREAK.finditer(reading.text, start, end)]
    lo = breaks[-1] if breaks else start
    words = list(_WORD.finditer(reading.text, lo, end))
    if reading.cased[lo:end].isascii() or reading.language(at) in ("en", "fr", "tr", "ru"):
        words = _capitals(reading, words)
    if not 1 < len(words) <= _MOST_WORDS or (start > 0 and not breaks and words[0].start() == start):
        return None
    sentence = reading.text[max(0, at - 3 * _REACH) : at]
    schema: Schema = "Person" if _PERSON.search(sentence) else "LegalEntity"
    return Mentioned(words[0].start(), words[-1].end(), schema, "", "name")


def _capitals(reading: Reading, words: list[re.Match[str]]) -> list[re.Match[str]]:
    """The words at the end that begin with a capital."""
    kept: list[re.Match[str]] = []
    for word in reversed(words):
        if not reading.cased[word.start()].isupper():
            break
        kept.append(word)
    return kept[::-1]
