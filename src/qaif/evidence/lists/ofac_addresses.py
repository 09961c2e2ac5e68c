"""Bitcoin addresses of OFAC's SDN list, as others compiled them in JSON, with the day each was first seen.

That day is no day of listing: what stood on the list before the compilers looked is of the day they looked.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from qaif.errors import ListError
from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.ofac_terms import PAGE, party_id
from qaif.evidence.lists.wallets import say_wallet

_MOST_BYTES = 64 << 20


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the file; see `making`."""
    text = stream.read(_MOST_BYTES + 1)
    try:
        document = json.loads(text) if len(text) <= _MOST_BYTES else None
    except (ValueError, RecursionError) as error:
        raise ListError("The file is not whole JSON.", way_out="It may have been cut off.") from error
    rows = document.get("rows") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(rows, list):
        raise ListError("The file has no rows of addresses.")
    made.published_at = made.version = _newest(document, rows)
    for at, row in enumerate(rows):
        _row(row, made, f"rows[{at}]")
        yield
    made.first_seen = None


def _row(row: Any, made: Making, locator: str) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("address"), str):
        made.flag(locator, "no address", "The row names no address.", json.dumps(row)[:200])
        return
    seen = row.get("seen_on_list")
    made.first_seen = read_date(seen).iso or None if isinstance(seen, str) else None
    entries = row.get("entries")
    holders = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    parties = [_party(each, made, f"{locator}.entries[{at}]") for at, each in enumerate(holders)]
    wallet = ""
    for party in parties or [""]:
        if wallet:
            made.say(wallet, "CryptoWallet", "holder", party, locator)
        else:
            wallet = say_wallet(made, row["address"], str(row.get("currency", "")), party, locator)


def _party(entry: dict[str, Any], made: Making, locator: str) -> str:
    number = str(entry.get("uid", ""))
    entity_id, entry_id = party_id(number), f"ofac-entry-of-{number}"
    made.entity(entity_id, "LegalEntity", locator)
    made.say(entity_id, "LegalEntity", "name", str(entry.get("entity", "")), locator)
    made.say(entity_id, "LegalEntity", "sourceUrl", f"{PAGE}{number}", locator)
    for alias in entry.get("akas") or ():
        made.say(entity_id, "LegalEntity", "alias", str(alias), locator)
    made.entity(entry_id, "Sanction", locator)
    made.say(entry_id, "Sanction", "entity", entity_id, locator)
    made.say(entry_id, "Sanction", "authority", made.known.authority, locator)
    made.say(entry_id, "Sanction", "country", "us", locator)
    for program in str(entry.get("program", "")).split(","):
        made.say(entry_id, "Sanction", "program", program, locator)
    return entity_id


def _newest(document: dict[str, Any], rows: list[Any]) -> str:
    """The last day that the compilers say of themselves, or on which they saw a new row."""
    meta = document.get("meta")
    note = str(meta.get("note", "")) if isinstance(meta, dict) else ""
    days = [word.strip("(),;.") for word in note.split()]
    days += [str(row.get("seen_on_list", "")) for row in rows if isinstance(row, dict)]
    return max((day for each in days if len(each) == 10 and (day := read_date(each).iso)), default="")  # noqa: PLR2004  YYYY-MM-DD
