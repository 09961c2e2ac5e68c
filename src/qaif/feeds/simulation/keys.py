"""Keys and signatures of the simulated wallets, by walking along the curve secp256k1.

The i-th secret is `start + i`, so the next public key is one point addition away. Anybody who knows the seed
knows every secret, and the nonces of the signatures are a second such walk: fit for an invented chain and for
nothing else.
Curve constants: SEC 2, section 2.4.1. ECDSA: SEC 1, section 4.1.3, with the low `s` of BIP 146. Schnorr
signatures: BIP 340.
"""

from collections.abc import Iterator
from hashlib import sha256

FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GENERATOR = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)

Point = tuple[int, int]


def add(left: Point, right: Point) -> Point:
    """Add two points, neither of them the other's opposite."""
    if left == right:
        slope = 3 * left[0] * left[0] * pow(2 * left[1], -1, FIELD)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, FIELD)
    x = (slope * slope - left[0] - right[0]) % FIELD
    return x, (slope * (left[0] - x) - left[1]) % FIELD


def multiply(factor: int) -> Point:
    """The generator times a positive number, by doubling and adding."""
    point = GENERATOR
    for bit in bin(factor)[3:]:
        point = add(point, point)
        if bit == "1":
            point = add(point, GENERATOR)
    return point


def walk(start: int) -> Iterator[tuple[int, Point]]:
    """Secrets from `start` upwards, each with its point."""
    point = multiply(start)
    while True:
        yield start, point
        start, point = start + 1, add(point, GENERATOR)


class Signer:
    """Signs with nonces from one walk; a nonce is used once.

    Args:
        start: the first nonce.
    """

    def __init__(self, start: int) -> None:
        self._nonces = walk(start)

    def sign(self, secret: int, digest: bytes, *, low_r: bool = False) -> bytes:
        """An ECDSA signature of a 32-byte digest, in DER, without the hash type; `low_r`: its r is short."""
        nonce, (x, _) = next(self._nonces)
        while low_r and x >> 255:
            nonce, (x, _) = next(self._nonces)
        r = x % ORDER
        s = pow(nonce, -1, ORDER) * (int.from_bytes(digest, "big") + r * secret) % ORDER
        body = _der_integer(r) + _der_integer(min(s, ORDER - s))
        return b"\x30" + bytes([len(body)]) + body

    def sign_taproot(self, secret: int, public: Point, digest: bytes) -> bytes:
        """A signature of 64 bytes as BIP 340 has it, by a key that no script is tied to."""
        nonce, (x, y) = next(self._nonces)
        nonce = ORDER - nonce if y & 1 else nonce
        secret = ORDER - secret if public[1] & 1 else secret
        head = x.to_bytes(32, "big")
        challenge = tagged("BIP0340/challenge", head + public[0].to_bytes(32, "big") + digest)
        s = (nonce + int.from_bytes(challenge, "big") * secret) % ORDER
        return head + s.to_bytes(32, "big")


def tagged(tag: str, data: bytes) -> bytes:
    """The tagged hash of BIP 340."""
    head = sha256(tag.encode()).digest()
    return sha256(head + head + data).digest()


def _der_integer(value: int) -> bytes:
    raw = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(raw)]) + raw
