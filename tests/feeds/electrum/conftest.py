"""A made chain, its Electrum server, and the client that asks it through the real door."""

from collections.abc import Callable, Iterator

import pytest

from peers.electrum_lines import ElectrumLines
from peers.made_node import MadeNode
from qaif.feeds.electrum.answers import GREETING
from qaif.feeds.electrum.client import Electrum
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.keeping import Kept
from support.line_server import Lines, line_server

QUICK = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, longest_pause=0.01, total_seconds=200)


@pytest.fixture(scope="module")
def node() -> MadeNode:
    return MadeNode(5, 130, 9)


@pytest.fixture(scope="module")
def _served(node: MadeNode) -> ElectrumLines:
    return ElectrumLines(node)


@pytest.fixture
def server(_served: ElectrumLines) -> Iterator[ElectrumLines]:
    yield _served
    _served.change, _served.version, _served.most = None, "1.6", 2016
    _served.index.node.waiting = []  # type: ignore[attr-defined]


@pytest.fixture
def lines(server: ElectrumLines) -> Iterator[Lines]:
    with line_server(server.answer) as one:
        yield one


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def fresh(lines: Lines) -> Iterator[Callable[..., Electrum]]:
    """Makes clients that know nothing yet, over one connection."""
    place = f"tcp://127.0.0.1:{lines.port}"
    with Door({place: QUICK}) as door:
        calls = door.calls(place, purpose="a test", greeting=[GREETING])
        yield lambda keeps=None: Electrum(calls, place, keeps)


@pytest.fixture
def client(fresh: Callable[..., Electrum], kept: Kept) -> Electrum:
    return fresh(kept)
