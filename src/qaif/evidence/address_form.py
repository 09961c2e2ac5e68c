"""What a run of letters must look like to be tried as an address, or to be shown as one that is broken."""

import re

BASE58 = "1-9A-HJ-NP-Za-km-z"
_BASE58_LIKE = re.compile(rf"[{BASE58}0OIl]{{24,38}}")
_BASE58 = re.compile(rf"[{BASE58}]{{26,35}}")
_OURS = re.compile(r"(?:bc|tb|bcrt)1[0-9a-z]{11,}", re.IGNORECASE)
_OTHER_BECH32 = re.compile(r"(?:ltc|tltc|vtc|dgb|grs|btg|mona|sys)1[02-9ac-hj-np-z]{38,58}", re.IGNORECASE)
_LONGEST = 90
_MISREAD = 2  # letters that no address has


def worth(text: str) -> bool:
    """It has the letters and about the length of an address."""
    return bool((text[:1] in "13mn2" and _BASE58.fullmatch(text)) or _OURS.fullmatch(text))


def is_bech32(text: str) -> bool:
    """It begins as a segwit address of Bitcoin."""
    return bool(_OURS.fullmatch(text))


def mixed(text: str) -> bool:
    """Small and capital letters and a digit beyond the first: so an address looks, and hardly a word."""
    tail = text[1:]
    return (
        any(c.isdigit() for c in tail) and any(c.islower() for c in tail) and any(c.isupper() for c in tail)
    )


def is_hex(text: str) -> bool:
    """It may be a number written with sixteen digits."""
    return all(c in "0123456789abcdefABCDEF" for c in text)


def looks_like_one(text: str) -> bool:
    """A reader would take it for an address, of Bitcoin or of a chain whose addresses are made alike."""
    if _OURS.fullmatch(text):
        return len(text) <= _LONGEST and any(c.isdigit() for c in text[4:])
    if _OTHER_BECH32.fullmatch(text):
        return True
    odd = sum(c in "0OIl" for c in text)
    return bool(_BASE58_LIKE.fullmatch(text)) and mixed(text) and odd <= _MISREAD
