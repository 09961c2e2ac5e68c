"""Word documents (.docx): their text, deleted text, comments, notes and targets of links. Runs in a child."""

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from qaif.errors import DocumentError
from qaif.evidence.mention import Where
from qaif.evidence.reading.apart_child import Found
from qaif.evidence.reading.shape import Section

VERSION = 1
LARGEST_PART = 64 << 20
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTS = re.compile(r"word/(?:document|comments|(?:foot|end)notes|(?:header|footer)\d{0,3})\.xml")
_LINKS = re.compile(r"word/_rels/[a-z]{1,20}\d{0,3}\.xml\.rels")
_WAY_OUT = "Save it as a PDF or as plain text."
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError)


def prepare() -> None:
    """Import what is needed before the limits hold."""
    from lxml import etree

    assert etree  # noqa: S101


def read(content: bytes, *, for_ocr: bool = False) -> Found:
    """Read a document of Word's.

    Raises:
        DocumentError: it is damaged, encrypted, or unpacks to too much.
    """
    found = Found(f"docx {VERSION} (lxml {version('lxml')})", _MEDIA_TYPE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            for name in sorted(
                filter(_TEXTS.fullmatch, names), key=lambda name: (name != "word/document.xml", name)
            ):
                _text(_member(archive, name), name, found)
            for name in sorted(filter(_LINKS.fullmatch, names)):
                _targets(_member(archive, name), found)
    except _BROKEN as error:
        raise DocumentError(f"The document is damaged: {str(error)[:200]}.", way_out=_WAY_OUT) from None
    if for_ocr or any(name.startswith("word/media/") for name in names):
        found.unread.append("Pictures in a Word document are not read: save them as files, and add those.")
    return found


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise DocumentError(
            f"A part of the document, {name}, unpacks to more than {LARGEST_PART >> 20} MiB.",
            way_out=_WAY_OUT,
        )
    return content


def _parsed(content: bytes) -> Any:
    """An XML tree: no entities, no network, nothing that is deeper or larger than libxml2 allows."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(f"The document's XML is damaged: {str(error)[:200]}.", way_out=_WAY_OUT) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError(
            "The document's XML defines entities, as no Word document does.", way_out=_WAY_OUT
        )
    return root


def _text(content: bytes, name: str, found: Found) -> None:
    label = name.removeprefix("word/").removesuffix(".xml")
    root = _parsed(content)
    ways: tuple[tuple[str, Where, str], ...] = (
        ("t", "text", label),
        ("delText", "hidden", f"{label}, deleted"),
    )
    for tag, where, named in ways:
        text = "".join(_pieces(root, tag)).strip("\n")
        if text.strip():
            found.sections.append(Section(where, named, text))


def _pieces(root: Any, tag: str) -> Iterator[str]:
    for element in root.iter(f"{_W}{tag}", f"{_W}p", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}tc"):
        kind = element.tag.removeprefix(_W)
        if kind == tag:
            yield element.text or ""
        else:
            yield {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "tc": "\n"}[kind]


def _targets(content: bytes, found: Found) -> None:
    for element in _parsed(content).iter("{*}Relationship"):
        target = element.get("Target")
        if element.get("TargetMode") == "External" and target:
            found.sections.append(Section("attribute", "href", target))
