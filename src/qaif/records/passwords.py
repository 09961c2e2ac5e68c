"""Passwords at rest: scrypt (RFC 7914) with a salt of each password's own, and its cost written beside it."""

import hashlib
import hmac
import secrets
import unicodedata

LOG_COST, BLOCK, PARALLEL = 15, 8, 3  # 32 MiB and a fifth of a second or so: what OWASP's cheat sheet asks
SHORTEST, LONGEST = 12, 1024
_MEMORY = 1 << 27


def hashed(password: str) -> str:
    """A password as it is kept."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, LOG_COST, BLOCK, PARALLEL)
    return f"scrypt${LOG_COST}${BLOCK}${PARALLEL}${salt.hex()}${digest.hex()}"


def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; it takes as long where none is kept."""
    _, cost, block, parallel, salt, digest = (kept or NOBODYS).split("$")
    found = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, bytes.fromhex(digest)) and bool(kept)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    text = unicodedata.normalize("NFKC", password).encode()
    return hashlib.scrypt(text, salt=salt, n=1 << cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)


NOBODYS = f"scrypt${LOG_COST}${BLOCK}${PARALLEL}${'00' * 16}${'00' * 32}"
