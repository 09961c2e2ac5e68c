"""An explorer that lies: what it tells is tried by ids, hashes and work, and refused where they say no."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from oracle.blockmaker import make_tx
from oracle.parse import parse_tx, sha256d
from peers.esplora_server import Answer, Server, esplora
from peers.made_node import MadeNode
from qaif.errors import SourceError, SourceShapeError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Listed
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.explorers import Change, Instead, busiest, changing, histories, told

PAGE_LIES: dict[str, Change] = {
    "an amount": lambda page: page[3]["vout"][0].update(value=page[3]["vout"][0]["value"] + 1),
    "an amount and the fee": lambda page: (
        page[3]["vout"][0].update(value=page[3]["vout"][0]["value"] - 1),
        page[3].update(fee=page[3]["fee"] + 1),
    ),
    "a script": lambda page: page[3]["vout"][0].update(scriptpubkey="51"),
    "an input": lambda page: page[3]["vin"][0].update(txid="11" * 32),
    "a sequence": lambda page: page[3]["vin"][0].update(sequence=0),
    "a locktime": lambda page: page[3].update(locktime=9),
    "a version": lambda page: page[3].update(version=1),
    "an output too few": lambda page: page[3]["vout"].pop(),
    "a witness": lambda page: page[3]["vin"][0].update(witness=["00"] * 9),
    "a size": lambda page: page[3].update(size=page[3]["size"] + 1),
}


@pytest.mark.parametrize("lie", PAGE_LIES)
def test_what_a_page_tells_is_tried_by_the_id(
    node: MadeNode, server: Server, client: Esplora, lie: str
) -> None:
    """The bytes then come from the server's other answer; the two disagree, and the transaction is named."""
    script = busiest(node)
    server.fault = changing("/txs", PAGE_LIES[lie])
    try:
        page = next(client.history(script, frozenset()))
        raws = list(client.transactions([one.txid_raw for one in page]))
    except SourceShapeError as error:
        named = [tx.txid for _, tx in told(node) if tx.txid[::-1].hex() == error.details["txid"]]
        assert named == [histories(node)[script][-4][1]]
    else:
        raise AssertionError(f"taken for true: {raws[3].hex()}")


SHAPES: dict[str, tuple[str, Change]] = {
    "twice": ("/txs", lambda page: page.append(page[-1])),
    "the same page again": ("", lambda _: None),
    "order": ("/txs", lambda page: page.reverse()),
    "a later block below": ("/txs", lambda page: page[-1]["status"].update(block_height=90)),
    "no list": ("/txs", lambda _: Instead({"txs": []})),
    "no objects": ("/txs", lambda _: Instead([1])),
    "a text for a number": ("/txs", lambda page: page[0]["vout"][0].update(value="1")),
    "a float": ("/txs", lambda page: page[0]["vout"][0].update(value=1.0)),
    "a truth for a number": ("/txs", lambda page: page[0].update(locktime=True)),
    "below zero": ("/txs", lambda page: page[0]["vout"][0].update(value=-1)),
    "more than there is": ("/txs", lambda page: page[0]["vout"][0].update(value=21 * 10**14 + 1)),
    "odd hex": ("/txs", lambda page: page[0]["vout"][0].update(scriptpubkey="511")),
    "spaced hex": ("/txs", lambda page: page[0]["vout"][0].update(scriptpubkey="51 5151 ")),
    "a short id": ("/txs", lambda page: page[0].update(txid="ab")),
    "no inputs": ("/txs", lambda page: page[0].update(vin=[])),
    "no status": ("/txs", lambda page: page[0].pop("status")),
    "a coinbase that is none": (
        "/txs",
        lambda page: page[0]["vin"][0].update(is_coinbase=True, prevout=None),
    ),
    "a coinbase that is none, without a fee": (
        "/txs",
        lambda page: (page[0].update(fee=0), page[0]["vin"][0].update(is_coinbase=True, prevout=None)),
    ),
    "another fee": ("/txs", lambda page: page[0].update(fee=page[0]["fee"] + 1)),
    "another prevout": ("/txs", lambda page: page[1]["vin"][0]["prevout"].update(value=3)),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_another_shape_is_refused(server: Server, client: Esplora, kind: str) -> None:
    ending, change = SHAPES[kind]
    script = b"\x76\xa9\x14" + sha256(bytes([3])).digest()[:20] + b"\x88\xac"
    first = next(client.history(script, frozenset()))
    assert len(first) == 25
    server.fault = changing(ending, change)
    if kind == "the same page again":
        page = server.answer(server.asked[0])
        server.fault = lambda *_: page
    with pytest.raises(SourceShapeError):
        list(client.history(script, frozenset()))


def test_a_page_that_comes_again_for_ever_is_refused() -> None:
    """All in one block, so that the order of blocks does not tell."""
    node, script = MadeNode(2, 3, 0), b"\x00\x14" + bytes(20)
    first = node.branch.add([], reward=[(1_000, b"\x51")] * 60).txs[0].txid
    node.branch.add([make_tx([(first, vout)], [(900, script)]) for vout in range(60)])
    with esplora(node) as server, Door({server.url: Manner(requests_a_second=10_000)}) as door:
        client = Esplora(door.http(server.url, purpose="a test"), server.url)
        assert [len(page) for page in client.history(script, frozenset())] == [25, 25, 10]
        page = server.answer(server.asked[0])
        server.fault = lambda *_: page
        with pytest.raises(SourceShapeError, match="twice"):
            list(client.history(script, frozenset()))


def lying(path_part: str, body: bytes, status: int = 200) -> Callable[[Server, str, Answer], Answer]:
    return lambda _, path, answer: Answer(status, body) if path_part in path else answer


@pytest.mark.parametrize(
    ("part", "body"),
    [
        *(("/raw", b""), ("/raw", b"garbage"), ("/raw", bytes(300))),
        ("/raw", make_tx([(bytes(32), 1)], [(1, b"\x51")]).raw),
    ],
)
def test_other_bytes_are_refused(
    node: MadeNode, server: Server, client: Esplora, part: str, body: bytes
) -> None:
    server.fault = lying(part, body)
    txid = told(node)[-1][1].txid
    with pytest.raises(SourceShapeError) as caught:
        list(client.transactions([txid]))
    assert caught.value.details["txid"] == txid[::-1].hex()


def test_bytes_with_something_after_them_are_refused(node: MadeNode, server: Server, client: Esplora) -> None:
    tx = told(node)[-1][1]
    server.fault = lying("/raw", tx.serialise() + b"\0")
    with pytest.raises(SourceShapeError):
        list(client.transactions([tx.txid]))


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page[0].update(nonce=page[0]["nonce"] ^ 1),
        lambda page: page[1].update(id=page[0]["id"]),
        lambda page: page[2].update(height=1),
        lambda page: page.pop(1),
        lambda page: page[0].pop("bits"),
        lambda _: Instead([]),
    ],
)
def test_headers_that_are_none_are_refused(server: Server, client: Esplora, change: Change) -> None:
    server.fault = changing("/blocks/90", change)
    with pytest.raises(SourceShapeError):
        client.headers(80, 11)


def test_another_header_than_that_of_the_hash_is_refused(
    node: MadeNode, server: Server, client: Esplora
) -> None:
    """A good one, with work, of another block."""
    server.fault = lying("/header", node.branch.blocks[7].raw[:80].hex().encode())
    assert client.headers(7, 1) == [node.branch.blocks[7].raw[:80]]
    with pytest.raises(SourceShapeError, match="not the header of that hash"):
        client.headers(8, 1)


def test_headers_of_another_branch_are_refused(server: Server, client: Esplora) -> None:
    """Both parts are chains, but the one does not follow the other."""
    other = MadeNode(6, 90)
    with esplora(other) as theirs:
        page = theirs.answer("/blocks/80")
    server.fault = lambda _, path, answer: page if path == "/blocks/80" else answer
    with pytest.raises(SourceShapeError, match="does not follow"):
        client.headers(75, 16)


@pytest.mark.parametrize(
    ("part", "body"),
    [
        *(("/tip/hash", b"12"), ("/tip/hash", b"00" * 32), ("/block/", b"{}"), ("/block/", b"null")),
        *(
            ("/block-height/0", b"00" * 32),
            ("/block-height/0", b"<html>"),
            ("/scripthash/", b'{"chain_stats": 1}'),
        ),
        *(
            ("/scripthash/", b'{"chain_stats": {"tx_count": -1}}'),
            ("/header", b"00" * 80),
            ("/header", b"zz"),
        ),
        *(("/merkle-proof", b"{}"), ("/merkle-proof", b'{"block_height": 1, "merkle": [], "pos": 1}')),
        *(("/merkle-proof", b'{"block_height": 1, "merkle": ["00"], "pos": 0}'), ("/outspends", b"[{}]")),
        ("/merkle-proof", b'{"block_height": 1, "pos": 0}'),
    ],
)
def test_other_answers_of_another_shape_are_refused(
    node: MadeNode, server: Server, client: Esplora, part: str, body: bytes
) -> None:
    txid = told(node)[-1][1].txid
    ask: dict[str, Callable[[], object]] = {
        "/tip/hash": client.stand,
        "/block/": client.stand,
        "/block-height/0": lambda: client.network,
        "/scripthash/": lambda: client.count(b"\x51"),
        "/header": lambda: client.headers(3, 1),
        "/merkle-proof": lambda: client.place(Listed(txid, 90)),
        "/outspends": lambda: client.outspends(txid),
    }
    server.fault = lying(part, body)
    with pytest.raises(SourceError) as caught:
        ask[part]()
    assert type(caught.value) is SourceShapeError or body == b"00" * 32


def test_another_block_than_the_tip_is_refused(server: Server, client: Esplora) -> None:
    older = Answer(200, json.dumps(server.shapes.block(50)).encode())
    server.fault = lambda _, path, answer: older if path.startswith("/block/") else answer
    with pytest.raises(SourceShapeError, match="is another block"):
        client.stand()


def test_a_transaction_under_another_id_is_refused(node: MadeNode, server: Server, client: Esplora) -> None:
    one, other = (tx.txid[::-1].hex() for _, tx in told(node)[-2:])
    answer = server.answer(f"/tx/{other}")
    server.fault = lambda *_: answer
    with pytest.raises(SourceShapeError, match="is another transaction"):
        client.transaction(bytes.fromhex(one)[::-1])


def test_a_tip_without_the_work_is_refused(node: MadeNode, server: Server, client: Esplora) -> None:
    """A header that a server made up has the right hash and not the work that it states."""
    block = server.shapes.block(90)
    header = bytearray(node.branch.blocks[90].raw[:80])
    header[72:76] = (0x1D00FFFF).to_bytes(4, "little")
    made = sha256d(bytes(header))[::-1].hex()
    block |= {"bits": 0x1D00FFFF, "id": made}
    assert client.network

    def fault(_: Server, path: str, answer: Answer) -> Answer:
        if path == "/blocks/tip/hash":
            return Answer(200, made.encode())
        return Answer(200, json.dumps(block).encode()) if path.startswith("/block/") else answer

    server.fault = fault
    with pytest.raises(SourceShapeError, match="lacks the work"):
        client.stand()


def test_what_is_not_there_says_so(server: Server, client: Esplora) -> None:
    with pytest.raises(SourceError, match="404"):
        list(client.transactions([bytes(32)]))
    with pytest.raises(SourceError, match="404"):
        client.place(Listed(bytes(32), 1))
    server.fault = lambda *_: Answer(404, b"nothing")
    with pytest.raises(SourceError, match="/api"):
        list(client.history(b"\x51", frozenset()))


def test_digests_of_what_was_answered(server: Server, client: Esplora) -> None:
    client.count(b"\x51")
    assert client.answers_sha256() == (sha256(server.answer(server.asked[-1]).body).digest(),)
    assert client.answers_sha256() == ()


def test_ids_of_the_server_are_those_of_its_bytes(server: Server) -> None:
    """The server in the tests is itself right."""
    for txid, known in server.index.txs.items():
        assert sha256d(parse_tx(known.raw).serialise(witness=False)) == txid
