"""A copy of the AWS public dataset into the store, and the same again when it has grown.

Its blocks come without witnesses, so a store of it is of its own kind: others are not mixed in.
"""

import json
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.addresses import parse_address
from qaif.chain.files import StoreFiles, damaged
from qaif.chain.index import FeedState, IndexReport, index
from qaif.chain.manifest import Manifest
from qaif.errors import InputError, SourceMissingError, UsageError
from qaif.feeds.aws.feed import AwsFeed
from qaif.feeds.aws.state import DatasetState
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import Progress, silent

KIND = "aws"


@dataclass(frozen=True)
class Dataset:
    """A dataset.

    Attributes:
        folder: where its copy is.
        network: the name of the network; that of the store, or mainnet, where None.
    """

    folder: Path
    network: str | None = None


def index_dataset(folder: Path, wanted: Dataset, progress: Progress = silent) -> IndexReport:
    """Index a copy of the dataset; days whose files stand as they were are not tried again.

    Args:
        folder: the chain folder; made where it is missing.
        wanted: the dataset.
        progress: told how far it is.

    Raises:
        UsageError: the store was made of something else; an unknown network.
        BlockFileError: a file is not as the dataset has it, or nothing in it proves a block.
        SourceMissingError: the dataset has lost blocks that the store holds.
        BlockDataError: what it says contradicts itself.
    """
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    _refuse_other_kinds(manifest)
    place = wanted.folder.resolve()
    known = _known(files, manifest)
    network = _network(wanted.network, manifest)
    feed = AwsFeed.open(place, network, known, progress, partial(_script_of, network))
    now = feed.contents()
    before = known_contents(known)
    state = FeedState(
        description={"kind": KIND, "place": str(place), "simulated": False, "scan": dict(feed.describe())},
        columns=feed.state.to_columns(),
        retold=frozenset(block for block, content in now.items() if before.get(block) != content),
    )
    try:
        return index(folder, feed, progress=progress, state=state)
    except SourceMissingError as error:
        if "block" not in error.details:
            raise
        raise SourceMissingError(
            f"The store holds block {error.details['block']}, of which {place} proves nothing now.",
            way_out="Put its files back, or index the dataset into another workspace.",
            **error.details,
        ) from error


@lru_cache(maxsize=1 << 16)
def _script_of(network: Network, address: str) -> bytes | None:
    try:
        return parse_address(address, network).script_raw
    except InputError:
        return None


def known_contents(known: DatasetState | None) -> dict[bytes, bytes]:
    """Of each block that a dataset told of, the digest of what was held of it."""
    out: dict[bytes, bytes] = {}
    whole: set[bytes] = set()
    for day in known.days.values() if known else ():
        blocks = day.blocks
        for block, content, is_whole in zip(blocks.hash_raw, blocks.content, blocks.whole, strict=True):
            if block.tobytes() not in out or (is_whole and block.tobytes() not in whole):
                out[block.tobytes()] = content.tobytes()
            if is_whole:
                whole.add(block.tobytes())
    return out


def refuse_dataset(manifest: Manifest | None) -> None:
    """Refuse a store of the dataset.

    Raises:
        UsageError: it is one.
    """
    feed = (manifest.feed if manifest else None) or {}
    if feed.get("kind") == KIND:
        raise UsageError(
            "This workspace's chain was made of the AWS dataset; other blocks are not mixed into it.",
            way_out=f"Write `qaif index aws:{feed.get('place')}`, or name another folder with --workspace.",
        )


def _refuse_other_kinds(manifest: Manifest | None) -> None:
    if manifest is not None and manifest.segments and (manifest.feed or {}).get("kind") != KIND:
        raise UsageError(
            "This workspace's chain was not made of the AWS dataset, which is not mixed into others.",
            way_out="Index the dataset into another folder: name it with --workspace.",
        )


def _network(name: str | None, manifest: Manifest | None) -> Network:
    name = name or (manifest.network if manifest else "mainnet")
    if name not in NETWORKS:
        raise UsageError(f"There is no network {name!r}.", way_out=f"Known: {', '.join(NETWORKS)}.")
    return NETWORKS[name]


def _known(files: StoreFiles, manifest: Manifest | None) -> DatasetState | None:
    if manifest is None or manifest.feed_file is None:
        return None
    data = files.map(manifest.feed_file.name, manifest.feed_file.length)
    sections.verify(data, manifest.feed_file)
    columns: dict[str, Any] = sections.read(data, manifest.feed_file.name)
    try:
        return DatasetState.from_columns(columns)
    except (ValueError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise damaged(files.folder / "MANIFEST", "what it says of the dataset makes no sense") from error
