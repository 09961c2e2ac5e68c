"""A made chain, its explorer, and the client that asks it through the real door."""

from collections.abc import Iterator

import pytest

from peers.esplora_server import Server, esplora
from peers.made_node import MadeNode
from qaif.feeds.esplora.client import Esplora
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

QUICK = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, longest_pause=0.01, total_seconds=200)


@pytest.fixture(scope="module")
def node() -> MadeNode:
    return MadeNode(5, 90, 14)


@pytest.fixture(scope="module")
def _served(node: MadeNode) -> Iterator[Server]:
    with esplora(node) as server:
        yield server


@pytest.fixture
def server(_served: Server) -> Iterator[Server]:
    yield _served
    _served.fault, _served.longest, _served.by_path = None, 100_000, True
    _served.index.node.waiting = []  # type: ignore[attr-defined]


@pytest.fixture
def client(server: Server) -> Iterator[Esplora]:
    server.asked.clear()
    with Door({server.url: QUICK}) as door:
        yield Esplora(door.http(server.url, purpose="a test"), server.url)
