"""Text and HTML, read as they stand."""

import re
from pathlib import Path

from qaif.evidence.decoding import Decoded
from qaif.evidence.passages import html_passages, plain_passages
from qaif.evidence.reading.shape import Reading

READER = "text 1"
_HTML_NAME = re.compile(r"\.x?html?", re.IGNORECASE)
_HTML_START = re.compile(
    r"\s*(?:<!--.{0,400}?-->\s*)?(?:<\?xml[^>]{0,100}>\s*)?<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_html(name: str, text: str) -> bool:
    """Whether a text is a page, by its name or by how it begins."""
    return bool(_HTML_NAME.fullmatch(Path(name).suffix) or _HTML_START.match(text))


def read_text(decoded: Decoded, notes: tuple[str, ...] = ()) -> Reading:
    """Read plain text."""
    text = decoded.text
    return Reading(
        kind="text",
        media_type="text/plain",
        reader=READER,
        text=text,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        split=lambda: plain_passages(text),
        notes=notes,
    )


def read_html(decoded: Decoded) -> Reading:
    """Read a page."""
    text = decoded.text
    return Reading(
        kind="html",
        media_type="text/html",
        reader="html 1",
        text=text,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        split=lambda: html_passages(text),
    )
