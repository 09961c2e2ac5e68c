"""By which names and categories sources speak of an address, apart from each other."""

from dataclasses import dataclass

from qaif.evidence.claims.entity import NAMES, Entity
from qaif.evidence.claims.gather import gather
from qaif.evidence.defang import defang, show_line
from qaif.records.engine import Records

_CATEGORIES = ("category", "topics", "abuse")
_LONGEST = 120


@dataclass(frozen=True)
class Named:
    """What sources call an address.

    Attributes:
        entities: names of it, and of whom it is linked to, as shown.
        categories: kinds of actor or of abuse, as the source spells them.
    """

    entities: tuple[str, ...]
    categories: tuple[str, ...]


def names_said(records: Records, address: str) -> Named:
    """All names and categories that a source gives and has not taken back; each once."""
    found = gather(records, address)
    names = [
        text for entity in found.entities for prop in NAMES for text in _values(entity, prop, pointed=False)
    ]
    names += [text for entity in found.entities for text in _values(entity, "holder", pointed=True)]
    names += [text for link in found.links for text in _values(link, "object", pointed=True)]
    names += [text for link in found.links for prop in NAMES for text in _values(link, prop, pointed=False)]
    kinds = [
        text
        for entity in (*found.entities, *found.links)
        for prop in _CATEGORIES
        for text in _values(entity, prop, pointed=False)
    ]
    return Named(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(kinds)))


def _values(entity: Entity, prop: str, *, pointed: bool) -> list[str]:
    return [
        defang(show_line((value.points_to or value.value) if pointed else value.value))[:_LONGEST]
        for value in entity.values(prop)
        if value.roots
    ]
