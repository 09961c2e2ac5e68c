"""What a MISP event says besides addresses: persons, bodies, accounts, ways to reach them.

An object of a known template becomes an entity, and so does an attribute of a known type that stands alone.
What has no place there stands as a note of its object, or of the event, with its type: nothing is dropped.
Ids are those of MISP with `misp:` before them, so that no event can speak under an id of ours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from qaif.chain.secrets import redact
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement import Assertion, Statement

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_REACHED = {
    "email": "email",
    "e-mail": "email",
    "email-address": "email",
    "phone-number": "phone",
    "website": "website",
    "url": "website",
    "address": "address",
    "country": "country",
    "alias": "alias",
    "description": "description",
    "text": "description",
    "comment": "description",
}
_ACCOUNT = {
    "iban": "iban",
    "account": "accountNumber",
    "account-name": "name",
    "institution-name": "bankName",
    "swift": "bic",
    "currency-code": "currency",
    "text": "description",
    "comments": "description",
}
_SERVICE = {
    "username": "username",
    "screen-name": "username",
    "account-name": "username",
    "display-name": "name",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "phone-number": "phone",
    "link": "sourceUrl",
    "url": "sourceUrl",
    "description": "description",
}
TEMPLATES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "person": (
        "Person",
        {
            **_REACHED,
            "nationality": "nationality",
            "full-name": "name",
            "first-name": "firstName",
            "middle-name": "middleName",
            "last-name": "lastName",
            "title": "title",
            "date-of-birth": "birthDate",
            "place-of-birth": "birthPlace",
            "passport-number": "passportNumber",
            "function": "position",
        },
    ),
    "organization": ("Organization", {**_REACHED, "name": "name"}),
    "legal-entity": (
        "LegalEntity",
        {**_REACHED, "name": "name", "registration-number": "registrationNumber"},
    ),
    "bank-account": ("BankAccount", _ACCOUNT),
    **dict.fromkeys(
        ("user-account", "telegram-account", "twitter-account", "facebook-account", "instagram-account"),
        ("UserAccount", _SERVICE),
    ),
}
"""Of each template the kind of entity, and which of its relations is which property."""

ALONE = {
    "full-name": ("Person", "name"),
    "target-org": ("Organization", "name"),
    "threat-actor": ("LegalEntity", "name"),
    **dict.fromkeys(("email", "email-src", "email-dst", "target-email"), ("LegalEntity", "email")),
    **dict.fromkeys(("url", "link", "domain", "hostname"), ("LegalEntity", "website")),
    "phone-number": ("LegalEntity", "phone"),
    "iban": ("BankAccount", "iban"),
    "bic": ("BankAccount", "bic"),
    "bank-account-nr": ("BankAccount", "accountNumber"),
    **dict.fromkeys(
        ("twitter-id", "jabber-id", "github-username", "telegram-username"), ("UserAccount", "username")
    ),
}
"""Of an attribute's type that stands alone: the kind of entity, and which property it is."""


class Told(NamedTuple):
    """Who says it, and where it stands."""

    said: Assertion
    where: str


def identity(one: Mapping[str, Any], where: str) -> str:
    """The id of an event, object or attribute; its place where it has no proper id."""
    uuid = one.get("uuid")
    known = isinstance(uuid, str) and _UUID.fullmatch(uuid)
    return f"misp:{str(uuid).lower() if known else where}"


def stated(entity: str, schema: str, rows: Sequence[tuple[str, str]], told: Told) -> Iterator[Statement]:
    """An entity with its properties, each value once; nothing for an entity of which nothing is said."""
    kept = dict.fromkeys((prop, redact(value)) for prop, value in rows if value)
    if kept:
        yield Statement(entity, schema, "id", entity, told.said, locator=told.where)
    for prop, value in kept:
        key = vocabulary().key_of(schema, prop, value)
        yield Statement(entity, schema, prop, value, told.said, "", None, key, told.where)


def properties(template: str, attributes: Sequence[Mapping[str, Any]]) -> tuple[str, list[tuple[str, str]]]:
    """The kind of entity that an object is, and its properties; notes for what the kind has no place for."""
    schema, known = TEMPLATES[template]
    rows = []
    for one in attributes:
        prop, value = known.get(str(one.get("object_relation"))), str(one.get("value") or "").strip()
        rows.append((prop, value) if prop else ("notes", noted(one, "object_relation")))
    has = {prop for prop, _ in rows}
    if schema == "Person" and "name" not in has:
        parts = [value for wanted in ("firstName", "lastName") for prop, value in rows if prop == wanted]
        rows.insert(0, ("name", " ".join(parts)))
    return schema, rows


def noted(one: Mapping[str, Any], kind: str = "type") -> str:
    """An attribute in words: what it is, what it says, what was remarked on it."""
    remark = f" ({one['comment']})" if one.get("comment") else ""
    return f"{one.get(kind) or 'attribute'}: {one.get('value') or ''}{remark}"


def tags(*tagged: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tags of an event, an object or attributes, as keywords."""
    listed = [each for one in tagged if isinstance(one.get("Tag"), list) for each in one["Tag"]]
    named = [each.get("name") for each in listed if isinstance(each, dict)]
    return [("keywords", name) for name in named if isinstance(name, str)]


def references(one: Mapping[str, Any], entities: Mapping[str, str], told: Told) -> Iterator[Statement]:
    """What an object refers to, as links in MISP's own words; only between what was taken in."""
    listed = one.get("ObjectReference")
    subject = entities.get(str(one.get("uuid")).lower())
    for at, reference in enumerate(listed if isinstance(listed, list) else ()):
        target = (
            entities.get(str(reference.get("referenced_uuid")).lower())
            if isinstance(reference, dict)
            else None
        )
        if not subject or not target:
            continue
        where = f"{told.where}/ObjectReference/{at}"
        role = str(reference.get("relationship_type") or "linked to").replace("-", " ")
        rows = [("subject", subject), ("object", target), ("role", role)]
        rows.append(("description", str(reference.get("comment") or "")))
        yield from stated(identity(reference, where), "UnknownLink", rows, Told(told.said, where))
