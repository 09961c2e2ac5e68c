"""Where sources disagree about one entity. Both sides stay; nothing here says which is right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from qaif.evidence.claims.entity import Entity, Value
from qaif.evidence.sums import agree, read_sum

_DATES = (
    "birthDate",
    "deathDate",
    "incorporationDate",
    "dissolutionDate",
    "listingDate",
    "shownFrom",
    "shownTo",
)
_ONE_AT_MOST = ("gender", "iban", "accountNumber", "taxNumber", "registrationNumber", "imoNumber")
_AMOUNTS = ("amount", "amountUsd", "amountEur", "balance")
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NO = frozenset(("no", "false", "not designated", "is not"))
_YES = frozenset(("yes", "true", "designated", "is"))


@dataclass(frozen=True)
class Contradiction:
    """Values of one property that cannot all be right.

    Attributes:
        entity_id: of which entity.
        prop: which property.
        kind: dates, values, amounts, or is and is not.
        values: the values, with how many independent sources each rests on.
        sentence: the same in words.
    """

    entity_id: str
    prop: str
    kind: str
    values: tuple[tuple[str, int], ...]
    sentence: str


def contradictions(entities: Iterable[Entity]) -> tuple[Contradiction, ...]:
    """Every property of these entities whose values cannot all be right."""
    listed = list(entities)
    found = [each for entity in listed for each in _of_entity(entity)]
    return (*found, *_of_designations(listed))


def _of_designations(entities: Iterable[Entity]) -> Iterable[Contradiction]:
    """An authority that one source says lists somebody, and another says does not."""
    said: dict[tuple[str, str], list[tuple[str, Value]]] = {}
    for entity in entities:
        if "Sanction" not in entity.schemata:
            continue
        whole = entity.values("designates") or entity.values("entity")
        for whom, authority in product(entity.values("entity"), entity.values("authority")):
            key = (whom.value, " ".join(authority.value.casefold().split()))
            said.setdefault(key, []).extend((_word(value), value) for value in whole if value.roots)
    for (entity_id, name), words in said.items():
        if {word for word, _ in words} >= {"is", "is not"}:
            told = tuple((word, len(value.roots)) for word, value in words)
            each = "; ".join(f"{word} ({', '.join(value.roots)})" for word, value in words)
            sentence = f"Sources disagree on whether {name} designates {entity_id}: {each}."
            yield Contradiction(entity_id, "designates", "is and is not", told, sentence)


def _word(value: Value) -> str:
    return "is not" if value.value.strip().casefold() in _NO else "is"


def _of_entity(entity: Entity) -> Iterable[Contradiction]:
    for prop in entity.properties:
        standing = [value for value in prop.values if value.roots]
        if len(standing) < 2:  # noqa: PLR2004  one value agrees with itself
            continue
        if prop.name in _DATES and any(not _one_day(a.value, b.value) for a, b in combinations(standing, 2)):
            yield _said(entity, prop.name, "dates", standing)
        elif prop.name in _ONE_AT_MOST and len({_bare(value.value) for value in standing}) > 1:
            yield _said(entity, prop.name, "values", standing)
        elif prop.name in _AMOUNTS and any(
            not _one_sum(a.value, b.value) for a, b in combinations(standing, 2)
        ):
            yield _said(entity, prop.name, "amounts", standing)
        elif prop.name in ("designates", "status") and _both_ways(standing):
            yield _said(entity, prop.name, "is and is not", standing)


def _said(entity: Entity, prop: str, kind: str, values: Sequence[Value]) -> Contradiction:
    told = tuple((value.value, len(value.roots)) for value in values)
    each = "; ".join(
        f"{value} ({', '.join(one.roots)})" for value, one in zip([t[0] for t in told], values, strict=True)
    )
    return Contradiction(entity.id, prop, kind, told, f"Sources disagree on {prop}: {each}.")


def _one_day(one: str, other: str) -> bool:
    """Two dates can be the same day: the one known less exactly begins the other."""
    if not (_DAY.fullmatch(one) and _DAY.fullmatch(other)):
        return one == other
    return one.startswith(other) or other.startswith(one)


def _bare(text: str) -> str:
    return re.sub(r"[\s\-./]", "", text).casefold()


def _one_sum(one: str, other: str) -> bool:
    """Two amounts can be the same: one is the other rounded; what is in another money is not compared."""
    left, right = read_sum(one), read_sum(other)
    if left is None or right is None:
        return one.strip().casefold() == other.strip().casefold()
    return bool(left.unit and right.unit and left.unit != right.unit) or agree(left, right)


def _both_ways(values: Sequence[Value]) -> bool:
    said = {value.value.strip().casefold() for value in values}
    return bool(said & _NO) and bool(said & _YES)
