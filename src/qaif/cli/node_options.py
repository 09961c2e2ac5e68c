"""What commands that reach a node have in common: its cookie or password, and the network it must be of."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qaif.cli.network import opened
from qaif.cli.output import ProgressLine
from qaif.errors import UsageError
from qaif.feeds.networks import NETWORKS, Network

if TYPE_CHECKING:
    from qaif.workspace.network.manner import Manner

_OWN_PACE = 10_000.0  # a node is asked for each block: it is the user's own and bears it

CookieOption = Annotated[
    Path | None,
    typer.Option(help="Of a node: its cookie file, `.cookie` in its data directory.", dir_okay=False),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        help="Of a node: a file with the password; QAIF_NODE_PASSWORD is read otherwise.", dir_okay=False
    ),
]


def network_named(name: str | None) -> Network | None:
    """A network by its name.

    Raises:
        UsageError: there is no such network.
    """
    if name is not None and name not in NETWORKS:
        raise UsageError(f"There is no network {name!r}.", way_out=f"Known: {', '.join(NETWORKS)}.")
    return None if name is None else NETWORKS[name]


def node_manner(proxy: str | None, ca_file: Path | None) -> "Manner":
    """How a node is reached: as fast as it answers."""
    from qaif.workspace.network.manner import Manner

    return Manner(proxy, ca_file, requests_a_second=_OWN_PACE, tries=5, first_pause=0.2, longest_pause=2.0)


def only_node(sources: Sequence[str]) -> str:
    """The one node among sources.

    Raises:
        UsageError: there are other sources beside it.
    """
    if len(sources) > 1:
        raise UsageError(
            "A node and other sources were named together.", way_out="Index them one after the other."
        )
    return sources[0]


def index_a_node(  # noqa: PLR0913, PLR0917  where to, from whom, what of it, how, and who watches
    workspace: Path,
    name: Any,
    span: tuple[int | None, int | None],
    network: str | None,
    manner: "Manner",
    progress: ProgressLine,
) -> Any:
    """Index a node's blocks through the door: what of its chain is wanted, from which height to which."""
    from qaif.chain.nodes import NodeBlocks
    from qaif.feeds.core.headers import Span
    from qaif.questions.index import index_node

    wanted = NodeBlocks(name.source, Span(*span), network_named(network))
    with opened(workspace, name.source.place, manner, blocks=True) as door:
        return index_node(workspace, name.node(door), wanted, progress)
