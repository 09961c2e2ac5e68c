# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue

"""Relations that a sentence may state, by its cues: who stands before them and who after.

What a sentence leaves to the one before it ("the bank", "it") is resolved to the last of that sort and marked so. A
body that no authority lists, standing where the listed one is named, is taken for a slip: the bank named before is
proposed as unclear, or nothing is.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from qaif.evidence.extraction.cues import ALLEGED, CUES, IN_NAME_OF, NEGATED, SOURCES, Cue
from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Status
from qaif.evidence.folding import fold_pattern

ID, VERSION = "cues", "1"

_JOINED = re.compile(
    fold_pattern(r"[\s\"]*(?:,?\s?(?:و|and|as well as|وكذلك)|,|&|ו|и|et|ve)?[\s\"]*(?:the |la |le |l')?")
)
_IT = re.compile(
    fold_pattern(r"\s(?:it|them|him|her|её|его|их|אותה|אותו|אותם|اياها|onu|עליו|עליה|עליהם)(?!\w)")
)
_HE = re.compile(
    fold_pattern(
        r"(?<!\w)(?:(?:it|they|he|she|elles?|ils?)\s(?:\w+\s){0,2}|ש?(?:היא|הוא|הם)\s|(?:она|он|оно|они)\s(?:\w+\s)?|(?:la|le|les) dit\s)\Z"
    )
)
_THAT_IT = re.compile(fold_pattern(r"(?<!\w)(?:و|ب)?(?:أنها|أنه|انها|انه)\s$|\bthat it (?:is |was )?$"))
_APPOSED = re.compile(r", [^,.;:\n]{6,50} ")
_TELLERS = ("newspaper", "institute")
_WHOSE = re.compile(r"'n?[iu]n(?!\w)")
_REACH_OF_WHOSE = 12
_REACH_OF_SOURCE = 70
_REACH_BACK = 900
_LISTED = frozenset(
    (
        "designated by",
        "not designated by",
        "declared illegal by",
        "controlled by",
        "owned by",
        "account at",
        "serves",
    )
)
MOST_CUES = 60
"""Cues of one sentence; what has more of them in 2,000 characters is no sentence of a language."""
_MOST_JOINED = 12
_ADJACENT = 4
_BEFORE = 30  # how far before a cue it can be denied
_DENIED = {"designated by": "not designated by"}
_REACH_AFTER = 200

Names = Mapping[tuple[object, ...], Mentioned]
"""For where another name stands, the name that it goes with."""
_MOST_TOLD = 50


class Draft(NamedTuple):
    """A relation in offsets of the folded text.

    Args:
        role: which.
        subject: its first end.
        object: its second end.
        lo: where the cue begins.
        hi: one past its last.
        status: how the text says it.
        notes: what was assumed.
        stands_for: for each end, the earlier one that it is taken for.
    """

    role: str
    subject: Mentioned
    object: Mentioned
    lo: int
    hi: int
    status: Status
    notes: tuple[str, ...]
    stands_for: tuple[Mentioned | None, Mentioned | None]


class Said(NamedTuple):
    """Who is said to say it, in offsets of the folded text."""

    who: Mentioned
    lo: int
    hi: int


def sources(reading: Reading, mentions: Sequence[Mentioned]) -> list[Said]:
    """Who is said to say what the passage tells, in its order."""
    named = [m for m in mentions if m.how == "name" and m.word != "place"]
    starts, ends = [m.lo for m in named], [m.hi for m in named]
    found = []
    for side, pattern in SOURCES:
        for match in pattern.finditer(reading.text):
            if side == ">":
                at = bisect_left(starts, match.end())
                near = at < len(named) and starts[at] - match.end() <= _REACH_OF_SOURCE
                gap = reading.text[match.end() : starts[at]] if near else "\n"
            else:
                at = bisect_right(ends, match.start()) - 1
                reach = _REACH_OF_SOURCE // (2 if at >= 0 and named[at].word in _TELLERS else 4)
                near = at >= 0 and match.start() - ends[at] <= reach
                gap = reading.text[ends[at] : match.start()] if near else "\n"
            if near and not re.search(r"[\n.,;:(]", gap):
                found.append(Said(named[at], *match.span()))
    return sorted(set(found), key=lambda said: (said.lo, said.who.lo))


class _Sentence:
    """One sentence's mentions, and those that stand before it."""

    def __init__(
        self, reading: Reading, mentions: Sequence[Mentioned], bounds: tuple[int, int], named: Names
    ) -> None:
        self.lo, self.hi = lo, hi = bounds
        self._named = named
        self._reading = reading
        self._all = mentions
        self._first = bisect_left(mentions, lo, key=lambda m: m.lo)
        self.mentions = mentions[self._first : bisect_left(mentions, hi, key=lambda m: m.lo)]

    def pick(self, side: str, kinds: str, lo: int, hi: int) -> Mentioned | None:
        """The nearest end of a kind on a side of a stretch."""
        fitting = [m for m in self.mentions if _is(m, kinds)]
        if side[0] == "<":
            found = next((m for m in reversed(fitting) if m.hi <= lo and not self._whose(m, side, lo)), None)
            found = self._not_apposed(found, fitting) if found else None
            return self._named.get(found[:2], found) if found else None
        found = next((m for m in fitting if m.lo >= hi), None)
        if (
            found
            and kinds != "person"
            and any(
                m.schema != found.schema and m.lo < found.lo and 0 <= m.lo - hi <= _ADJACENT
                for m in self.mentions
            )
        ):
            return None  # the cue goes with what stands right after it, which is of another kind
        return found if found and found.lo - hi <= _REACH_AFTER else None

    def _whose(self, mention: Mentioned, side: str, lo: int) -> bool:
        """Of "A, B'nin ...dir ve C'de ... var" B, whose something is, and no subject."""
        return (
            side == "<2"
            and lo - mention.hi > _REACH_OF_WHOSE
            and bool(_WHOSE.match(self._reading.text, mention.hi))
        )

    def _not_apposed(self, found: Mentioned, fitting: Sequence[Mentioned]) -> Mentioned:
        """Of "A, a subsidiary of B, has", A: whom the words between two commas go with."""
        at = fitting.index(found)
        if not at or self._reading.text[found.hi : found.hi + 1] != ",":
            return found
        gap = self._reading.text[fitting[at - 1].hi : found.lo]
        apposed = _APPOSED.fullmatch(gap) and not _JOINED.fullmatch(gap)
        return fitting[at - 1] if apposed else found

    def right_after(self, hi: int, kinds: str) -> Mentioned | None:
        """An end of a kind that stands right after a cue."""
        return next((m for m in self.mentions if 0 <= m.lo - hi <= _ADJACENT and _is(m, kinds)), None)

    def of_pronoun(self, lo: int, kinds: str) -> Mentioned | None:
        """The first of the sentence, where "that it" stands before a cue."""
        if not _THAT_IT.search(self._reading.text, max(self.lo, lo - 8), lo):
            return None
        return next((m for m in self.mentions if m.hi <= lo and _is(m, kinds)), None)

    def joined(self, end: Mentioned, kinds: str, side: str) -> list[Mentioned]:
        """An end and those that "and" or a comma joins to it, away from the cue."""
        ends, at = [end], self.mentions.index(end)
        step = -1 if side[0] == "<" else 1
        while 0 <= at + step < len(self.mentions) and len(ends) < _MOST_JOINED:
            one, other = sorted((self.mentions[at], self.mentions[at + step]))
            gap = self._reading.text[one.hi : other.lo]
            if not _JOINED.fullmatch(gap) or not _is(self.mentions[at + step], kinds):
                break
            at += step
            ends.append(self.mentions[at])
        return ends

    def earlier(self, word: str, before: int) -> Mentioned | None:
        """The last one named or introduced before, of a class of words; any listed body if the class is empty."""
        at = bisect_left(self._all, before, key=lambda m: m.lo) - 1
        while at >= 0 and before - self._all[at].lo < _REACH_BACK:
            mention = self._all[at]
            fits = mention.word == word if word else mention.schema in ("Organization", "Company")
            if fits and mention.how in ("name", "unnamed", "indicator") and mention.target:
                return self._named.get(mention[:2], mention)
            at -= 1
        return None


def _is(mention: Mentioned, kinds: str) -> bool:
    return any(_is_kind(mention, kind) for kind in kinds.split("|"))


def _is_kind(mention: Mentioned, kind: str) -> bool:
    if kind == "wallet":
        return mention.schema == "CryptoWallet"
    if kind == "site":
        return mention.schema == "Website" and mention.how == "indicator"
    if mention.word == "place" or mention.schema in ("CryptoWallet", "Website", "BankAccount"):
        return False
    return _OF_KIND[kind](mention)


_OF_KIND: Mapping[str, Callable[[Mentioned], bool]] = {
    "who": lambda _: True,
    "bank": lambda mention: mention.word == "bank",
    "body": lambda mention: mention.schema in ("PublicBody", "Country") and mention.how == "name",
    "listed": lambda mention: mention.schema not in ("PublicBody", "Country"),
    "person": lambda mention: mention.schema in ("Person", "LegalEntity"),
    "org": lambda mention: mention.schema != "Person",
}


def find(reading: Reading, mentions: Sequence[Mentioned], named: Names) -> list[Draft]:
    """Relations, in the order of the passage; each once.

    Args:
        reading: the passage.
        mentions: its names and indicators, in its order.
        named: the names that other names stand for.
    """
    found: dict[tuple[object, ...], Draft] = {}
    sentence: _Sentence | None = None
    topic: Mentioned | None = None
    next_topic = True
    for bounds, lo, hi, which in _hits(reading):
        if sentence is None or sentence.lo != bounds[0]:
            sentence, next_topic = _Sentence(reading, mentions, bounds, named), True
        for draft in _of_cue(reading, sentence, CUES[which], (lo, hi), topic):
            found.setdefault((draft.role, draft.subject[:2], draft.object[:2]), draft)
            if next_topic and draft.subject.schema not in ("CryptoWallet", "Country"):
                topic, next_topic = draft.subject, False
    return list(found.values())


def _hits(reading: Reading) -> Iterator[tuple[tuple[int, int], int, int, int]]:
    """Where cues stand, in the order of the passage: the sentence, the place, and which cue; not too many of a sentence."""
    bounds = reading.sentences
    starts = [lo for lo, _ in bounds]
    seen: dict[int, int] = {}
    for lo, hi, which in sorted(
        (*match.span(), at) for at, cue in enumerate(CUES) for match in cue.words.finditer(reading.text)
    ):
        sentence = bisect_right(starts, lo) - 1
        seen[sentence] = seen.get(sentence, 0) + 1
        if sentence >= 0 and seen[sentence] <= MOST_CUES:
            yield bounds[sentence], lo, hi, which


def _of_cue(
    reading: Reading, sentence: _Sentence, cue: Cue, span: tuple[int, int], topic: Mentioned | None
) -> Iterator[Draft]:
    """What one cue proposes."""
    lo, hi = span
    if cue.needs and not cue.needs.search(reading.text, sentence.lo, sentence.hi):
        return
    subject, object_ = _ends(sentence, cue, span)
    if cue.role != "not designated by" and NEGATED.search(reading.text, max(sentence.lo, lo - _BEFORE), lo):
        cue = cue._replace(role=_DENIED.get(cue.role, ""))  # other denials are not proposed
    told = cue.subject[0] == "<1" or _IT.match(reading.text, hi)
    back = cue.role in _LISTED or (
        cue.role == "linked to" and _HE.search(reading.text, max(sentence.lo, lo - _BEFORE), lo)
    )
    pronoun = subject is None and object_ is not None and told and back
    notes: tuple[str, ...] = ()
    if pronoun and not (cue.role == "account at" and IN_NAME_OF.search(reading.text, hi, sentence.hi)):
        subject = topic or sentence.earlier("", sentence.lo)
        notes = ("the sentence names no subject; the one of the sentences before was taken",)
    if cue.role == "advised" and subject is None:
        subject = _word_before(reading, sentence.lo, lo)
    if subject is None or object_ is None or not cue.role:
        return
    status: Status = "alleged" if ALLEGED.search(reading.text, sentence.lo, sentence.hi) else "reported"
    for who, other, said in _pairs(sentence, cue, subject, object_):
        now: Status = "unclear" if said else status
        for_ = (_for(sentence, who), _for(sentence, other))
        if who[:2] != other[:2] and (for_[0] or who)[:2] != (for_[1] or other)[:2]:
            yield Draft(cue.role, who, other, lo, hi, now, notes + said, for_)


def _pairs(
    sentence: _Sentence, cue: Cue, subject: Mentioned, object_: Mentioned
) -> Iterator[tuple[Mentioned, Mentioned, tuple[str, ...]]]:
    """Each subject with each object that "and" joins to them, and what is unclear of it."""
    subjects = sentence.joined(subject, cue.subject[1], cue.subject[0]) if cue.subject[2] else [subject]
    objects = sentence.joined(object_, cue.object[1], cue.object[0]) if cue.object[2] else [object_]
    for one in subjects:
        for other in objects:
            if settled := _settle(sentence, cue.role, one, other):
                yield settled[0], other, settled[1]


def _ends(sentence: _Sentence, cue: Cue, span: tuple[int, int]) -> tuple[Mentioned | None, Mentioned | None]:
    """Subject and object; the one marked 2 is sought beyond the other."""
    (side, kinds, _), (other_side, other_kinds, _) = cue.subject, cue.object
    if cue.role == "not designated by" and (body := sentence.right_after(span[1], "body")):
        return sentence.pick(">2", "who", *body[:2]), body  # the verb, who judges, and of whom
    if cue.subject[0] == "<1" and (first := sentence.of_pronoun(span[0], kinds)):
        return first, sentence.pick(other_side, other_kinds, *span)
    if side[1] == "1":
        subject = sentence.pick(side, kinds, *span)
        beyond = subject[:2] if subject and other_side[1] == "2" else span
        return subject, (
            sentence.pick(other_side, other_kinds, *beyond) if subject or other_side[1] == "1" else None
        )
    object_ = sentence.pick(other_side, other_kinds, *span)
    return (sentence.pick(side, kinds, *object_[:2]) if object_ else None), object_


def _word_before(reading: Reading, start: int, lo: int) -> Mentioned | None:
    """The word before a cue, as somebody who has no name: "investigators advised"."""
    word = re.search(r"([^\W\d_]{4,40})\s$", reading.text[max(start, lo - 42) : lo])
    if not word:
        return None
    at = max(start, lo - 42)
    return Mentioned(at + word.start(1), at + word.end(1), "LegalEntity", "", "again")


def _settle(
    sentence: _Sentence, role: str, subject: Mentioned, object_: Mentioned
) -> tuple[Mentioned, tuple[str, ...]] | None:
    """The subject of a relation, or who else may be meant; nothing where the ends cannot be meant."""
    if role in ("advised", "refused support to"):
        return subject, ()
    if not object_.target and object_.schema != "Country" and role != "not designated by":
        return None
    if subject.target and subject.schema != "Country":
        return subject, ()
    if subject.word == "bank" and (meant := sentence.earlier("bank", subject.lo)) and role in _LISTED:
        note = "which bank is meant is unclear: the text has a bank here that no authority lists; another is named before"
        return meant, (note,)
    return None


def _for(sentence: _Sentence, end: Mentioned) -> Mentioned | None:
    return sentence.earlier(end.word, end.lo) if end.how == "again" and end.word else None


def status_at(reading: Reading, at: int) -> Status:
    """How the sentence around a place says what it says."""
    lo, hi = _bounds(reading, at)
    return "alleged" if ALLEGED.search(reading.text, lo, hi) else "reported"


def _bounds(reading: Reading, at: int) -> tuple[int, int]:
    bounds = reading.sentences
    which = bisect_right(bounds, at, key=lambda bound: bound[0]) - 1
    return bounds[max(which, 0)] if bounds else (0, 0)


def said_at(reading: Reading, said: Sequence[Said], at: int) -> list[Said]:
    """Who is said to say what the sentence around a place says."""
    lo, hi = _bounds(reading, at)
    return list(said[bisect_left(said, lo, key=lambda s: s.lo) : bisect_left(said, hi, key=lambda s: s.lo)])


def chain(
    reading: Reading, said: Sequence[Said], here: Sequence[Said], mentions: Sequence[Mentioned]
) -> list[Said]:
    """Through whom the document knows what these say: others said to tell of them in another sentence."""
    names = {reading.text[one.who.lo : one.who.hi] for one in here}
    found = []
    for other in said[:_MOST_TOLD]:
        if reading.text[other.who.lo : other.who.hi] in names:
            continue
        lo, hi = _bounds(reading, other.lo)
        told = mentions[
            bisect_left(mentions, lo, key=lambda m: m.lo) : bisect_left(mentions, hi, key=lambda m: m.lo)
        ]
        if any(reading.text[m.lo : m.hi] in names for m in told):
            found.append(other)
    return found
