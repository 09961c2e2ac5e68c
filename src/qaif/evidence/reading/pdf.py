"""PDF, by pypdf: the text of each page, targets of links, properties, and files inside. Runs in a child."""

import io
from typing import Any

from qaif.errors import DocumentError
from qaif.evidence.reading.apart_child import Found
from qaif.evidence.reading.shape import Part, Section

VERSION = 1
MOST_PAGES = 5_000
MOST_LINKS = 10_000
MOST_FILES = 1_000
MOST_OCR = 50
_SMALLEST_READ = 32  # pixels; what is smaller is an ornament
_INVISIBLE = 3  # text rendering mode: neither filled nor stroked
_MODE, _SAVE, _RESTORE = b"Tr", b"q", b"Q"
_SHOWING = (b"Tj", b"TJ", b"'", b'"')


def prepare() -> None:
    """Import what is needed before the limits hold."""
    import logging

    import pypdf

    from qaif.evidence.reading import picture

    picture.prepare()
    logging.getLogger(pypdf.__name__).setLevel(logging.CRITICAL)


def read(content: bytes, *, for_ocr: bool = False) -> Found:
    """Read a PDF.

    Raises:
        DocumentError: it is encrypted, or none.
    """
    import pypdf

    found = Found(f"pdf {VERSION} (pypdf {pypdf.__version__})", "application/pdf")
    try:
        document = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if document.is_encrypted:
            _decrypt(document)
            found.notes.append("The PDF is encrypted with an empty password, as many are to forbid changes.")
        count = len(document.pages)
    except pypdf.errors.PyPdfError as error:
        raise DocumentError(
            f"The PDF is damaged: {str(error)[:200]}.",
            way_out="Print it anew to a plain PDF in a safe place.",
        ) from None
    _properties(document, found)
    for number in range(min(count, MOST_PAGES)):
        _page(document, number, found, for_ocr=for_ocr)
    if count > MOST_PAGES:
        found.unread.append(f"The PDF has {count:,} pages; the first {MOST_PAGES:,} were read.")
    _files(document, found)
    return found


def _decrypt(document: Any) -> None:
    import pypdf

    try:
        opened = bool(document.decrypt(""))
        why = "it needs a password"
    except (pypdf.errors.DependencyError, NotImplementedError):
        opened, why = False, "its cipher is not read here"
    if not opened:
        raise DocumentError(
            f"The PDF is encrypted: {why}.",
            way_out="Open it with its password and save it without one, or print it to a new PDF.",
        )


def _properties(document: Any, found: Found) -> None:
    """Title, author, tool and the like."""
    try:
        information = document.metadata or {}
        lines = [f"{str(name).lstrip('/')}: {value}" for name, value in sorted(information.items())]
    except Exception as error:  # noqa: BLE001  pypdf raises what it likes; the pages may be sound
        found.unread.append(f"The PDF's properties cannot be read ({type(error).__name__}).")
        return
    if lines:
        found.sections.append(Section("metadata", "properties", _clean("\n".join(lines))))


def _page(document: Any, number: int, found: Found, *, for_ocr: bool) -> None:
    label, modes = f"page {number + 1:,}", _Modes()
    try:
        page = document.pages[number]
        text = _clean(page.extract_text(visitor_operand_before=modes.before))
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  one damaged page does not stop the others
        found.unread.append(f"The PDF's {label} is damaged and was not read ({type(error).__name__}).")
        return
    if text.strip():
        found.sections.append(Section("hidden" if modes.is_hidden else "text", label, text))
    pictures = _pictures(page, label, found, for_ocr=for_ocr and not text.strip())
    if not text.strip() and not pictures:
        found.unread.append(f"The PDF's {label} has no text: it may be a picture of text.")
    if modes.hides:
        found.notes.append(
            f"The PDF's {label} has text that is not shown, as a scanner's OCR leaves or to hide it."
        )
    _links(page, label, found)


def _pictures(page: Any, label: str, found: Found, *, for_ocr: bool) -> bool:
    """Look for codes in a page's pictures; whether they were handed on for OCR."""
    from qaif.evidence.reading.picture import MOST_PIXELS, add_codes, as_png, on_white

    handed = False
    try:
        for image in page.images:
            picture = image.image
            if picture is None or picture.width * picture.height > MOST_PIXELS:
                found.unread.append(f"A picture of the PDF's {label} is too large, or none that is known.")
                continue
            grey = on_white(picture)
            add_codes(grey, f"{label}, ", found)
            if for_ocr and min(grey.size) >= _SMALLEST_READ and len(found.ocr_pictures) < MOST_OCR:
                found.ocr_pictures.append((label, as_png(grey)))
                handed = True
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  the page's text was read
        found.unread.append(f"Pictures of the PDF's {label} cannot be read ({type(error).__name__}).")
    return handed


class _Modes:
    """Which of a page's texts are shown: whether any is hidden, and whether all are."""

    def __init__(self) -> None:
        self._mode, self._saved = 0, [0]
        self.hides = self._shows = False

    @property
    def is_hidden(self) -> bool:
        return self.hides and not self._shows

    def before(self, operator: bytes, operands: Any, *_: object) -> None:
        if operator == _MODE and operands:
            self._mode = int(operands[0])
        elif operator == _SAVE:
            self._saved.append(self._mode)
        elif operator == _RESTORE and self._saved:
            self._mode = self._saved.pop()
        elif operator in _SHOWING:
            self.hides |= self._mode == _INVISIBLE
            self._shows |= self._mode != _INVISIBLE


def _links(page: Any, label: str, found: Found) -> None:
    """Targets of links; a reader sees only the text above them."""
    try:
        annotations = page.get("/Annots") or []
        for each in list(annotations)[:MOST_LINKS]:
            target = (each.get_object().get("/A") or {}).get("/URI")
            if isinstance(target, (str, bytes)):
                shown = target.decode("utf-8", "replace") if isinstance(target, bytes) else target
                found.sections.append(Section("attribute", "href", _clean(shown)))
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  the page's text was read
        found.unread.append(f"The links of the PDF's {label} cannot be read ({type(error).__name__}).")


def _files(document: Any, found: Found) -> None:
    try:
        for name, contents in document.attachments.items():
            found.parts += [Part(str(name), bytes(one)) for one in contents]
            if len(found.parts) > MOST_FILES:
                found.notes.append(
                    f"The PDF has more than {MOST_FILES:,} files inside; the others were left."
                )
                return
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  the pages were read
        found.unread.append(f"Files inside the PDF cannot be taken out ({type(error).__name__}).")


def _clean(text: str) -> str:
    """Text that can be written as UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "\ufffd")
