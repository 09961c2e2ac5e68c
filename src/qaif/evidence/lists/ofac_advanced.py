"""OFAC's SDN list as advanced XML, read in one pass of bounded memory.

The file has its reference values first, then places, documents, parties, links and at last the entries that
make a party listed. Ids in the reference values are looked up by their text: they are not stable.
"""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from qaif.evidence.lists.dates import iso, read_date
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.ofac_terms import PAGE, currency_of, party_id, schema_of
from qaif.evidence.lists.wallets import say_wallet
from qaif.evidence.lists.xml_stream import attribute, child, children, elements, text_of

_WANTED = (
    *("DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty"),
    *("ProfileRelationship", "SanctionsEntry"),
)
_NAME_PARTS = {"Last Name": "lastName", "First Name": "firstName", "Middle Name": "middleName"}
_FIRST_IN_A_NAME = ("First Name", "Middle Name", "Patronymic", "Last Name", "Matronymic")
_SAID = {
    "Birthdate": "birthDate",
    "Place of Birth": "birthPlace",
    "Gender": "gender",
    "Website": "website",
    "Email Address": "email",
    "Phone Number": "phone",
    "Title": "title",
    "Nationality Country": "nationality",
    "Citizenship Country": "citizenship",
}
_DOCUMENTS = {
    "Passport": "passportNumber",
    "National ID No.": "idNumber",
    "Identification Number": "idNumber",
    "Tax ID No.": "taxNumber",
    "Registration Number": "registrationNumber",
    "Company Number": "registrationNumber",
    "SWIFT/BIC": "swiftBic",
}
_PROGRAM = "Program"


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    reader = _Reader(made)
    takes = {
        "DateOfIssue": reader.issued,
        "ReferenceValueSets": reader.reference,
        "Location": reader.location,
        "IDRegDocument": reader.document,
        "DistinctParty": reader.party,
        "ProfileRelationship": reader.link,
        "SanctionsEntry": reader.entry,
    }
    for element in elements(stream, _WANTED):
        takes[etree.QName(element).localname](element)
        yield


class _Reader:
    """What earlier parts of the file say, for the later ones."""

    def __init__(self, made: Making) -> None:
        self._made = made
        self._terms: dict[tuple[str, str], str] = {}
        self._party_types: dict[str, str] = {}
        self._countries: dict[str, str] = {}
        self._locations: dict[str, tuple[str, str]] = {}
        self._documents: dict[str, list[tuple[str, str, str]]] = {}
        self._schemata: dict[str, str] = {}

    def issued(self, element: etree._Element) -> None:
        """The day of the list."""
        self._made.published_at = self._made.version = _day(element)

    def reference(self, element: etree._Element) -> None:
        """All reference values, by kind and id."""
        for values in element:
            for term in values:
                kind, number = etree.QName(term).localname, attribute(term, "ID")
                self._terms[kind, number] = text_of(term)
                if kind == "PartySubType":
                    self._party_types[number] = attribute(term, "PartyTypeID")
                if code := attribute(term, "ISO2"):
                    self._countries[number] = code.lower()

    def location(self, element: etree._Element) -> None:
        """A place, kept for the parties."""
        parts = [text_of(value) for value in children(element, "LocationPart", "LocationPartValue", "Value")]
        numbers = [attribute(each, "CountryID") for each in children(element, "LocationCountry")]
        names = [self._terms.get(("Country", number), "") for number in numbers]
        full = ", ".join(part for part in (*parts, *names) if part)
        code = next(
            (self._countries.get(number) or self._terms.get(("Country", number), "") for number in numbers),
            "",
        )
        self._locations[attribute(element, "ID")] = (full, code)

    def document(self, element: etree._Element) -> None:
        """A document's number, kept for the parties."""
        kind = self._terms.get(("IDRegDocType", attribute(element, "IDRegDocTypeID")), "")
        number, of = text_of(element, "IDRegistrationNo"), attribute(element, "IdentityID")
        self._documents.setdefault(of, []).append((kind, number, attribute(element, "ID")))

    def party(self, element: etree._Element) -> None:
        """A party, with its names, documents and features."""
        for profile in children(element, "Profile"):
            number, sub_type = attribute(profile, "ID"), attribute(profile, "PartySubTypeID")
            kind = self._terms.get(("PartySubType", sub_type), "")
            of_kind = self._terms.get(("PartyType", self._party_types.get(sub_type, "")), "")
            entity_id, schema = party_id(number), schema_of(f"{kind} {of_kind}")
            locator = f"DistinctParty {attribute(element, 'FixedRef')}"
            self._schemata[number] = schema
            self._made.entity(entity_id, schema, locator)
            self._made.say(entity_id, schema, "sourceUrl", f"{PAGE}{number}", locator)
            for comment in children(element, "Comment"):
                self._made.say(entity_id, schema, "notes", text_of(comment), locator)
            for identity in children(profile, "Identity"):
                self._identity(identity, entity_id, schema, locator)
            for feature in children(profile, "Feature"):
                self._feature(feature, entity_id, schema, f"{locator}, Feature {attribute(feature, 'ID')}")

    def link(self, element: etree._Element) -> None:
        """A relation, as the list words it: `Owned or Controlled By` says no share of anything."""
        number = attribute(element, "ID")
        link_id, locator = f"ofac-link-{number}", f"ProfileRelationship {number}"
        self._made.entity(link_id, "UnknownLink", locator)
        for prop, name in (("subject", "From-ProfileID"), ("object", "To-ProfileID")):
            self._made.say(link_id, "UnknownLink", prop, party_id(attribute(element, name)), locator)
        role = self._terms.get(("RelationType", attribute(element, "RelationTypeID")), "")
        self._made.say(link_id, "UnknownLink", "role", role, locator)

    def entry(self, element: etree._Element) -> None:
        """What makes a party listed: since when, by which act, under which programmes."""
        number, profile = attribute(element, "ID"), attribute(element, "ProfileID")
        entry_id, locator = f"ofac-entry-{number}", f"SanctionsEntry {number}"

        def say(prop: str, value: str | None) -> None:
            self._made.say(entry_id, "Sanction", prop, value, locator)

        self._made.entity(entry_id, "Sanction", locator)
        say("entity", party_id(profile))
        say("authority", self._made.known.authority)
        say("country", "us")
        say("recordId", number)
        say("sourceUrl", f"{PAGE}{profile}")
        say("scope", self._terms.get(("List", attribute(element, "ListID"))))
        for event in children(element, "EntryEvent"):
            say("listingDate", _day(child(event, "Date")))
            say("legalAct", self._terms.get(("LegalBasis", attribute(event, "LegalBasisID"))))
        for measure in children(element, "SanctionsMeasure"):
            kind = self._terms.get(("SanctionsType", attribute(measure, "SanctionsTypeID")), _PROGRAM)
            said = text_of(measure, "Comment")
            if kind == _PROGRAM:
                say("program", said)
            else:
                say("provisions", f"{kind}: {said}" if said else kind)

    def _identity(self, identity: etree._Element, entity_id: str, schema: str, locator: str) -> None:
        parts = {
            attribute(group, "ID"): self._terms.get(("NamePartType", attribute(group, "NamePartTypeID")), "")
            for group in children(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
        }
        for alias in children(identity, "Alias"):
            prop = self._alias_prop(alias)
            for documented in children(alias, "DocumentedName"):
                said = [
                    (parts.get(attribute(value, "NamePartGroupID"), ""), text_of(value))
                    for value in children(documented, "DocumentedNamePart", "NamePartValue")
                ]
                place = f"{locator}, Alias {attribute(alias, 'FixedRef')}"
                self._made.say(entity_id, schema, prop, _whole_name(said), place)
                if prop == "name" and schema == "Person":
                    for kind, value in said:
                        if kind in _NAME_PARTS:
                            self._made.say(entity_id, schema, _NAME_PARTS[kind], value, place)
        for kind, number, at in self._documents.pop(attribute(identity, "ID"), ()):
            self._number(entity_id, schema, kind, number, f"{locator}, IDRegDocument {at}")

    def _number(self, entity_id: str, schema: str, kind: str, number: str, locator: str) -> None:
        prop = _DOCUMENTS.get(kind)
        if prop == "passportNumber" and schema != "Person":
            prop = None
        if prop:
            self._made.say(entity_id, schema, prop, number, locator)
        elif number:
            self._made.say(entity_id, schema, "notes", f"{kind or 'document'}: {number}", locator)

    def _alias_prop(self, alias: etree._Element) -> str:
        if attribute(alias, "Primary") == "true":
            return "name"
        if attribute(alias, "LowQuality") == "true":
            return "weakAlias"
        kind = self._terms.get(("AliasType", attribute(alias, "AliasTypeID")), "")
        return "previousName" if kind.upper().startswith("F.K.A") else "alias"

    def _feature(self, feature: etree._Element, entity_id: str, schema: str, locator: str) -> None:
        kind = self._terms.get(("FeatureType", attribute(feature, "FeatureTypeID")), "")
        currency = currency_of(kind)
        for version in children(feature, "FeatureVersion"):
            for text in self._values(version):
                if currency:
                    say_wallet(self._made, text, currency, entity_id, locator)
                else:
                    self._say_feature(entity_id, schema, kind, text, locator)
            for place in children(version, "VersionLocation"):
                at = self._locations.get(attribute(place, "LocationID"), ("", ""))
                self._say_place(entity_id, schema, kind, at, locator)

    def _values(self, version: etree._Element) -> Iterator[str]:
        for detail in children(version, "VersionDetail"):
            number = attribute(detail, "DetailReferenceID")
            if text := text_of(detail) or self._terms.get(("DetailReference", number), ""):
                yield text
        for period in children(version, "DatePeriod"):
            start, end = (_day(child(each, "From")) for each in _ends(period))
            if start:
                yield start if start == end or not end else start[:4]

    def _say_feature(self, entity_id: str, schema: str, kind: str, text: str, locator: str) -> None:
        prop = _SAID.get(kind)
        if prop == "birthDate":
            read_one = read_date(text)
            if not read_one.exact:
                self._made.flag(locator, "unclear date", read_one.why, text)
            self._made.say(entity_id, schema, prop, read_one.iso or text, locator, original=text)
        elif prop:
            self._made.say(entity_id, schema, prop, text, locator)
        else:
            self._made.say(entity_id, schema, "notes", f"{kind or 'feature'}: {text}", locator)

    def _say_place(
        self, entity_id: str, schema: str, kind: str, place: tuple[str, str], locator: str
    ) -> None:
        full, country = place
        if kind == "Location":
            self._made.say(entity_id, schema, "address", full, locator)
            self._made.say(entity_id, schema, "country", country, locator)
        elif kind in ("Nationality Country", "Citizenship Country"):
            self._made.say(entity_id, schema, _SAID[kind], country or full, locator)
        elif full:
            self._say_feature(entity_id, schema, kind, full, locator)


def _whole_name(said: list[tuple[str, str]]) -> str:
    """The parts in the order in which a person is named; of others as they stand."""
    if any(kind in _FIRST_IN_A_NAME for kind, _ in said):
        said = sorted(said, key=lambda part: _place_in_name(part[0]))
    return " ".join(value for _, value in said if value)


def _place_in_name(kind: str) -> int:
    return _FIRST_IN_A_NAME.index(kind) if kind in _FIRST_IN_A_NAME else len(_FIRST_IN_A_NAME)


def _ends(period: etree._Element) -> Iterator[etree._Element]:
    for name in ("Start", "End"):
        found = child(period, name)
        yield period if found is None else found


def _day(element: etree._Element | None) -> str:
    """A date of year, month and day elements; empty where there is none."""
    if element is None:
        return ""
    parts = [text_of(element, name) for name in ("Year", "Month", "Day")]
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
    return iso(*numbers[:3]) if numbers else ""
