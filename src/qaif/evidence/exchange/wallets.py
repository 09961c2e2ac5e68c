"""What is said of addresses, in the few words that other programs' formats have: address, labels, sources."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qaif.evidence.claims.entity import NAMES, Saying
from qaif.evidence.exchange.tagpack import chain_of
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement import Assertion, Statement
from qaif.records.statement_rows import Logged

_WALLET_PROPS = frozenset(("publicKey", "cryptoAddress"))


@dataclass(frozen=True)
class Note:
    """One thing that is said of an address.

    Attributes:
        text: what, in words.
        by: who says it, and whom that rests on.
        status: how the source puts it.
        reliability, credibility: the Admiralty pair.
    """

    text: str
    by: str
    status: str
    reliability: str
    credibility: int


@dataclass(frozen=True)
class WalletSaid:
    """An address and what is said of it.

    Attributes:
        address: as it is looked for.
        symbol: the chain's symbol, BTC where it is Bitcoin.
        first_seen, last_seen: from when to when sources said so, where one says it.
        notes: what is said, each once.
    """

    address: str
    symbol: str
    first_seen: str | None
    last_seen: str | None
    notes: tuple[Note, ...]


_Place = tuple[str, str]  # an address and its chain's symbol
_BITCOIN = "BTC"


def wallets(logged: Iterable[Logged], captions: Mapping[str, str]) -> tuple[WalletSaid, ...]:
    """What is said of each address, in the order of the alphabet.

    Args:
        logged: statements of wallets and of the links that name them.
        captions: what to call other entities.
    """
    by_entity: dict[str, list[Logged]] = {}
    for row in logged:
        by_entity.setdefault(row.statement.entity_id, []).append(row)
    places = {each: place for each, rows in by_entity.items() if (place := _of_wallet(each, rows))}
    notes: dict[_Place, list[tuple[Note, Assertion]]] = {place: [] for place in places.values()}
    for entity, rows in by_entity.items():
        for place in [places[entity]] if entity in places else _named(rows, places):
            notes.setdefault(place, []).extend(_notes(rows, captions))
    return tuple(_wallet(*place, said) for place, said in sorted(notes.items()))


def _of_wallet(entity: str, rows: list[Logged]) -> _Place | None:
    """The address of a wallet and its chain; None of what is no wallet."""
    said = [row.statement for row in rows if vocabulary().is_a(row.statement.schema, "CryptoWallet")]
    address = next((each.value for each in said if each.prop in _WALLET_PROPS), None)
    if address is None:
        return None
    symbols = [each.value for each in said if each.prop in ("currency", "currencySymbol")]
    symbol = chain_of(entity) or (symbols[0] if symbols else _BITCOIN)
    return address, _BITCOIN if symbol.upper() == "XBT" else symbol


def _named(rows: list[Logged], places: Mapping[str, _Place]) -> list[_Place]:
    """The addresses that a link names; not what says Bitcoin and is none."""
    out = []
    for said in (row.statement for row in rows if row.statement.prop in ("subject", "wallet")):
        if said.value in places:
            out.append(places[said.value])
        elif said.key and not chain_of(said.value).startswith("not-"):
            out.append((said.key, chain_of(said.value) or _BITCOIN))
    return out


def _notes(rows: list[Logged], captions: Mapping[str, str]) -> list[tuple[Note, Assertion]]:
    out = []
    role = next((row.statement.value for row in rows if row.statement.prop == "role"), "linked to")
    for row in rows:
        said = row.statement
        text = ""
        if said.prop == "object":
            text = f"{role} {captions.get(said.value, said.value)}"
        elif said.prop in (*NAMES, "summary", "description", "wording"):
            text = said.value
        elif said.prop in ("category", "abuse", "topics"):
            text = f"{said.prop}: {said.value}"
        if text:
            out.append((_note(text, said.assertion), said.assertion))
    if not out and rows:
        out.append((_note("", rows[0].statement.assertion), rows[0].statement.assertion))
    return out


def _note(text: str, said: Assertion) -> Note:
    by = said.asserted_by + (f", resting on {', on '.join(said.resting_on)}" if said.resting_on else "")
    return Note(text, by, said.status, said.reliability, said.credibility)


def _wallet(address: str, symbol: str, said: list[tuple[Note, Assertion]]) -> WalletSaid:
    firsts = [each.first_seen for _, each in said if each.first_seen]
    lasts = [each.last_seen for _, each in said if each.last_seen]
    notes = tuple(dict.fromkeys(note for note, _ in said if note.text))
    return WalletSaid(address, symbol, min(firsts, default=None), max(lasts, default=None), notes)


def own_tags(said: Iterable[WalletSaid]) -> list[dict[str, str]]:
    """What is said of addresses as tags of a TagPack: one a note, its status and grades as context."""
    return [
        {
            "address": one.address,
            "network": one.symbol,
            "label": note.text,
            "source": note.by,
            "context": json.dumps(
                {"status": note.status, "reliability": note.reliability, "credibility": note.credibility}
            ),
        }
        for one in said
        for note in one.notes
    ]


def of_wallet(address: str, key: str, symbol: str, said: Assertion, where: str) -> tuple[Statement, ...]:
    """That there is a wallet with an address, as statements."""
    bitcoin = symbol.upper() in ("BTC", "XBT", "")
    wallet = key if bitcoin else f"{symbol.upper()}:{address}"
    original = address if address != key else None
    return (
        Statement(wallet, "CryptoWallet", "id", wallet, said, locator=where),
        Statement(wallet, "CryptoWallet", "publicKey", key, said, "", original, key, where),
        Statement(wallet, "CryptoWallet", "currency", symbol.upper() or "BTC", said, "", None, None, where),
    )


def graded(saying: Saying | Note) -> str:
    """The grades of a source, in words; two letters, never one number."""
    return f"{saying.status}; source {saying.reliability}, information {saying.credibility}"
