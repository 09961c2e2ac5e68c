"""Script types, slowly: `Solver` of Bitcoin Core's script/solver.cpp, step by step, standard library only."""

from collections.abc import Iterator

PUSHDATA_WIDTH = {0x4C: 1, 0x4D: 2, 0x4E: 4}


class BrokenScriptError(ValueError):
    """A push runs over the end of the script."""


def operations(script: bytes) -> Iterator[tuple[int, bytes]]:
    """Each operation with what it pushes."""
    rest = script
    while rest:
        code, rest = rest[0], rest[1:]
        size = code if code < 0x4C else 0
        if code in PUSHDATA_WIDTH:
            width = PUSHDATA_WIDTH[code]
            if len(rest) < width:
                raise BrokenScriptError
            size, rest = int.from_bytes(rest[:width], "little"), rest[width:]
        if len(rest) < size:
            raise BrokenScriptError
        yield code, rest[:size]
        rest = rest[size:]


def pushes_only(script: bytes) -> bool:
    try:
        return all(code <= 0x60 for code, _ in operations(script))
    except BrokenScriptError:
        return False


def is_key(data: bytes) -> bool:
    return len(data) == {2: 33, 3: 33, 4: 65, 6: 65, 7: 65}.get(data[0] if data else 0)


def small_number(code: int, data: bytes) -> int | None:
    """A number as `GetScriptNumber` takes it: an opcode for 1 to 16, a minimal push for 17 to 20."""
    if 0x51 <= code <= 0x60:
        return code - 0x50
    if code == 1 and 17 <= data[0] <= 20:
        return data[0]
    return None


def is_multisig(script: bytes) -> bool:
    try:
        found = list(operations(script))
    except BrokenScriptError:
        return False
    if len(found) < 4 or found[-1][0] != 0xAE:
        return False
    wanted, held = small_number(*found[0]), small_number(*found[-2])
    keys = [data for _, data in found[1:-2]]
    return wanted is not None and held == len(keys) and wanted <= held <= 20 and all(map(is_key, keys))


def witness_program(script: bytes) -> tuple[int, bytes] | None:
    if not 4 <= len(script) <= 42 or script[1] + 2 != len(script):
        return None
    if script[0] == 0 or 0x51 <= script[0] <= 0x60:
        return (script[0] - 0x50 if script[0] else 0), script[2:]
    return None


def script_type(script: bytes) -> tuple[str, bytes]:  # noqa: PLR0911  the steps of Solver
    """Core's name of the type, and the key, hash or program in the script."""
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22] == 0x87:
        return "scripthash", script[2:22]
    found = witness_program(script)
    if found:
        version, program = found
        if version == 0:
            name = {20: "witness_v0_keyhash", 32: "witness_v0_scripthash"}.get(len(program), "nonstandard")
            return name, program if name != "nonstandard" else b""
        if version == 1 and len(program) == 32:
            return "witness_v1_taproot", program
        return ("anchor" if script == b"\x51\x02\x4e\x73" else "witness_unknown"), program
    if script[:1] == b"\x6a" and pushes_only(script[1:]):
        return "nulldata", b""
    for size in (33, 65):
        key = script[1:-1]
        if len(script) == size + 2 and script[0] == size and script[-1] == 0xAC and is_key(key):
            return "pubkey", key
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return "pubkeyhash", script[3:23]
    return ("multisig" if is_multisig(script) else "nonstandard"), b""
