"""A list, fetched from its official address: only where the user asks for it."""

import re
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from qaif.errors import SourceError, SourceShapeError, UsageError
from qaif.evidence.lists.importing import LARGEST_LIST
from qaif.evidence.lists.known import LISTS, KnownList
from qaif.questions.lists import ImportAnswer, import_list
from qaif.workspace.folder import Workspace
from qaif.workspace.network.door import Door

_MOST_PAGE = 4 << 20
_OK = 200
_XML_LINK = re.compile(rb"href=[\"']([^\"'<>\s]{1,500}\.xml)[\"']", re.IGNORECASE)
OpenDoor = Callable[[str], AbstractContextManager[Door]]


@dataclass(frozen=True)
class Address:
    """A web address, parted as the door takes it.

    Attributes:
        place: scheme and host.
        path: the rest.
    """

    place: str
    path: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Part an address.

        Raises:
            UsageError: it is none of http or https.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise UsageError(f"{url[:200]!r} is no web address.", way_out="Name one as https://HOST/PATH.")
        query = f"?{parts.query}" if parts.query else ""
        return cls(f"{parts.scheme}://{parts.netloc}", f"{parts.path or '/'}{query}")


def fetchable() -> tuple[KnownList, ...]:
    """The lists that have an official address."""
    return tuple(each for each in LISTS.values() if each.url)


def known_list(name: str, url: str = "") -> KnownList:
    """A list that can be fetched, from its official address or from another one that is named.

    Raises:
        UsageError: it is not known, or can only be saved by hand.
    """
    names = ", ".join(each.name for each in fetchable())
    if name not in LISTS:
        raise UsageError(f"There is no list {name[:60]!r} that is known here.", way_out=f"Known: {names}.")
    if url:
        return replace(LISTS[name], url=url)
    if not LISTS[name].url:
        raise UsageError(
            f"The list {name} has no address that it may be fetched from.",
            way_out="Save it in your browser and import the file with `qaif lists import FILE`.",
        )
    return LISTS[name]


def update_list(
    workspace: Path, known: KnownList, open_door: OpenDoor, now: datetime, *, may_shrink: bool
) -> ImportAnswer:
    """Fetch a list and import it.

    Args:
        workspace: its folder; it is made where it is missing.
        known: which list; its `url` is asked.
        open_door: opens the door to a place that the user named, by asking for this list.
        now: now.
        may_shrink: import it although it lost half of its entries or more.

    Raises:
        SourceError: the server does not answer, or not with a list.
        ListError: what it sends is no list.
    """
    named = known.url
    body = _fetch(open_door, named)
    if body[:2_000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        named = _linked(body, named)
        body = _fetch(open_door, named)
    folder = Workspace.open_or_create(workspace)
    with tempfile.TemporaryDirectory(dir=folder.path, prefix=".fetched-") as made:
        file = Path(made) / _name_of(named)
        file.write_bytes(body)
        return import_list(workspace, file, now, may_shrink=may_shrink, source=named)


def _fetch(open_door: OpenDoor, url: str) -> bytes:
    address = Address.of(url)
    with open_door(address.place) as door:
        reply = door.http(address.place, purpose="lists").get(address.path, at_most=LARGEST_LIST)
    if reply.status != _OK:
        raise SourceError(
            f"{address.place} answers {reply.status} to {address.path[:200]}.",
            way_out="Save the list in your browser and import the file with `qaif lists import FILE`.",
        )
    return reply.body


def _linked(page: bytes, url: str) -> str:
    """The list that a page about it links to, if it links to just one."""
    links = [bytes(link) for link in _XML_LINK.findall(page[:_MOST_PAGE])]
    found = {urljoin(url, link.decode("ascii", "replace")) for link in links}
    if len(found) != 1:
        raise SourceShapeError(
            f"The page {url} links to {len(found)} XML files, where one list was expected.",
            way_out="Save the list in your browser and import it, or name its address with --from.",
        )
    return found.pop()


def _name_of(url: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", urlsplit(url).path.rpartition("/")[2])[:100] or "list"
