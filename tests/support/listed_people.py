"""OFAC's list as OpenSanctions has it, naming people of a story."""

from typing import Any

from support import list_files as files
from support.stories import called


def listed(*names: str, since: str = "2009-01-01", seen: str = "2024-05-01T06:00:00") -> bytes:
    """OFAC's list as OpenSanctions has it, naming these people's addresses."""
    common = {"datasets": ["us_ofac_sdn"], "last_seen": seen, "referents": []}
    rows: list[dict[str, Any]] = []
    for name in names:
        holder = {"name": [f"Listed {name}"], "topics": ["sanction"]}
        wallet = {"publicKey": [called(name)], "currency": ["XBT"], "holder": [f"NK-{name}"]}
        act = {
            "entity": [f"NK-{name}"],
            "authority": ["Office of Foreign Assets Control"],
            "program": ["SDGT"],
            "startDate": [since],
            "country": ["us"],
        }
        rows += [
            {**common, "id": f"NK-{name}", "schema": "Organization", "properties": holder},
            {**common, "id": f"wallet-{name}", "schema": "CryptoWallet", "properties": wallet},
            {**common, "id": f"act-{name}", "schema": "Sanction", "properties": act},
        ]
    return files.ftm(rows)
