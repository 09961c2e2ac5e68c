"""The sources that a user can name, and the clients that are built for them.

    esplora:https://HOST/api     an Esplora server, such as a public block explorer
    electrum:HOST:PORT[:s]       an Electrum server; `s` for TLS
    core:URL                     a Bitcoin Core node
    blocks:DIR                   block files on this machine
    aws:DIR                      a copy of the AWS public dataset on this machine

A client that answers about single scripts enters itself in `EXPLORERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qaif.errors import UsageError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Explorer
from qaif.workspace.electrum_door import electrum
from qaif.workspace.network.door import Door
from qaif.workspace.network.places import Place
from qaif.workspace.responses import Responses

KINDS = {
    "esplora": "esplora:https://HOST/api",
    "electrum": "electrum:HOST:PORT[:s]",
    "core": "core:URL",
    "blocks": "blocks:DIR",
    "aws": "aws:DIR",
}
WHOLE_BLOCKS = ("blocks", "aws", "core")  # these are indexed, the others are asked for single scripts


@dataclass(frozen=True)
class SourceName:
    """A source as the user named it.

    Attributes:
        kind: a key of `KINDS`.
        place: where it is: a folder, a node's address as it was given, or a place that the door takes.
    """

    kind: str
    place: str

    def __str__(self) -> str:
        """As answers name it; equal for equal places."""
        return f"{self.kind}:{self.place}"


def source_named(text: str) -> SourceName:
    """Read a source's name.

    Raises:
        UsageError: it is none of the forms above.
    """
    kind, separator, place = text.partition(":")
    if kind not in KINDS or not separator or not place.strip():
        shown = kind[:40] if "@" in text else text[:200]
        raise UsageError(f"{shown!r} names no source.", way_out=f"Write one of: {', '.join(KINDS.values())}.")
    if kind in WHOLE_BLOCKS:
        return SourceName(kind, place)
    return SourceName(kind, str(Place.parse(_lines_place(place) if kind == "electrum" else place)))


def _lines_place(text: str) -> str:
    """HOST:PORT, with `:s` after it for TLS, as the door takes it."""
    secure = text.endswith(":s")
    return f"{'tls' if secure else 'tcp'}://{text.removesuffix(':s')}"


def explorer(source: SourceName, door: Door, workspace: Path) -> Explorer:
    """A client of a source.

    Args:
        source: which.
        door: open to its place.
        workspace: the workspace's folder, where its answers are kept.

    Raises:
        NetworkClosedError: the door is not open to it.
    """
    return EXPLORERS[source.kind](source, door, workspace)


def _esplora(source: SourceName, door: Door, workspace: Path) -> Explorer:
    http = door.http(source.place, purpose="histories of addresses")
    return Esplora(http, source.place, Responses(workspace))


EXPLORERS: dict[str, Callable[[SourceName, Door, Path], Explorer]] = {
    "esplora": _esplora,
    "electrum": electrum,
}
