"""OFAC's SDN list as plain XML; it does not say since when an entry stands."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.ofac_terms import PAGE, currency_of, party_id, schema_of
from qaif.evidence.lists.wallets import say_wallet
from qaif.evidence.lists.xml_stream import children, elements, text_of

_NUMBERS = {"Passport": "passportNumber", "National ID No.": "idNumber", "Tax ID No.": "taxNumber"}
_ADDRESS = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country")


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    for element in elements(stream, ("publshInformation", "sdnEntry")):
        if etree.QName(element).localname == "publshInformation":
            day = read_date(text_of(element, "Publish_Date"), "month first").iso
            made.published_at = made.version = day
        else:
            _entry(element, made)
        yield


def _entry(element: etree._Element, made: Making) -> None:
    number = text_of(element, "uid")
    entity_id, schema = party_id(number), schema_of(text_of(element, "sdnType"))
    locator = f"sdnEntry {number}"
    made.entity(entity_id, schema, locator)
    made.say(entity_id, schema, "name", _name(element), locator)
    made.say(entity_id, schema, "sourceUrl", f"{PAGE}{number}", locator)
    made.say(entity_id, schema, "notes", text_of(element, "remarks"), locator)
    if schema == "Person":
        made.say(entity_id, schema, "title", text_of(element, "title"), locator)
    for aka in children(element, "akaList", "aka"):
        place = f"{locator}, aka {text_of(aka, 'uid')}"
        made.say(entity_id, schema, _alias_prop(aka), _name(aka), place)
    for address in children(element, "addressList", "address"):
        full = ", ".join(part for name in _ADDRESS if (part := text_of(address, name)))
        made.say(entity_id, schema, "address", full, f"{locator}, address {text_of(address, 'uid')}")
    for each in children(element, "idList", "id"):
        _number(each, made, entity_id, schema, locator)
    for each in children(element, "dateOfBirthList", "dateOfBirthItem"):
        _birth(each, made, entity_id, schema, locator)
    _sanction(element, made, number, locator)


def _sanction(element: etree._Element, made: Making, number: str, locator: str) -> None:
    entry_id = f"ofac-entry-of-{number}"
    made.entity(entry_id, "Sanction", locator)
    made.say(entry_id, "Sanction", "entity", party_id(number), locator)
    made.say(entry_id, "Sanction", "authority", made.known.authority, locator)
    made.say(entry_id, "Sanction", "country", "us", locator)
    made.say(entry_id, "Sanction", "recordId", number, locator)
    made.say(entry_id, "Sanction", "sourceUrl", f"{PAGE}{number}", locator)
    for program in children(element, "programList", "program"):
        made.say(entry_id, "Sanction", "program", text_of(program), locator)


def _number(each: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    kind, number = text_of(each, "idType"), text_of(each, "idNumber")
    place = f"{locator}, id {text_of(each, 'uid')}"
    currency, prop = currency_of(kind), _NUMBERS.get(kind)
    if currency:
        say_wallet(made, number, currency, entity_id, place)
    elif prop and (schema == "Person" or prop != "passportNumber"):
        made.say(entity_id, schema, prop, number, place)
    elif number or kind:
        made.say(entity_id, schema, "notes", f"{kind}: {number}", place)


def _birth(each: etree._Element, made: Making, entity_id: str, schema: str, locator: str) -> None:
    text = text_of(each, "dateOfBirth")
    found = read_date(text)
    if not found.exact:
        made.flag(locator, "unclear date", found.why, text)
    original = text if found.iso != text else None
    made.say(entity_id, schema, "birthDate", found.iso or text, locator, original=original)


def _name(element: etree._Element) -> str:
    return " ".join(part for name in ("firstName", "lastName") if (part := text_of(element, name)))


def _alias_prop(aka: etree._Element) -> str:
    if text_of(aka, "category").lower() == "weak":
        return "weakAlias"
    return "previousName" if text_of(aka, "type").lower().startswith("f.k.a") else "alias"
