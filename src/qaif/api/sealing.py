"""Addresses of answers that tell nothing: what was asked, sealed with a key of the workspace.

The seal is AES-SIV (RFC 5297): the same question has the same address, nobody without the key can read one
or make one, and none was ever stored.
"""

import base64
import binascii
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
_LONGEST = 100_000


class Seal:
    """Seals and opens.

    Args:
        key: 64 random bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def sealed(self, content: bytes) -> str:
        """An address of letters, digits, - and _."""
        secret = self._cipher.encrypt(zlib.compress(content), None)
        return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()

    def opened(self, address: str) -> bytes | None:
        """What was sealed; None where this key did not seal it."""
        if len(address) > _LONGEST:
            return None
        try:
            secret = base64.b64decode(address + "=" * (-len(address) % 4), b"-_", validate=True)
            return zlib.decompress(self._cipher.decrypt(secret, None))
        except (binascii.Error, InvalidTag, ValueError):
            return None
