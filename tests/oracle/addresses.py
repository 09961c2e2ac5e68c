"""Addresses once more, for understanding: from the text of BIP13, BIP173 and BIP350."""

from hashlib import sha256

from oracle.ripemd160 import hash160

B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
B32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE58_VERSIONS = {"mainnet": (0, 5)}
HRPS = {"mainnet": "bc", "regtest": "bcrt"}

__all__ = ["address", "base58", "base58check", "base58check_payload", "hash160", "segwit"]


def base58(raw: bytes) -> str:
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = B58[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def base58check(payload: bytes) -> str:
    return base58(payload + sha256(sha256(payload).digest()).digest()[:4])


def base58check_payload(text: str) -> bytes | None:
    number = 0
    for character in text:
        number = number * 58 + B58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return raw[:-4] if base58(raw) == text and base58check(raw[:-4]) == text else None


def _polymod(values: list[int]) -> int:
    generator = [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i in range(5):
            check ^= generator[i] if (top >> i) & 1 else 0
    return check


def segwit(version: int, program: bytes, hrp: str, *, constant: int | None = None) -> str:
    bits = "".join(f"{byte:08b}" for byte in program)
    bits += "0" * (-len(bits) % 5)
    data = [version] + [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)]
    expanded = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    constant = constant or (1 if version == 0 else 0x2BC830A3)
    checksum = _polymod(expanded + data + [0] * 6) ^ constant
    data += [(checksum >> 5 * (5 - i)) & 31 for i in range(6)]
    return hrp + "1" + "".join(B32[value] for value in data)


def address(script: bytes, network: str = "mainnet") -> str | None:
    """As Core's ExtractDestination and EncodeDestination."""
    p2pkh, p2sh = BASE58_VERSIONS.get(network, (111, 196))
    hrp = HRPS.get(network, "tb")
    shown = script.hex()
    if len(script) == 25 and shown.startswith("76a914") and shown.endswith("88ac"):
        return base58check(bytes([p2pkh]) + script[3:23])
    if len(script) == 23 and shown.startswith("a914") and shown.endswith("87"):
        return base58check(bytes([p2sh]) + script[2:22])
    versions = {0: 0, **{0x50 + v: v for v in range(1, 17)}}
    if 4 <= len(script) <= 42 and script[0] in versions and script[1] == len(script) - 2:
        version = versions[script[0]]
        if version or len(script) in (22, 34):
            return segwit(version, script[2:], hrp)
    return None


def plain_script(text: str) -> bytes | None:
    """The script of a whole, well-formed mainnet address; None for every other text."""
    numeric = 26 <= len(text) <= 35 and set(text) <= set(B58)
    payload = base58check_payload(text) if numeric else None
    if payload is not None and len(payload) == 21 and payload[0] == 0:
        return b"\x76\xa9\x14" + payload[1:] + b"\x88\xac"
    if payload is not None and len(payload) == 21 and payload[0] == 5:
        return b"\xa9\x14" + payload[1:] + b"\x87"
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    small = text.lower()
    if text not in (small, text.upper()) or not small.startswith("bc1") or not 14 <= len(text) <= 90:
        return None
    if any(letter not in letters for letter in small[3:]):
        return None
    groups = [letters.index(letter) for letter in small[3:]]
    bits = "".join(f"{group:05b}" for group in groups[1:-6])
    rest = len(bits) % 8
    program = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - rest, 8))
    fits = len(program) in (20, 32) if groups[0] == 0 else 2 <= len(program) <= 40 and groups[0] <= 16
    if not fits or segwit(groups[0], program, "bc") != small:
        return None
    return bytes([0x50 + groups[0] if groups[0] else 0, len(program)]) + program
