"""Addresses on lists: Bitcoin's checked and repaired, other chains' kept as text, accounts kept apart."""

import re
from itertools import islice

from qaif.chain.addresses import parse_address
from qaif.errors import AddressError, PrivateKeyError
from qaif.evidence.cleaning import clean
from qaif.evidence.lists.making import Making
from qaif.feeds.networks import NETWORKS
from qaif.records.statement import digest_of

BITCOIN = ("XBT", "BTC")
_MAINNET = NETWORKS["mainnet"]
_READINGS = 64
_CHAINS = (
    ("Ethereum or a chain like it", re.compile(r"0x[0-9A-Fa-f]{40}")),
    ("Tron", re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}")),
    ("Ripple", re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}")),
    ("Monero", re.compile(r"[48][1-9A-HJ-NP-Za-km-z]{94}")),
)
_ACCOUNT = re.compile(r"\d{3,20}|[\w.+-]+@[\w-]+\.[\w.-]+")


def wallet_id(currency: str, text: str) -> str:
    """The id of an address as an entity: the same wherever it is listed."""
    coin = "XBT" if currency in BITCOIN else currency
    return f"wallet-{digest_of(coin, text)[:16].hex()}"


def say_wallet(made: Making, text: str, currency: str, holder: str, locator: str) -> str:
    """Say an address that a list names, flagged where it is not what the list says; its entity's id.

    Args:
        made: the list in the making.
        text: the address as it stands.
        currency: as the list names it, such as `XBT`; empty where it names none.
        holder: the id of whose it is said to be; empty where nobody is named.
        locator: where it stands.

    Returns:
        the id; empty where it was no address but a private key.
    """
    try:
        address, why = read_address(text, currency.upper())
    except PrivateKeyError:
        made.flag(locator, "private key", "A private key stands as an address; it was not taken in.", "")
        return ""
    for kind, said in why:
        made.flag(locator, kind, said, text)
    coin = "XBT" if not currency and _bitcoin(address) else currency.upper()
    entity_id = wallet_id(coin, address)
    made.entity(entity_id, "CryptoWallet", locator)
    original = text if text != address else None
    made.say(
        entity_id, "CryptoWallet", "publicKey", address, locator, original=original, key=text_key(address)
    )
    made.say(entity_id, "CryptoWallet", "currency", coin, locator)
    made.say(entity_id, "CryptoWallet", "holder", holder, locator)
    return entity_id


def text_key(address: str) -> str:
    """An address as it is looked for: in small letters where its chain makes no difference of them."""
    return address.lower() if _CHAINS[0][1].fullmatch(address) else address


def read_address(text: str, currency: str) -> tuple[str, list[tuple[str, str]]]:
    """An address as it should be written, and what is to be flagged of it: kinds with sentences."""
    plain = "".join(text.split())
    if bitcoin := _bitcoin(plain):
        return bitcoin, []
    if currency in BITCOIN or not currency:
        found = _repaired(plain)
        if found is not None:
            return found
    other = chain_of(plain)
    if currency in BITCOIN:
        if other:
            return plain, [
                (
                    "other chain",
                    f"It is listed as {currency} and is an address of {other}: chain not analysed.",
                )
            ]
        return plain, [("no address", f"It is listed as {currency} and is no Bitcoin address.")]
    return _other(plain)


def chain_of(address: str) -> str:
    """The other chain that an address is of by its shape; empty where none is known."""
    return next((name for name, shape in _CHAINS if shape.fullmatch(address)), "")


def is_account(text: str) -> bool:
    """It is a user's number or mail address at a platform, not an address on a chain."""
    return bool(_ACCOUNT.fullmatch(text.strip()))


def _other(plain: str) -> tuple[str, list[tuple[str, str]]]:
    """Another chain's address: letters that are not Latin are read as the ones they look like."""
    cleaned = clean(plain)
    read = "".join(next(iter(islice(cleaned.read(0, len(cleaned.text)), 1)), plain).split())
    if read == plain:
        return plain, []
    said = "Letters that look Latin, or cannot be seen, were repaired; that chain's checksum was not tried."
    return read, [("repaired letters", said)]


def _repaired(plain: str) -> tuple[str, list[tuple[str, str]]] | None:
    if plain.isascii():
        return None
    cleaned = clean(plain)
    for reading in islice(cleaned.read(0, len(cleaned.text)), _READINGS):
        joined = "".join(reading.split())
        if bitcoin := _bitcoin(joined):
            odd = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in plain if not char.isascii()))
            said = f"Letters that look Latin, or cannot be seen, were repaired ({odd}); the checksum holds."
            return bitcoin, [("repaired letters", said)]
    return None


def is_bitcoin(text: str) -> bool:
    """It is an address of Bitcoin's main chain."""
    return bool(_bitcoin(text))


def _bitcoin(text: str) -> str:
    """A Bitcoin address as Bitcoin Core writes it; empty where it is none."""
    try:
        return parse_address(text, _MAINNET).address
    except PrivateKeyError:
        raise
    except AddressError:
        return ""
