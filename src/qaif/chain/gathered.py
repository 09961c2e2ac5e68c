"""From the log of what explorers told to the chain store, and what the store says of its coverage.

Whatever came, in whatever order, the store is brought to the same columns: by the same indexer, blocks whose
content changed and all after them being made again.
"""

from pathlib import Path

import numpy as np

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.appendlog import AppendLog
from qaif.chain.files import StoreFiles
from qaif.chain.index import FeedState, IndexReport, index
from qaif.chain.manifest import Manifest
from qaif.chain.sections import Array
from qaif.errors import UsageError
from qaif.feeds.gathered import GatheredFeed
from qaif.feeds.gathered_coverage import case_told
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.shape import Progress, silent
from qaif.feeds.told import decoded

KIND = "gathered"
_HASHES, _CONTENTS = "block_hash", "content"


def read_gathered(log: AppendLog) -> Gathered:
    """What a log says by now.

    Raises:
        StoreDamagedError: a batch of it is not as it was written.
    """
    gathered = Gathered()
    for body in log.read():
        gathered.take(decoded(body))
    return gathered


def index_gathered(folder: Path, gathered: Gathered, progress: Progress = silent) -> IndexReport:
    """Bring the store in `folder` to what was gathered.

    Args:
        folder: the chain folder; made where it is missing.
        gathered: what the log says.
        progress: told how far it is.

    Raises:
        UsageError: the store was made of block files.
        NetworkMismatchError: it holds another network.
    """
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    check_kind(manifest)
    feed = GatheredFeed(gathered)
    hashes, contents = feed.headers().hash_raw, feed.contents()
    now = {h.tobytes(): c.tobytes() for h, c in zip(hashes, contents, strict=True)}
    before = _contents_before(files, manifest)
    state = FeedState(
        description={
            "kind": KIND,
            "simulated": False,
            "scan": dict(feed.describe()),
            "told": vars(case_told(gathered, feed.columns)),
        },
        columns={_HASHES: np.ascontiguousarray(hashes), _CONTENTS: contents},
        retold=frozenset(h for h, content in before.items() if now.get(h, content) != content),
        given_up=frozenset(before.keys() - now.keys()),
    )
    return index(folder, feed, progress=progress, state=state)


def check_kind(manifest: Manifest | None) -> None:
    """Refuse a store of block files.

    Raises:
        UsageError: it is one.
    """
    kind = ((manifest.feed if manifest else None) or {}).get("kind", KIND)
    if manifest is not None and manifest.segments and kind != KIND:
        raise UsageError(
            "This workspace's chain was made of block files; single transactions are not mixed into it.",
            way_out="Ask the block files, or name another folder with --workspace.",
        )


def _contents_before(files: StoreFiles, manifest: Manifest | None) -> dict[bytes, bytes]:
    """Of each block that the store was made of, the digest of what was told of it."""
    if manifest is None or manifest.feed_file is None:
        return {}
    data = files.map(manifest.feed_file.name, manifest.feed_file.length)
    sections.verify(data, manifest.feed_file)
    columns: dict[str, Array] = sections.read(data, manifest.feed_file.name)
    rows = zip(columns[_HASHES], columns[_CONTENTS], strict=True)
    return {block.tobytes(): content.tobytes() for block, content in rows}
