"""From which block files a chain is made, as the store remembers it from one run to the next.

The manifest keeps the paths, the network and the files of spent outputs; a file of the store keeps what was
scanned already, so that only what has grown is read again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.dataset import refuse_dataset
from qaif.chain.feed_changes import changed
from qaif.chain.files import StoreFiles, damaged
from qaif.chain.index import FeedState, IndexReport, index
from qaif.chain.manifest import Manifest
from qaif.chain.sections import Array
from qaif.errors import BlockDataError, BlockFileError, InputError, SourceMissingError, UsageError
from qaif.feeds.blockfiles import BlockFileFeed, ScanState
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.revfeed import RevFeed, with_core_undo
from qaif.feeds.shape import Progress, silent
from qaif.feeds.undo import with_prevouts
from qaif.units import HASH_LENGTH, hash_raw

SIMULATION_MARK = "SIMULATED.json"
_UNDONE = "undone_hash"  # beside the scan's columns: blocks that undo files have told of


@dataclass(frozen=True)
class BlockFiles:
    """The block files of a chain.

    Attributes:
        paths: files and folders, in the order in which they were first given.
        network: its name, or None to take it from the blocks.
        prevouts: files of spent outputs, by block hash as shown.
    """

    paths: tuple[Path, ...]
    network: str | None = None
    prevouts: Mapping[str, Path] = field(default_factory=dict)


def index_block_files(
    folder: Path, wanted: BlockFiles, progress: Progress = silent, *, merge: bool = True
) -> IndexReport:
    """Index block files, together with those that were indexed before.

    Args:
        folder: the chain folder.
        wanted: what to add; empty paths mean those of before.
        progress: told how far it is.
        merge: see `index`.

    Raises:
        UsageError: no paths were given, now or before; an unknown network.
        InputError: simulated blocks and others in one chain.
        SourceMissingError: block files that were indexed before are gone.
        BlockDataError: a block is not valid; the message names its file.
    """
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    _refuse_gathered(manifest)
    refuse_dataset(manifest)
    sources = _with_earlier(wanted, manifest)
    simulated = _simulated(sources.paths)
    columns, written = _kept_columns(files, manifest)
    known = ScanState.from_columns(columns) if columns else None
    scanned = BlockFileFeed.open(sources.paths, _network(sources.network), known=known, progress=progress)
    feed = with_core_undo(with_prevouts(scanned, sources.prevouts) if sources.prevouts else scanned, scanned)
    told = {shown: {"path": str(p), "sha256": _sha256(p)} for shown, p in sources.prevouts.items()}
    description = {
        "kind": "block files",
        "paths": [str(path) for path in sources.paths],
        "prevouts": told,
        "simulated": simulated,
        "scan": {**scanned.describe(), **{k: v for k, v in feed.describe().items() if k == "undo"}},
    }
    before = ((manifest.feed if manifest else None) or {}).get("prevouts", {})
    retold = {hash_raw(shown) for shown, said in told.items() if before.get(shown) != said}
    undone = feed.told if isinstance(feed, RevFeed) else frozenset()
    undone_before = _undone(columns)
    retold |= undone - undone_before
    undo_column = np.frombuffer(b"".join(sorted(undone | undone_before)), dtype=np.uint8).reshape(
        -1, HASH_LENGTH
    )
    state = FeedState(
        description,
        scanned.scan_state.to_columns() | {_UNDONE: undo_column},
        frozenset(retold),
        written=written,
    )
    try:
        return index(folder, feed, progress=progress, state=state, merge=merge)
    except BlockDataError as error:
        raise scanned.located(error) from error


def _refuse_gathered(manifest: Manifest | None) -> None:
    if ((manifest.feed if manifest else None) or {}).get("kind") == "gathered":
        raise UsageError(
            "This workspace's chain is made of single transactions; block files are not mixed into it.",
            way_out="Index the block files into another folder: name it with --workspace.",
        )


def _with_earlier(wanted: BlockFiles, manifest: Manifest | None) -> BlockFiles:
    before = (manifest.feed if manifest else None) or {}
    earlier = [Path(path) for path in before.get("paths", ())]
    undo = [Path(said["path"]) for said in before.get("prevouts", {}).values()]
    gone = [str(path) for path in [*earlier, *undo] if not path.exists()]
    if gone:
        raise SourceMissingError(
            f"Block files that were indexed before are gone: {', '.join(gone)}.",
            way_out="Put them back, or index what you have into a new workspace.",
            path=gone[0],
        )
    paths = dict.fromkeys([*earlier, *(path.resolve() for path in wanted.paths)])
    if not paths and before.get("kind") == "core":
        raise UsageError(
            f"The blocks here came from the node at {before.get('place')}, which was not named this time.",
            way_out=f"Write `qaif index core:{before.get('place')}`.",
        )
    if not paths:
        raise UsageError(
            "No block files were given, and none were indexed here before.",
            way_out="Name a Bitcoin Core data directory, a folder of blk*.dat, or block files.",
        )
    told = {shown: Path(said["path"]) for shown, said in before.get("prevouts", {}).items()}
    told |= {shown: path.resolve() for shown, path in wanted.prevouts.items()}
    return BlockFiles(tuple(paths), wanted.network or (manifest.network if manifest else None), told)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _network(name: str | None) -> Network | None:
    if name is None:
        return None
    if name not in NETWORKS:
        raise UsageError(f"There is no network {name!r}.", way_out=f"Known: {', '.join(NETWORKS)}.")
    return NETWORKS[name]


def _kept_columns(files: StoreFiles, manifest: Manifest | None) -> tuple[dict[str, Array], dict[str, Array]]:
    """What earlier runs scanned, and what of that a file holds; empty where there was none."""
    if manifest is None or manifest.feed_file is None:
        return {}, {}
    data = files.map(manifest.feed_file.name, manifest.feed_file.length)
    sections.verify(data, manifest.feed_file)
    written = sections.read(data, manifest.feed_file.name)
    try:
        return changed(written, manifest.feed_changes), written
    except (ValueError, TypeError, IndexError) as error:
        raise damaged(files.folder / "MANIFEST", "what it says of the block files makes no sense") from error


def _undone(columns: Mapping[str, Array]) -> frozenset[bytes]:
    """Hashes of the blocks that undo files have told of already."""
    return frozenset(row.tobytes() for row in columns.get(_UNDONE, ()))


def _simulated(paths: Sequence[Path]) -> bool:
    """Whether a mark beside the blocks says that a simulator made them."""
    told = [any(_says_simulated(mark) for mark in _marks(path)) for path in paths]
    if any(told) and not all(told):
        raise InputError(
            "Some of these blocks are simulated and some are not.",
            way_out="Keep them in separate workspaces.",
        )
    return any(told)


def _marks(path: Path) -> Iterator[Path]:
    folder = path if path.is_dir() else path.parent
    yield from (folder / SIMULATION_MARK, folder / "blocks" / SIMULATION_MARK)


def _says_simulated(mark: Path) -> bool:
    if not mark.is_file():
        return False
    try:
        said = json.loads(mark.read_bytes())
    except (OSError, ValueError) as error:
        raise BlockFileError(
            f"{mark} cannot be read.", way_out="Make the simulation again.", path=str(mark)
        ) from error
    return isinstance(said, dict) and said.get("simulated") is True
