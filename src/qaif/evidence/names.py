"""Names compared: by letters within a script, by consonants across scripts, and by words that are translated.

A score is an integer from 0 to 100 and says how alike two spellings are, never that two entities are one: a
name alone joins nothing. 100 is the same letters; other spellings and other scripts stay at 95 or below.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Literal

from qaif.evidence.folding import fold
from qaif.evidence.name_letters import CONCEPTS, DIGRAPHS, LETTERS, PARTICLES, bare

How = Literal[
    "same letters", "same words in another order", "like letters", "like consonants", "translated words"
]

SAME = 100
MOST_FOR_SPELLING = 95
_MOST_FOR_CONSONANTS = {0: 0, 1: 62, 2: 80, 3: 90}
_LIKE_ENOUGH = 60
_LONGEST_NAME = 400
_WORD = re.compile(r"(?:[^\W_]|['\"](?=[^\W_]))+")
_DIGRAPH = re.compile("|".join(re.escape(letters) for letters, _ in DIGRAPHS))
_SOUND = dict(DIGRAPHS)
_SCRIPTS = (
    ("Latin", re.compile("[a-z]")),
    ("Arabic", re.compile("[\u0620-\u06ff]")),
    ("Hebrew", re.compile("[\u05d0-\u05ea]")),
    ("Cyrillic", re.compile("[\u0400-\u052f]")),
)


@dataclass(frozen=True)
class Token:
    """One word of a name.

    Args:
        folded: its folded letters, without an Arabic article.
        skeletons: its consonants by class; two readings where a Hebrew word may begin with its article.
        concept: the English word, if the word is one that is translated rather than spelt.
        script: its script; empty for digits and others.
    """

    folded: str
    skeletons: tuple[str, ...]
    concept: str
    script: str

    @property
    def weight(self) -> int:
        """How much the word tells: a word such as "company" less than a name's own."""
        return 2 if self.concept else 2 + min(len(self.folded), 6)


def fold_name(name: str) -> str:
    """A name's words, folded, with single blanks between; equal for spellings that differ in no letter."""
    return " ".join(bare(word.strip("'")) for word in _WORD.findall(fold(name[:_LONGEST_NAME])))


def script_of(word: str) -> str:
    """The script of a folded word's letters: Latin, Arabic, Hebrew, Cyrillic, or nothing."""
    return next((name for name, letters in _SCRIPTS if letters.search(word)), "")


@cache
def skeleton(word: str) -> str:
    """The consonants of a folded word by sound class, doubled ones once, without a closing h."""
    if not script_of(word):
        from anyascii import anyascii

        word = anyascii(word).lower()
    word = _DIGRAPH.sub(lambda match: _SOUND[match[0]], word)
    sounds = "".join(LETTERS.get(letter, letter if letter.isdigit() else "") for letter in word)
    closed = "".join(sound for sound, _ in groupby(sounds))
    return closed[:-1] if closed.endswith("h") and len(closed) > 1 else closed


@cache
def _token(word: str) -> Token:
    script = script_of(word)
    readings, concept = [skeleton(word)], CONCEPTS.get(word, "")
    if script == "Hebrew" and word[0] in "הל" and len(word) > 3:  # noqa: PLR2004  a prefix on a short word is rare
        concept = concept or CONCEPTS.get(word[1:], "")
        if word[0] == "ה":
            readings.append(skeleton(word[1:]))
    return Token(word, tuple(readings), concept, script)


def tokens_of(name: str) -> tuple[Token, ...]:
    """The words of a name that tell something; all of them if none does."""
    every = [_token(word) for word in fold_name(name).split()]
    telling = tuple(token for token in every if token.folded not in PARTICLES)
    return telling or tuple(every)


def consonants_of(tokens: Sequence[Token]) -> str:
    """All consonants of a name in a row."""
    return "".join(token.skeletons[-1] for token in tokens)


@dataclass(frozen=True)
class Likeness:
    """How alike two names are.

    Args:
        score: 0 to 100.
        how: what made them alike.
    """

    score: int
    how: How


def likeness(one: str, other: str) -> Likeness:
    """Compare two names."""
    return likeness_of(tokens_of(one), tokens_of(other))


def likeness_of(one: tuple[Token, ...], other: tuple[Token, ...]) -> Likeness:
    """Compare two names by their words."""
    if not one or not other:
        return Likeness(0, "like letters")
    if [t.folded for t in one] == [t.folded for t in other]:
        return Likeness(SAME, "same letters")
    if sorted(t.folded for t in one) == sorted(t.folded for t in other):
        return Likeness(98, "same words in another order")
    by_words = _by_words(one, other)
    in_a_row = _in_aconsonants_of(one, other)
    return max(by_words, in_a_row, key=lambda found: found.score)


def alike(one: Token, other: Token) -> tuple[int, How]:
    """How alike two words are, 0 to 100, and by what."""
    return _alike(one.folded, other.folded)


@lru_cache(maxsize=1 << 16)
def _alike(folded: str, other_folded: str) -> tuple[int, How]:
    from rapidfuzz.fuzz import ratio

    if folded == other_folded:
        return SAME, "same letters"
    one, other = _token(folded), _token(other_folded)
    if one.concept and one.concept == other.concept:
        return MOST_FOR_SPELLING, "translated words"
    if one.concept and other.concept:
        return 0, "translated words"
    consonants = max(_consonants(a, b) for a in one.skeletons for b in other.skeletons)
    if one.script == other.script and one.script:
        letters = min(int(ratio(folded, other_folded)), MOST_FOR_SPELLING)
        if letters >= consonants:
            return letters, "like letters"
        vowels_count = consonants if letters >= _LIKE_ENOUGH else consonants // 2
        return vowels_count, "like consonants"
    return consonants, "like consonants"


def _consonants(one: str, other: str) -> int:
    from rapidfuzz.fuzz import ratio

    if any(letter.isdigit() for letter in one + other) and one != other:
        return 0
    ceiling = _MOST_FOR_CONSONANTS.get(min(len(one), len(other)), 93)
    return int(ratio(one, other)) * ceiling // 100


def _by_words(one: tuple[Token, ...], other: tuple[Token, ...]) -> Likeness:
    """Each word with its likest, the likest pairs first; what is left counts against it."""
    pairs = sorted(
        ((*alike(a, b), i, j) for i, a in enumerate(one) for j, b in enumerate(other)), key=lambda p: -p[0]
    )
    left, right = set(range(len(one))), set(range(len(other)))
    total = 0
    how: dict[How, int] = {}
    for score, by, i, j in pairs:
        if i in left and j in right and score >= _LIKE_ENOUGH:
            left.discard(i)
            right.discard(j)
            weight = one[i].weight + other[j].weight
            total += score * weight
            how[by] = how.get(by, 0) + weight
    whole = sum(t.weight for t in one) + sum(t.weight for t in other)
    likest: How = max(how, key=lambda by: how[by], default="like letters")
    return Likeness(min(total // whole, MOST_FOR_SPELLING), likest)


def _in_aconsonants_of(one: tuple[Token, ...], other: tuple[Token, ...]) -> Likeness:
    """The consonants of both names without their gaps: `Izz ad-Din` and `Izzeddin`."""
    if len(one) == len(other) == 1:
        return Likeness(0, "like consonants")
    score = _consonants(consonants_of(one), consonants_of(other))
    shared = {token.concept for token in one} & {token.concept for token in other} - {""}
    own, others_own = ([t for t in tokens if not t.concept] for tokens in (one, other))
    if shared and own and others_own:
        words = [token for token in one + other if token.concept]
        common = sum(token.weight for token in words if token.concept in shared)
        names = sum(token.weight for token in (*own, *others_own))
        alike_names = _consonants(consonants_of(own), consonants_of(others_own))
        whole = names + sum(token.weight for token in words)
        score = max(score, (alike_names * names + MOST_FOR_SPELLING * common) // whole)
    return Likeness(score, "like consonants")
