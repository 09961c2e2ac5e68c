"""The Esplora client against a server that was written apart from it, over the real door."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest

from oracle.blockmaker import make_tx
from oracle.parse import Tx, parse_block, parse_tx, sha256d
from peers.esplora_server import Answer, Server, esplora
from peers.made_node import MadeNode
from qaif.errors import SourceError, SourceShapeError, SourceTooLongError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Listed
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


def told(node: MadeNode) -> list[tuple[int, Tx]]:
    """Every transaction of the chain with its height, in order."""
    blocks = [parse_block(block.raw) for block in node.branch.blocks]
    return [(height, tx) for height, block in enumerate(blocks) for tx in block.txs]


def histories(node: MadeNode) -> dict[bytes, list[tuple[int, bytes]]]:
    """Of each script: (height, id) in the chain's order."""
    outs: dict[tuple[bytes, int], bytes] = {}
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for height, tx in told(node):
        scripts = [outs[one.txid, one.vout] for one in tx.ins if (one.txid, one.vout) in outs]
        for vout, out in enumerate(tx.outs):
            outs[tx.txid, vout] = out.script
            scripts.append(out.script)
        for script in dict.fromkeys(scripts):
            found.setdefault(script, []).append((height, tx.txid))
    return found


def busiest(node: MadeNode) -> bytes:
    found = histories(node)
    return max(found, key=lambda script: (len(found[script]), script))


def test_where_it_is(node: MadeNode, client: Esplora) -> None:
    assert client.network.name == "regtest"
    assert client.stand() == (90, node.branch.blocks[-1].hash)


@pytest.mark.parametrize("by_path", [True, False])
def test_histories_are_whole_and_their_bytes_come_with_them(
    node: MadeNode, server: Server, client: Esplora, *, by_path: bool
) -> None:
    server.by_path = by_path
    raws = {tx.txid: tx.serialise() for _, tx in told(node)}
    found = histories(node)
    assert Counter(len(ids) > 50 for ids in found.values())[True] > 3
    busy = sorted(found, key=lambda script: -len(found[script]))
    for script in busy if by_path else busy[:5]:
        expected = found[script]
        assert client.count(script) == len(expected)
        listed = [one for page in client.history(script, frozenset()) for one in page]
        assert [(one.height, one.txid_raw) for one in listed] == expected[::-1]
        blocks = {(one.height, one.block_hash_raw) for one in listed}
        assert blocks <= {(height, block.hash) for height, block in enumerate(node.branch.blocks)}
        ids = [one.txid_raw for one in listed]
        assert list(client.transactions(ids)) == [raws[one] for one in ids]
    assert not [path for path in server.asked if path.endswith("/raw")]


def test_a_page_more_is_asked_for_where_nobody_counted(
    node: MadeNode, server: Server, client: Esplora
) -> None:
    script = busiest(node)
    pages = list(client.history(script, frozenset()))
    assert sum(map(len, pages)) == len(histories(node)[script])
    assert len(server.asked) == len(pages) + 1


def test_it_ends_at_a_page_that_is_known(node: MadeNode, server: Server, client: Esplora) -> None:
    script = busiest(node)
    ids = [txid for _, txid in reversed(histories(node)[script])]
    pages = list(client.history(script, frozenset(ids[20:])))
    assert [one.txid_raw for page in pages for one in page] == ids[:50]
    assert len(server.asked) == 2


def test_it_goes_on_after_a_transaction(node: MadeNode, client: Esplora) -> None:
    script = busiest(node)
    ids = [txid for _, txid in reversed(histories(node)[script])]
    pages = list(client.history_after(script, ids[6]))
    assert [one.txid_raw for page in pages for one in page] == ids[7:]


def test_what_waits_comes_first(node: MadeNode, client: Esplora) -> None:
    script = busiest(node)
    at, value = next(iter(node.branch.unspent.items()))
    waiting = make_tx([at], [(value - 100, script)])
    node.waiting = [waiting.raw]
    first = next(client.history(script, frozenset()))
    assert first[0] == Listed(waiting.txid, None, None)
    assert first[1].height is not None
    assert list(client.transactions([waiting.txid])) == [waiting.raw]
    assert client.count(script) == len(histories(node)[script])
    new = b"\x00\x14" + sha256(b"new").digest()[:20]
    node.waiting = [make_tx([at], [(value, new)]).raw]
    assert [len(page) for page in client.history(new, frozenset())] == [1]
    assert client.count(new) == 0


def test_a_script_that_nobody_used(client: Esplora) -> None:
    assert client.count(b"\x51\x51") == 0
    assert list(client.history(b"\x51\x51", frozenset())) == []


def test_single_transactions_with_what_they_spend(node: MadeNode, client: Esplora) -> None:
    everything = told(node)
    outs = {
        (tx.txid, vout): (out.value, out.script) for _, tx in everything for vout, out in enumerate(tx.outs)
    }
    for height, tx in everything[-40:] + everything[:2]:
        seen, raw = client.transaction(tx.txid)
        assert raw == tx.serialise()
        assert seen.status.height == height
        spent = [(one.prevout.value_sat, one.prevout.script_raw) for one in seen.inputs if one.prevout]
        assert spent == [outs[one.txid, one.vout] for one in tx.ins if one.vout != 0xFFFFFFFF]
    ids = [tx.txid for _, tx in everything[:30]]
    assert list(client.transactions(ids)) == [tx.serialise() for _, tx in everything[:30]]


def test_what_spends_outputs(node: MadeNode, client: Esplora) -> None:
    everything = told(node)
    spenders = {
        (one.txid, one.vout): (tx.txid, vin, height)
        for height, tx in everything
        for vin, one in enumerate(tx.ins)
    }
    for _, tx in everything[3:40]:
        seen = [None if one is None else (*one[:2], one.status.height) for one in client.outspends(tx.txid)]
        assert seen == [spenders.get((tx.txid, vout)) for vout in range(len(tx.outs))]


def test_places_come_with_branches(node: MadeNode, client: Esplora) -> None:
    for height, tx in told(node)[-60:]:
        place = client.place(Listed(tx.txid, height))
        assert place.branch_raw is not None
        assert place.position is not None
        row = tx.txid
        for level, other in enumerate(place.branch_raw):
            row = sha256d(other + row if place.position >> level & 1 else row + other)
        assert (place.height, row) == (height, node.branch.blocks[height].raw[36:68])


def test_headers(node: MadeNode, server: Server, client: Esplora) -> None:
    raws = [block.raw[:80] for block in node.branch.blocks]
    assert client.headers(0, 91) == raws
    assert len(server.asked) < 15
    assert client.headers(88, 10) == raws[88:]
    assert client.headers(17, 1) == raws[17:18]
    assert client.headers(3, 2) == raws[3:5]
    assert client.headers(91, 1) == client.headers(91, 5) == client.headers(5, 0) == []


def test_a_history_that_is_too_long_is_told_as_such(node: MadeNode, server: Server, client: Esplora) -> None:
    server.longest = 10
    with pytest.raises(SourceTooLongError, match="Too many history entries"):
        next(client.history(busiest(node), frozenset()))
    server.longest, server.fault = 100_000, lambda *_: Answer(400, b"History too long: 123")
    with pytest.raises(SourceTooLongError):
        client.count(busiest(node))


Change = Callable[[Any], object]


class Instead:
    """Stands in the place of an answer."""

    def __init__(self, value: object) -> None:
        self.value = value


def changing(ending: str, change: Change) -> Callable[[Server, str, Answer], Answer]:
    """A fault that changes the JSON of answers to paths that end so."""

    def fault(_: Server, path: str, answer: Answer) -> Answer:
        if not path.endswith(ending):
            return answer
        value = json.loads(answer.body)
        given = change(value)
        return Answer(200, json.dumps(given.value if isinstance(given, Instead) else value).encode())

    return fault


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
