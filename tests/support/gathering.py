"""Cases gathered from a chain that is really there, and the same chain indexed as a whole."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qaif.chain.appendlog import AppendLog
from qaif.chain.check import check
from qaif.chain.digest import column_digests
from qaif.chain.gathered import index_gathered, read_gathered
from qaif.chain.open import Chain
from qaif.desk.gather import GatherAnswer, Order, gather
from qaif.desk.gathering import Limits
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.gathered_table import columns_of
from qaif.questions.answer import as_json
from qaif.questions.review import ReviewRequest, review
from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.explorer import ChainExplorer
from support.indexing import put
from support.recording import Unsynced, calling
from support.workspaces import address_of

BLOCKS = 60  # of the economy that most tests gather from
NOW = 1_700_000_000
SOURCE = "esplora:http://localhost/api"
STANDING = ("as_of", "coverage", "fiat", "layer")  # what a case says otherwise than a whole chain


@contextmanager
def hasty() -> Iterator[None]:
    """Nothing waits for the disk: for tests that are not about it."""
    with calling(Unsynced()):
        yield


def gathered(
    folder: Path,
    people: Sequence[int],
    explorer: ChainExplorer,
    limits: Limits | None = None,
    source: str = SOURCE,
) -> GatherAnswer:
    order = Order(tuple(address_of(one) for one in people), source, limits or Limits())
    return gather(folder, order, explorer, lambda: NOW)


def whole_chain(folder: Path, economy: Economy) -> Path:
    put(Workspace.open_or_create(folder).chain_dir, economy.blocks)
    return folder


def answered(folder: Path, *people: int, **more: Any) -> dict[str, Any]:
    return as_json(review(folder, ReviewRequest(addresses=tuple(address_of(one) for one in people), **more)))


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    """All of a review that must be the same from a case and from the whole chain.

    Counterparties of equal weight stand by the number of their script, which is another there.
    """
    them = {
        name: sorted(value, key=json.dumps) if isinstance(value, list) else value
        for name, value in answer.get("counterparties", {}).items()
    }
    return {name: value for name, value in answer.items() if name not in STANDING} | {"counterparties": them}


def digests(folder: Path) -> dict[str, str]:
    """Of the columns of a workspace's chain, which must hold together and follow from the log alone."""
    chain = Workspace.open(folder).chain_dir
    report = check(chain)
    assert report.good, report.faults
    with Chain.open(chain) as opened:
        return column_digests(opened)


def state_of(folder: Path) -> Gathered:
    return read_gathered(AppendLog(Workspace.open(folder).gathered_dir))


def nothing_wrong(folder: Path, explorer: ChainExplorer) -> None:
    """All that is kept is of the explorer's true chain: bytes, headers, places, and what the store says."""
    state = state_of(folder)
    for txid, raw in state.raw.items():
        assert raw == explorer.txs[txid][2].raw
    for height, block in state.at_height.items():
        assert explorer.blocks[height].hash == block
    for txid in state.places:
        place = state.place(txid)
        assert place is None or place.height == explorer.txs[txid][0]
        assert place is None or place.position in (None, explorer.txs[txid][1])
    if state.network:
        with hasty():
            index_gathered(Workspace.open(folder).chain_dir, state)
        assert len(columns_of(state).left_out) == 0
