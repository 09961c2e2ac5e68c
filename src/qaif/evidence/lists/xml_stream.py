"""XML read piece by piece, with nothing fetched, nothing expanded and no document type.

No official list has a document type, and hostile files need one: entities that read other files, and
entities made of entities. So the first sign of one ends the reading.
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from lxml import etree

from qaif.errors import ListError


def elements(stream: BinaryIO, wanted: Sequence[str]) -> Iterator[etree._Element]:
    """Each wanted element, complete, in the order of the file; what was read is let go of.

    Args:
        stream: the file.
        wanted: local names, of whatever namespace.

    Raises:
        ListError: no XML, cut off, or with a document type.
    """
    reading = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in wanted],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    first = True
    try:
        for _, element in reading:
            if first:
                refuse_doctype(element)
                first = False
            yield element
            element.clear(keep_tail=False)
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise broken(error) from error


def first_element(stream: BinaryIO) -> tuple[str, str, dict[str, str]]:
    """The local name, namespace and attributes of the first element.

    Raises:
        ListError: no XML, or with a document type.
    """
    reading = etree.iterparse(
        stream,
        events=("start",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        for _, element in reading:
            refuse_doctype(element)
            name = etree.QName(element)
            return name.localname, name.namespace or "", {str(k): str(v) for k, v in element.attrib.items()}
    except etree.XMLSyntaxError as error:
        raise broken(error) from error
    raise ListError("The file holds no XML element.", way_out="Save the list again.")


def refuse_doctype(element: etree._Element) -> None:
    """End where a document has a document type.

    Raises:
        ListError: it has one.
    """
    info: Any = element.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise ListError(
            "The file has a document type (DTD), which no official list has; it was not read.",
            way_out="Save the list again from its official address.",
        )


def broken(error: etree.XMLSyntaxError) -> ListError:
    """The error of a file that is no whole XML."""
    line = error.lineno
    return ListError(
        f"The file is not whole XML: {error.msg or 'it ends too early'}.",
        way_out="It may have been cut off: save the list again. Nothing was imported.",
        line=line if isinstance(line, int) else None,
    )


def text_of(element: etree._Element | None, name: str = "") -> str:
    """The text of an element or of the first child of that local name; empty where there is none."""
    found = child(element, name) if name and element is not None else element
    return (found.text or "").strip() if found is not None else ""


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a local name."""
    return next(element.iterchildren(f"{{*}}{name}"), None)


def children(element: etree._Element, *path: str) -> list[etree._Element]:
    """All elements at the end of a path of local names, in the order of the file."""
    found = [element]
    for name in path:
        tag = f"{{*}}{name}"  # lxml compares it without making an object of a child that is passed over
        found = [each for one in found for each in one.iterchildren(tag)]
    return found


def attribute(element: etree._Element, name: str) -> str:
    """An attribute's value; empty where there is none."""
    return (element.get(name) or "").strip()
