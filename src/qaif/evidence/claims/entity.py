"""Entities, put together from statements: each value with everyone who says it, and how far that goes.

Nothing is chosen and nothing is multiplied: reliability of the source and credibility of the information
stay two letters, values that contradict each other stand side by side. A private key that somebody put into a
label is repeated nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qaif.chain.secrets import redact
from qaif.evidence.claims.roots import independent_roots
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement_rows import Logged

NAMES = ("name", "alias", "weakAlias", "previousName")
EXISTS = "id"


@dataclass(frozen=True)
class Saying:
    """One source that says something.

    Attributes:
        statement_id: in hex; `qaif claims trace` shows the bytes behind it.
        asserted_by: who says it.
        resting_on: whom that rests on, nearest first, the root last.
        document_sha256: the document that says it, or the file that it came in; None where there is none.
        span: where in its text, [start, end) in code points.
        quote: what stands there.
        locator: where in a structured source.
        dataset: the list or pack that it came with; empty for the analyst's own case.
        reliability: of the source, A to F.
        credibility: of the information, 1 to 6.
        status: how the source puts it.
        first_seen, last_seen: from when to when it said so.
        method: how it came here.
        entered_by, entered_at: who entered it, and when.
        inherited: it stands in the head of a pack and goes for all that is in it.
    """

    statement_id: str
    asserted_by: str
    resting_on: tuple[str, ...]
    document_sha256: str | None
    span: tuple[int, int] | None
    quote: str
    locator: str
    dataset: str
    reliability: str
    credibility: int
    status: str
    first_seen: str | None
    last_seen: str | None
    method: str
    entered_by: str
    entered_at: str
    inherited: bool = False


@dataclass(frozen=True)
class Value:
    """One value of a property, and who says so.

    Attributes:
        value: normalised; an entity's id where the property points to one.
        original: as it stood, where it was normalised.
        lang: its language, empty where it has none.
        points_to: the name of the entity that it points to, where it points to one that has a name.
        roots: the independent sources that it rests on; those that took it back are not counted.
        sayings: everyone who says it, in the order of entry.
    """

    value: str
    original: str | None
    lang: str
    points_to: str | None
    roots: tuple[str, ...]
    sayings: tuple[Saying, ...]


@dataclass(frozen=True)
class Property:
    """A property with its values, in the order in which they were first said."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Entity:
    """What is said of one entity, or of several that were judged to be one.

    Attributes:
        id: of the entity; of several, the first in the alphabet.
        members: every id that it goes by.
        schemata: its kinds, as they are said.
        caption: a name to call it by.
        properties: all that is said of it.
    """

    id: str
    members: tuple[str, ...]
    schemata: tuple[str, ...]
    caption: str
    properties: tuple[Property, ...]

    def values(self, prop: str) -> tuple[Value, ...]:
        """The values of a property; none where nothing is said of it."""
        return next((each.values for each in self.properties if each.name == prop), ())

    def ends(self) -> tuple[str, ...]:
        """The entities that it points to."""
        known = vocabulary()
        return tuple(
            value.value
            for each in self.properties
            if any(known.points_to(schema, each.name) for schema in self.schemata)
            for value in each.values
        )


def put_together(
    logged: Iterable[Logged],
    main_of: Mapping[str, str] | None = None,
    captions: Mapping[str, str] | None = None,
    inherited: frozenset[int] = frozenset(),
) -> tuple[Entity, ...]:
    """Entities from statements, in the order in which each was first said to be.

    Args:
        logged: what holds.
        main_of: of each entity that was judged the same as others, the id that stands for them.
        captions: what to call the entities that are pointed to.
        inherited: the rows that stand in the head of a pack.
    """
    groups: dict[str, list[Logged]] = {}
    for row in logged:
        entity_id = row.statement.entity_id
        groups.setdefault((main_of or {}).get(entity_id, entity_id), []).append(row)
    return tuple(_entity(each, rows, captions or {}, inherited) for each, rows in groups.items())


def _entity(
    entity_id: str, rows: Sequence[Logged], captions: Mapping[str, str], inherited: frozenset[int]
) -> Entity:
    by_prop: dict[str, dict[tuple[str, str], list[Logged]]] = {}
    for row in rows:
        said = row.statement
        if said.prop != EXISTS:
            by_prop.setdefault(said.prop, {}).setdefault((said.value, said.lang), []).append(row)
    properties = tuple(
        Property(prop, tuple(_value(of_value, captions, inherited) for of_value in values.values()))
        for prop, values in by_prop.items()
    )
    return Entity(
        entity_id,
        tuple(sorted({row.statement.entity_id for row in rows} | {entity_id})),
        tuple(dict.fromkeys(row.statement.schema for row in rows)),
        caption_of(rows) or entity_id,
        properties,
    )


def caption_of(rows: Iterable[Logged]) -> str:
    """A name to call an entity by; empty where it has none."""
    named: dict[str, str] = {}
    for row in rows:
        named.setdefault(row.statement.prop, row.statement.value)
    props = (*NAMES, "summary", "publicKey", "cryptoAddress", "iban", "accountNumber", "full", "username")
    return redact(next((named[prop] for prop in props if prop in named), ""))


def captions_of(rows: Iterable[Logged]) -> dict[str, str]:
    """What to call each entity that some rows name."""
    by_entity: dict[str, list[Logged]] = {}
    for row in rows:
        by_entity.setdefault(row.statement.entity_id, []).append(row)
    return {each: name for each, its in by_entity.items() if (name := caption_of(its))}


def _value(rows: Sequence[Logged], captions: Mapping[str, str], inherited: frozenset[int]) -> Value:
    said = rows[0].statement
    chains = [
        (each.asserted_by, *each.resting_on)
        for each in (row.statement.assertion for row in rows)
        if each.status != "retracted"
    ]
    return Value(
        redact(said.value),
        None if said.original is None else redact(said.original),
        said.lang,
        captions.get(said.value) if vocabulary().points_to(said.schema, said.prop) else None,
        independent_roots(chains),
        tuple(saying_of(row, inherited=row.seq in inherited) for row in rows),
    )


def saying_of(row: Logged, *, inherited: bool = False) -> Saying:
    """Who says a statement, as it is shown."""
    said = row.statement.assertion
    return Saying(
        statement_id=row.id,
        asserted_by=said.asserted_by,
        resting_on=said.resting_on,
        document_sha256=said.document_sha256 or row.entry.document_sha256,
        span=said.span,
        quote=redact(said.quote),
        locator=row.statement.locator,
        dataset=said.dataset,
        reliability=said.reliability,
        credibility=said.credibility,
        status=said.status,
        first_seen=said.first_seen,
        last_seen=said.last_seen,
        method=said.method,
        entered_by=row.entry.entered_by,
        entered_at=row.entry.entered_at,
        inherited=inherited,
    )
