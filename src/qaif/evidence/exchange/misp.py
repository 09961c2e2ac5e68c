"""MISP events in and out: coin-address and btc-wallet objects, and the report that goes with them.

MISP's JSON is written plainly: the names and ids of its object templates are part of the format. Of an event
that is read, addresses become wallets, and what else it says stands as `misp_objects.py` has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from qaif.errors import InputError
from qaif.evidence.exchange.misp_objects import (
    ALONE,
    TEMPLATES,
    Told,
    identity,
    noted,
    properties,
    references,
    stated,
    tags,
)
from qaif.evidence.exchange.observed import ObservedCounts, described, read_json
from qaif.evidence.exchange.quick import bitcoin_key
from qaif.evidence.exchange.wallets import WalletSaid, graded
from qaif.records.statement import Assertion, Statement

_SPACE = UUID("6f0dd9d6-52a1-5f0b-9a5c-2f9fd7c1b6a0")  # ours, so that the same address has the same id
_COIN_ADDRESS = {
    "name": "coin-address",
    "meta-category": "financial",
    "description": "An address used in a cryptocurrency",
    "template_uuid": "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46",
    "template_version": "7",
}
_ADDRESSES = {
    "coin-address": ("address", "address-crypto", "address-xmr"),
    "btc-wallet": ("wallet-address",),
    "cryptocurrency-transaction": ("address",),
    "btc-transaction": ("btc-address",),
}
_TEXTS = ("text", "comment")
_COINS = ("btc", "xmr", "dash")
_WANTED = "Name a MISP event as JSON."


@dataclass
class MispCounts(ObservedCounts):
    """What stands in a file; what was deleted in it is left.

    Attributes:
        events: events of MISP.
        entities: persons, bodies and accounts that were taken in.
        references: links between objects.
        noted: attributes that are kept as notes.
    """

    events: int = 0
    entities: int = 0
    references: int = 0
    noted: int = 0


class MispReader:
    """Statements of a MISP event, or of several.

    Args:
        content: the file.
        dataset: the name that its statements go by.
        name: the file's name, for errors.

    Raises:
        InputError: it is no MISP event.
    """

    def __init__(self, content: bytes, dataset: str, name: str) -> None:
        self._dataset = dataset
        self.counts = MispCounts()
        value = read_json(content, name, _WANTED)
        listed = value.get("response", value) if isinstance(value, dict) else value
        listed = listed if isinstance(listed, list) else [listed]
        self._events = [each.get("Event") if isinstance(each, dict) else None for each in listed]
        if not self._events or not all(isinstance(each, dict) for each in self._events):
            raise InputError(f"{name} holds no MISP event.", way_out=_WANTED)

    def statements(self) -> Iterator[Statement]:
        """All that the events say."""
        for number, event in enumerate(self._events):
            if isinstance(event, dict):
                self.counts.events += 1
                yield from self._event(event, f"Event/{number}")

    def _event(self, event: dict[str, Any], place: str) -> Iterator[Statement]:
        entities: dict[str, str] = {}
        notes: list[tuple[str, str]] = []
        objects = [*self._standing(event, "Object", place)]
        for where, one in objects:
            made = [*self._object(event, one, where, notes)]
            if made:
                entities[str(one.get("uuid")).lower()] = made[0].entity_id
            yield from made
        for where, one in self._standing(event, "Attribute", place):
            made = [*self._attribute(event, one, where, notes)]
            if made:
                entities[str(one.get("uuid")).lower()] = made[0].entity_id
            yield from made
        for where, one in objects:
            linked = [*references(one, entities, Told(self._assertion(event, one), where))]
            self.counts.references += sum(each.prop == "id" for each in linked)
            yield from linked
        yield from self._itself(event, place, notes)

    def _standing(
        self, holder: dict[str, Any], name: str, place: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """What a list of an event or object holds, each with its place; the deleted are counted and left."""
        for at, one in enumerate(_dicts(holder.get(name))):
            if one.get("deleted") in (True, 1, "1"):
                self.counts.left += 1
            else:
                yield f"{place}/{name}/{at}", one

    def _object(
        self, event: dict[str, Any], one: dict[str, Any], where: str, notes: list[tuple[str, str]]
    ) -> Iterator[Statement]:
        attributes = [each for _, each in self._standing(one, "Attribute", where)]
        template = str(one.get("name"))
        wanted = _ADDRESSES.get(template, ())
        if found := [a for a in attributes if a.get("object_relation") in wanted]:
            yield from self._wallets(event, one, (found, attributes), where)
        elif template in TEMPLATES:
            schema, rows = properties(template, attributes)
            rows += [("description", str(one.get("comment") or "")), *tags(event, *attributes)]
            self.counts.entities += 1
            self.counts.noted += sum(prop == "notes" for prop, _ in rows)
            yield from stated(identity(one, where), schema, rows, Told(self._assertion(event, one), where))
        else:
            self.counts.noted += len(attributes)
            notes += [("notes", f"{template}, {noted(each, 'object_relation')}") for each in attributes]

    def _wallets(
        self,
        event: dict[str, Any],
        one: dict[str, Any],
        attributes: tuple[list[dict[str, Any]], list[dict[str, Any]]],
        where: str,
    ) -> Iterator[Statement]:
        """The addresses of an object, with what else it says of them."""
        found, every = attributes
        symbols = [str(a.get("value")) for a in every if a.get("object_relation") == "symbol"]
        texts = [str(a.get("value") or "") for a in every if a.get("object_relation") in _TEXTS]
        texts.append(str(one.get("comment") or ""))
        rest = [a for a in every if a not in found and a.get("object_relation") not in (*_TEXTS, "symbol")]
        self.counts.noted += len(rest)
        rows = [("notes", noted(each, "object_relation")) for each in rest]
        for attribute in found:
            yield from (
                made := [*self._wallet(event, attribute, symbols[0] if symbols else "BTC", texts, where)]
            )
            if made:
                rows_of = [*rows, *tags(event, attribute)]
                told = Told(self._assertion(event, attribute), where)
                yield from [*stated(made[0].entity_id, "CryptoWallet", rows_of, told)][1:]

    def _attribute(
        self, event: dict[str, Any], one: dict[str, Any], where: str, notes: list[tuple[str, str]]
    ) -> Iterator[Statement]:
        """An attribute that stands alone."""
        kind, value = str(one.get("type")), str(one.get("value") or "").strip()
        if kind in _COINS:
            alone = {**one, "object_relation": "address"}
            yield from self._wallets(
                event,
                one,
                ([alone], [alone, {"object_relation": "symbol", "value": kind.upper()}]),
                where,
            )
        elif kind in ALONE:
            schema, prop = ALONE[kind]
            self.counts.entities += 1
            rows = [(prop, value), ("description", str(one.get("comment") or "")), *tags(event, one)]
            yield from stated(identity(one, where), schema, rows, Told(self._assertion(event, one), where))
        else:
            self.counts.noted += 1
            notes.append(("notes", noted(one)))

    def _itself(self, event: dict[str, Any], place: str, notes: list[tuple[str, str]]) -> Iterator[Statement]:
        """The event: its title, day and tags, its reports, and what has no other place."""
        reports = [str(each.get("content") or "") for _, each in self._standing(event, "EventReport", place)]
        rows = [("name", str(event.get("info") or "")), ("date", str(event.get("date") or ""))]
        rows += [*tags(event), *(("description", each) for each in reports), *notes]
        yield from stated(identity(event, place), "Event", rows, Told(self._assertion(event, event), place))

    def _wallet(
        self, event: dict[str, Any], attribute: dict[str, Any], symbol: str, texts: Sequence[str], where: str
    ) -> Iterator[Statement]:
        address = str(attribute.get("value") or "").strip()
        key: str | None = address
        if symbol.upper() in ("BTC", "XBT"):
            key = bitcoin_key(address)
        said = self._assertion(event, attribute)
        if wallet := self.counts.wallet(address, key, symbol, said, where):
            yield from wallet
            yield from described(wallet[0].entity_id, tuple(texts), said, where)

    def _assertion(self, event: dict[str, Any], attribute: dict[str, Any]) -> Assertion:
        creator = event.get("Orgc")
        by = creator.get("name") if isinstance(creator, dict) else None
        return Assertion(
            asserted_by=str(by or event.get("info") or "a MISP event"),
            dataset=self._dataset,
            first_seen=_text(attribute.get("first_seen")),
            last_seen=_text(attribute.get("last_seen")),
            method="MISP",
        )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def written(wallets: Sequence[WalletSaid], title: str, at: datetime) -> dict[str, Any]:
    """One MISP event with a coin-address object for each address, and a report that says who says what."""
    stamp = str(int(at.timestamp()))
    event = str(uuid5(_SPACE, f"event {title} {stamp}"))
    return {
        "Event": {
            "uuid": event,
            "info": title,
            "date": at.date().isoformat(),
            "threat_level_id": "4",
            "analysis": "1",
            "distribution": "0",
            "published": False,
            "timestamp": stamp,
            "Tag": [{"name": "tlp:amber"}],
            "Attribute": [],
            "Object": [_object(each, stamp) for each in wallets],
            "EventReport": [
                {
                    "uuid": str(uuid5(_SPACE, f"report {event}")),
                    "name": title,
                    "content": _report(wallets),
                    "distribution": "0",
                    "timestamp": stamp,
                }
            ],
        }
    }


def _object(one: WalletSaid, stamp: str) -> dict[str, Any]:
    bitcoin = one.symbol.upper() in ("BTC", "XBT")
    rows = [
        ("address", "btc", one.address) if bitcoin else ("address-crypto", "text", one.address),
        ("symbol", "text", "BTC" if bitcoin else one.symbol),
        *(("text", "text", f"{note.text} ({note.by}; {graded(note)})") for note in one.notes[:1]),
    ]
    identity = str(uuid5(_SPACE, f"{one.symbol} {one.address}"))
    return {
        **_COIN_ADDRESS,
        "uuid": identity,
        "distribution": "5",
        "timestamp": stamp,
        "comment": "; ".join(f"{note.text} ({note.by}; {graded(note)})" for note in one.notes[1:]),
        "Attribute": [
            {
                "uuid": str(uuid5(_SPACE, f"{identity} {relation}")),
                "type": kind,
                "category": "Financial fraud" if kind == "btc" else "Other",
                "object_relation": relation,
                "value": value,
                "to_ids": False,
                "disable_correlation": relation != "address",
                "distribution": "5",
                "timestamp": stamp,
            }
            for relation, kind, value in rows
        ],
    }


def _report(wallets: Sequence[WalletSaid]) -> str:
    """Who says what, one line each; claims, not facts."""
    lines = ["What sources say of these addresses. These are claims; no chain proves or refutes them.", ""]
    for one in wallets:
        lines += [f"- `{one.address}`", *(f"  - {n.text} ({n.by}; {graded(n)})" for n in one.notes)]
    return "\n".join(lines) + "\n"
