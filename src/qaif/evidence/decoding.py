"""Bytes of a document to text: by what the bytes or the page themselves say, never by a guess.

A wrong guess turns letters into other letters and could make or break an address. What does not say how it is
written and is not UTF-8 is refused, with the way out of naming the encoding.
"""

import codecs
import re
from typing import Literal, NamedTuple

from qaif.errors import DocumentError

Basis = Literal[
    "byte-order mark", "declared by the page", "valid as UTF-8", "named by the user", "said by the server"
]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})"""
    rb"""|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""",
    re.IGNORECASE,
)
_LOOKED_AT = 4096
_KNOWN = re.compile(
    r"utf_?8|utf_16(_[lb]e)?|utf_32(_[lb]e)?|ascii|cp(125\d|8\d\d|437|720|737|775|932|949|950)|iso8859_\d{1,2}"
    r"|latin_?1|koi8_[rut]|mac_\w+|gbk|gb2312|gb18030|big5\w*|shift_jis\w*|euc_\w+|tis_620|ptcp154|kz1048"
)
_AS_BROWSERS_READ = {"iso8859_1": "cp1252", "latin_1": "cp1252", "ascii": "cp1252", "iso8859_9": "cp1254"}
_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "a rich text file"),
)
_CONTROLS = frozenset(chr(c) for c in range(32)) - frozenset("\t\n\r\f\v\x1a\x1b")


class Decoded(NamedTuple):
    """A document as text.

    Args:
        text: it, without a byte-order mark.
        encoding: Python's name of its encoding.
        basis: how that was known.
    """

    text: str
    encoding: str
    basis: Basis


def decode(content: bytes, encoding: str | None = None, basis: Basis = "named by the user") -> Decoded:
    """Read a document's bytes as text.

    Args:
        content: the bytes.
        encoding: what they are said to be written in; nothing else is tried then.
        basis: by whom.

    Raises:
        DocumentError: not text, or it cannot be known how it is written.
    """
    _refuse_binary(content)
    if encoding is not None:
        return _read(content, _lookup(encoding, "The encoding that was named"), basis)
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return _read(content[len(mark) :], marked, "byte-order mark")
    if match := _DECLARED.search(content, 0, _LOOKED_AT):
        declared = _lookup((match[1] or match[2]).decode("ascii"), "The encoding that the page declares")
        # a page whose declaration can be read as ASCII is not UTF-16, whatever it says
        return _read(content, "utf-8" if declared.startswith("utf") else declared, "declared by the page")
    return _read(content, "utf-8", "valid as UTF-8")


def _refuse_binary(content: bytes) -> None:
    for start, what in _BINARY:
        if content.startswith(start):
            raise DocumentError(f"This is {what}, not text.", way_out="Save its text, or the page as HTML.")


def codec_named(name: str) -> str | None:
    """Python's name of an encoding of text, or None where it is none that is known here."""
    try:
        found = codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    return _AS_BROWSERS_READ.get(found, found) if _KNOWN.fullmatch(found) else None


def _lookup(name: str, what: str) -> str:
    found = codec_named(name)
    if found is None:
        raise DocumentError(
            f"{what} is not known here: {name[:40]!r}.",
            way_out="Name it with --encoding, such as windows-1256, or save the document as UTF-8.",
        )
    return found


def _read(content: bytes, encoding: str, basis: Basis) -> Decoded:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"The document is not {_SAID[basis]} {encoding}: its byte {error.start} does not fit.",
            way_out="Name its encoding with --encoding, such as windows-1256, or save it as UTF-8.",
            offset=error.start,
        ) from None
    if any(c in _CONTROLS for c in text[:_LOOKED_AT]):
        raise DocumentError(
            "The document holds control characters: it is not text, or is written in another encoding.",
            way_out="If it is text, name its encoding with --encoding, such as utf-16-le.",
        )
    return Decoded(text, encoding.replace("_", "-"), basis)


_SAID: dict[Basis, str] = {
    "byte-order mark": "what its byte-order mark says,",
    "declared by the page": "what it declares,",
    "valid as UTF-8": "valid",
    "named by the user": "valid",
    "said by the server": "what its server says,",
}
