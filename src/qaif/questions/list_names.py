"""Which names on the loaded lists are like this one?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qaif.evidence.name_index import NameIndex
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

ALIKE = 80
_PROPS = {"name": "name", "alias": "also known as", "weakAlias": "weak alias", "previousName": "formerly"}
ListedNames = Sequence[tuple[str, str, str, str, str]]


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
        names: entity, schema, property, name, list.
    """

    def __init__(self, names: ListedNames) -> None:
        self._names = names
        self._index = NameIndex(each[3] for each in names)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._names)

    def search(self, name: str, *, most: int = 20, least: int = ALIKE) -> tuple[Candidate, ...]:
        """The likest, each entity once, by its likest name."""
        best: dict[str, Candidate] = {}
        for hit in self._index.search(name, most=most * 4, least=least):
            entity_id, schema, prop, text, of_list = self._names[hit.position]
            if entity_id not in best:
                kind = _PROPS.get(prop, prop)
                best[entity_id] = Candidate(entity_id, schema, of_list, text, kind, hit.score, hit.how)
        return tuple(best.values())[:most]


def search_names(workspace: Path, name: str, *, most: int = 20, least: int = 70) -> NameAnswer:
    """Search the names of all loaded lists.

    Args:
        workspace: its folder.
        name: in whatever script.
        most: how many entities at the most.
        least: the lowest score.
    """
    with Records.open(Workspace.open(workspace).path) as records:
        names = records.lists.names()
    searcher = Searcher(names)
    reasons = ["A name that is alike is a candidate, never a match; a name that is not found is not clear."]
    if not names:
        reasons.append("No list is loaded.")
    return NameAnswer(
        layer="claim",
        basis={"least_score": least},
        coverage=CoverageOf(complete=bool(names), reasons=tuple(reasons)),
        sought=name,
        names_searched=len(searcher),
        candidates=searcher.search(name, most=most, least=least),
    )
