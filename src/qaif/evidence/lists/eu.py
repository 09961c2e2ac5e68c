"""The European Union's consolidated financial sanctions list (FSF), XML 1.1."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.free_text import wallets_in
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.xml_stream import attribute, child, children, elements, text_of

_ADDRESS = ("street", "poBox", "zipCode", "city", "region", "countryDescription")
_CONTACTS = {"EMAIL": "email", "WEB": "website", "PHONE": "phone"}


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    for element in elements(stream, ("sanctionEntity",)):
        if not made.version:
            made.version = attribute(element.getroottree().getroot(), "generationDate") or "unknown"
            made.published_at = read_date(made.version).iso or None
        _entry(element, made)
        yield


def _entry(element: etree._Element, made: Making) -> None:
    number = attribute(element, "logicalId")
    kind = child(element, "subjectType")
    person = kind is not None and attribute(kind, "code") == "person"
    entity_id, schema = f"eu-{number}", "Person" if person else "Organization"
    locator = f"sanctionEntity {number}"
    made.entity(entity_id, schema, locator)
    _names(element, made, entity_id, schema, locator)
    for remark in children(element, "remark"):
        made.say(entity_id, schema, "notes", text_of(remark), locator)
        wallets_in(text_of(remark), made, entity_id, f"{locator}, remark")
    for address in children(element, "address"):
        _address(address, made, entity_id, schema, locator)
    for each in children(element, "identification"):
        _number(each, made, entity_id, schema, locator)
    if person:
        _person(element, made, entity_id, locator)
    _sanctions(element, made, number, locator)


def _names(element: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    for at, alias in enumerate(children(element, "nameAlias")):
        parts = (attribute(alias, name) for name in ("firstName", "middleName", "lastName"))
        whole = attribute(alias, "wholeName") or " ".join(part for part in parts if part)
        strong = attribute(alias, "strong") != "false"
        prop = "weakAlias" if not strong else "alias" if at else "name"
        lang = attribute(alias, "nameLanguage").lower()[:2]
        place = f"{locator}, nameAlias {attribute(alias, 'logicalId') or at + 1}"
        made.say(entity_id, schema, prop, whole, place, lang=lang)
        if schema == "Person":
            made.say(entity_id, schema, "title", attribute(alias, "title"), place, lang=lang)
            made.say(entity_id, schema, "position", attribute(alias, "function"), place, lang=lang)
        for remark in children(alias, "remark"):
            made.say(entity_id, schema, "notes", text_of(remark), place)


def _address(address: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    full = ", ".join(part for name in _ADDRESS if (part := attribute(address, name)))
    made.say(entity_id, schema, "address", full, locator)
    made.say(entity_id, schema, "country", _country(address), locator)
    for contact in children(address, "contactInfo"):
        prop = _CONTACTS.get(attribute(contact, "key").upper())
        made.say(entity_id, schema, prop or "notes", attribute(contact, "value"), locator)
    for remark in children(address, "remark"):
        wallets_in(text_of(remark), made, entity_id, f"{locator}, address remark")
        made.say(entity_id, schema, "notes", text_of(remark), locator)


def _number(each: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    number, kind = (
        attribute(each, "number") or attribute(each, "latinNumber"),
        attribute(each, "identificationTypeCode"),
    )
    prop = "passportNumber" if kind == "passport" and schema == "Person" else "idNumber"
    made.say(entity_id, schema, prop, number, locator)


def _person(element: etree._Element, made: Making, entity_id: str, locator: str) -> None:
    for birth in children(element, "birthdate"):
        text = attribute(birth, "birthdate") or attribute(birth, "year")
        if text:
            made.say(entity_id, "Person", "birthDate", read_date(text).iso or text, locator)
        parts = (attribute(birth, name) for name in ("city", "countryDescription"))
        made.say(entity_id, "Person", "birthPlace", ", ".join(part for part in parts if part), locator)
    for citizenship in children(element, "citizenship"):
        made.say(entity_id, "Person", "citizenship", _country(citizenship), locator)


def _sanctions(element: etree._Element, made: Making, number: str, locator: str) -> None:
    for at, regulation in enumerate(children(element, "regulation")):
        entry_id = f"eu-entry-{number}-{attribute(regulation, 'logicalId') or at + 1}"
        made.entity(entry_id, "Sanction", locator)
        listed = attribute(element, "designationDate") or attribute(regulation, "publicationDate")
        for prop, value in (
            ("entity", f"eu-{number}"),
            ("authority", made.known.authority),
            ("country", "eu"),
            ("program", attribute(regulation, "programme")),
            ("legalAct", attribute(regulation, "numberTitle")),
            ("listingDate", read_date(listed).iso if listed else ""),
            ("startDate", _start(regulation)),
            ("recordId", attribute(element, "euReferenceNumber")),
            ("unscId", attribute(element, "unitedNationId")),
            ("sourceUrl", text_of(regulation, "publicationUrl")),
        ):
            made.say(entry_id, "Sanction", prop, value, locator)


def _start(regulation: etree._Element) -> str:
    text = attribute(regulation, "entryIntoForceDate")
    return read_date(text).iso if text else ""


def _country(element: etree._Element) -> str:
    code = attribute(element, "countryIso2Code").lower()
    return code if code.isalpha() and code.isascii() else attribute(element, "countryDescription")
