"""Why a text is not an address, said so that no secret is repeated.

A text that is refused is shown only where it has the form of an address or is too short to be a private key;
of any other only the length is told.
"""

import string
import unicodedata

from qaif.errors import AddressError
from qaif.feeds.networks import NETWORKS

_PREFIXES = tuple({f"{network.bech32_hrp}1" for network in NETWORKS.values()})
_FIRST_LETTERS = "13mn2"  # of the base58 addresses of all five networks
_BASE58_LONGEST = 35
_BECH32_LONGEST = 90
_SHORT = 20  # no private key has so few characters
_HASH_DIGITS = 64
_COMPARE = "Compare it with its source, character by character; a checksum cannot tell what was meant."


def _shown(given: str) -> str:
    """The text for a message, unless it could be a secret: then only its length."""
    base58_like = given[0] in _FIRST_LETTERS and len(given) <= _BASE58_LONGEST
    bech32_like = given.lower().startswith(_PREFIXES) and len(given) <= _BECH32_LONGEST
    if (base58_like or bech32_like or len(given) <= _SHORT) and given.isprintable():
        return repr(given)
    return f"A text of {len(given)} characters"


def refusal(
    given: str, reason: str, said: str, way_out: str = _COMPARE, **details: str | int
) -> AddressError:
    """The error that says of `given` what is wrong with it; `reason` is a stable word for programs."""
    return AddressError(f"{_shown(given)} {said}.", way_out=way_out, reason=reason, **details)


def _named(character: str) -> str:
    """A character and, where the eye may mistake it, its name."""
    if character.isascii() and character.isprintable():
        return repr(character)
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'without a name')})"


def refuse_strangers(given: str, allowed: frozenset[str], what: str, start: int = 0) -> None:
    """Raise for the first character from `start` on that is not allowed."""
    for at, character in enumerate(given[start:], start + 1):
        if character not in allowed:
            said = f"holds {_named(character)} at position {at}, which no {what} address has"
            raise refusal(given, "character", said, position=at)


def odd_length(given: str, hrp: str) -> str:
    """What the length of a failed bech32 address tells about it."""
    usual = {"q": (42, 62), "p": (62,)}.get(given[len(hrp) + 1 : len(hrp) + 2].lower())
    length = len(given) - len(hrp) + len("bc")
    if usual is None or length in usual:
        return ""
    expected = " or ".join(str(each + len(hrp) - len("bc")) for each in usual)
    return f", and it has {len(given)} characters where such an address has {expected}"


def refuse_other_things(given: str) -> None:
    """Raise for things of another kind that are often taken for an address."""
    if len(given) == _HASH_DIGITS and set(given) <= set(string.hexdigits):
        said = "is not an address: 64 hexadecimal digits are a transaction id, a block hash or a private key"
        raise refusal(
            given, "not-bitcoin", said, "For a transaction use `qaif tx`, for a block `qaif block`."
        )
    if given[1:4] == "pub":
        said = "is an extended public key, not an address"
        raise refusal(given, "not-bitcoin", said, "Give one of its addresses.")
