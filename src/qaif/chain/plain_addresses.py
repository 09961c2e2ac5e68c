"""Reads what nearly every address that is asked about is, quickly: one in the usual form, checksum and all.

It says yes or that it does not know, and never no: whatever it does not know goes to
`qaif.chain.addresses`, which says what is wrong. What it says yes to is an address of that network exactly
as Bitcoin Core writes it. Sources: Base58Check as in Bitcoin Core's `base58.cpp`; BIP 173 and BIP 350.
"""

import re
from hashlib import sha256

from qaif.feeds.networks import Network

_BASE58_PLACE = {
    char: n for n, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32_PLACE = {char: n for n, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{26,35}")
_DATA = re.compile(
    r"[02-9ac-hj-np-z]{39}|[02-9ac-hj-np-z]{59}"
)  # of 20 or 32 bytes, with version and checksum
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3
_PAYLOAD, _BASE58_BYTES = 21, 25


def is_plain_address(text: str, network: Network) -> bool:
    """Whether a text is known for an address of a network, written as Bitcoin Core writes it.

    False says nothing: it may be one all the same.
    """
    if _BASE58.fullmatch(text):
        return _is_base58(text, network)
    hrp = network.bech32_hrp
    if text.startswith(f"{hrp}1") and _DATA.fullmatch(text, len(hrp) + 1):
        return _is_segwit(text[len(hrp) + 1 :], hrp)
    return False


def _is_base58(text: str, network: Network) -> bool:
    number = 0
    for char in text:
        number = number * 58 + _BASE58_PLACE[char]
    if number >> (8 * _BASE58_BYTES):
        return False
    content = number.to_bytes(_BASE58_BYTES, "big")
    zeros = len(content) - len(content.lstrip(b"\0"))
    if zeros != len(text) - len(text.lstrip("1")):
        return False
    payload, check = content[:_PAYLOAD], content[_PAYLOAD:]
    if payload[0] not in (network.p2pkh_version, network.p2sh_version):
        return False
    return sha256(sha256(payload).digest()).digest()[:4] == check


def _is_segwit(data: str, hrp: str) -> bool:
    """Version 0 by bech32, version 1 of 32 bytes by bech32m; the rest is not known here."""
    places = [_BECH32_PLACE[char] for char in data]
    ends = _polymod([*(ord(char) >> 5 for char in hrp), 0, *(ord(char) & 31 for char in hrp), *places])
    version, program = places[0], places[1:-6]
    if len(program) * 5 % 8 and program[-1] & ((1 << (len(program) * 5 % 8)) - 1):
        return False  # the bits that fill up the last byte are not zero
    if version == 0:
        return ends == _BECH32_END
    return version == 1 and len(program) > 32 and ends == _BECH32M_END  # noqa: PLR2004  52 digits are 32 bytes


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        if top:
            for bit, term in enumerate(_GENERATOR):
                if top >> bit & 1:
                    check ^= term
    return check
