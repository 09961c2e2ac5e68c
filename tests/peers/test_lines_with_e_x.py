"""The door's lines with a real Electrum server: calls, many at once, errors, and news."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from oracle.parse import parse_tx
from peers.bcoin import Bcoin, bcoin
from peers.e_x import e_x
from qaif.errors import SourceError
from qaif.feeds.wire import Calls
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

SCRIPT = b"\x00\x14" + sha256(b"a payee").digest()[:20]
HELLO = ("server.version", ("qaif", ["1.4", "1.6"]))
QUICK = Manner(requests_a_second=10_000, tries=40, first_pause=0.1, longest_pause=0.2, total_seconds=60)


@pytest.fixture(scope="module")
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        one.mine(120, SCRIPT)
        yield one


def until_told(calls: Calls, method: str) -> tuple[object, ...]:
    """The next news of a kind."""
    for _ in range(20):
        news = calls.notified(2)
        if news is not None and news[0] == method:
            return news[1]
    raise AssertionError("nothing was told")


def test_calls_and_news(node: Bcoin, tmp_path: Path) -> None:
    digest = sha256(SCRIPT).digest()[::-1].hex()
    with e_x(node, tmp_path) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            made = door.calls(place, purpose="a test", greeting=[HELLO])
            calls: Calls = made
            history = calls.call("blockchain.scripthash.get_history", digest)
            assert isinstance(history, list)
            assert [one["height"] for one in history] == list(range(1, 121))
            asked = [("blockchain.transaction.get", (one["tx_hash"],)) for one in history]
            raws = [bytes.fromhex(str(raw)) for raw in calls.batch(asked)]
            ids = [sha256(sha256(_without_witness(raw)).digest()).digest()[::-1].hex() for raw in raws]
            assert ids == [one["tx_hash"] for one in history]
            assert str(made.greeted[0][1]).startswith("1.")  # type: ignore[index]
            with pytest.raises(SourceError) as caught:
                calls.call("blockchain.transaction.get", "00" * 32)
            assert type(caught.value) is SourceError
            assert caught.value.details["number"] == 2
            calls.call("blockchain.headers.subscribe")
            node.mine()
            (header,) = until_told(calls, "blockchain.headers.subscribe")
            assert isinstance(header, dict)
            assert (header["height"], made.connections) == (121, 1)


def _without_witness(raw: bytes) -> bytes:
    """A coinbase's bytes as its id has them: bcoin's have a witness where a block commits to one."""
    return parse_tx(raw).serialise(witness=False)
