"""Addresses and scripts, one for the other: the only module that knows btclib.

A script has an address exactly where Bitcoin Core gives it one: never for a bare public key, bare multisig,
data or anything nonstandard, but also for pay-to-anchor and for witness versions that mean nothing yet.
"""

import string
from dataclasses import dataclass

from btclib import base58, bech32
from btclib.exceptions import BTClibValueError
from btclib.hashes import hash160
from btclib.key import PubKeyData
from btclib.script.taproot import output_pubkey

from qaif.chain.refusals import odd_length, refusal, refuse_other_things, refuse_strangers
from qaif.chain.secrets import find_private_keys
from qaif.errors import AddressError, PrivateKeyError
from qaif.feeds.networks import NETWORKS, Network

PUBKEY, PUBKEYHASH, SCRIPTHASH = "pubkey", "pubkeyhash", "scripthash"
WITNESS_V0_KEYHASH, WITNESS_V0_SCRIPTHASH = "witness_v0_keyhash", "witness_v0_scripthash"
WITNESS_V1_TAPROOT, ANCHOR, WITNESS_UNKNOWN = "witness_v1_taproot", "anchor", "witness_unknown"

_HASH, _LONG_HASH, _KEY, _FULL_KEY = 20, 32, 33, 65  # lengths in bytes
_PROGRAM_LENGTHS = range(2, 41)
_LAST_VERSION = 16
_OP_RESERVED = 0x50  # one below OP_1: no version, and not version 0 either
_ANCHOR_PROGRAM = bytes.fromhex("4e73")

_BASE58 = frozenset("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
_BECH32 = frozenset("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
_BECH32_CAPITALS = frozenset("".join(_BECH32).upper())
_HRPS = tuple(dict.fromkeys(network.bech32_hrp for network in NETWORKS.values()))
_BASE58_LENGTHS = range(26, 36)
_BECH32_LONGEST = 90
_CHECKSUM = 6
# first bytes of other coins' addresses that are taken for Bitcoin's
_OTHER_COINS = {
    0x16: "Dogecoin",
    0x1E: "Dogecoin",
    0x30: "Litecoin",
    0x32: "Litecoin",
    0x41: "Tron",
    0x4C: "Dash",
}


@dataclass(frozen=True)
class ParsedAddress:
    """An address that was checked.

    Attributes:
        address: as Bitcoin Core writes it (bech32 in small letters).
        script_raw: the script that it stands for.
        script_type: Core's name for that script.
        network: the network it was read for.
    """

    address: str
    script_raw: bytes
    script_type: str
    network: Network


def _p2pkh(digest: bytes) -> bytes:
    return b"\x76\xa9\x14" + digest + b"\x88\xac"


def _p2sh(digest: bytes) -> bytes:
    return b"\xa9\x14" + digest + b"\x87"


def _witness(version: int, program: bytes) -> bytes:
    return bytes([0x50 + version if version else 0, len(program)]) + program


def script_type_of(script_raw: bytes) -> str | None:
    """Core's name for a script that has an address, None for every other script."""
    if script_raw == _p2pkh(script_raw[3:23]):
        return PUBKEYHASH
    if script_raw == _p2sh(script_raw[2:22]):
        return SCRIPTHASH
    length = len(script_raw) - 2
    if length not in _PROGRAM_LENGTHS or script_raw[1] != length or script_raw[0] == _OP_RESERVED:
        return None
    return _program_type(script_raw[0] - 0x50 if script_raw[0] else 0, script_raw[2:])


def _program_type(version: int, program: bytes) -> str | None:
    """Core's name for a witness program, None where it is none or has a length that cannot be spent."""
    if version == 0:
        return {_HASH: WITNESS_V0_KEYHASH, _LONG_HASH: WITNESS_V0_SCRIPTHASH}.get(len(program))
    if version == 1 and len(program) == _LONG_HASH:
        return WITNESS_V1_TAPROOT
    if version == 1 and program == _ANCHOR_PROGRAM:
        return ANCHOR
    return WITNESS_UNKNOWN if 1 <= version <= _LAST_VERSION else None


def _five_bits(program: bytes) -> list[int]:
    """Bytes as groups of five bits, filled up with zeros."""
    count = (len(program) * 8 + 4) // 5
    number = int.from_bytes(program, "big") << (5 * count - 8 * len(program))
    return [number >> 5 * (count - 1 - at) & 31 for at in range(count)]


def _eight_bits(groups: list[int]) -> bytes | None:
    """Groups of five bits as bytes; None where what fills up the last byte is too long or not zero."""
    spare = 5 * len(groups) % 8
    number = 0
    for group in groups:
        number = number << 5 | group
    if spare > 4 or number & ((1 << spare) - 1):  # noqa: PLR2004 - BIP173: at most four bits of padding
        return None
    return (number >> spare).to_bytes(len(groups) * 5 // 8, "big")


def address_of(script_raw: bytes, network: Network) -> str | None:
    """The address of a script, or None where Bitcoin Core gives none; 15 to 50 microseconds."""
    kind = script_type_of(script_raw)
    if kind is None:
        return None
    if kind == PUBKEYHASH:
        return base58.encode(bytes([network.p2pkh_version]) + script_raw[3:23]).decode("ascii")
    if kind == SCRIPTHASH:
        return base58.encode(bytes([network.p2sh_version]) + script_raw[2:22]).decode("ascii")
    version = script_raw[0] - 0x50 if script_raw[0] else 0
    return bech32.encode(network.bech32_hrp, [version, *_five_bits(script_raw[2:])]).decode("ascii")


def script_of(address: str, network: Network) -> bytes:
    """The script that an address stands for.

    Raises:
        AddressError: it is not an address of that network; the message says why.
        PrivateKeyError: it is a private key.
    """
    try:
        return parse_address(address, network).script_raw
    except PrivateKeyError:
        address = ""
        raise


def parse_address(text: str, network: Network) -> ParsedAddress:
    """Read an address of `network`; spaces around it are allowed.

    Raises:
        AddressError: it is none; `details["reason"]` is one of `empty`, `character`, `case`, `length`,
            `checksum`, `variant` (bech32 for bech32m or the reverse), `padding`, `version`, `network`,
            `not-bitcoin`.
        PrivateKeyError: it is a private key or holds one, which neither the error nor our frames then hold.
    """
    keys = find_private_keys(text)
    if keys:
        text = ""
        raise PrivateKeyError(
            f"This is {keys[0].kind}. Qaif refuses private keys, repeats none and keeps none.",
            way_out="Give the address. Whoever has seen a private key can spend what it holds: move it.",
        )
    given = text.strip(string.whitespace)
    if not given:
        raise AddressError(
            "The text is empty; there is no address in it.", way_out="Give one.", reason="empty"
        )
    hrp = _hrp(given)
    found, own = _from_bech32(given, hrp) if hrp else _from_base58(given)
    kind, written = script_type_of(found), address_of(found, network)
    if kind is None or written is None:
        raise refusal(given, "length", "holds a witness program of a length that its version does not have")
    if network.name not in own:
        names = " or ".join(own)
        said = f"is an address of {names}, not of {network.name}"
        raise refusal(given, "network", said, "Ask a workspace of that network.", network=names)
    return ParsedAddress(written, found, kind, network)


def _hrp(given: str) -> str | None:
    """The part before the 1 of a bech32 text; None where the text is to be read as base58."""
    lower = given.lower()
    for hrp in _HRPS:
        if lower.startswith(f"{hrp}1"):
            return hrp
    before, _, after = lower.rpartition("1")
    bech32_only = len(after) > _CHECKSUM and set(after) <= _BECH32 and given in {lower, given.upper()}
    return before if before.isascii() and before.isalpha() and bech32_only else None


def _checked(given: str, hrp: str) -> tuple[list[int], bool]:
    """The groups of a bech32 text, and whether its checksum is bech32m's. The text is of one case."""
    for constant in (bech32.BECH32_1_CONST, bech32.BECH32_M_CONST):
        try:
            return bech32.decode(given, constant)[1], constant == bech32.BECH32_M_CONST
        except BTClibValueError:
            continue
    if hrp not in _HRPS:
        raise refusal(given, "not-bitcoin", f"is not a Bitcoin address: none begins with {hrp[:12]!r} and 1")
    raise refusal(given, "checksum", f"fails its checksum{odd_length(given, hrp)}: it is misprinted")


def _from_bech32(given: str, hrp: str) -> tuple[bytes, list[str]]:
    """The script of a bech32 address, and the networks that it can be of."""
    refuse_strangers(given, _BECH32 | _BECH32_CAPITALS, "bech32", len(hrp) + 1)
    if given not in {given.lower(), given.upper()}:
        raise refusal(given, "case", "mixes capital and small letters, which a bech32 address never does")
    if len(given) - len(hrp) - 1 <= _CHECKSUM or len(given) > _BECH32_LONGEST:
        raise refusal(given, "length", "is too long or too short for a bech32 address")
    groups, modern = _checked(given, hrp)
    if hrp not in _HRPS:
        raise refusal(given, "not-bitcoin", f"is a bech32 text of {hrp[:12]!r}, not a Bitcoin address")
    version, program = groups[0], _eight_bits(groups[1:])
    if version > _LAST_VERSION:
        raise refusal(given, "version", f"is for witness version {version}; there is none above 16")
    if modern != (version > 0):
        used, due = ("bech32m", "bech32") if modern else ("bech32", "bech32m")
        said = f"has a checksum of the form {used} where witness version {version} takes {due}"
        raise refusal(given, "variant", said)
    if program is None:
        raise refusal(given, "padding", "does not end on a whole byte")
    if len(program) not in _PROGRAM_LENGTHS:
        raise refusal(given, "length", f"holds a program of {len(program)} bytes; it may have 2 to 40")
    return _witness(version, program), [each.name for each in NETWORKS.values() if each.bech32_hrp == hrp]


def _payload(given: str) -> bytes:
    """The bytes of a base58 text, none where the checksum fails."""
    try:
        return base58.decode(given)
    except BTClibValueError:
        return b""


def _from_base58(given: str) -> tuple[bytes, list[str]]:
    """The script of a base58 address, and the networks that it can be of."""
    refuse_other_things(given)
    refuse_strangers(given, _BASE58, "base58")
    if len(given) not in _BASE58_LENGTHS:
        raise refusal(given, "length", "is too long or too short: a base58 address has 26 to 35 characters")
    payload = _payload(given)
    if not payload:
        raise refusal(given, "checksum", "fails its checksum: it is misprinted, or never was an address")
    version, digest = payload[0], payload[1:]
    if len(digest) != _HASH:
        raise refusal(given, "length", f"holds {len(digest)} bytes where an address holds {_HASH}")
    own = [each for each in NETWORKS.values() if version in {each.p2pkh_version, each.p2sh_version}]
    if not own:
        coin = _OTHER_COINS.get(version, "another system")
        raise refusal(given, "not-bitcoin", f"is an address of {coin} by its first byte, {version}")
    script = _p2pkh(digest) if version == own[0].p2pkh_version else _p2sh(digest)
    return script, [each.name for each in own]


@dataclass(frozen=True)
class Kin:
    """Another script that one and the same key can spend: an INFERENCE about use, whatever the condition.

    That one key can spend both follows from arithmetic. That anybody ever used the other, or uses both,
    does not: it is shown as a lead, and nothing is merged by it.

    Attributes:
        address: of that script, None where Core gives none.
        script_raw, script_type: the script and Core's name for it.
        relation: how it follows from the one asked about.
        condition: what must hold besides and cannot be known from what was given; empty where nothing must.
    """

    address: str | None
    script_raw: bytes
    script_type: str
    relation: str
    condition: str = ""


_IF_COMPRESSED = "only if the key behind the hash is in its compressed form, which the hash does not tell"
_NESTED = "P2SH-P2WPKH: the witness program of the key's hash, wrapped in a script hash"


def kin_of(script_raw: bytes, revealed_key: bytes | None, network: Network) -> tuple[Kin, ...]:
    """Other scripts of the key behind a script, without the script itself.

    Args:
        script_raw: P2PK, P2PKH, P2WPKH, P2SH-P2WPKH or key-path P2TR; others have no one key and no kin.
        revealed_key: the public key as an input showed it, 33 or 65 bytes; None if none did.
        network: for the addresses.

    With the key, which a P2PK script shows itself, all forms are sound: P2PK and P2PKH of both lengths,
    P2WPKH, P2SH-P2WPKH, P2TR with BIP86's tweak or none. Without it only the hash is known: a P2PKH and its
    two witness forms hold the same 20 bytes, but only a compressed key can spend those; from a P2WPKH
    backwards no condition is left, as nodes relay no other key there. From a script hash or a taproot output
    nothing follows.

    Raises:
        ValueError: `revealed_key` is not the key of this script.
    """
    key = revealed_key if revealed_key is not None else _key_in(script_raw)
    if key is None:
        return _kin_by_hash(script_raw, network)
    forms = _scripts_of_key(key)
    if forms and script_raw not in {script for script, _, _ in forms}:
        raise ValueError("the public key given is not the key of this script")
    return tuple(
        Kin(address_of(script, network), script, kind, relation)
        for script, kind, relation in forms
        if script != script_raw
    )


def _key_in(script_raw: bytes) -> bytes | None:
    """The key of a P2PK script."""
    key = script_raw[1:-1]
    known = len(key) in {_KEY, _FULL_KEY} and script_raw == bytes([len(key)]) + key + b"\xac"
    return key if known else None


def _kin_by_hash(script_raw: bytes, network: Network) -> tuple[Kin, ...]:
    """What a key's hash alone determines."""
    kind = script_type_of(script_raw)
    if kind not in {PUBKEYHASH, WITNESS_V0_KEYHASH}:
        return ()
    digest = script_raw[3:23] if kind == PUBKEYHASH else script_raw[2:]
    condition = _IF_COMPRESSED if kind == PUBKEYHASH else ""
    program = _witness(0, digest)
    forms = (
        (_p2pkh(digest), PUBKEYHASH, "P2PKH of the same key hash"),
        (program, WITNESS_V0_KEYHASH, "P2WPKH of the same key hash"),
        (_p2sh(hash160(program)), SCRIPTHASH, _NESTED),
    )
    return tuple(
        Kin(address_of(script, network), script, its_kind, relation, condition)
        for script, its_kind, relation in forms
        if script != script_raw
    )


def _scripts_of_key(key: bytes) -> list[tuple[bytes, str, str]]:
    """Every script of one key with its type and relation; none if the bytes are no point of the curve."""
    try:
        point = PubKeyData(key).point_var
        tweaked = output_pubkey(PubKeyData(key))[0]
    except ValueError:
        return []
    x, y = (each.to_bytes(_LONG_HASH, "big") for each in point)
    short, full = bytes([2 + y[-1] % 2]) + x, b"\x04" + x + y
    program = _witness(0, hash160(short))
    return [
        (bytes([_KEY]) + short + b"\xac", PUBKEY, "P2PK of the compressed key"),
        (bytes([_FULL_KEY]) + full + b"\xac", PUBKEY, "P2PK of the uncompressed key"),
        (_p2pkh(hash160(short)), PUBKEYHASH, "P2PKH of the compressed key"),
        (_p2pkh(hash160(full)), PUBKEYHASH, "P2PKH of the uncompressed key"),
        (program, WITNESS_V0_KEYHASH, "P2WPKH of the key"),
        (_p2sh(hash160(program)), SCRIPTHASH, _NESTED),
        (_witness(1, tweaked), WITNESS_V1_TAPROOT, "P2TR of the key with BIP86's tweak"),
        (_witness(1, x), WITNESS_V1_TAPROOT, "P2TR of the key without a tweak"),
    ]
