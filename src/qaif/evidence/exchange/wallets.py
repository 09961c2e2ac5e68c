"""What is said of addresses, in the few words that other programs' formats have: address, labels, sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qaif.evidence.claims.entity import NAMES, Saying
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


def wallets(logged: Iterable[Logged], captions: Mapping[str, str]) -> tuple[WalletSaid, ...]:
    """What is said of each address, in the order of the alphabet.

    Args:
        logged: statements of wallets and of the links that name them.
        captions: what to call other entities.
    """
    rows = list(logged)
    address_of: dict[str, str] = {}
    symbols: dict[str, str] = {}
    for row in rows:
        said = row.statement
        if vocabulary().is_a(said.schema, "CryptoWallet"):
            if said.prop in _WALLET_PROPS:
                address_of.setdefault(said.entity_id, said.value)
            elif said.prop == "currency":
                symbols[said.entity_id] = said.value
    by_entity: dict[str, list[Logged]] = {}
    for row in rows:
        by_entity.setdefault(row.statement.entity_id, []).append(row)
    notes: dict[str, list[tuple[Note, Assertion]]] = {each: [] for each in address_of.values()}
    for entity, its in by_entity.items():
        for address in _addresses(entity, its, address_of):
            notes.setdefault(address, []).extend(_notes(its, captions))
    symbol_of = {address: symbols.get(each, "BTC") for each, address in address_of.items()}
    return tuple(
        _wallet(address, symbol_of.get(address, "BTC"), said) for address, said in sorted(notes.items())
    )


def _addresses(entity: str, rows: list[Logged], address_of: Mapping[str, str]) -> list[str]:
    if entity in address_of:
        return [address_of[entity]]
    ends = [row.statement for row in rows if vocabulary().points_to(row.statement.schema, row.statement.prop)]
    found = [address_of.get(said.value) or said.key for said in ends if said.prop in ("subject", "wallet")]
    return [each for each in found if each]


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
