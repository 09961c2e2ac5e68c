"""The test explorer's shapes are right: another project's client syncs a wallet by it, on a real node."""

from collections.abc import Iterator

import bdkpython as bdk  # type: ignore[import-untyped]  # it ships no types
import pytest

from peers.bcoin import Bcoin, bcoin
from peers.esplora_index import BcoinNode
from peers.esplora_server import Server, esplora
from peers.wallet import FEE, Wallet
from qaif.feeds.esplora.client import Esplora
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

WORDS = "abandon " * 11 + "about"  # BIP39's first test vector: nobody's money
GAP = 5


@pytest.fixture(scope="module")
def node() -> Iterator[Bcoin]:
    with bcoin() as one:
        yield one


@pytest.fixture
def server(node: Bcoin) -> Iterator[Server]:
    with esplora(BcoinNode(node)) as one:
        yield one


def descriptors() -> tuple[bdk.Descriptor, bdk.Descriptor]:
    key = bdk.DescriptorSecretKey(bdk.NetworkKind.TEST, bdk.Mnemonic.from_string(WORDS), None)
    kinds = (bdk.KeychainKind.EXTERNAL, bdk.KeychainKind.INTERNAL)
    receives, changes = (bdk.Descriptor.new_bip84(key, kind, bdk.NetworkKind.TEST) for kind in kinds)
    return receives, changes


def wallet() -> bdk.Wallet:
    return bdk.Wallet(*descriptors(), bdk.Network.REGTEST, bdk.Persister.new_in_memory())


def scanned(server: Server, theirs: bdk.Wallet) -> int:
    """The balance that their client finds."""
    request = theirs.start_full_scan().build()
    theirs.apply_update(bdk.EsploraClient(server.url, None).full_scan(request, GAP, 1))
    return int(theirs.balance().total.to_sat())


def script_of(theirs: bdk.Wallet, index: int) -> bytes:
    found = theirs.peek_address(bdk.KeychainKind.EXTERNAL, index).address.script_pubkey()
    return bytes(found.to_bytes())


def test_their_client_finds_the_balance(node: Bcoin, server: Server) -> None:
    ours, theirs = Wallet(node, seed=3).earn(3), wallet()
    paid = [(100_000 + index, script_of(theirs, index)) for index in range(4)]
    first = ours.send(paid[:3])
    node.mine()
    assert scanned(server, theirs) == 300_003
    waiting = ours.send(paid[3:])
    assert scanned(server, theirs) == 400_006
    assert theirs.balance().untrusted_pending.to_sat() == 100_003
    node.mine()
    request = theirs.start_sync_with_revealed_spks().build()
    theirs.apply_update(bdk.EsploraClient(server.url, None).sync(request, 1))
    assert (theirs.balance().confirmed.to_sat(), theirs.balance().total.to_sat()) == (400_006, 400_006)
    seen = {str(tx.transaction.compute_txid()) for tx in theirs.transactions()}
    assert seen == {tx.txid[::-1].hex() for tx in (first, waiting)}


def test_their_client_reads_single_answers(node: Bcoin, server: Server) -> None:
    ours = Wallet(node, seed=4).earn(1)
    sent = ours.send([(50_000, script_of(wallet(), 9))])
    (shown,) = node.mine()
    height = node.height()
    client = bdk.EsploraClient(server.url, None)
    txid = bdk.Txid.from_string(sent.txid[::-1].hex())
    assert client.get_height() == height
    assert str(client.get_block_hash(height)) == str(client.get_tip_hash()) == shown
    info = client.get_tx_info(txid)
    assert info is not None
    assert (info.status.block_height, info.fee, info.size) == (height, FEE, len(sent.raw))
    found = client.get_tx(txid)
    assert found is not None
    assert bytes(found.serialize()) == sent.raw
    proof = client.get_merkle_proof(txid)
    assert proof is not None
    assert (proof.block_height, proof.pos, len(proof.merkle)) == (height, 1, 1)
    header = client.get_header_by_hash(bdk.BlockHash.from_string(shown))
    assert header.nonce == int.from_bytes(node.raw(shown)[76:80], "little")
    spent = client.get_output_status(bdk.Txid.from_string(node_coin(sent.raw)), 0)
    assert spent is not None
    assert (spent.spent, str(spent.txid)) == (True, sent.txid[::-1].hex())


def node_coin(raw: bytes) -> str:
    """What a transaction's first input spends (no witness in it)."""
    return raw[5:37][::-1].hex()


def test_our_client_finds_what_theirs_does(node: Bcoin, server: Server) -> None:
    """And follows a reorganisation, after which a transaction is in no block."""
    ours, theirs = Wallet(node, seed=5).earn(2), wallet()
    script = script_of(theirs, 20)
    below = node.hashes()[-1]
    sent = [ours.send([(1_000 + n, script)]) for n in range(2)]
    node.mine()
    with Door({server.url: Manner(requests_a_second=1_000)}) as door:
        client = Esplora(door.http(server.url, purpose="a test"), server.url)
        assert client.network.name == "regtest"
        height = client.stand().height
        listed = [one for page in client.history(script, frozenset()) for one in page]
        assert {one.txid_raw for one in listed} == {tx.txid for tx in sent}
        assert {one.height for one in listed} == {height}
        raws = client.transactions([tx.txid for tx in sent])
        assert list(raws) == [tx.raw for tx in sent]
        node.mine(3, onto=below, empty=True)
        assert client.stand().height == height + 2
        listed = [one for page in client.history(script, frozenset()) for one in page]
        assert [one.height for one in listed] in ([], [None, None])
        node.mine(txs=[tx.raw for tx in sent])
        listed = [one for page in client.history(script, frozenset()) for one in page]
        assert {one.height for one in listed} == {height + 3}
        assert client.headers(height - 1, 5) == [node.raw(one)[:80] for one in node.hashes()[-5:]]
