"""From the log of what explorers told to the chain store, and what the store says of its coverage.

Whatever came, in whatever order, the store is brought to the same columns: by the same indexer, blocks whose
content changed and all after them being made again.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.appendlog import AppendLog
from qaif.chain.files import StoreFiles
from qaif.chain.index import FeedState, IndexReport, index
from qaif.chain.manifest import Manifest
from qaif.chain.sections import Array
from qaif.errors import SourceError, StoreError, UsageError
from qaif.feeds.gathered import GatheredFeed
from qaif.feeds.gathered_coverage import case_told
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.gathered_table import parsed_txs
from qaif.feeds.proving import can_be_proven, root_of
from qaif.feeds.shape import Progress, silent
from qaif.feeds.told import ToldPlace, decoded
from qaif.units import hash_hex

KIND = "gathered"
_AT_ONCE = 10_000  # transactions parsed together
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


def log_faults(log: AppendLog) -> Iterator[str]:
    """What does not hold in a log, in words: nothing that was concluded when it was written is trusted.

    Ids are computed from bytes once more, hashes from headers, and roots from branches.
    """
    try:
        gathered = read_gathered(log)
    except (StoreError, SourceError) as error:
        yield error.message
        return
    everything = sorted(gathered.raw)
    for at in range(0, len(everything), _AT_ONCE):
        txids = everything[at : at + _AT_ONCE]
        parsed = parsed_txs([gathered.raw[txid] for txid in txids])[1]
        for txid, found in zip(txids, parsed.tx_txid_raw, strict=True):
            if found.tobytes() != txid:
                yield f"the bytes kept as transaction {hash_hex(txid)} have another id"
    for txid, told in gathered.places.items():
        for place in told.values():
            if place.proven and not _is_proven(gathered, place):
                yield f"the place of transaction {hash_hex(txid)} at height {place.height:,} is not proven"


def _is_proven(gathered: Gathered, place: ToldPlace) -> bool:
    raw, header = gathered.raw.get(place.txid_raw), gathered.headers.get(place.block_hash_raw)
    if raw is None or header is None or place.position is None or place.branch_raw is None:
        return False
    root = root_of(place.txid_raw, place.position, place.branch_raw)
    return root == header[36:68] and can_be_proven(raw)


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
