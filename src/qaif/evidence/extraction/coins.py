"""Addresses of other chains: which format, and whether its checksum holds. None of them is analysed here."""

import hashlib
from functools import cache

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_VERSIONS = {
    (0x41, "T"): "TRX",
    (0x30, "L"): "LTC",
    (0x32, "M"): "LTC",
    (0x1E, "D"): "DOGE",
    (0x16, "9"): "DOGE",
    (0x16, "A"): "DOGE",
    (0x4C, "X"): "DASH",
}
_ROUNDS, _LANES, _MASK = 24, 5, (1 << 64) - 1
_RATE = 136
_MONERO_SIZES = {11: 8, 10: 7, 9: 6, 7: 5, 6: 4, 5: 3, 3: 2, 2: 1}
_MONERO_NETWORKS = (18, 19, 42)
_CHECKED_LENGTH = 25  # version, hash, checksum
_SOLANA_LENGTH = 32  # an ed25519 key
_CAPITAL_FROM = 8  # of EIP-55


def base58_bytes(text: str, alphabet: str = _BITCOIN) -> bytes | None:
    """Decode base58; nothing where a letter is not of the alphabet."""
    number = 0
    for letter in text:
        at = alphabet.find(letter)
        if at < 0:
            return None
        number = number * 58 + at
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes(-(-number.bit_length() // 8), "big")


def _checked(data: bytes | None) -> bytes | None:
    """What a base58check text says, without its checksum."""
    if data is None or len(data) != _CHECKED_LENGTH:
        return None
    twice = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()
    return data[:-4] if data[-4:] == twice[:4] else None


def base58_coin(text: str) -> str:
    """The coin of a base58check address of another chain, by its version byte; empty if it is none."""
    if text[:1] == "r" and (data := _checked(base58_bytes(text, _RIPPLE))) and data[0] == 0:
        return "XRP"
    data = _checked(base58_bytes(text))
    return _VERSIONS.get((data[0], text[0]), "") if data else ""


def is_solana(text: str) -> bool:
    """Whether a text is 32 bytes in base58; the format has no checksum."""
    data = base58_bytes(text)
    return data is not None and len(data) == _SOLANA_LENGTH


def is_monero(text: str) -> bool:
    """Whether a text is a Monero address: eleven letters for eight bytes, then keccak's first four bytes."""
    parts = []
    for at in range(0, len(text), 11):
        piece = text[at : at + 11]
        size, data = _MONERO_SIZES.get(len(piece)), base58_bytes(piece)
        if size is None or data is None or len(data.lstrip(b"\0")) > size:
            return False
        parts.append(data.lstrip(b"\0").rjust(size, b"\0"))
    whole = b"".join(parts)
    return len(whole) in (69, 77) and whole[0] in _MONERO_NETWORKS and keccak256(whole[:-4])[:4] == whole[-4:]


def ethereum_form(text: str) -> str | None:
    """An Ethereum address in EIP-55 capitals; nothing if its own capitals are wrong.

    Args:
        text: `0x` and 40 hexadecimal digits; all small or all capital ones carry no checksum.
    """
    digits = text[2:].lower()
    hashed = keccak256(digits.encode("ascii")).hex()
    form = "0x" + "".join(
        c.upper() if int(h, 16) >= _CAPITAL_FROM else c for c, h in zip(digits, hashed, strict=False)
    )
    return form if text[2:] in (form[2:], digits, digits.upper()) else None


@cache
def _constants() -> tuple[list[int], list[list[int]]]:
    """Keccak's round constants and rotations, from the recurrences of its specification."""
    register, constants = 1, []
    for _ in range(_ROUNDS):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    turns = [[0] * _LANES for _ in range(_LANES)]
    x, y = 1, 0
    for t in range(_ROUNDS):
        turns[x][y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % _LANES
    return constants, turns


def _turn(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK if by else lane


def _permute(a: list[list[int]]) -> list[list[int]]:
    constants, turns = _constants()
    five = range(_LANES)
    for constant in constants:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in five]
        d = [c[x - 1] ^ _turn(c[(x + 1) % 5], 1) for x in five]
        b = [[0] * _LANES for _ in five]
        for x in five:
            for y in five:
                b[y][(2 * x + 3 * y) % 5] = _turn(a[x][y] ^ d[x], turns[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in five] for x in five]
        a[0][0] ^= constant
    return a


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the padding of before SHA-3, as Ethereum and Monero have it."""
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    state = [[0] * _LANES for _ in range(_LANES)]
    for at in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            word = padded[at + 8 * lane : at + 8 * lane + 8]
            state[lane % 5][lane // 5] ^= int.from_bytes(word, "little")
        state = _permute(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))
