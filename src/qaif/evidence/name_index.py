"""Many names searched by one: the likest come back, scored, in a few milliseconds for 50,000.

Two ways lead to a candidate: a word in common (by its letters, its consonants, or as a translated word; rare
words count more), and consonants in a row that are alike. What comes back is ordered by `names.likeness_of`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qaif.evidence.names import How, Token, consonants_of, likeness_of, tokens_of

_MOST_COMPARED = 40
_MOST_BY_CONSONANTS = 10
_SHORTEST_FOR_DELETION = 5


@dataclass(frozen=True)
class NameHit:
    """One name that is like the one sought.

    Args:
        position: which of the names that were given.
        score: 0 to 100.
        how: what made them alike.
    """

    position: int
    score: int
    how: How


@lru_cache(maxsize=1 << 16)
def _keys(token: Token) -> frozenset[str]:
    """What a word is looked up by: a skeleton of five or more also with any one consonant missing."""
    keys = {f"={token.folded}"}
    if token.concept:
        return frozenset(keys | {f"#{token.concept}"})
    for bones in token.skeletons:
        keys.add(f"~{bones}")
        if len(bones) >= _SHORTEST_FOR_DELETION:
            keys.update(f"~{bones[:i]}{bones[i + 1 :]}" for i in range(len(bones)))
    return frozenset(keys)


def _highest(points: NDArray[np.float32], most: int) -> list[int]:
    """The positions with the most points, none without any."""
    some = np.flatnonzero(points)
    if len(some) > most:
        some = some[np.argsort(points[some], kind="stable")[-most:]]
    return some.tolist()


class NameIndex:
    """Names made ready to be searched.

    Args:
        names: the names; a hit gives the position among them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._tokens = [tokens_of(name) for name in names]
        self._consonants = [consonants_of(tokens) for tokens in self._tokens]
        postings: dict[str, list[int]] = {}
        for position, tokens in enumerate(self._tokens):
            for key in frozenset().union(*(_keys(token) for token in tokens)):
                postings.setdefault(key, []).append(position)
        self._postings: dict[str, NDArray[np.int32]] = {
            key: np.array(listed, dtype=np.int32) for key, listed in postings.items()
        }

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._tokens)

    def search(self, name: str, *, most: int = 10, least: int = 70) -> list[NameHit]:
        """The likest names, the likest first.

        Args:
            name: what is sought.
            most: how many at the most.
            least: the lowest score.
        """
        tokens = tokens_of(name)
        if not tokens or not self._tokens:
            return []
        candidates = {*self._by_words(tokens), *self._by_consonants(tokens)}
        hits = []
        for position in candidates:
            found = likeness_of(tokens, self._tokens[position])
            if found.score >= least:
                hits.append(NameHit(position, found.score, found.how))
        return sorted(hits, key=lambda hit: (-hit.score, hit.position))[:most]

    def _by_words(self, tokens: Sequence[Token]) -> list[int]:
        points = np.zeros(len(self._tokens), dtype=np.float32)
        for token in tokens:
            best: dict[str, float] = {}
            for key in _keys(token):
                listed = self._postings.get(key)
                if listed is not None:
                    rarity = math.log(1 + len(self._tokens) / len(listed))
                    best[key] = rarity * (2 if key[0] == "=" else 1)
            for key, gain in best.items():
                points[self._postings[key]] += np.float32(gain)
        return _highest(points, _MOST_COMPARED)

    def _by_consonants(self, tokens: tuple[Token, ...]) -> list[int]:
        from rapidfuzz.distance import Indel
        from rapidfuzz.process import cdist

        scores: NDArray[np.float32] = cdist(
            [consonants_of(tokens)],
            self._consonants,
            scorer=Indel.normalized_similarity,
            score_cutoff=0.7,
            dtype=np.float32,
        )[0]
        return _highest(scores, _MOST_BY_CONSONANTS)
