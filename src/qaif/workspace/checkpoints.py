"""Signed checkpoints of the audit log, in the form of C2SP's tlog-checkpoint and signed-note.

    qaif-audit/5f0c1d22aa9e4b07       which log
    1234                              how many entries
    q9cX...                           the root over them, base64
    at 2026-11-25T16:00:00Z           when
    key 8dGk...                       the public key, base64

    — qaif-audit/5f0c1d22aa9e4b07 Az3er...

A checkpoint is worth what the place is worth where it is kept: elsewhere, and not by whom it is to bind.
Other programs that know the format verify it with the key that `verifier_key` writes.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qaif.errors import InputError
from qaif.records.audit_tree import Head
from qaif.records.documents import utc_stamp
from qaif.records.merkle_log import HASH_BYTES
from qaif.workspace.signatures import PUBLIC_BYTES, SIGNATURE_BYTES, fingerprint, is_signed, public_of

LARGEST = 1 << 14
_ED25519, _DASH, _KEY_ID_BYTES = b"\x01", "\u2014", 4
_LINES = 5


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose signature holds.

    Attributes:
        origin: which log.
        head: its size and root.
        at: when it was made, as it says.
        public: the key that signed it, 32 bytes.
    """

    origin: str
    head: Head
    at: str
    public: bytes

    @property
    def signer(self) -> str:
        """By what its signer is known: the fingerprint of the key."""
        return fingerprint(self.public)


def written(origin: str, head: Head, at: datetime, key: Ed25519PrivateKey) -> str:
    """A checkpoint as text."""
    public = public_of(key)
    stamp, shown = f"at {utc_stamp(at)}", f"key {_base64(public)}"
    body = "".join(f"{line}\n" for line in (origin, head.size, _base64(head.root), stamp, shown))
    signature = _base64(_key_id(origin, public) + key.sign(body.encode()))
    return f"{body}\n{_DASH} {origin} {signature}\n"


def read(text: str) -> Checkpoint:
    """A checkpoint of a text.

    Raises:
        InputError: it is none, or its signature does not hold.
    """
    body, _, signed = text.replace("\r\n", "\n").partition("\n\n")
    lines, marks = body.split("\n"), signed.strip().split(" ")
    try:
        origin, size, root, at, public = _fields(lines)
        signature = base64.b64decode(marks[-1], validate=True)
    except (ValueError, binascii.Error):
        raise _no_checkpoint("it does not have that form") from None
    whole = f"{body}\n".encode()
    by_key = _key_id(origin, public)
    if marks[:2] != [_DASH, origin] or signature[:_KEY_ID_BYTES] != by_key:
        raise _no_checkpoint("it is not signed by the key that it names")
    if len(signature) != _KEY_ID_BYTES + SIGNATURE_BYTES:
        raise _no_checkpoint("its signature is cut short")
    if not is_signed(public, signature[_KEY_ID_BYTES:], whole):
        raise _no_checkpoint("it was changed after it was signed")
    return Checkpoint(origin, Head(size, root), at, public)


def verifier_key(origin: str, public: bytes) -> str:
    """The public key as other programs ask for it: name, key id in hex and the key, joined by `+`."""
    return f"{origin}+{_key_id(origin, public).hex()}+{_base64(_ED25519 + public)}"


def _fields(lines: list[str]) -> tuple[str, int, bytes, str, bytes]:
    if len(lines) != _LINES or not lines[3].startswith("at ") or not lines[4].startswith("key "):
        raise ValueError
    root, public = (base64.b64decode(each, validate=True) for each in (lines[2], lines[4][4:]))
    plain_number = lines[1].isascii() and lines[1].isdigit() and str(int(lines[1])) == lines[1]
    if len(root) != HASH_BYTES or len(public) != PUBLIC_BYTES or not plain_number or " " in lines[0]:
        raise ValueError
    return lines[0], int(lines[1]), root, lines[3][3:], public


def _key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _no_checkpoint(why: str) -> InputError:
    return InputError(
        f"This is no checkpoint of an audit log: {why}.",
        way_out="Give a file that `qaif audit checkpoint` wrote, unchanged.",
    )
