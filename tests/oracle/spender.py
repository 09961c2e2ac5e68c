"""What an input spends, once more, for understanding: the rules as sentences, with the standard library."""

from hashlib import sha256

from oracle.ripemd160 import hash160

# OP_1NEGATE to OP_16 push too; VERIF, disabled and reserved operations may not stand in a script at all
FORBIDDEN = {0x50, 0x62, 0x65, 0x66, 0x6A, *range(0x7E, 0x82), *range(0x83, 0x87), 0x89, 0x8A, 0x8D, 0x8E}
FORBIDDEN |= {*range(0x95, 0x9A), *range(0xBA, 0x100)}


def operations(script: bytes) -> list[tuple[int, bytes | None]] | None:
    """Each operation with what it pushes (None if it pushes nothing); None if the last push is cut off."""
    found: list[tuple[int, bytes | None]] = []
    while script:
        code, script = script[0], script[1:]
        if code in (0, 0x4F) or 0x51 <= code <= 0x60:
            found.append((code, b""))
        elif code <= 0x4E:
            width = {0x4C: 1, 0x4D: 2, 0x4E: 4}.get(code, 0)
            size = int.from_bytes(script[:width], "little") if width else code
            if len(script) < width + size:
                return None
            found.append((code, script[width : width + size]))
            script = script[width + size :]
        else:
            found.append((code, None))
    return found


def is_key(item: bytes) -> bool:
    return (len(item) == 33 and item[0] in (2, 3)) or (len(item) == 65 and item[0] == 4)


def is_signature(item: bytes) -> bool:
    """30 length 02 length R 02 length S, and one byte for the hash type."""
    if not 9 <= len(item) <= 73 or item[0] != 0x30 or item[1] != len(item) - 3 or item[2] != 2:
        return False
    rest = item[4 + item[3] : -1]
    return item[3] > 0 and len(rest) > 2 and rest[0] == 2 and rest[1] == len(rest) - 2


def multisig(script: bytes) -> int:
    """The m of a plain m-of-n with direct pushes, 0 for anything else."""
    keys: list[bytes] = []
    rest = script[1:-2]
    while rest:
        if len(rest) <= rest[0]:
            return 0
        keys, rest = [*keys, rest[1 : 1 + rest[0]]], rest[1 + rest[0] :]
    m = script[0] - 0x50 if script else 0
    good = len(script) >= 37 and script[-1] == 0xAE and 1 <= m <= len(keys) <= 16
    return m if good and script[-2] == 0x50 + len(keys) and all(map(is_key, keys)) else 0


def signed_by_keys(script: bytes) -> bool:
    """Whether it checks a signature of a key (or key hash) that it holds, by known operations alone."""
    ops = operations(script)
    if ops is None or len(script) < 23 or any(code in FORBIDDEN for code, _ in ops):
        return False
    depth = 0
    for code, _ in ops:
        if code in (0x67, 0x68) and depth == 0:
            return False
        depth += (code in (0x63, 0x64)) - (code == 0x68)
    before = [0, *(code for code, _ in ops)]
    pushed = [(item, before[at]) for at, (code, item) in enumerate(ops) if code <= 0x4E and item is not None]
    holds = any(is_key(item) or (len(item) == 20 and last == 0xA9) for item, last in pushed)
    return depth == 0 and holds and any(0xAC <= code <= 0xAF for code, _ in ops)


def answers(script: bytes, items: list[bytes]) -> bool:
    """Whether `items`, the ones before the script, are what the script asks for."""
    m = multisig(script)
    if m:
        return len(items) == m + 1 and items[0] == b"" and sum(map(is_signature, items)) == m
    return signed_by_keys(script)


def p2sh(redeem: bytes) -> bytes:
    return b"\xa9\x14" + hash160(redeem) + b"\x87"


UNKNOWN = ("unknown", b"")


def by_both(script: bytes, witness: list[bytes]) -> tuple[str, bytes]:
    key, program = witness[-1], script[3:]
    if script == b"\x16\x00\x14" + program and len(witness) == 2 and len(key) == 33 and is_key(key):
        return ("p2sh-p2wpkh", p2sh(script[1:])) if program == hash160(key) else UNKNOWN
    if script == b"\x22\x00\x20" + program and program == sha256(key).digest():
        return "p2sh redeem script", p2sh(script[1:])
    return UNKNOWN


def by_witness(witness: list[bytes]) -> tuple[str, bytes]:
    *items, last = witness
    if not items or not last or last[0] == 0x50:
        return UNKNOWN
    if len(items) == 1 and len(last) == 33 and is_key(last) and is_signature(items[0]):
        return "p2wpkh key", b"\x00\x14" + hash160(last)
    control = len(last) >= 33 and len(last) % 32 == 1
    if control and (last[0] >= 0xC0 or not any(map(is_signature, witness))):
        return UNKNOWN
    return ("p2wsh witness script", b"\x00\x20" + sha256(last).digest()) if answers(last, items) else UNKNOWN


def by_script(script: bytes) -> tuple[str, bytes]:
    ops = operations(script)
    if ops is None or len(ops) < 2 or any(item is None for _, item in ops):
        return UNKNOWN
    *items, last = (item or b"" for _, item in ops)
    if not any(map(is_signature, [*items, last])):
        return UNKNOWN
    if is_key(last):
        plain = len(ops) == 2 and all(code < 0x4C or code == 0x4F or code > 0x50 for code, _ in ops)
        return ("p2pkh key", b"\x76\xa9\x14" + hash160(last) + b"\x88\xac") if plain else UNKNOWN
    if len(last) > 520 or is_signature(last) or not answers(last, items):
        return UNKNOWN
    return "p2sh redeem script", p2sh(last)


def spent(script: bytes, witness: list[bytes]) -> tuple[str, bytes]:
    """The basis by its name, and the script."""
    if script and witness:
        return by_both(script, witness)
    return by_witness(witness) if witness else by_script(script)
