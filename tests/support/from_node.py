"""A node's chain into stores: by what the node answers, and by block files of the same blocks."""

from pathlib import Path

from oracle.blockmaker import MAGIC
from peers.bcoin import Bcoin
from peers.core_shapes import Shapes
from qaif.chain.index import IndexReport
from qaif.chain.nodes import NodeBlocks, NodeSource, index_node
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.feeds.core.headers import Span
from qaif.feeds.core.node import CoreNode
from qaif.feeds.networks import NETWORKS
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

QUICK = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, total_seconds=20)


def by_node(folder: Path, shapes: Shapes, span: Span | None = None, **how: object) -> IndexReport:
    """Index from the node through the door.

    Args:
        folder: the chain folder.
        shapes: the node's server.
        span: which heights.
        how: `nobody`: without a password; `password`: another than the node's; `network`: that is asked for.
    """
    basic = None if how.get("nobody") else (shapes.node.user, str(how.get("password", shapes.node.password)))
    network = NETWORKS[str(how["network"])] if "network" in how else None
    with Door({shapes.url: QUICK}) as door:
        asked = CoreNode(
            door.http(shapes.url, purpose="blocks", basic=basic), shapes.url, with_password=basic is not None
        )
        return index_node(folder, asked, NodeBlocks(NodeSource(shapes.url), span or Span(), network))


def by_files(folder: Path, node: Bcoin, first: int = 0) -> Path:
    """The same chain from a height on from a block file, into a chain folder."""
    path = folder.with_suffix(".dat")
    raw = node.raws(node.hashes(first))
    path.write_bytes(b"".join(MAGIC + len(one).to_bytes(4, "little") + one for one in raw))
    index_block_files(folder, BlockFiles((path,)))
    return folder
