"""Options of commands that ask a server, and the door that is opened for the server that the user named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qaif.workspace.network.door import Door
    from qaif.workspace.network.manner import Manner

ProxyOption = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        envvar="QAIF_PROXY",
        metavar="socks5://HOST:PORT",
        help="Reach the server through this SOCKS5 proxy only, which also finds its name.",
    ),
]
CaFileOption = Annotated[
    Path | None,
    typer.Option("--ca-file", help="Take only the certificates in this PEM file for the server's."),
]
RateOption = Annotated[
    float, typer.Option("--requests-per-second", min=0.01, max=10_000, help="Ask the server no more often.")
]
DEFAULT_RATE = 8.0


@contextmanager
def opened(  # noqa: PLR0913  what is asked for is told by two flags
    workspace: Path,
    place: str,
    manner: "Manner",
    *,
    beside: tuple[str, ...] = (),
    blocks: bool = False,
    pages: bool = False,
) -> Iterator["Door"]:
    """The door, open to a place that the user named; the workspace is made where it is missing.

    What the server will learn is said on standard error first, once for each server and workspace.

    Args:
        workspace: its folder.
        place: as the user named it.
        manner: how it is to be reached.
        beside: other places of the same server that the user named.
        blocks: it is asked for whole blocks only.
        pages: it is asked for a page.
    """
    from qaif.records.engine import Records
    from qaif.workspace.folder import Workspace
    from qaif.workspace.network.door import Door
    from qaif.workspace.network.notice import tell_once
    from qaif.workspace.network.places import Place
    from qaif.workspace.network.remembered import Remembered

    named = Place.parse(place)
    manner.fresh_proxy()  # refuses a wrong proxy before anything is said
    folder = Workspace.open_or_create(workspace).path
    remembered = Remembered(folder)
    if tell_once(remembered, named, manner, _say, blocks=blocks, pages=pages):
        with Records.open(folder) as records:
            details = {"proxy": manner.proxy is not None, "own_network": named.is_own_network}
            records.audit.append(datetime.now(UTC), "source-told", str(named), details)
    with Door(dict.fromkeys((place, *beside), manner), remembered) as door:
        yield door


def _say(lines: tuple[str, ...]) -> None:
    for line in lines:
        typer.echo(line, err=True)
