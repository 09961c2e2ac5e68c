"""The United Nations Security Council's consolidated list; it has no field for wallets, its comments may."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.free_text import wallets_in
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.xml_stream import attribute, children, elements, text_of

_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
_WEAK, _FORMER = ("low",), ("f.k.a.",)


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    for element in elements(stream, ("INDIVIDUAL", "ENTITY")):
        if not made.version:
            root = element.getroottree().getroot()
            made.version = attribute(root, "dateGenerated") or "unknown"
            made.published_at = read_date(made.version).iso or None
        _entry(element, made, "Person" if etree.QName(element).localname == "INDIVIDUAL" else "Organization")
        yield


def _entry(element: etree._Element, made: Making, schema: str) -> None:
    number = text_of(element, "DATAID")
    entity_id, locator = f"un-{number}", f"DATAID {number}"
    made.entity(entity_id, schema, locator)
    name = " ".join(part for each in _NAMES if (part := text_of(element, each)))
    made.say(entity_id, schema, "name", name, locator)
    made.say(entity_id, schema, "name", text_of(element, "NAME_ORIGINAL_SCRIPT"), locator)
    _aliases(element, made, entity_id, schema, locator)
    comment = text_of(element, "COMMENTS1")
    made.say(entity_id, schema, "notes", comment, locator)
    wallets_in(comment, made, entity_id, f"{locator}, COMMENTS1")
    prefix = "INDIVIDUAL" if schema == "Person" else "ENTITY"
    for address in children(element, f"{prefix}_ADDRESS"):
        full = ", ".join(part for each in _ADDRESS if (part := text_of(address, each)))
        made.say(entity_id, schema, "address", full, locator)
    if schema == "Person":
        _person(element, made, entity_id, locator)
    _sanction(element, made, number, locator)


def _aliases(element: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    for alias in (*children(element, "INDIVIDUAL_ALIAS"), *children(element, "ENTITY_ALIAS")):
        quality = text_of(alias, "QUALITY").lower()
        prop = "weakAlias" if quality in _WEAK else "previousName" if quality in _FORMER else "alias"
        for name in text_of(alias, "ALIAS_NAME").split(";"):
            made.say(entity_id, schema, prop, name, locator)


def _person(element: etree._Element, made: Making, entity_id: str, locator: str) -> None:
    for path, prop in (("TITLE", "title"), ("DESIGNATION", "position"), ("NATIONALITY", "nationality")):
        for value in children(element, path, "VALUE"):
            made.say(entity_id, "Person", prop, text_of(value), locator)
    for birth in children(element, "INDIVIDUAL_DATE_OF_BIRTH"):
        text = text_of(birth, "DATE") or text_of(birth, "YEAR")
        if text:
            made.say(entity_id, "Person", "birthDate", read_date(text).iso or text, locator)
    for document in children(element, "INDIVIDUAL_DOCUMENT"):
        number = text_of(document, "NUMBER")
        passport = "passport" in text_of(document, "TYPE_OF_DOCUMENT").lower()
        made.say(entity_id, "Person", "passportNumber" if passport else "idNumber", number, locator)
    for place in children(element, "INDIVIDUAL_PLACE_OF_BIRTH"):
        parts = (text_of(place, each) for each in ("CITY", "STATE_PROVINCE", "COUNTRY"))
        made.say(entity_id, "Person", "birthPlace", ", ".join(part for part in parts if part), locator)


def _sanction(element: etree._Element, made: Making, number: str, locator: str) -> None:
    entry_id = f"un-entry-{number}"
    listed = text_of(element, "LISTED_ON")
    day = read_date(listed)
    if listed and not day.exact:
        made.flag(locator, "unclear date", day.why, listed)
    made.entity(entry_id, "Sanction", locator)
    for prop, value in (
        ("entity", f"un-{number}"),
        ("authority", made.known.authority),
        ("program", text_of(element, "UN_LIST_TYPE")),
        ("unscId", text_of(element, "REFERENCE_NUMBER")),
        ("recordId", text_of(element, "REFERENCE_NUMBER")),
        ("listingDate", day.iso),
    ):
        made.say(entry_id, "Sanction", prop, value, locator)
