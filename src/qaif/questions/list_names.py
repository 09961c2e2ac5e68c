"""Which names on the loaded lists are like this one?"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from qaif.errors import StoreBusyError
from qaif.evidence.name_index import NameIndex, PackedNames, rules_digest
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.engine import Records
from qaif.records.listed_names import KeptNames, ListedName
from qaif.workspace.folder import Workspace

ALIKE = 80
_PROPS = {"name": "name", "alias": "also known as", "weakAlias": "weak alias", "previousName": "formerly"}
NamesAt = Callable[[list[int]], dict[int, ListedName]]


@dataclass(frozen=True)
class Candidate:
    """An entity of a list with a name like the one sought; a name alone never makes it the same.

    Attributes:
        entity_id, schema: which.
        list: on which list.
        name: the name that is alike.
        name_kind: what sort of name it is there.
        score: 0 to 100: how alike the spellings are.
        how: by what.
    """

    entity_id: str
    schema: str
    list: str
    name: str
    name_kind: str
    score: int
    how: str


@dataclass(frozen=True, kw_only=True)
class NameAnswer(Answer):
    """Candidates, the likest first; nothing found is not clear."""

    sought: str
    names_searched: int
    candidates: tuple[Candidate, ...]


class Searcher:
    """Names of lists, made ready to be searched again and again.

    Args:
        names: the names.
    """

    def __init__(self, names: Sequence[ListedName]) -> None:
        self._index = NameIndex(each.name for each in names)
        self._at: NamesAt = lambda asked: {at: names[at] for at in asked}

    @classmethod
    def of(cls, index: NameIndex, at: NamesAt) -> Self:
        """One of an index that was kept; `at` gives the names at some positions."""
        searcher = cls(())
        searcher._index, searcher._at = index, at
        return searcher

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._index)

    def packed(self) -> PackedNames:
        """The index as bytes."""
        return self._index.packed()

    def search(self, name: str, *, most: int = 20, least: int = ALIKE) -> tuple[Candidate, ...]:
        """The likest, each entity once, by its likest name."""
        best: dict[str, Candidate] = {}
        hits = self._index.search(name, most=most * 4, least=least)
        names = self._at([hit.position for hit in hits])
        for hit in hits:
            listed = names.get(hit.position)
            if listed is not None and listed.entity_id not in best:
                kind = _PROPS.get(listed.prop, listed.prop)
                best[listed.entity_id] = Candidate(
                    listed.entity_id, listed.schema, listed.list, listed.name, kind, hit.score, hit.how
                )
        return tuple(best.values())[:most]


def searcher_of(records: Records) -> Searcher:
    """The names of all loaded lists; made ready once, kept in the records until a list changes.

    The records must stay open while it is used.
    """
    kept = records.names.kept(rules_digest())
    if kept is not None:
        return _of_kept(records, kept)
    stand, names = records.names.every()
    searcher = Searcher(names)
    seqs = [each.seq for each in names]
    packed = searcher.packed()
    ready = KeptNames(
        rules=rules_digest(),
        stand=stand,
        seqs=np.array(seqs, dtype="<i8").tobytes(),
        name_count=packed.count,
        consonants=packed.consonants,
        keys=packed.keys,
        ends=packed.ends,
        positions=packed.positions,
    )
    with contextlib.suppress(StoreBusyError):  # somebody writes: the names are made ready again next time
        records.names.keep(ready, seqs)
    return searcher


def _of_kept(records: Records, kept: KeptNames) -> Searcher:
    seqs = np.frombuffer(kept.seqs, dtype="<i8")

    def at(asked: list[int]) -> dict[int, ListedName]:
        by_seq = records.names.at(seqs[asked].tolist())
        found = {position: by_seq.get(int(seqs[position])) for position in asked}
        return {position: each for position, each in found.items() if each is not None}

    packed = PackedNames(kept.name_count, kept.consonants, kept.keys, kept.ends, kept.positions)
    index = NameIndex.unpacked(packed, lambda asked: {p: each.name for p, each in at(asked).items()})
    return Searcher.of(index, at)


def search_names(workspace: Path, name: str, *, most: int = 20, least: int = 70) -> NameAnswer:
    """Search the names of all loaded lists.

    Args:
        workspace: its folder.
        name: in whatever script.
        most: how many entities at the most.
        least: the lowest score.
    """
    reasons = ["A name that is alike is a candidate, never a match; a name that is not found is not clear."]
    with Records.open(Workspace.open(workspace).path) as records:
        searcher = searcher_of(records)
        candidates = searcher.search(name, most=most, least=least)
    if not len(searcher):
        reasons.append("No list is loaded.")
    return NameAnswer(
        layer="claim",
        basis={"least_score": least},
        coverage=CoverageOf(complete=len(searcher) > 0, reasons=tuple(reasons)),
        sought=name,
        names_searched=len(searcher),
        candidates=candidates,
    )
