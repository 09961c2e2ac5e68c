"""Ed25519 signatures: keys as files of the user's, and what is signed with them.

A key is made only where the user asks for one, in a file that only they may read. Who signed is known by the
fingerprint of the public key, which a reader must have from elsewhere: a signature by a key that came along
with the file says that nothing was changed since, and not who wrote it. Source: RFC 8032.
"""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from qaif.errors import InputError, OutputError

SIGNATURE_BYTES, PUBLIC_BYTES = 64, 32
_MOST = 1 << 16


def new_key(path: Path) -> str:
    """Make a key in a new file that only its owner may read; its fingerprint.

    Raises:
        OutputError: the file is there, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}.", way_out="Name a new file."
        ) from error
    return fingerprint(public_of(key))


def key_of(path: Path) -> Ed25519PrivateKey:
    """The key in a file.

    Raises:
        InputError: there is none of this kind.
    """
    try:
        with path.open("rb") as file:
            key = load_pem_private_key(file.read(_MOST), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(
            f"{path} holds no Ed25519 key without a password.", way_out="Make one with `qaif bundle key`."
        )
    return key


def public_of(key: Ed25519PrivateKey) -> bytes:
    """The public half, 32 bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """By what a signer is known: SHA-256 of the public key, in hex."""
    return hashlib.sha256(public).hexdigest()


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether a signature is of this content by this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
