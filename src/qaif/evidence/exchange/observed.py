"""What readers of MISP's and of STIX's JSON have in common: addresses become wallets, all else is counted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qaif.errors import InputError
from qaif.evidence.exchange.wallets import of_wallet
from qaif.records.statement import Assertion, Statement

_SHOWN = 100


@dataclass
class ObservedCounts:
    """What stands in a file.

    Attributes:
        addresses: addresses that were taken in.
        left: what was left: attributes of MISP, objects of STIX.
        not_addresses: what stands in the place of a Bitcoin address and is none; left out, and shown here.
    """

    addresses: int = 0
    left: int = 0
    not_addresses: list[str] = field(default_factory=list)

    def wallet(
        self, address: str, key: str | None, symbol: str, said: Assertion, where: str
    ) -> tuple[Statement, ...]:
        """The statements of a wallet; none where its address has no key, being none."""
        if not key:
            self.not_addresses.append(address[:_SHOWN])
            return ()
        self.addresses += 1
        return tuple(of_wallet(address, key, symbol, said, where))


def read_json(content: bytes, name: str, way_out: str) -> Any:
    """The value of a JSON file.

    Raises:
        InputError: it is none.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(f"{name} is no JSON.", way_out=way_out) from None


def described(wallet: str, texts: tuple[str, ...], said: Assertion, where: str) -> Iterator[Statement]:
    """What is said of a wallet in words; nothing for an empty text."""
    for text in texts:
        if text:
            yield Statement(wallet, "CryptoWallet", "description", text, said, locator=where)
