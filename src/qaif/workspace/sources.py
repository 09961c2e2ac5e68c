"""The sources that a user can name, and the clients that are built for them.

    esplora:https://HOST/api     an Esplora server, such as a public block explorer
    electrum:HOST:PORT[:s]       an Electrum server; `s` for TLS
    core:URL                     a Bitcoin Core node
    blocks:DIR                   block files on this machine

A client enters itself in `EXPLORERS`; until it does, its source is refused.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from qaif.errors import UsageError
from qaif.feeds.explorer import Explorer

KINDS = {
    "esplora": "esplora:https://HOST/api",
    "electrum": "electrum:HOST:PORT[:s]",
    "core": "core:URL",
    "blocks": "blocks:DIR",
}


@dataclass(frozen=True)
class SourceName:
    """A source as the user named it: its kind, and where it is."""

    kind: str
    place: str

    def __str__(self) -> str:
        """As it was written."""
        return f"{self.kind}:{self.place}"


Maker = Callable[[SourceName, Path], AbstractContextManager[Explorer]]
EXPLORERS: dict[str, Maker] = {}  # by kind: a client of the source, for the workspace in that folder


def source_named(text: str) -> SourceName:
    """Read a source's name.

    Raises:
        UsageError: it is none of the forms above.
    """
    kind, separator, place = text.partition(":")
    if kind not in KINDS or not separator or not place.strip():
        raise UsageError(
            f"{text[:200]!r} names no source.", way_out=f"Write one of: {', '.join(KINDS.values())}."
        )
    return SourceName(kind, place.strip())


def explorer(source: SourceName, workspace: Path) -> AbstractContextManager[Explorer]:
    """A client of a source, open for as long as the context is.

    Raises:
        UsageError: no client of such a source is built in.
        SourceError: it does not answer.
    """
    maker = EXPLORERS.get(source.kind)
    if maker is None:
        built = ", ".join(KINDS[kind] for kind in ("blocks", *sorted(EXPLORERS)))
        raise UsageError(
            f"The source {source} is not built in: this version has no client for {source.kind}.",
            way_out=f"Use one of: {built}.",
        )
    return maker(source, workspace)
