"""The peers themselves: a node that mines, signs off transactions and reorganises, a server on top of it."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from oracle.blockmaker import make_tx
from oracle.parse import parse_block
from peers.bcoin import Bcoin, NodeError, bcoin
from peers.e_x import e_x
from peers.wallet import Wallet
from support.coredir import KINDS, script_of


@pytest.fixture(scope="module")
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        yield one


def scripthash(script: bytes) -> str:
    return sha256(script).digest()[::-1].hex()


def test_it_starts_within_seconds_and_is_alone() -> None:
    began = time.monotonic()
    with bcoin() as other:
        assert time.monotonic() - began < 5
        assert other.call("getblockchaininfo")["chain"] == "regtest"
        assert other.call("getconnectioncount") == 0
        assert other.call("getnetworkinfo")["localaddresses"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_what_is_signed(node: Bcoin, kind: str) -> None:
    """Every form of script is spent, in the mempool and in a block."""
    wallet = Wallet(node, kind, seed=12 if kind == "full-even" else 11).earn(1)
    sent = wallet.send([(500_000, script_of("p2pkh", 3))])
    assert node.mempool() == [sent.txid[::-1].hex()]
    assert [tx.txid for tx in parse_block(node.raw(node.mine()[0])).txs[1:]] == [sent.txid]
    given = wallet.pay([(500_000, script_of("p2pkh", 4))])
    assert [tx.txid for tx in parse_block(node.raw(node.mine(txs=[given.raw])[0])).txs[1:]] == [given.txid]


def test_it_refuses_what_is_not_signed(node: Bcoin) -> None:
    wallet = Wallet(node, seed=5).earn(1)
    unsigned = make_tx(list(wallet.purse.coins), [(1_000, b"\x51")])
    with pytest.raises(NodeError):
        node.send(unsigned.raw)
    with pytest.raises(NodeError):
        node.mine(txs=[unsigned.raw])
    with pytest.raises(NodeError, match="missing"):
        node.send(make_tx([(bytes(range(32)), 0)], [(1_000, b"\x51")]).raw)


def test_it_reorganises(node: Bcoin) -> None:
    """By a longer branch, after which the old blocks can still be read; and by a block taken out."""
    old = node.mine(6)
    below = node.call("getblockheader", old[0])["previousblockhash"]
    new = node.mine(7, onto=below, empty=True)
    assert node.hashes()[-7:] == new
    assert node.raws(old) != node.raws(new[:6])
    height = node.height()
    node.invalidate(new[3])
    assert node.height() == height - 4
    assert node.hashes()[-3:] == new[:3]


def test_an_electrum_server_on_top_of_it(tmp_path: Path) -> None:
    with bcoin() as node:
        wallet = Wallet(node).earn(2)
        payee = script_of("p2pkh", 31)
        with e_x(node, tmp_path) as server:
            assert server.ask("server.features")["genesis_hash"] == node.hashes()[0]
            sent = wallet.send([(700_000, payee)])
            txid, at = sent.txid[::-1].hex(), node.height() + 1
            node.mine()
            server.until(at)
            asked = ("blockchain.scripthash.get_history", scripthash(payee))
            assert server.ask(*asked) == [{"tx_hash": txid, "height": at}]
            assert bytes.fromhex(server.ask("blockchain.transaction.get", txid)) == sent.raw
            node.mine(4, onto=node.hashes()[at - 1], empty=True)
            server.until(at + 3)
            assert [one["height"] for one in server.ask(*asked)] in ([], [0])
