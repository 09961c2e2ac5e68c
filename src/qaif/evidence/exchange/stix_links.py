"""Who stands in a STIX bundle and how they are linked: actors, relationships, the patterns of indicators.

An actor becomes an entity only where a relationship names it, so that whoever merely wrote a bundle does not.
Whether a threat actor or an intrusion set is a person or a group, STIX does not say: here it is a legal
entity. An id that is not in the form of STIX names nothing, so that no bundle can speak under an id of ours.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from qaif.records.statement import Assertion, Statement

_ACTORS = frozenset(("identity", "threat-actor", "intrusion-set"))
_CLASSES = {"individual": "Person", "organization": "Organization", "class": "LegalEntity"}
_PATTERN = re.compile(r"cryptocurrency-wallet:(?:address|value)\s*=\s*'((?:[^'\\]|\\.){1,200})'")
_ID = re.compile(r"[a-z0-9-]+--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_CONFIDENCE = 100
_CREDIBILITY = ((80, 1), (60, 2), (40, 3), (20, 4), (1, 5))  # STIX 2.1, appendix A: the Admiralty scale


def credibility(one: Mapping[str, Any]) -> int:
    """The credibility, 1 to 6, that an object's confidence of 0 to 100 stands for; 6 where it has none."""
    value = one.get("confidence")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_CONFIDENCE:
        return 6
    return next((grade for least, grade in _CREDIBILITY if value >= least), 6)


def addresses_of(indicator: Mapping[str, Any]) -> list[str]:
    """The addresses that an indicator's pattern asks for, each once."""
    pattern = indicator.get("pattern")
    return list(dict.fromkeys(_PATTERN.findall(pattern))) if isinstance(pattern, str) else []


def links(objects: Sequence[Mapping[str, Any]], wallets: Collection[str]) -> list[int]:
    """The places of the relationships that can be told: between actors of the bundle, and its wallets.

    Args:
        objects: all of the bundle.
        wallets: ids of the wallets that were taken in.
    """
    known = {str(one.get("id")) for one in objects if is_actor(one)} | set(wallets)
    return [
        at
        for at, one in enumerate(objects)
        if one.get("type") == "relationship"
        and _ID.fullmatch(str(one.get("id")))
        and {str(one.get("source_ref")), str(one.get("target_ref"))} <= known
    ]


def link(
    one: Mapping[str, Any], wallets: Mapping[str, str], said: Assertion, where: str
) -> Iterator[Statement]:
    """One relationship as a link between two entities, in the words that the bundle has for it.

    Args:
        one: the relationship.
        wallets: of the wallets that were taken in, the entity of each object's id.
        said: who says it.
        where: its place in the bundle.
    """
    entity = str(one.get("id"))
    ends = [str(one.get("source_ref")), str(one.get("target_ref"))]
    subject, target = (wallets.get(each, each) for each in ends)
    role = str(one.get("relationship_type") or "linked to").replace("-", " ")
    rows = [
        ("id", entity),
        ("subject", subject),
        ("object", target),
        ("role", role),
        ("description", one.get("description")),
        ("startDate", one.get("start_time")),
        ("endDate", one.get("stop_time")),
        *(("sourceUrl", url) for url in urls(one)),
    ]
    for prop, value in rows:
        if isinstance(value, str) and value:
            key = value if prop in ("subject", "object") else None
            yield Statement(entity, "UnknownLink", prop, value, said, "", None, key, where)


def actor(one: Mapping[str, Any], said: Assertion, where: str) -> Iterator[Statement]:
    """An identity, a threat actor or an intrusion set as an entity."""
    entity = str(one.get("id"))
    of_class = _CLASSES.get(str(one.get("identity_class")), "LegalEntity")
    schema = of_class if one.get("type") == "identity" else "LegalEntity"
    aliases = one.get("aliases")
    rows = [
        ("id", entity),
        ("name", one.get("name")),
        *(("alias", each) for each in (aliases if isinstance(aliases, list) else ())),
        ("description", one.get("description")),
        *(("sourceUrl", url) for url in urls(one)),
    ]
    for prop, value in rows:
        if isinstance(value, str) and value:
            yield Statement(entity, schema, prop, value, said, locator=where)


def is_actor(one: Mapping[str, Any]) -> bool:
    """Whether an object is somebody."""
    return str(one.get("type")) in _ACTORS and _ID.fullmatch(str(one.get("id"))) is not None


def urls(one: Mapping[str, Any]) -> list[str]:
    """The links that an object refers to."""
    listed = one.get("external_references")
    found = [each.get("url") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [each for each in found if isinstance(each, str) and each]
