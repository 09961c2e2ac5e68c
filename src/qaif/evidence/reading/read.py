"""What a document is, how large it may be, and which reader reads it."""

import re
from pathlib import Path

from qaif.errors import DocumentError
from qaif.evidence.decoding import decode
from qaif.evidence.reading.archive import is_word, read_zip
from qaif.evidence.reading.mail import is_mail, is_mailbox, read_mail, read_mailbox
from qaif.evidence.reading.plain import is_html, read_html, read_text
from qaif.evidence.reading.shape import Kind, Options, Part, Reading, Section, derived
from qaif.evidence.reading.table import read_csv
from qaif.evidence.reading.telegram import is_telegram, read_json
from qaif.evidence.reading.whatsapp import is_whatsapp, read_whatsapp

MIB = 1 << 20
LARGEST: dict[Kind, int] = {
    **dict.fromkeys(("text", "csv", "json", "telegram", "whatsapp"), 256 * MIB),
    "html": 32 * MIB,
    "email": 64 * MIB,
    "mbox": 256 * MIB,
    "pdf": 256 * MIB,
    "image": 64 * MIB,
    "docx": 64 * MIB,
    "zip": 512 * MIB,
    "other": 512 * MIB,
}
LARGEST_OF_ALL = max(LARGEST.values())
FIRST_BYTES = 1 << 16
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PDF_WITHIN = 1024  # Adobe's readers take a PDF that begins so late
_JSON_NAME = re.compile(r"\.json", re.IGNORECASE)
_TABLE_NAME = re.compile(r"\.(?:csv|tsv)", re.IGNORECASE)
_UNREAD: Reading = Reading(
    kind="other",
    media_type="application/octet-stream",
    reader="none",
    text="",
    encoding="",
    encoding_basis="",
    split=lambda: iter(()),
    unread=("It is of no kind that is read here: its bytes are kept and nothing of it was searched.",),
)


def largest(content: bytes, name: str) -> int:
    """How many bytes a document that begins so may have."""
    kind = _by_bytes(content, name)
    if kind == "text" and is_html(name, content[:4096].decode("latin-1")):
        return LARGEST["html"]
    return LARGEST[kind]


def read(content: bytes, name: str, options: Options | None = None) -> Reading:
    """Read a document.

    Args:
        content: its bytes.
        name: its file's name.
        options: what the user says of how it is to be read.

    Raises:
        DocumentError: it is too large, damaged, encrypted, a bomb, or of a kind that is not read.
    """
    options = options or Options()
    check_size(content, name)
    kind = _by_bytes(content, name)
    if kind == "zip":
        return _read_packed(content)
    if kind in ("pdf", "image"):
        return _read_apart(kind, content, options)
    if kind == "mbox":
        return read_mailbox(content)
    if kind == "email":
        return read_mail(content)
    return _read_decoded(content, name, options)


def unread() -> Reading:
    """Of a document that is kept for its bytes alone."""
    return _UNREAD


def check_size(content: bytes, name: str) -> None:
    """Refuse what is larger than its kind may be.

    Raises:
        DocumentError: it is.
    """
    most = largest(content[:FIRST_BYTES], name)
    if len(content) > most:
        raise too_large(name, most)


def too_large(name: str, most: int) -> DocumentError:
    """The refusal of a document for its size."""
    return DocumentError(
        f"{name} is larger than {most // MIB} MiB, the most for a document of its kind.",
        way_out="Cut the part that matters out into a file of its own.",
        path=name,
    )


def _by_bytes(content: bytes, name: str) -> Kind:
    """The kind as far as bytes and name show it; `text` where the decoded text decides."""
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return "image"
    head = content[:_PDF_WITHIN]
    if head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head and name.lower().endswith(".pdf")):
        return "pdf"
    if content.startswith(_ZIP):
        return "zip"
    if is_mailbox(content[:FIRST_BYTES]):
        return "mbox"
    if Path(name).suffix.lower() == ".eml" or is_mail(content):
        return "email"
    return "text"


def _read_decoded(content: bytes, name: str, options: Options) -> Reading:
    decoded = decode(content, options.encoding, options.encoding_basis)
    text, suffix = decoded.text, Path(name).suffix
    if is_html(name, text):
        return read_html(decoded)
    if text[:256].lstrip()[:1] in ("{", "[") and (_JSON_NAME.fullmatch(suffix) or is_telegram(text)):
        return read_json(decoded)
    if is_whatsapp(name, text):
        return read_whatsapp(decoded)
    if _TABLE_NAME.fullmatch(suffix) or options.delimiter is not None:
        return read_csv(decoded, options.delimiter)
    return read_text(decoded)


def _read_packed(content: bytes) -> Reading:
    """A zip archive: an office document, or one of exports."""
    if is_word(content):
        return _read_apart("docx", content, Options())
    return read_zip(content)


def _read_apart(kind: Kind, content: bytes, options: Options) -> Reading:
    from qaif.evidence.reading.apart import ocr, read_apart

    found = read_apart(kind, content, for_ocr=bool(options.ocr))
    reader = found.reader
    for at, picture in found.ocr_pictures:
        text, program = ocr(picture, options.ocr)
        reader = f"{found.reader}, {program} ({options.ocr})"
        found.sections.append(Section("ocr", f"{at}, OCR by {program} ({options.ocr})", text))
        found.notes.append(f"The text of {at} was read by OCR ({options.ocr}): letters may be misread.")
    if not found.sections:
        found.unread.append(f"No text and no code was found in the {kind}.")
    text, split = derived(found.sections)
    parts: list[Part] = found.parts
    return Reading(
        kind=kind,
        media_type=found.media_type,
        reader=reader,
        text=text,
        encoding="",
        encoding_basis="",
        split=split,
        notes=tuple(found.notes),
        unread=tuple(found.unread),
        parts=lambda: iter(parts),
    )
