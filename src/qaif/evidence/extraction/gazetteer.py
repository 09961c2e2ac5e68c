# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Names that are known, found in a text in one pass, whatever their number.

A gazetteer is built in memory from lists and claims; the names of `known.py` are always in it. What it
finds is a candidate with a score, never a decision; entries marked weak (one common word, a short
acronym) say so.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from qaif.evidence.extraction.known import known
from qaif.evidence.extraction.shape import Candidate, Schema
from qaif.evidence.folding import fold
from qaif.evidence.name_index import NameIndex
from qaif.evidence.names import SAME, script_of

_SHORTEST = 3
_LONGEST_ACRONYM = 4
_LONGEST_PREFIX = 4
_MOST_REMEMBERED = 10_000
_SEPARATORS = str.maketrans(dict.fromkeys("-_\"'\t", " "))
_CLITICS = frozenset(
    (
        "",
        "و",
        "ف",
        "ب",
        "ل",
        "ك",
        "ال",
        "وال",
        "بال",
        "فال",
        "كال",
        "لل",
        "ول",
        "وب",
        "ولل",
        "ה",
        "ב",
        "ל",
        "מ",
        "ו",
        "ש",
        "כ",
        "מה",
        "וה",
        "שה",
    )
)
_SUFFIX = {"Cyrillic": 3, "Latin": 0, "Arabic": 0, "Hebrew": 0, "": 0}
_VOWELS = "аеиоуыэюяйь"
_WORD_CHAR = re.compile(r"[^\W_]")


class Entry(NamedTuple):
    """One spelling of one entity.

    Args:
        entity_id: the entity.
        name: the spelling.
        schema: FollowTheMoney's name for what it is.
        weak: the spelling is one that much else has.
    """

    entity_id: str
    name: str
    schema: str
    weak: bool


class Hit(NamedTuple):
    """Names of the gazetteer at one place of a folded text.

    Args:
        lo: first folded character.
        hi: one past the last.
        entries: positions of the entries.
    """

    lo: int
    hi: int
    entries: tuple[int, ...]


class Gazetteer:
    """Known names made ready to be found.

    Args:
        entries: what the user's lists and claims name.
    """

    def __init__(self, entries: Iterable[tuple[str, str, str, bool]] = ()) -> None:
        own = [Entry(*entry) for entry in entries]
        self.n_own = len(own)
        self.entries = (*own, *(Entry(k.entity_id, k.name, k.schema, k.name.isupper()) for k in known()))
        self._known_candidates: dict[tuple[str, tuple[int, ...]], tuple[Candidate, ...]] = {}
        self._not_targets = {k.entity_id for k in known() if not k.target}

    @cached_property
    def _patterns(self) -> dict[str, list[int]]:
        patterns: dict[str, list[int]] = {}
        for position, entry in enumerate(self.entries):
            pattern = _pattern(entry.name)
            if len(pattern) >= _SHORTEST or (len(pattern) > 1 and entry.name.isupper()):
                patterns.setdefault(pattern, []).append(position)
        return patterns

    @cached_property
    def _searched(self) -> list[str]:
        return list(self._patterns)

    @cached_property
    def _automaton(self) -> "object":
        from ahocorasick_rs import AhoCorasick, Implementation

        return AhoCorasick(self._searched, implementation=Implementation.ContiguousNFA)

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex([entry.name for entry in self.entries])

    def is_target(self, position: int) -> bool:
        """Whether an authority could list the entity; not a state, not the World Bank."""
        return self.entries[position].entity_id not in self._not_targets

    def schema(self, position: int) -> Schema:
        """What sort of entity an entry names."""
        return self.entries[position].schema  # type: ignore[return-value]

    def find(self, folded: str, cased: str) -> list[Hit]:
        """Names in a folded text, the longest where several overlap.

        Args:
            folded: the text.
            cased: its characters as they stand; a short Latin name has to stand in capitals where it has them.
        """
        text = folded.translate(_SEPARATORS)
        found = []
        for which, lo, hi in self._automaton.find_matches_as_indexes(text, overlapping=True):  # type: ignore[attr-defined]
            pattern = self._searched[which]
            if (end := _bounded(text, lo, hi, script_of(pattern))) and (
                positions := self._as_written(pattern, cased[lo:hi])
            ):
                found.append(Hit(lo - _article_before(text, lo), end, positions))
        return _longest(found)

    def _as_written(self, pattern: str, cased: str) -> tuple[int, ...]:
        """The entries that what stands there may be: a name with a capital needs one."""
        return tuple(
            position
            for position in self._patterns[pattern]
            if not (
                (self.entries[position].name[:1].isupper() and cased[:1].islower())
                or (
                    self.entries[position].name.isupper()
                    and len(pattern) <= _LONGEST_ACRONYM
                    and not cased.isupper()
                )
            )
        )

    def candidates(self, name: str, exact: Sequence[int] = ()) -> tuple[Candidate, ...]:
        """Entities that a name may be, the likest first.

        Args:
            name: the name.
            exact: entries already found by their letters.
        """
        key = (name, tuple(exact))
        if key not in self._known_candidates:
            if len(self._known_candidates) > _MOST_REMEMBERED:
                self._known_candidates.clear()
            self._known_candidates[key] = self._candidates(name, exact)
        return self._known_candidates[key]

    def _candidates(self, name: str, exact: Sequence[int]) -> tuple[Candidate, ...]:
        hits = [(position, SAME, "same letters") for position in exact]
        if not exact:
            hits = [(hit.position, hit.score, hit.how) for hit in self._index.search(name, most=5, least=75)]
        best: dict[str, Candidate] = {}
        for position, score, how in hits:
            entry = self.entries[position]
            if entry.entity_id not in best:
                best[entry.entity_id] = Candidate(entry.entity_id, entry.name, score, how, entry.weak)  # type: ignore[arg-type]
        return tuple(best.values())


@lru_cache(maxsize=1)
def built_in() -> Gazetteer:
    """A gazetteer of the names of `known.py` alone."""
    return Gazetteer()


def _pattern(name: str) -> str:
    """What is searched for: folded, without an Arabic article, without a Cyrillic ending."""
    words = fold(name).translate(_SEPARATORS).split()
    pattern = " ".join(words)
    if pattern.startswith("ال") and len(pattern) > _LONGEST_PREFIX:
        pattern = pattern[2:]
    if script_of(pattern) == "Cyrillic" and len(pattern) > _LONGEST_PREFIX and pattern[-1] in _VOWELS:
        pattern = pattern[:-1]
    return pattern


def _bounded(text: str, lo: int, hi: int, script: str) -> int:
    """Where a match ends as a word, 0 if it is part of another one."""
    start = lo
    while start > 0 and lo - start < _LONGEST_PREFIX and _WORD_CHAR.match(text, start - 1):
        start -= 1
    if text[start:lo] not in _CLITICS or (script not in ("Arabic", "Hebrew") and start != lo):
        return 0
    end = hi
    while end < len(text) and end - hi <= _SUFFIX[script] and _WORD_CHAR.match(text, end):
        end += 1
    return end if end - hi <= _SUFFIX[script] else 0


def _article_before(text: str, lo: int) -> int:
    """How many characters of the article stand before a match; they belong to the name."""
    return 2 if text[max(0, lo - 2) : lo] == "ال" else 0


def _longest(hits: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.lo, -h.hi)):
        if kept and hit.lo < kept[-1].hi:
            if hit.hi - hit.lo > kept[-1].hi - kept[-1].lo:
                kept[-1] = hit
            continue
        kept.append(hit)
    return kept
