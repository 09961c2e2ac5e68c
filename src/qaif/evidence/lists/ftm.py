"""FollowTheMoney entities, one JSON object a line, as OpenSanctions publishes them."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from qaif.errors import ListError
from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.known import rests_on
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.wallets import BITCOIN, read_address, text_key
from qaif.evidence.vocabulary import vocabulary

LONGEST_LINE = 16 << 20
_MOST_VALUES = 10_000
_ADDRESSES = ("publicKey", "cryptoAddress")
_DATES = ("startDate", "listingDate", "endDate")


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the lines; see `making`. The file is as new as its newest `last_seen` or `last_change`."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise ListError(f"Line {number} is longer than {LONGEST_LINE >> 20} MiB.", line=number)
        if line.strip():
            _entity(_object(line, number), made, f"line {number}")
            yield


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        read_one = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ListError(
            f"Line {number} is no JSON object: the file may have been cut off.",
            way_out="Save the list again. Nothing was imported.",
            line=number,
        ) from error
    if not isinstance(read_one, dict) or not isinstance(read_one.get("id"), str) or not read_one["id"]:
        raise ListError(f"Line {number} is no FollowTheMoney entity.", line=number)
    if not isinstance(read_one.get("properties"), dict) or not isinstance(read_one.get("schema"), str):
        raise ListError(f"Line {number} has no schema or no properties.", line=number)
    return read_one


def _entity(given: dict[str, Any], made: Making, locator: str) -> None:
    entity_id, schema = given["id"], given["schema"]
    datasets = given.get("datasets")
    named = sorted(each for each in datasets if isinstance(each, str)) if isinstance(datasets, list) else []
    made.resting_on = (rests_on(named),) if named else (made.known.authority,)
    for each in (given.get("last_change"), given.get("last_seen")):
        if isinstance(each, str) and each[:10] > made.version and read_date(each[:10]).exact:
            made.version = made.published_at = each[:10]
    made.entity(entity_id, schema, locator)
    for prop, values in given["properties"].items():
        if not isinstance(values, list) or len(values) > _MOST_VALUES:
            made.flag(locator, "odd property", f"The property {prop[:80]} holds no list of values.", "")
            continue
        for value in values:
            _say(made, given, str(prop), value, locator)


def _say(made: Making, given: dict[str, Any], prop: str, value: object, locator: str) -> None:
    schema = given["schema"]
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        value = value["id"]  # an entity that is nested where its id belongs
    if not isinstance(value, str):
        made.flag(locator, "odd property", f"A value of {prop[:80]} is no text.", str(value))
        return
    if prop == "privateKey":
        made.flag(locator, "private key", "A private key stands with the entity; it was not taken in.", "")
        return
    original = key = None
    if prop in _ADDRESSES and vocabulary().is_a(schema, "CryptoWallet"):
        address, why = read_address(value, _currency(given))
        for kind, said in why:
            made.flag(locator, kind, said, value)
        original, value, key = (value if address != value else None), address, text_key(address)
    made.say(given["id"], schema, prop, value, locator, original=original, key=key)


def _currency(given: dict[str, Any]) -> str:
    currency = given["properties"].get("currency")
    first = str(currency[0]).upper() if isinstance(currency, list) and currency else ""
    return "XBT" if first in (*BITCOIN, "BITCOIN") else first
