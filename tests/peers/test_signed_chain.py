"""A simulated chain with valid signatures, given to a node block by block."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers.bcoin import Bcoin, bcoin
from qaif.feeds.simulation.world.run import PRELUDE, run
from qaif.feeds.simulation.world.scenarios import SCENARIOS


@pytest.fixture
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        yield one


def blocks_of(folder: Path) -> list[bytes]:
    """Without the genesis block, which every node has."""
    data, at, found = (folder / "blocks" / "blk00000.dat").read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return found[1:]


@pytest.mark.parametrize("signed", [True, False])
def test_a_node_takes_the_signed_chain_and_no_other(node: Bcoin, tmp_path: Path, *, signed: bool) -> None:
    run(SCENARIOS["everyday-2017"], tmp_path, 4, 240, signed=signed)
    blocks = blocks_of(tmp_path)
    said = node.batch([("submitblock", raw.hex()) for raw in blocks])
    assert node.call("getblockcount") == (len(blocks) if signed else PRELUDE)
    assert (said.count(None) == len(blocks)) == signed
