"""A Bitcoin Core node by the name that the user gives it, `core:http://USER@HOST:PORT`, and its password.

The password stands in the node's cookie file, in a file of the user's, or in the environment; never in the
name, which the shell's history and the list of processes show.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from qaif.chain.nodes import NodeSource
from qaif.errors import InputError, SourceAccessError, UsageError
from qaif.feeds.core.node import CoreNode
from qaif.workspace.network.door import Door
from qaif.workspace.network.places import Place

DoneT = TypeVar("DoneT")

PREFIX = "core:"
PASSWORD_VARIABLE = "QAIF_NODE_PASSWORD"  # noqa: S105  the name of a variable
_LONGEST_SECRET = 4_096


@dataclass(frozen=True)
class NodeName:
    """A node and how to get in; the password is in no text that is made of it.

    Attributes:
        source: the node as the store remembers it.
        basic: user and password, None where there is none.
    """

    source: NodeSource
    basic: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"NodeName({self.source!r})"

    def node(self, door: Door) -> CoreNode:
        """The node, through a door."""
        http = door.http(self.source.place, purpose="blocks", basic=self.basic)
        return CoreNode(http, self.source.place, with_password=self.basic is not None)


class ReachedNode:
    """A node that may start again under a follower: then its cookie is another.

    Args:
        door: that opens to it.
        named: reads its name and password anew.
    """

    def __init__(self, door: Door, named: Callable[[], NodeName]) -> None:
        self._door, self._named = door, named
        self._node = named().node(door)

    def use(self, work: Callable[[CoreNode], DoneT]) -> DoneT:
        """Do something with it; once more, with the cookie read again, where it does not let in.

        Raises:
            SourceAccessError: it does not let in with that either.
        """
        try:
            return work(self._node)
        except SourceAccessError as refused:
            try:
                self._node = self._named().node(self._door)
            except InputError:
                raise refused from None
        return work(self._node)


def is_node(text: str) -> bool:
    """Whether a source is named as a node's is."""
    return text.startswith(PREFIX)


def node_named(text: str, cookie: Path | None = None, password_file: Path | None = None) -> NodeName:
    """Read a node's name, and its password from where it is.

    Args:
        text: `core:http://HOST:PORT`, with `USER@` before the host where a password is used.
        cookie: the node's cookie file.
        password_file: a file whose first line is the password; else `QAIF_NODE_PASSWORD` is asked.

    Raises:
        UsageError: it is no such name, or a password stands in it.
        InputError: a file cannot be read.
    """
    try:
        parts = urlsplit(text.removeprefix(PREFIX))
        user, secret = unquote(parts.username or ""), parts.password
    except ValueError:
        raise _no_name() from None
    if secret is not None:
        raise UsageError(
            "A password stands in the node's address, where the list of processes shows it; it was not used.",
            way_out=f"Leave it out, and give it by {PASSWORD_VARIABLE}, --password-file or --cookie.",
        )
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    place = Place.parse(bare)
    if place.scheme not in ("http", "https"):
        raise _no_name()
    source = NodeSource(str(place), user)
    if cookie is not None:
        return NodeName(source, _cookie(cookie))
    given = _first_line(password_file) if password_file else os.environ.get(PASSWORD_VARIABLE, "")
    if given and not user:
        raise UsageError(
            "A password was given for the node, and no user.",
            way_out="Write the user into the address: core:http://USER@HOST:PORT.",
        )
    return NodeName(source, (user, given) if given else None)


def _cookie(path: Path) -> tuple[str, str]:
    user, separator, secret = _first_line(path).partition(":")
    if not separator:
        raise InputError(
            f"{path} is no cookie of a node.",
            way_out="It is the file `.cookie` in the node's data directory.",
        )
    return user, secret


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise InputError(
            f"{path} cannot be read: {why}.",
            way_out="A node makes its cookie when it starts; see that it runs, and that you may read it.",
            path=str(path),
        ) from None


def _no_name() -> UsageError:
    return UsageError(
        "That is no node.", way_out="Write core:http://HOST:8332, or core:http://USER@HOST:8332."
    )
