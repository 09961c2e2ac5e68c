"""The Electrum client against e-x on a real node: what it finds, and that Esplora's client finds the same."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import urandom
from pathlib import Path
from typing import NamedTuple

import pytest

from oracle.blockmaker import double
from oracle.parse import parse_block, parse_tx
from peers.bcoin import Bcoin, bcoin
from peers.e_x import ElectrumServer, e_x
from peers.esplora_index import BcoinNode
from peers.esplora_server import esplora
from peers.wallet import FEE, Wallet
from qaif.errors import SourceError
from qaif.feeds.electrum.answers import GREETING
from qaif.feeds.electrum.client import Electrum
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Explorer, Listed
from qaif.workspace.electrum_door import electrum
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from qaif.workspace.responses import Responses

QUICK = Manner(requests_a_second=10_000, tries=40, first_pause=0.1, longest_pause=0.2, total_seconds=60)
PAYEE = b"\x00\x14" + b"payee" * 4
MOST_HEADERS = 2_016  # in a page of e-x


class SourceAt(NamedTuple):
    """A source by name."""

    place: str


@pytest.fixture(scope="module")
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        one.mine(MOST_HEADERS)
        yield one


@pytest.fixture(scope="module")
def wallet(node: Bcoin) -> Wallet:
    """It has paid, from several coins and to itself, in blocks of some transactions."""
    one = Wallet(node, seed=11).earn(10)
    for number in range(6):
        one.send([(20_000 + number, PAYEE)], coins=2)
        one.send([(30_000 + number, PAYEE), (5_000, b"\x51")])
        node.mine()
    return one


@pytest.fixture(scope="module")
def server(node: Bcoin, wallet: Wallet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElectrumServer]:
    assert wallet.node is node
    with e_x(node, tmp_path_factory.mktemp("e_x")) as one:
        yield one


@contextmanager
def asking(server: ElectrumServer, version: str = "1.6") -> Iterator[Electrum]:
    """A client that speaks a version."""
    place = f"tcp://127.0.0.1:{server.port}"
    with Door({place: QUICK}) as door:
        calls = door.calls(place, purpose="a test", greeting=[(GREETING[0], ("qaif", ["1.4", version]))])
        yield Electrum(calls, place)
        assert calls.greeted[0][1].startswith(version)  # type: ignore[index]


@pytest.fixture(params=["1.4", "1.6"])
def client(server: ElectrumServer, node: Bcoin, request: pytest.FixtureRequest) -> Iterator[Electrum]:
    server.until(node.height())
    with asking(server, request.param) as one:
        yield one


def listed(client: Explorer, script: bytes) -> list[Listed]:
    return [one for page in client.history(script, frozenset()) for one in page]


def paying(node: Bcoin, script: bytes) -> list[tuple[int, int, bytes]]:
    """What pays a script in the newest blocks: height, position, id."""
    first = node.height() - 60
    return [
        (first + at, position, tx.txid)
        for at, raw in enumerate(node.raws(node.hashes(first)))
        for position, tx in enumerate(parse_block(raw).txs)
        if script in [out.script for out in tx.outs]
    ]


def test_where_it_is(node: Bcoin, client: Electrum) -> None:
    assert client.network.name == "regtest"
    stand = client.stand()
    assert (stand.height, stand.hash_raw[::-1].hex()) == (node.height(), node.hashes(node.height())[0])


def test_headers_over_pages(node: Bcoin, client: Electrum) -> None:
    height, hashes = node.height(), node.hashes()
    everything = client.headers(0, 10_000)
    assert height > MOST_HEADERS
    assert [double(raw)[::-1].hex() for raw in everything] == hashes
    assert client.headers(height - 4, 3) == everything[-5:-2]
    assert client.headers(height, 1) == everything[-1:]
    assert client.headers(height + 1, 1) == client.headers(height + 9, 3) == client.headers(4, 0) == []


def test_histories_bytes_and_places(node: Bcoin, wallet: Wallet, client: Electrum) -> None:
    expected, found = paying(node, PAYEE), listed(client, PAYEE)
    assert [(one.height, one.txid_raw) for one in reversed(found)] == [(at, txid) for at, _, txid in expected]
    assert len(expected) == 12
    raws = list(client.transactions([one.txid_raw for one in found]))
    assert raws == [bytes.fromhex(node.call("getrawtransaction", one.txid_raw[::-1].hex())) for one in found]
    places = [client.place(one) for one in reversed(found)]
    assert [(one.height, one.position) for one in places] == [(at, row) for at, row, _ in expected]
    assert {len(one.branch_raw or ()) for one in places} == {2}
    many = [one.txid_raw for one in listed(client, wallet.script)]
    assert len(many) > 16
    assert [parse_tx(raw).txid for raw in client.transactions(many)] == many


def test_what_inputs_spend(wallet: Wallet, client: Electrum) -> None:
    for one in listed(client, PAYEE):
        spent = client.proven_prevouts(one.txid_raw)
        (raw,) = client.transactions([one.txid_raw])
        assert sum(paid.value_sat for paid in spent if paid) == FEE + sum(
            out.value for out in parse_tx(raw).outs
        )
    coinbase = listed(client, wallet.script)[-1]
    assert client.proven_prevouts(coinbase.txid_raw) == (None,)


def test_it_finds_what_esploras_client_finds(node: Bcoin, wallet: Wallet, client: Electrum) -> None:
    with esplora(BcoinNode(node)) as theirs, Door({theirs.url: QUICK}) as door:
        other = Esplora(door.http(theirs.url, purpose="a test"), theirs.url)
        assert (client.network, client.stand()) == (other.network, other.stand())
        for script in (PAYEE, wallet.script, b"\x51\x51"):
            mine, told = listed(client, script), listed(other, script)
            assert mine == [one._replace(block_hash_raw=None) for one in told]
            ids = [one.txid_raw for one in mine]
            assert list(client.transactions(ids)) == list(other.transactions(ids))
            for one in mine[:9]:
                assert client.place(one) == other.place(one)
                spent, also = client.proven_prevouts(one.txid_raw), other.proven_prevouts(one.txid_raw)
                assert [one and tuple(one) for one in spent] == [
                    one and (one.value_sat, one.script_raw) for one in also
                ]
        assert client.headers(node.height() - 20, 30) == other.headers(node.height() - 20, 30)


def test_what_waits_and_a_reorganisation(
    node: Bcoin, wallet: Wallet, server: ElectrumServer, client: Electrum
) -> None:
    """Payments wait; they are put into a block, fall out, and are put in again."""
    script = b"\x00\x14" + urandom(20)
    below, height = node.hashes(node.height())[0], node.height()
    sent = [wallet.send([(70_000 + number, script)]).txid for number in range(2)]
    until(lambda: {one.txid_raw for one in listed(client, script)} == set(sent))
    assert [one.height for one in listed(client, script)] == [None, None]
    with pytest.raises(SourceError, match="in no block"):
        client.place(Listed(sent[0], None))
    node.mine(2)
    server.until(height + 2)
    first = listed(client, script)
    assert [one.height for one in first] == [height + 1] * 2
    old = client.headers(height + 1, 1)[0]
    assert client.place(first[0]).height == height + 1
    raws = [bytes.fromhex(node.call("getrawtransaction", txid[::-1].hex())) for txid in sent]
    node.mine(4, onto=below, empty=True)
    server.until(height + 4)
    until(lambda: client.headers(height + 1, 1) != [old])
    assert client.stand().height == height + 4
    assert [one.height for one in listed(client, script)] in ([], [None, None])
    with pytest.raises(SourceError) as caught:
        client.place(first[0])
    assert caught.value.details["number"] == 1
    node.mine(txs=raws)
    server.until(height + 5)
    again = listed(client, script)
    assert [one.height for one in again] == [height + 5] * 2
    assert [client.place(one).position for one in again] == [
        row for _, row, _ in reversed(paying(node, script))
    ]


def test_what_is_kept_is_not_asked_for_again(server: ElectrumServer, tmp_path: Path) -> None:
    place = f"tcp://127.0.0.1:{server.port}"
    counts = []
    for _ in range(2):
        with Door({place: QUICK}) as door:
            made = electrum(SourceAt(place), door, tmp_path)
            one = listed(made, PAYEE)[0]
            (raw,) = made.transactions([one.txid_raw])
            assert parse_tx(raw).txid == one.txid_raw
            counts.append(door.counts()[place].requests)
            answers = made.answers_sha256()
            kept = [Responses(tmp_path).body(digest.hex()) for digest in answers]
            assert json.loads(kept[-1] or b"") == raw.hex()
    assert counts == [3, 2]  # the greeting and the history are asked for again


def until(is_so: Callable[[], bool]) -> None:
    """Wait for the server to see what the node has."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
