"""Text made fit to be shown: no link that can be followed, no payment code, nothing that cannot be seen.

A report must not advertise what it investigates. `https://example.com/a` becomes `hxxps://example[.]com/a`,
`bitcoin:1abc` becomes `bitcoin[:]1abc`. What cannot be seen, and what turns the writing direction, is written
as a code point, because hostile text uses both. Making fit twice changes nothing more.
"""

import re
import unicodedata
from functools import cache

_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{1,30})(:)(?=//|[^\s:/\[\]])")
_KNOWN_SCHEME = re.compile(
    "ftps?|sftp|wss?|file|data|javascript|vbscript|mailto|tel|sms|tg|whatsapp|signal|viber|bitcoin|bitcoincash"
    "|litecoin|dogecoin|ethereum|tron|monero|lightning|lnurl|magnet|ipfs|blob|ssh"
)
_AUTHORITY = re.compile(r"(?<=//)[^\s/?#<>\"']+")
_BARE_HOST = re.compile(
    r"(?<![\w@.\[-])((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8})([A-Za-z]{2,24})(?![\w-])"
)
_MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]+(?:\.|\[\.\])[\w-])")
_DOT = re.compile(r"(?<!\[)\.(?!\])")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION = range(0xFE00, 0xFE10)


@cache
def is_invisible(char: str) -> bool:
    """Whether a character shows nothing, or only turns the direction of writing."""
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        or char in _INVISIBLE
        or ord(char) in _VARIATION
        or 0xE0100 <= ord(char) <= 0xE01EF  # noqa: PLR2004  the second block of variation selectors
    ) and char not in "\n\r\t"


def show(text: str) -> str:
    """Write what cannot be seen as code points, `<U+200B>`; line breaks and tabs as well."""
    if text.isascii() and text.isprintable():
        return text
    unseen = {ord(c): f"<U+{ord(c):04X}>" for c in set(text) if is_invisible(c) or c in "\n\r\t"}
    return text.translate(unseen) if unseen else text


def show_line(text: str) -> str:
    """The same for a piece of running text: white space becomes one blank."""
    return show(re.sub(r"\s+", " ", text))


def defang(text: str) -> str:
    """Break every link and payment code in a text, so that no program makes one of it again."""
    if ":" in text:
        text = _SCHEME.sub(_defang_scheme, text)
    if "//" in text:
        text = _AUTHORITY.sub(lambda m: _DOT.sub("[.]", m[0]), text)
    if "@" in text:
        text = _MAIL.sub("[@]", text)
    return _BARE_HOST.sub(lambda m: m[1].replace(".", "[.]") + m[2], text) if "." in text else text


def _defang_scheme(match: re.Match[str]) -> str:
    scheme, lower = match[1], match[1].lower()
    if lower in ("http", "https"):
        return ("hxxp" if scheme[0] == "h" else "HXXP") + scheme[4:] + ":"
    if lower in ("hxxp", "hxxps"):
        return match[0]
    followed_by_slashes = match.string.startswith("//", match.end())
    return f"{scheme}[:]" if _KNOWN_SCHEME.fullmatch(lower) or followed_by_slashes else match[0]
