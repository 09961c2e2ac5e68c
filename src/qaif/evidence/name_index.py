"""Many names searched by one: the likest come back, scored, in a few milliseconds for 50,000.

Two ways lead to a candidate: a word in common (by its letters, its consonants, or as a translated word; rare
words count more), and consonants in a row that are alike. What comes back is ordered by `names.likeness_of`.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b, sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qaif.evidence.names import How, Token, consonants_of, likeness_of, tokens_of

_RULES = ("defang.py", "folding.py", "name_index.py", "name_letters.py", "names.py")
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


@dataclass(frozen=True)
class PackedNames:
    """An index as bytes, little-endian, to be kept and read back.

    Args:
        count: how many names, n.
        consonants: each name's consonants, UTF-8, a line a name.
        keys: uint64[k], the numbers of what names are looked up by, rising.
        ends: int64[k], where each key's positions end.
        positions: int32[ends[-1]], positions of names.
    """

    count: int
    consonants: bytes
    keys: bytes
    ends: bytes
    positions: bytes


@cache
def rules_digest() -> str:
    """SHA-256 of the modules that decide how names are compared: an index made by others is made anew."""
    folder, out = Path(__file__).resolve().parent, sha256()
    for name in _RULES:
        out.update((folder / name).read_bytes())
    return out.hexdigest()


def _number(key: str) -> int:
    """What a key goes by; two keys of one number only make more candidates."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class NameIndex:
    """Names made ready to be searched.

    Args:
        names: the names; a hit gives the position among them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        tokens = [tokens_of(name) for name in names]
        self._consonants = [consonants_of(each) for each in tokens]
        self._tokens_at: Callable[[list[int]], dict[int, tuple[Token, ...]]] = lambda asked: {
            at: tokens[at] for at in asked
        }
        postings: dict[str, list[int]] = {}
        for position, each in enumerate(tokens):
            for key in frozenset().union(*(_keys(token) for token in each)):
                postings.setdefault(key, []).append(position)
        numbers = sorted((_number(key), key) for key in postings)
        self._keys = np.array([number for number, _ in numbers], dtype=np.uint64)
        self._ends = np.cumsum([len(postings[key]) for _, key in numbers], dtype=np.int64)
        self._positions = np.array([at for _, key in numbers for at in postings[key]], dtype=np.int32)

    @classmethod
    def unpacked(cls, packed: PackedNames, names_at: Callable[[list[int]], dict[int, str]]) -> "NameIndex":
        """An index that was kept.

        Args:
            packed: what was kept.
            names_at: the names at some positions; those that are no longer there are left out.
        """
        index = cls(())
        index._consonants = packed.consonants.decode("utf-8", "surrogatepass").split("\n")[: packed.count]
        index._keys = np.frombuffer(packed.keys, dtype="<u8")
        index._ends = np.frombuffer(packed.ends, dtype="<i8")
        index._positions = np.frombuffer(packed.positions, dtype="<i4")
        index._tokens_at = lambda asked: {at: tokens_of(name) for at, name in names_at(asked).items()}
        return index

    def packed(self) -> PackedNames:
        """The index as bytes."""
        return PackedNames(
            len(self._consonants),
            "\n".join([*self._consonants, ""]).encode("utf-8", "surrogatepass"),
            self._keys.astype("<u8").tobytes(),
            self._ends.astype("<i8").tobytes(),
            self._positions.astype("<i4").tobytes(),
        )

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._consonants)

    def search(self, name: str, *, most: int = 10, least: int = 70) -> list[NameHit]:
        """The likest names, the likest first.

        Args:
            name: what is sought.
            most: how many at the most.
            least: the lowest score.
        """
        tokens = tokens_of(name)
        if not tokens or not self._consonants:
            return []
        candidates = sorted({*self._by_words(tokens), *self._by_consonants(tokens)})
        hits = []
        for position, others in self._tokens_at(candidates).items():
            found = likeness_of(tokens, others)
            if found.score >= least:
                hits.append(NameHit(position, found.score, found.how))
        return sorted(hits, key=lambda hit: (-hit.score, hit.position))[:most]

    def _listed(self, key: str) -> NDArray[np.int32]:
        """The positions of the names with a key, each once."""
        number = np.uint64(_number(key))
        at = int(np.searchsorted(self._keys, number))
        if at == len(self._keys) or self._keys[at] != number:
            return self._positions[:0]
        return self._positions[int(self._ends[at - 1]) if at else 0 : int(self._ends[at])]

    def _by_words(self, tokens: Sequence[Token]) -> list[int]:
        points = np.zeros(len(self), dtype=np.float32)
        for token in tokens:
            best: dict[str, float] = {}
            for key in _keys(token):
                listed = self._listed(key)
                if len(listed):
                    rarity = math.log(1 + len(self) / len(listed))
                    best[key] = rarity * (2 if key[0] == "=" else 1)
            for key, gain in best.items():
                points[self._listed(key)] += np.float32(gain)
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
