"""A bundle: lists, what they name, and a policy's limits in one signed file that answers on any machine.

The file is `QAIFBNDL`, a version byte, the head's length (4 bytes, little end first), the head (JSON), the
rows (JSON, compressed), the public key (32 bytes), and a signature (64 bytes) over all before it. It is read
whole, and nothing of it is believed before the signature holds.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qaif.errors import InputError, OutputError
from qaif.screening.facts import Fault, Listing
from qaif.screening.verdict import Verdict, verdict_of
from qaif.workspace.signatures import PUBLIC_BYTES, SIGNATURE_BYTES, fingerprint, is_signed, public_of

MAGIC, VERSION = b"QAIFBNDL", 1
_FRAME = len(MAGIC) + 1
_TAIL = PUBLIC_BYTES + SIGNATURE_BYTES
_LARGEST, _LARGEST_ROWS = 1 << 30, 4 << 30
_NOT_ONE = "Make one with `qaif bundle make`."


@dataclass(frozen=True)
class Head:
    """What a bundle says of itself.

    Attributes:
        made_at: when it was made, ISO 8601 in UTC.
        program: which version made it.
        policy: name, version, digest.
        list_days: a list may be so old.
        jurisdictions: whose lists must be in it, whole and fresh.
        missing: of these, those whose list was not loaded whole when it was made.
        lists: each list with version, digest and day.
        addresses: how many it names.
        rows_sha256: digest of the rows as they stand in the file.
    """

    made_at: str
    program: str
    policy: Mapping[str, Any]
    list_days: int
    jurisdictions: tuple[str, ...]
    missing: tuple[str, ...]
    lists: Mapping[str, Mapping[str, Any]]
    addresses: int
    rows_sha256: str


@dataclass(frozen=True)
class Bundle:
    """An opened bundle.

    Attributes:
        head: what it says of itself.
        signer: fingerprint of the key that signed it.
        rows: by address as Bitcoin Core writes it, or as text, whom it is of.
    """

    head: Head
    signer: str
    rows: Mapping[str, tuple[Listing, ...]]

    def faults(self, now: datetime) -> tuple[Fault, ...]:
        """What keeps absence from meaning anything at a time."""
        day = now.astimezone(UTC).date()
        found = [
            Fault("list-not-loaded", each, f"{each}: its list was not loaded whole when the bundle was made.")
            for each in self.head.missing
        ]
        for name, told in self.head.lists.items():
            if (fault := _age_fault(name, told.get("published_at"), day, self.head.list_days)) is not None:
                found.append(fault)
        if now.astimezone(UTC).isoformat() < self.head.made_at:
            found.append(
                Fault("clock-behind", "bundle", f"It was made at {self.head.made_at}, which is to come.")
            )
        return tuple(found)

    def screen(self, address: str, faults: tuple[Fault, ...]) -> tuple[Verdict, tuple[Listing, ...]]:
        """The verdict on an address that was read before, and the listings behind it."""
        old = {each.about for each in faults if each.kind == "list-too-old"}
        listings = tuple(replace(each, stale=each.list in old) for each in self.rows.get(address, ()))
        return verdict_of(listings, faults), listings


def _age_fault(name: str, published_at: str | None, day: date, list_days: int) -> Fault | None:
    if published_at is None:
        return Fault("list-too-old", name, f"The day that {name} is of is not known.")
    age = (day - date.fromisoformat(published_at[:10])).days
    if age < 0:
        return Fault("list-of-a-later-day", name, f"{name} is of {published_at}, which is to come.")
    if age > list_days:
        return Fault("list-too-old", name, f"{name} is {age:,} days old; the policy allows {list_days:,}.")
    return None


def write_bundle(
    path: Path, head: Mapping[str, Any], rows: Mapping[str, Sequence[Listing]], key: Ed25519PrivateKey
) -> str:
    """Write a bundle into a new file; the signer's fingerprint.

    Raises:
        OutputError: the file is there, or cannot be written.
    """
    told = {address: [vars(each) for each in listings] for address, listings in sorted(rows.items())}
    packed = zlib.compress(_json(told), 9)
    whole = dict(head) | {"addresses": len(rows), "rows_sha256": hashlib.sha256(packed).hexdigest()}
    text, public = _json(whole), public_of(key)
    content = b"".join((MAGIC, bytes([VERSION]), len(text).to_bytes(4, "little"), text, packed, public))
    try:
        with path.open("xb") as file:
            file.write(content + key.sign(content))
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}.", way_out="Name a new file."
        ) from error
    return fingerprint(public)


def read_bundle(path: Path, signer: str | None = None) -> Bundle:
    """Open a bundle.

    Args:
        path: the file.
        signer: the fingerprint that it must be signed by, which the reader has from elsewhere.

    Raises:
        InputError: it is none, was changed, or is signed by another.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is too large to be a bundle.", way_out=_NOT_ONE)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", way_out=_NOT_ONE) from error
    signed, signature = content[:-SIGNATURE_BYTES], content[-SIGNATURE_BYTES:]
    public = signed[-PUBLIC_BYTES:]
    if not content.startswith(MAGIC + bytes([VERSION])) or len(content) < _FRAME + 4 + _TAIL:
        raise InputError(f"{path} is no bundle of this version.", way_out=_NOT_ONE)
    if not is_signed(public, signature, signed):
        raise InputError(
            f"{path} is not as it was signed.", way_out="Take the file anew from whoever made it."
        )
    if signer is not None and fingerprint(public) != signer.strip().lower():
        raise InputError(
            f"{path} is signed by {fingerprint(public)}, and not by whom you named.",
            way_out="Ask whoever made it for their fingerprint, by another way than the file's.",
        )
    return _opened(path, signed[_FRAME:-PUBLIC_BYTES], fingerprint(public))


def _opened(path: Path, body: bytes, signer: str) -> Bundle:
    length = int.from_bytes(body[:4], "little")
    text, packed = body[4 : 4 + length], body[4 + length :]
    try:
        told = json.loads(text)
        for name in ("jurisdictions", "missing"):
            told[name] = tuple(told[name])
        head = Head(**told)
        unpacker = zlib.decompressobj()
        rows = json.loads(unpacker.decompress(packed, _LARGEST_ROWS))
        known = {address: tuple(map(_listing, listings)) for address, listings in rows.items()}
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error) as error:
        raise InputError(f"{path} is no bundle of this version.", way_out=_NOT_ONE) from error
    return Bundle(head, signer, known)


def _listing(told: Mapping[str, Any]) -> Listing:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    return Listing(**fields)


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
