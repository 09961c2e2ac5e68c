"""Which list a file is, by what it holds; where it is none, what it is instead."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from qaif.errors import ListError
from qaif.evidence.lists import (
    eu,
    ftm,
    nbctf,
    ofac_addresses,
    ofac_advanced,
    ofac_plain,
    spreadsheet,
    uk,
    un,
)
from qaif.evidence.lists.known import LISTS, Format, KnownList, opensanctions
from qaif.evidence.lists.making import Reader
from qaif.evidence.lists.nbctf_columns import entries, is_orders
from qaif.evidence.lists.xml_stream import first_element

_HEAD = 64 << 10
_LOOKED_AT = 2_000
READERS: Mapping[Format, Reader] = {
    "OFAC advanced XML": ofac_advanced.read,
    "OFAC plain XML": ofac_plain.read,
    "UN consolidated XML": un.read,
    "EU FSF XML": eu.read,
    "UK Sanctions List XML": uk.read,
    "NBCTF spreadsheet": nbctf.read,
    "FollowTheMoney lines": ftm.read,
    "OFAC addresses JSON": ofac_addresses.read,
}
_ROOTS: Mapping[str, tuple[Format, str, tuple[str, ...]]] = {
    "Sanctions": ("OFAC advanced XML", "us-ofac-sdn", ("un.org/sanctions", "ofac")),
    "sdnList": ("OFAC plain XML", "us-ofac-sdn", ("ofac", "tempuri.org")),
    "CONSOLIDATED_LIST": ("UN consolidated XML", "un-sc", ("",)),
    "export": ("EU FSF XML", "eu-fsf", ("eu.europa.ec", "europa.eu")),
    "Designations": ("UK Sanctions List XML", "uk-sanctions", ("",)),
}
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "packed with gzip: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document (OLE): save it as .xlsx"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


@dataclass(frozen=True)
class Recognised:
    """What a file is.

    Attributes:
        known: which list.
        format: in which format.
        odd: what is odd about it, though it can be read; empty where nothing is.
        reader: its reader, where its format has none of its own.
    """

    known: KnownList
    format: Format
    odd: str = ""
    reader: Reader | None = None

    @property
    def read(self) -> Reader:
        """Its reader."""
        return self.reader or READERS[self.format]


def recognise(stream: BinaryIO) -> Recognised:
    """See what a file is; the stream stands at its start again.

    Raises:
        ListError: it is no list that is known; the message says what it looks like.
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    try:
        return _recognised(stream, head)
    finally:
        stream.seek(0)


def _recognised(stream: BinaryIO, head: bytes) -> Recognised:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK"):
        return _spreadsheet(stream)
    if start.startswith(b"{"):
        return _json(stream, start)
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise _none(what)
    lowered = start[:2_000].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered:
        raise _none("a web page: save the list itself, not the page about it")
    if start.startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _xml(stream)
    raise _none("empty" if not start else "neither XML, nor JSON, nor a spreadsheet")


def _xml(stream: BinaryIO) -> Recognised:
    name, namespace, _ = first_element(stream)
    if name not in _ROOTS:
        raise _none(f"XML with the element <{name[:40]}>, which no known list begins with")
    format_name, list_name, namespaces = _ROOTS[name]
    fits = any(each in namespace.lower() if each else not namespace for each in namespaces)
    odd = "" if fits else f"The namespace {namespace[:200]!r} is none that this list has used."
    return Recognised(LISTS[list_name], format_name, odd)


def _json(stream: BinaryIO, start: bytes) -> Recognised:
    line = start.split(b"\n", 1)[0]
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        first = None
    if isinstance(first, dict) and {"id", "schema", "properties"} <= first.keys():
        return Recognised(opensanctions(_datasets(stream)), "FollowTheMoney lines")
    if b'"rows"' in start and b'"seen_on_list"' in start:
        return Recognised(LISTS["us-ofac-addresses"], "OFAC addresses JSON")
    raise _none("JSON of another shape: neither FollowTheMoney lines nor rows of addresses")


def _datasets(stream: BinaryIO) -> frozenset[str]:
    """The datasets that the first entities name."""
    found: set[str] = set()
    for _ in range(_LOOKED_AT):
        line = stream.readline(ftm.LONGEST_LINE)
        if not line:
            break
        try:
            datasets = json.loads(line).get("datasets")
        except (ValueError, AttributeError, RecursionError):
            break
        found.update(each for each in datasets or () if isinstance(each, str))
    return frozenset(found)


def _spreadsheet(stream: BinaryIO) -> Recognised:
    spreadsheet.check(stream)
    stream.seek(0)
    found = list(entries(spreadsheet.rows(stream)))
    if not found:
        raise _none("a spreadsheet without the headings of a list of Israel's NBCTF")
    name = "il-nbctf-orders" if is_orders(found) else "il-nbctf-designations"
    return Recognised(LISTS[name], "NBCTF spreadsheet")


def _none(what: str) -> ListError:
    return ListError(
        f"The file is no list that is known here: it is {what}.",
        way_out="Known: OFAC's SDN list (both XML forms), the UN's, the EU's and the UK's XML, Israel's "
        "NBCTF as a spreadsheet, FollowTheMoney lines, and OFAC's addresses as JSON.",
    )
