"""A node's blocks into the store: from where it ends to where the node is, and the same again later."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from qaif.chain import manifest as manifests
from qaif.chain.dataset import refuse_dataset
from qaif.chain.files import StoreFiles
from qaif.chain.index import FeedState, IndexReport, index
from qaif.chain.manifest import Manifest
from qaif.chain.reopening import keep_open, open_again
from qaif.chain.tables import RULES
from qaif.errors import BlockDataError
from qaif.feeds.core.feed import CoreFeed
from qaif.feeds.core.headers import Span, Stored
from qaif.feeds.core.node import CoreNode
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import Progress, silent

KIND = "core"


@dataclass(frozen=True)
class NodeSource:
    """A node as the store remembers it; nothing secret is among it.

    Attributes:
        place: its address, without user and password.
        user: for its RPC, or empty.
    """

    place: str
    user: str = ""


@dataclass(frozen=True)
class NodeBlocks:
    """What is wanted of a node.

    Attributes:
        source: the node.
        span: which part of its chain.
        network: that it must be of; that of the store, or any, where None.
    """

    source: NodeSource
    span: Span = field(default_factory=Span)
    network: Network | None = None


def index_node(
    folder: Path, node: CoreNode, wanted: NodeBlocks, progress: Progress = silent, *, merge: bool = True
) -> IndexReport:
    """Bring the store to the node's chain; what it holds stays unless the node has a chain of more work.

    Args:
        folder: the chain folder.
        node: the node.
        wanted: how the store remembers it, and which part of its chain.
        progress: told how far it is.
        merge: see `index`.

    Raises:
        NetworkMismatchError: the node is of another network than the store or the one wanted.
        SourceError: the node does not answer as it must; what was committed stays, and the next run resumes.
        BlockDataError: a block of the node is not valid.
    """
    manifest = manifests.load(StoreFiles(folder))
    refuse_dataset(manifest)
    network = wanted.network or (NETWORKS[manifest.network] if manifest else None)
    stored, span = _stored(folder, manifest), wanted.span
    if not len(stored.header) and span.first is None:
        span = replace(span, first=_feed(manifest).get("first"))
    feed = CoreFeed.beside(node, stored, span, network, progress)
    description = {
        "kind": KIND,
        **vars(wanted.source),
        "first": feed.first_height,
        "simulated": bool(_feed(manifest).get("simulated")),
        "scan": dict(feed.describe()),
    }
    told = _in_blocks(progress, len(feed.headers().header) - len(stored.header))
    state = FeedState(description, {}, placing=feed.placing())
    try:
        return index(folder, feed, progress=told, state=state, merge=merge)
    except BlockDataError as error:
        raise BlockDataError(
            f"{error.message} It came from the node at {node.place}.", way_out=error.way_out, **error.details
        ) from error


def _in_blocks(progress: Progress, count: int) -> Progress:
    """Progress of so many blocks, whose bytes are only guessed beforehand."""

    def told(done: int, total: int, unit: str) -> None:
        if unit == "bytes":
            progress(count * done // max(total, 1), count, "blocks")
        else:
            progress(done, total, unit)

    return told


def _feed(manifest: Manifest | None) -> dict[str, Any]:
    return (manifest.feed if manifest else None) or {}


def _stored(folder: Path, manifest: Manifest | None) -> Stored:
    """The store's blocks; none where there is no store, or one that other rules made: it is made again.

    The segments are left open for the run that follows, so that their pages are hashed once.
    """
    if manifest is None or not manifest.segments or manifest.rules != RULES:
        return Stored.nothing()
    files = StoreFiles(folder)
    with files.writing():
        segments = open_again(files, manifest.segments)
        parts = {
            name: np.concatenate([segment.column("block", name) for segment in segments])
            for name in Stored._fields
        }
        keep_open(files, segments)
    return Stored(**parts)
