"""What is in this workspace?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.standing import as_of, chain_coverage
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

NO_CHAIN = CoverageOf(complete=False, reasons=("No blocks were indexed in this workspace.",))


@dataclass(frozen=True)
class RunOfBlocks:
    """Blocks that follow one another without a gap; heights are None where they cannot be known."""

    blocks: int
    first_height: int | None
    last_height: int | None


@dataclass(frozen=True, kw_only=True)
class ChainState:
    """What the chain store holds.

    Attributes:
        network: the chain's network.
        simulated: the blocks come from a simulator.
        blocks: rows in use, as are txs, inputs, outputs and scripts.
        unknown_inputs: inputs whose spent output is not held.
        single_transactions: it was made of single transactions that sources told, not of blocks.
        runs: runs of linked blocks, in chain order.
        segments: segment files.
        store_bytes: their bytes.
        epoch: numbers mean the same only inside one epoch.
        feed: where the blocks came from and what was found there, as the feed says it.
    """

    network: str
    simulated: bool
    blocks: int
    txs: int
    inputs: int
    outputs: int
    scripts: int
    unknown_inputs: int
    single_transactions: bool
    runs: tuple[RunOfBlocks, ...]
    segments: int
    store_bytes: int
    epoch: int
    feed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StatusAnswer(Answer):
    """The state of a workspace.

    Attributes:
        workspace: its folder.
        chain: what its chain holds, None where nothing was indexed.
        documents: how many documents are kept.
        price_sources: the price series that were imported.
    """

    workspace: str
    chain: ChainState | None
    documents: int
    price_sources: tuple[str, ...]


def status(path: Path) -> StatusAnswer:
    """Say what a workspace holds.

    Raises:
        NotFoundError: there is no workspace.
        StoreError: its store or its records cannot be read.
    """
    workspace = Workspace.open(path)
    with Records.open(workspace.path) as records:
        documents = len(records.documents.list())
        price_sources = tuple(one.source for one in records.prices.imports())
    try:
        chain = Chain.open(workspace.chain_dir)
    except NotFoundError:
        return StatusAnswer(
            workspace=str(path),
            chain=None,
            documents=documents,
            price_sources=price_sources,
            coverage=NO_CHAIN,
        )
    with chain:
        return StatusAnswer(
            workspace=str(path),
            chain=state_of(chain),
            documents=documents,
            price_sources=price_sources,
            as_of=as_of(chain),
            coverage=chain_coverage(chain),
        )


def state_of(chain: Chain) -> ChainState:
    """What a chain view holds."""
    return ChainState(
        network=chain.network.name,
        simulated=chain.simulated,
        blocks=chain.n_blocks,
        txs=chain.n_txs,
        inputs=chain.n_ins,
        outputs=chain.n_outs,
        scripts=chain.n_scripts,
        unknown_inputs=chain.held.unknown_inputs,
        single_transactions=chain.told is not None,
        runs=tuple(
            RunOfBlocks(run.last_block - run.first_block + 1, run.first_height, run.last_height)
            for run in chain.held.runs
        ),
        segments=len(chain.segments),
        store_bytes=sum(segment.ref.file.length for segment in chain.segments),
        epoch=chain.epoch,
        feed=chain.manifest.feed or {},
    )
