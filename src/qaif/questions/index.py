"""Bring the workspace's chain up to its block files, or to a node."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qaif.chain.appendlog import AppendLog
from qaif.chain.dataset import Dataset
from qaif.chain.dataset import index_dataset as dataset_into_chain
from qaif.chain.gathered import index_gathered, read_gathered
from qaif.chain.index import IndexReport
from qaif.chain.nodes import NodeBlocks
from qaif.chain.nodes import index_node as node_into_chain
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles
from qaif.chain.sources import index_block_files as into_chain
from qaif.errors import UsageError
from qaif.feeds.core.node import CoreNode
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.status import ChainState, state_of
from qaif.units import hash_hex, hash_raw
from qaif.workspace.folder import Workspace


@dataclass(frozen=True, kw_only=True)
class IndexAnswer(Answer):
    """What a run of the indexer did.

    Attributes:
        run: blocks kept, removed, appended, stale and invalid.
        chain: what the chain holds now.
    """

    run: IndexReport
    chain: ChainState


def index_block_files(  # noqa: PLR0913  where to, from what, and who watches
    path: Path,
    paths: Sequence[Path],
    network: str | None = None,
    prevouts: Sequence[str] = (),
    progress: Progress = silent,
    *,
    merge: bool = True,
) -> IndexAnswer:
    """Index block files into a workspace, which is made where it is missing.

    Args:
        path: the workspace's folder.
        paths: data directories, folders of blk*.dat, or block files; none for those of before, or for what
            was gathered from explorers, which is indexed again from its log.
        network: its name, or None to take it from the blocks.
        prevouts: `BLOCK_HASH=FILE` each: the outputs that a block spends.
        progress: told how far it is.
        merge: whether segments of the store that are due are merged before this returns.

    Raises:
        UsageError: no paths now or before, an unknown network, or a malformed `BLOCK_HASH=FILE`.
        BlockFileError: block files are not what they should be.
        StoreError: the store is damaged, in use, or cannot be written.
    """
    told = dict(_prevout_file(text) for text in prevouts)
    missing = [each for each in [*paths, *told.values()] if not each.exists()]
    if missing:
        raise UsageError(
            f"There is nothing at {missing[0]}.", way_out="Check the path.", path=str(missing[0])
        )
    workspace = Workspace.open_or_create(path)
    if not paths and workspace.gathered_dir.exists():
        gathered = read_gathered(AppendLog(workspace.gathered_dir))
        report = index_gathered(workspace.chain_dir, gathered, progress)
    else:
        wanted = BlockFiles(tuple(paths), network, told)
        report = into_chain(workspace.chain_dir, wanted, progress, merge=merge)
    return answer_of(workspace, report)


def index_node(path: Path, node: CoreNode, wanted: NodeBlocks, progress: Progress = silent) -> IndexAnswer:
    """Index a node's blocks into a workspace, which is made where it is missing.

    Args:
        path: the workspace's folder.
        node: the node, reached.
        wanted: which part of its chain, and how the store remembers it.
        progress: told how far it is.

    Raises:
        NetworkMismatchError: the node is of another network.
        SourceError: the node does not answer as it must.
        StoreError: the store is damaged, in use, or cannot be written.
    """
    workspace = Workspace.open_or_create(path)
    return answer_of(workspace, node_into_chain(workspace.chain_dir, node, wanted, progress))


def index_dataset(
    path: Path, folder: Path, network: str | None = None, progress: Progress = silent
) -> IndexAnswer:
    """Index a copy of the AWS public dataset into a workspace, which is made where it is missing.

    Args:
        path: the workspace's folder.
        folder: the copy, with `blocks/date=...` and `transactions/date=...`.
        network: its name; that of the workspace, or mainnet, where None.
        progress: told how far it is.

    Raises:
        UsageError: no such folder, an unknown network, or a workspace that was made of something else.
        BlockFileError: a file is not as the dataset has it, or nothing in it proves a block.
        StoreError: the store is damaged, in use, or cannot be written.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", way_out="Check the path.", path=str(folder))
    workspace = Workspace.open_or_create(path)
    return answer_of(workspace, dataset_into_chain(workspace.chain_dir, Dataset(folder, network), progress))


def answer_of(workspace: Workspace, report: IndexReport) -> IndexAnswer:
    """What a run did, and what the chain holds after it."""
    with Chain.open(workspace.chain_dir) as chain:
        return IndexAnswer(
            run=report, chain=state_of(chain), as_of=as_of(chain), coverage=chain_coverage(chain)
        )


def _prevout_file(text: str) -> tuple[str, Path]:
    shown, separator, path = text.partition("=")
    try:
        if separator and path:
            return hash_hex(hash_raw(shown)), Path(path)
    except ValueError:
        pass
    raise UsageError(
        f"--prevouts takes BLOCK_HASH=FILE, not {text!r}.", way_out="Give it once for each block."
    )
