"""Israel's lists (NBCTF) as a spreadsheet that the user saved: orders with wallets, or designations.

Orders end: with the end that stands in their row. Where a date's day and month cannot be told apart, only its
year is read, and the row is flagged. Addresses with letters of other scripts are repaired where a checksum
holds. A user's number at a platform is an account there, and never an address.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from qaif.errors import ListError
from qaif.evidence.lists import spreadsheet
from qaif.evidence.lists.dates import Order, order_of, read_date
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.nbctf_columns import Entry, entries
from qaif.evidence.lists.wallets import chain_of, is_account, say_wallet
from qaif.records.statement import digest_of

_SCHEMATA = {"person": "Person", "legalentity": "LegalEntity", "organization": "Organization"}
_DATES = ("start", "end", "dob", "updated")
_ORDER = re.compile(r"(?:ASO|צ\.?\s?ת\.?)?\s*(\d{1,4}\s?[a-zA-Z]?)\s*[/-]\s*(\d{2,4})")
_SEPARATOR = re.compile(r"[;\n]")


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the list; see `making`."""
    made.published_at = made.version = spreadsheet.check(stream) or ""
    stream.seek(0)
    found = list(entries(spreadsheet.rows(stream)))
    if not found:
        raise ListError(
            "The spreadsheet has no row of headings that a list of Israel's NBCTF has.",
            way_out="Save the table with its headings, such as `full name`, `e-wallet address`, `currency`.",
        )
    orders = {name: _order_of(found, name) for name in _DATES}
    for entry in found:
        _Row(entry, made, orders).say()
        yield


def _order_of(found: Sequence[Entry], name: str) -> Order:
    return order_of(cell.text for each in found if (cell := each.values.get(name)) and not cell.day)


class _Row:
    """One row, said."""

    def __init__(self, entry: Entry, made: Making, orders: dict[str, Order]) -> None:
        self._entry, self._made, self._orders = entry, made, orders
        self._at = entry.locator

    def say(self) -> None:
        """Say whom it names, and the order that it stands in."""
        party = self._party()
        things = [thing for thing in self._things(party) if thing]
        self._order([party] if party and not things else [*things, *([party] if party else [])])

    def _party(self) -> str:
        entry = self._entry
        name = entry.text("name") or entry.text("name_he") or entry.text("name_ar")
        numbers = (entry.text("id_no"), entry.text("passport_no"))
        if not name and not any(numbers):
            return ""
        # a row without a number is its own entity: a name alone joins nobody
        apart = (name, *numbers) if any(numbers) else (name, self._at)
        entity_id = f"il-{digest_of(*apart)[:16].hex()}"
        schema = _SCHEMATA.get(entry.text("schema").lower().replace(" ", ""), "")
        schema = schema or ("Person" if any(numbers) or entry.text("dob") else "LegalEntity")
        self._made.entity(entity_id, schema, self._at)
        for column, prop, lang in (
            ("name", "name", ""),
            ("name_he", "name", "he"),
            ("name_ar", "name", "ar"),
        ):
            self._made.say(entity_id, schema, prop, entry.text(column), self._at, lang=lang)
        for alias in _SEPARATOR.split(entry.text("alias")):
            self._made.say(entity_id, schema, "alias", alias, self._at)
        self._made.say(entity_id, schema, "idNumber", numbers[0], self._at)
        passport = "passportNumber" if schema == "Person" else "idNumber"
        self._made.say(entity_id, schema, passport, numbers[1], self._at)
        if schema == "Person":
            self._say_date(entity_id, schema, "birthDate", "dob")
        return entity_id

    def _things(self, party: str) -> Iterator[str]:
        currency, platform = self._entry.text("currency"), self._entry.text("platform")
        for text in _SEPARATOR.split(self._entry.text("wallet")):
            if not text.strip():
                continue
            if is_account(text) and not chain_of(text.strip()):
                yield self._account(text.strip(), platform, party)
            else:
                yield say_wallet(self._made, text.strip(), _coin(currency), party, self._at)
        if account := self._entry.text("account"):
            yield self._account(account, platform, party)

    def _account(self, number: str, platform: str, party: str) -> str:
        entity_id = f"account-{digest_of(platform.casefold(), number)[:16].hex()}"
        self._made.entity(entity_id, "UserAccount", self._at)
        self._made.say(entity_id, "UserAccount", "username", number, self._at, key=number)
        self._made.say(entity_id, "UserAccount", "service", platform, self._at)
        self._made.say(entity_id, "UserAccount", "owner", party, self._at)
        if not platform:
            said = "A user's number stands without the platform that gave it."
            self._made.flag(self._at, "account without platform", said, number)
        return entity_id

    def _order(self, named: list[str]) -> None:
        entry = self._entry
        number = _order_number(entry.text("order"))
        entry_id = f"il-order-{digest_of(number or self._at, *named)[:16].hex()}"
        self._made.entity(entry_id, "Sanction", self._at)
        for each in dict.fromkeys(named):
            self._made.say(entry_id, "Sanction", "entity", each, self._at)
        forfeited = entry.text("forfeiture_url")
        for prop, value in (
            ("authority", self._made.known.authority),
            ("country", "il"),
            ("recordId", number),
            ("legalAct", f"ASO {number}" if number else entry.text("order")),
            ("provisions", "forfeiture" if forfeited else "seizure" if number else "designation"),
            ("sourceUrl", entry.text("order_url")),
            ("sourceUrl", entry.text("annex_url")),
            ("sourceUrl", forfeited),
        ):
            self._made.say(entry_id, "Sanction", prop, value, self._at)
        self._say_date(entry_id, "Sanction", "startDate", "start")
        self._say_date(entry_id, "Sanction", "endDate", "end")
        self._say_date(entry_id, "Sanction", "modifiedAt", "updated")

    def _say_date(self, entity_id: str, schema: str, prop: str, column: str) -> None:
        cell = self._entry.values.get(column)
        if cell is None or not cell.text:
            return
        if cell.day:
            self._made.say(entity_id, schema, prop, cell.day, self._at)
            return
        found = read_date(cell.text, self._orders[column])
        if found.why:
            self._made.flag(f"{self._at}, {column}", "unclear date", found.why, cell.text)
        self._made.say(entity_id, schema, prop, found.iso, self._at, original=cell.text)


def _order_number(text: str) -> str:
    """`n/yy` of an order, however it is written; empty where there is none."""
    found = _ORDER.search(text)
    return f"{found[1].replace(' ', '')}/{found[2][-2:]}" if found else ""


def _coin(text: str) -> str:
    upper = text.strip().upper()
    return "XBT" if upper in ("BTC", "XBT", "BITCOIN", "ביטקוין") else upper
