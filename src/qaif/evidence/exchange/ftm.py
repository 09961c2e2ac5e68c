"""FollowTheMoney JSON, one entity a line, as statements; and entities as FollowTheMoney JSON.

What Aleph, OpenSanctions and `ftm` write is taken in as it is: schemata and properties that are not in the
vocabulary are kept. What is written holds only what FollowTheMoney knows: our own kinds become the nearest
of its own, our own properties stand in a note.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from qaif.errors import InputError
from qaif.evidence.claims.entity import Entity
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement import Assertion, Statement

LONGEST_LINE = 16 << 20
_OURS = {"Appeal": "Event", "Campaign": "Project", "TagPack": None, "ActorPack": None}
_OUR_PROPS = {
    "Appeal": {"wording": "description", "shownFrom": "startDate", "shownTo": "endDate"},
    "Campaign": {"purpose": "summary"},
}
_ENVELOPE = ("caption", "datasets", "referents", "first_seen", "last_seen", "last_change", "target", "origin")
_UNSAID = frozenset(("privateKey",))


@dataclass
class FtmCounts:
    """What stands in a file.

    Attributes:
        entities: lines that are entities.
        values: values of properties.
        unknown_schemata: kinds that are not in the vocabulary, kept as they are.
        unknown_properties: properties that are not, as `Kind.property`, kept as they are.
        left_out: values that are never kept, such as private keys.
    """

    entities: int = 0
    values: int = 0
    left_out: int = 0
    unknown_schemata: set[str] = field(default_factory=set)
    unknown_properties: set[str] = field(default_factory=set)


class FtmReader:
    """Statements of a file of FollowTheMoney entities.

    Args:
        dataset: the name that its statements go by.
        asserted_by: who says it, where an entity names no data set of its own.
        name: the file's name, for errors.
    """

    def __init__(self, dataset: str, asserted_by: str, name: str) -> None:
        self._dataset = dataset
        self._asserted_by = asserted_by
        self._name = name
        self._assertions: dict[tuple[str, str | None, str | None], Assertion] = {}
        self._words = vocabulary()
        self.counts = FtmCounts()

    def statements(self, lines: Iterable[bytes]) -> Iterator[Statement]:
        """All that the lines say.

        Raises:
            InputError: a line is no entity; the message names it.
        """
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                raise self._refused(number, f"is longer than {LONGEST_LINE >> 20} MiB")
            if line.strip():
                yield from self._entity(number, self._parsed(number, line))

    def _parsed(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise self._refused(number, "is no JSON") from None
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("id"), str)
            or not isinstance(value.get("schema"), str)
            or not isinstance(value.get("properties", {}), dict)
        ):
            raise self._refused(number, "is no entity with an id, a schema and properties")
        return value

    def _entity(self, number: int, entity: dict[str, Any]) -> Iterator[Statement]:
        self.counts.entities += 1
        identity, schema, where = entity["id"], entity["schema"], f"line {number}"
        said = self._assertion(entity)
        known = self._words.schemata.get(schema)
        if known is None:
            self.counts.unknown_schemata.add(schema)
        yield Statement(identity, schema, "id", identity, said, locator=where)
        for prop, values in entity.get("properties", {}).items():
            if known is not None and prop not in known.properties:
                self.counts.unknown_properties.add(f"{schema}.{prop}")
            for value in values if isinstance(values, list) else [values]:
                text = self._text(number, prop, value)
                if text is None or prop in _UNSAID:
                    self.counts.left_out += 1
                    continue
                self.counts.values += 1
                key = self._words.key_of(schema, prop, text)
                yield Statement(identity, schema, prop, text, said, "", None, key, where)

    def _text(self, number: int, prop: str, value: Any) -> str | None:
        """A value as text; an entity that is nested in another stands for its id."""
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            return str(value["id"])
        if isinstance(value, int | float) and not isinstance(value, bool):
            return json.dumps(value)
        if value is None:
            return None
        raise self._refused(number, f"has a value of {prop[:60]!r} that is no text")

    def _assertion(self, entity: dict[str, Any]) -> Assertion:
        datasets = [each for each in entity.get("datasets") or () if isinstance(each, str)]
        first, last = (each if isinstance(each := entity.get(name), str) else None for name in _ENVELOPE[3:5])
        by = datasets[0] if len(datasets) == 1 else ", ".join(datasets) or self._asserted_by
        known = self._assertions.get((by, first, last))
        if known is None:
            known = self._assertions[by, first, last] = Assertion(
                asserted_by=by,
                dataset=self._dataset,
                first_seen=first,
                last_seen=last,
                method="FollowTheMoney",
            )
        return known

    def _refused(self, number: int, what: str) -> InputError:
        return InputError(
            f"Line {number:,} of {self._name} {what}; nothing was imported.",
            way_out="Name a file with one FollowTheMoney entity a line.",
            line=number,
        )


def written(entities: Sequence[Entity]) -> Iterator[dict[str, Any]]:
    """Entities as FollowTheMoney's JSON has them; what it has no kind for is left out."""
    for entity in entities:
        schema = _schema(entity)
        if schema is not None:
            yield {"id": entity.id, "schema": schema, "properties": _properties(entity, schema)}


def _properties(entity: Entity, schema: str) -> dict[str, list[str]]:
    """What is said of an entity; properties that are none of FollowTheMoney's stand in a note."""
    known = vocabulary().schemata.get(schema)
    out: dict[str, list[str]] = {}
    unknown: list[str] = []
    for prop in entity.properties:
        bodies = [_OUR_PROPS[kind] for kind in entity.schemata if kind in _OUR_PROPS]
        name = next((body[prop.name] for body in bodies if prop.name in body), prop.name)
        values = list(dict.fromkeys(value.value for value in prop.values))
        if known is None or (name in known.properties and name not in _NOT_THEIRS):
            out.setdefault(name, []).extend(values)
        else:
            unknown.extend(f"{prop.name}: {value}" for value in values)
    if unknown:
        note = "notes" if known and "notes" in known.properties else "description"
        out.setdefault(note, []).extend(unknown)
    if schema == "Event" and "name" not in out:  # versions before 4 refuse an event without one
        out["name"] = [next(iter(out.get("description", ())), entity.id)[:_LONGEST_NAME]]
    return out


_LONGEST_NAME = 100
_NOT_THEIRS = frozenset(("legalAct", "scope", "exemptions", "licences", "designates"))


def _schema(entity: Entity) -> str | None:
    """The kind that FollowTheMoney has for an entity; the narrowest of those that are said."""
    words = vocabulary()
    named = [kind for each in entity.schemata if (kind := _OURS.get(each, each)) is not None]
    narrowest = [each for each in named if not any(o != each and words.is_a(o, each) for o in named)]
    return narrowest[0] if narrowest else None


def line(entity: dict[str, Any]) -> str:
    """One entity as one line."""
    return json.dumps(entity, ensure_ascii=False, sort_keys=True)
