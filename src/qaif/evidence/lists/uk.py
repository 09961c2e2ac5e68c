"""The UK Sanctions List; its dates are written day first, its wallets stand in free text."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.free_text import wallets_in
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.xml_stream import children, elements, text_of

_NAMES = ("Name1", "Name2", "Name3", "Name4", "Name5", "Name6")
_ADDRESS = (*(f"AddressLine{n}" for n in range(1, 7)), "AddressPostalCode", "AddressCountry")
_LANGUAGES = {
    "arabic": "ar",
    "persian": "fa",
    "farsi": "fa",
    "hebrew": "he",
    "russian": "ru",
    "chinese": "zh",
}
_SCHEMATA = {"individual": "Person", "entity": "Organization", "ship": "Vessel"}


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    for element in elements(stream, ("DateGenerated", "Designation")):
        if etree.QName(element).localname == "DateGenerated":
            made.version = text_of(element)
            made.published_at = read_date(made.version, "day first").iso or None
        elif text_of(element, "UniqueID"):
            _entry(element, made)
        yield


def _entry(element: etree._Element, made: Making) -> None:
    number = text_of(element, "UniqueID")
    schema = _SCHEMATA.get(text_of(element, "IndividualEntityShip").lower(), "LegalEntity")
    entity_id, locator = f"uk-{number}", f"UniqueID {number}"
    made.entity(entity_id, schema, locator)
    for name in children(element, "Names", "Name"):
        kind = text_of(name, "NameType").lower()
        prop = "name" if kind.startswith("primary") and "variation" not in kind else "alias"
        whole = " ".join(part for each in _NAMES if (part := text_of(name, each)))
        made.say(entity_id, schema, prop, whole, locator)
    for other in children(element, "NonLatinNames", "NonLatinName"):
        lang = _LANGUAGES.get(text_of(other, "NonLatinScriptLanguage").lower(), "")
        made.say(entity_id, schema, "alias", text_of(other, "NameNonLatinScript"), locator, lang=lang)
    for address in children(element, "Addresses", "Address"):
        full = ", ".join(part for each in _ADDRESS if (part := text_of(address, each)))
        made.say(entity_id, schema, "address", full, locator)
    for phone in children(element, "PhoneNumbers", "PhoneNumber"):
        made.say(entity_id, schema, "phone", text_of(phone), locator)
    for mail in children(element, "EmailAddresses", "EmailAddress"):
        made.say(entity_id, schema, "email", text_of(mail), locator)
    for tag in ("OtherInformation", "UKStatementofReasons"):
        made.say(entity_id, schema, "notes", text_of(element, tag), f"{locator}, {tag}")
        wallets_in(text_of(element, tag), made, entity_id, f"{locator}, {tag}")
    if schema == "Person":
        _person(element, made, entity_id, locator)
    _sanction(element, made, number, locator)


def _person(element: etree._Element, made: Making, entity_id: str, locator: str) -> None:
    for person in children(element, "IndividualDetails", "Individual"):
        for birth in children(person, "DOBs", "DOB"):
            if text := text_of(birth):
                day = _date(text, made, locator)
                made.say(entity_id, "Person", "birthDate", day or text, locator, original=text)
        for nationality in children(person, "Nationalities", "Nationality"):
            made.say(entity_id, "Person", "nationality", text_of(nationality), locator)
        for position in children(person, "Positions", "Position"):
            made.say(entity_id, "Person", "position", text_of(position), locator)


def _sanction(element: etree._Element, made: Making, number: str, locator: str) -> None:
    entry_id, listed = f"uk-entry-{number}", text_of(element, "DateDesignated")
    made.entity(entry_id, "Sanction", locator)
    for prop, value in (
        ("entity", f"uk-{number}"),
        ("authority", made.known.authority),
        ("country", "gb"),
        ("program", text_of(element, "RegimeName")),
        ("provisions", text_of(element, "SanctionsImposed")),
        ("reason", text_of(element, "UKStatementofReasons")),
        ("listingDate", _date(listed, made, locator) if listed else ""),
        ("recordId", number),
        ("unscId", text_of(element, "UNReferenceNumber")),
        ("summary", text_of(element, "DesignationSource")),
    ):
        made.say(entry_id, "Sanction", prop, value, locator)


def _date(text: str, made: Making, locator: str) -> str:
    found = read_date(text, "day first")
    if not found.exact:
        made.flag(locator, "unclear date", found.why, text)
    return found.iso
