"""Words that both of OFAC's formats share, and how its entries are named here."""

import re

PAGE = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
_CURRENCY = re.compile(r"Digital Currency Address\s*-\s*([A-Za-z0-9]{2,10})", re.IGNORECASE)
_SCHEMATA = (
    ("individual", "Person"),
    ("vessel", "Vessel"),
    ("aircraft", "Airplane"),
    ("entity", "Organization"),
)


def party_id(number: str) -> str:
    """The id of a listed party: both formats, and compilations with the list's uid, name the same one."""
    return f"ofac-{number}"


def currency_of(kind: str) -> str:
    """The currency of a kind of feature or document that is a digital currency address; empty where not."""
    found = _CURRENCY.fullmatch(kind.strip())
    return found[1].upper() if found else ""


def schema_of(kind: str) -> str:
    """The schema of a party by the list's words for its kind."""
    lowered = kind.lower()
    return next((schema for word, schema in _SCHEMATA if word in lowered), "LegalEntity")
