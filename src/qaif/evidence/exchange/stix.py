"""STIX 2.1 bundles in and out: addresses as `cryptocurrency-wallet` observables, what is said as notes.

Of a bundle that is read, indicators of addresses, and actors with the relationships that name them, are taken
in as well; everything else is counted and left.

STIX has no object for an address. The one that is written is that of the community's extension, with the
extension named in each object, so that strict readers take the bundle; `value` stands beside `address`, as
OpenCTI has it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from qaif.errors import InputError
from qaif.evidence.exchange import stix_links
from qaif.evidence.exchange.observed import ObservedCounts, described, read_json
from qaif.evidence.exchange.quick import bitcoin_key
from qaif.evidence.exchange.wallets import WalletSaid, graded
from qaif.records.statement import Assertion, Statement

WALLET = "cryptocurrency-wallet"
_WANTED = "Name a STIX 2.1 bundle."
_SPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX's namespace of deterministic ids
_OURS = UUID("6f0dd9d6-52a1-5f0b-9a5c-2f9fd7c1b6a0")
_EXTENSION = f"extension-definition--{uuid5(_OURS, WALLET)}"
_AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"  # TLP:AMBER of STIX 2.1


@dataclass
class StixCounts(ObservedCounts):
    """What stands in a bundle: `objects` of STIX, and of them what was taken in.

    Attributes:
        objects: objects.
        notes: notes of addresses that were taken in.
        actors: identities, threat actors and intrusion sets that a relationship names.
        relationships: relationships between actors and addresses.
    """

    objects: int = 0
    notes: int = 0
    actors: int = 0
    relationships: int = 0


class StixReader:
    """Statements of a STIX bundle.

    Args:
        content: the file.
        dataset: the name that its statements go by.
        name: the file's name, for errors.

    Raises:
        InputError: it is no STIX bundle.
    """

    def __init__(self, content: bytes, dataset: str, name: str) -> None:
        self._dataset = dataset
        self.counts = StixCounts()
        bundle = read_json(content, name, _WANTED)
        objects = bundle.get("objects") if isinstance(bundle, dict) else None
        if not isinstance(objects, list) or bundle.get("type") != "bundle":
            raise InputError(f"{name} is no STIX bundle.", way_out=_WANTED)
        self._objects = [each for each in objects if isinstance(each, dict)]
        self._names = {
            str(each.get("id")): str(each.get("name"))
            for each in self._objects
            if each.get("type") == "identity" and each.get("name")
        }

    def statements(self) -> Iterator[Statement]:
        """All that the bundle says of addresses."""
        wallets: dict[str, str] = {}
        for at, one in enumerate(self._objects):
            self.counts.objects += 1
            if one.get("type") == WALLET:
                yield from self._wallet(one, wallets, f"objects/{at}")
        told = set(stix_links.links(self._objects, wallets))
        ends = {str(self._objects[at].get(end)) for at in told for end in ("source_ref", "target_ref")}
        for at, one in enumerate(self._objects):
            where, kind = f"objects/{at}", one.get("type")
            if kind in ("note", "opinion"):
                yield from self._note(one, wallets, where)
            elif kind == "indicator" and (addresses := stix_links.addresses_of(one)):
                yield from self._indicated(one, addresses, where)
            elif at in told:
                self.counts.relationships += 1
                yield from stix_links.link(one, wallets, self._assertion(one), where)
            elif stix_links.is_actor(one) and str(one.get("id")) in ends:
                self.counts.actors += 1
                yield from stix_links.actor(one, self._assertion(one), where)
            elif kind != WALLET:
                self.counts.left += 1

    def _wallet(self, one: Mapping[str, Any], wallets: dict[str, str], where: str) -> Iterator[Statement]:
        address = str(one.get("address") or one.get("value") or "").strip()
        symbol = str(one.get("currency") or one.get("symbol") or "").strip().upper()
        statements = self._address(address, symbol, one, where)
        if statements:
            wallets[str(one.get("id"))] = statements[0].entity_id
        yield from statements

    def _address(
        self, address: str, symbol: str, one: Mapping[str, Any], where: str
    ) -> tuple[Statement, ...]:
        key = bitcoin_key(address) if symbol in ("", "BTC", "XBT") else address
        if key is None and not symbol:
            key, symbol = address, "?"
        return self.counts.wallet(address, key, symbol or "BTC", self._assertion(one), where)

    def _indicated(self, one: Mapping[str, Any], addresses: Sequence[str], where: str) -> Iterator[Statement]:
        said = self._assertion(one)
        texts = tuple(text for text in (one.get("name"), one.get("description")) if isinstance(text, str))
        for address in addresses:
            yield from (statements := self._address(address, "", one, where))
            if statements:
                yield from described(statements[0].entity_id, texts, said, where)

    def _note(self, one: Mapping[str, Any], wallets: Mapping[str, str], where: str) -> Iterator[Statement]:
        text = one.get("content") or one.get("explanation")
        refs = one.get("object_refs")
        named = [wallets[each] for each in refs if each in wallets] if isinstance(refs, list) else []
        if not named or not isinstance(text, str):
            self.counts.left += 1
            return
        self.counts.notes += 1
        said = self._assertion(one)
        for wallet in named:
            yield from described(wallet, (text,), said, where)

    def _assertion(self, one: Mapping[str, Any]) -> Assertion:
        authors = one.get("authors")
        by = ", ".join(str(each) for each in authors) if isinstance(authors, list) and authors else ""
        by = by or self._names.get(str(one.get("created_by_ref")), "a STIX bundle")
        return Assertion(
            asserted_by=by,
            dataset=self._dataset,
            credibility=stix_links.credibility(one),
            status="retracted" if one.get("revoked") is True else "reported",
            first_seen=_moment(one.get("first_seen") or one.get("valid_from")),
            last_seen=_moment(one.get("last_seen") or one.get("valid_until")),
            method="STIX",
        )


def _moment(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def written(wallets: Sequence[WalletSaid], title: str, at: datetime) -> dict[str, Any]:
    """A bundle: who wrote it, the extension, each address, a note for all that is said, and a report."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    writer = _object("identity", f"writer {title}", stamp, name="Qaif", identity_class="system")
    made: dict[str, Any] = {"created_by_ref": writer["id"], "object_marking_refs": [_AMBER]}
    extension = _object(
        "extension-definition",
        WALLET,
        stamp,
        name="cryptocurrency wallet",
        description="An address of a cryptocurrency, as an observable.",
        created_by_ref=writer["id"],
        schema="https://github.com/muchdogesec/stix2extensions",
        version="1.0.0",
        extension_types=["new-sco"],
    )
    observed = [_wallet(each) for each in wallets]
    notes = [
        _object(
            "note",
            f"{one.address} {note.text} {note.by}",
            stamp,
            **made,
            abstract="A claim; no chain proves or refutes it.",
            content=f"{note.text} ({graded(note)})",
            authors=[note.by],
            object_refs=[shown["id"]],
        )
        for one, shown in zip(wallets, observed, strict=True)
        for note in one.notes
    ]
    listed = [each["id"] for each in (*observed, *notes)] or [writer["id"]]
    made |= {"name": title, "published": stamp, "object_refs": listed, "report_types": ["indicator"]}
    report = _object("report", title, stamp, **made)
    return {
        "type": "bundle",
        "id": f"bundle--{uuid5(_OURS, f'{title} {stamp}')}",
        "objects": [writer, extension, *observed, *notes, report],
    }


def _object(kind: str, what: str, stamp: str, **fields: Any) -> dict[str, Any]:
    identity = _EXTENSION if kind == "extension-definition" else f"{kind}--{uuid5(_OURS, f'{kind} {what}')}"
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": identity,
        "created": stamp,
        "modified": stamp,
        **fields,
    }


def _wallet(one: WalletSaid) -> dict[str, Any]:
    named = json.dumps({"address": one.address}, separators=(",", ":"), ensure_ascii=False)
    return {
        "type": WALLET,
        "spec_version": "2.1",
        "id": f"{WALLET}--{uuid5(_SPACE, named)}",
        "address": one.address,
        "value": one.address,
        "currency": one.symbol,
        "extensions": {_EXTENSION: {"extension_type": "new-sco"}},
    }
