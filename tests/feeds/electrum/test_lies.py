"""An Electrum server that lies or babbles: what it says is tried by id, work, link and root, and refused."""

from collections.abc import Callable
from typing import Any

import pytest

from oracle.blockmaker import make_tx
from peers.electrum_lines import ElectrumLines, RawJson
from peers.made_node import MadeNode
from qaif.errors import SourceShapeError
from qaif.feeds.electrum.client import Electrum
from qaif.feeds.explorer import Listed
from qaif.feeds.networks import NETWORKS
from support.explorers import busiest, told
from support.keeping import Kept

Lie = Callable[[Any], Any]
GARBAGE: list[Any] = [
    None,
    True,
    1,
    -1,
    1.5,
    "",
    "zz",
    "00" * 79,
    "00" * 80,
    [],
    [1],
    {},
    {"height": 1},
    [[]],
]
GARBAGE += ["ab " * 80, {"hex": 3, "height": 0}, {"count": 1, "max": 0, "hex": ""}, [{"tx_hash": 1}], 2**70]


def telling(server: ElectrumLines, method: str, lie: Lie) -> None:
    """Let the server change the answers of a method."""
    server.change = lambda asked, _, value: lie(value) if asked == f"blockchain.{method}" else value


def always(value: Any) -> Lie:
    """The same in the place of every answer."""
    return lambda _: value


def of_block(node: MadeNode, size: int) -> tuple[int, list[bytes]]:
    """A block of at least so many transactions: its height, and their ids."""
    heights = [at for at, _ in told(node)]
    height = next(at for at in heights if heights.count(at) >= size)
    return height, [tx.txid for at, tx in told(node) if at == height]


BRANCH_LIES: dict[str, Lie] = {
    "another hash": lambda value: {**value, "merkle": ["11" * 32, *value["merkle"][1:]]},
    "hashes in wire order": lambda value: {
        **value,
        "merkle": [bytes.fromhex(one)[::-1].hex() for one in value["merkle"]],
    },
    "a hash too few": lambda value: {**value, "merkle": value["merkle"][:-1], "pos": 0},
    "a hash too many": lambda value: {**value, "merkle": [*value["merkle"], "00" * 32]},
    "another position": lambda value: {**value, "pos": value["pos"] ^ 1},
    "a position that is not": lambda value: {**value, "pos": 1 << len(value["merkle"])},
    "another height": lambda value: {**value, "block_height": value["block_height"] - 1},
    "no branch": lambda value: {**value, "merkle": None},
    "no hash": lambda value: {**value, "merkle": ["00"]},
    "a text for a position": lambda value: {**value, "pos": "0"},
}


@pytest.mark.parametrize("lie", BRANCH_LIES)
def test_a_wrong_branch_is_refused(
    node: MadeNode, server: ElectrumLines, client: Electrum, kept: Kept, lie: str
) -> None:
    height, ids = of_block(node, 3)
    client.stand()
    telling(server, "transaction.get_merkle", BRANCH_LIES[lie])
    for txid in ids:
        with pytest.raises(SourceShapeError):
            client.place(Listed(txid, height))
    assert not kept.lasts


def test_the_repeated_place_of_an_odd_row_proves_nothing(
    node: MadeNode, server: ElectrumLines, client: Electrum
) -> None:
    """The last of three hashes stands on both sides of its parent: only the left one is a place."""
    heights = [at for at, _ in told(node)]
    height = next(at for at in heights if heights.count(at) % 2 and heights.count(at) > 1)
    last = [tx.txid for at, tx in told(node) if at == height][-1]
    assert client.place(Listed(last, height)).position == heights.count(height) - 1
    telling(server, "transaction.get_merkle", lambda value: {**value, "pos": value["pos"] + 1})
    with pytest.raises(SourceShapeError, match="does not lead"):
        client.place(Listed(last, height))


def test_other_bytes_are_refused(node: MadeNode, server: ElectrumLines, client: Electrum, kept: Kept) -> None:
    tx = told(node)[-1][1]
    right = tx.serialise().hex()
    other = make_tx([(bytes(32), 1)], [(1, b"\x51")]).raw.hex()
    for lie in ("", "garbage", right[:-2], right + "00", right[:-1], right.replace("00", "01", 1), other):
        telling(server, "transaction.get", always(lie))
        with pytest.raises(SourceShapeError):
            list(client.transactions([tx.txid]))
    assert not kept.lasts
    telling(server, "transaction.get", lambda _: right)
    assert list(client.transactions([tx.txid])) == [tx.serialise()]
    with pytest.raises(SourceShapeError) as caught:
        list(client.transactions([told(node)[-2][1].txid]))
    assert caught.value.details["txid"] == told(node)[-2][1].txid[::-1].hex()


def _turned(text: str, at: int) -> str:
    """Hex with one bit of a byte turned."""
    raw = bytearray.fromhex(text)
    raw[at] ^= 1
    return raw.hex()


HEADER_LIES: dict[str, Lie] = {
    "another parent": lambda texts: [*texts[:3], _turned(texts[3], 10), *texts[4:]],
    "another root": lambda texts: [*texts[:3], _turned(texts[3], 40), *texts[4:]],
    "one left out": lambda texts: texts[:3] + texts[4:],
    "other order": lambda texts: texts[::-1],
    "bits of no network": lambda texts: [texts[0][:144] + "ffff7f21" + texts[0][152:], *texts[1:]],
    "bits that it did not work for": lambda texts: [texts[0][:144] + "ffff001d" + texts[0][152:], *texts[1:]],
}


@pytest.mark.parametrize("lie", HEADER_LIES)
@pytest.mark.parametrize("version", ["1.4", "1.6"])
def test_headers_that_are_none_are_refused(
    server: ElectrumLines, client: Electrum, version: str, lie: str
) -> None:
    server.version = version

    def change(value: Any) -> Any:
        texts = value.get("headers") or [
            value["hex"][at : at + 160] for at in range(0, len(value["hex"]), 160)
        ]
        texts = HEADER_LIES[lie](texts)
        value["count"] = len(texts)
        return value | ({"hex": "".join(texts)} if version == "1.4" else {"headers": texts})

    telling(server, "block.headers", change)
    with pytest.raises(SourceShapeError):
        client.headers(20, 10)


@pytest.mark.parametrize(
    "lie",
    [
        lambda value: value | {"count": 11},
        lambda value: value | {"count": 9},
        lambda value: value | {"headers": value["headers"][:-1]},
        lambda value: value | {"headers": [*value["headers"][:-1], "00" * 81]},
        lambda value: value | {"headers": None, "hex": "".join(value["headers"]) + "00"},
    ],
)
def test_headers_that_are_not_counted_right_are_refused(
    server: ElectrumLines, client: Electrum, lie: Lie
) -> None:
    telling(server, "block.headers", lie)
    with pytest.raises(SourceShapeError):
        client.headers(20, 10)


def test_headers_that_do_not_begin_where_they_must_are_refused(
    server: ElectrumLines, client: Electrum
) -> None:
    other = server.truth("blockchain.block.headers", [1, 5])
    telling(server, "block.headers", lambda _: other)
    with pytest.raises(SourceShapeError, match="is not of regtest"):
        client.headers(0, 5)
    other = server.truth("blockchain.block.headers", [0, 5])
    with pytest.raises(SourceShapeError, match="is not of regtest"):
        client.headers(1, 5)


def test_headers_that_never_fit_are_refused(server: ElectrumLines, client: Electrum) -> None:
    other = ElectrumLines(MadeNode(6, 130))
    server.most = other.most = 40
    server.change = lambda method, params, value: other.truth(method, params) if params[:1] == [50] else value
    with pytest.raises(SourceShapeError, match="a block at 50 that does not follow"):
        client.headers(10, 100)


def test_a_tip_without_the_work_is_refused(server: ElectrumLines, client: Electrum) -> None:
    telling(
        server,
        "headers.subscribe",
        lambda value: value | {"hex": value["hex"][:144] + "ffff001d" + value["hex"][152:]},
    )
    with pytest.raises(SourceShapeError, match="without the work"):
        client.stand()


def test_another_network_is_not_taken_for_this_one(server: ElectrumLines, client: Electrum) -> None:
    """The first header of mainnet makes it mainnet, whose work a block of regtest does not have."""
    mainnet = (
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e"
        "67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    )
    telling(server, "block.header", lambda _: mainnet)
    assert client.network == NETWORKS["mainnet"]
    with pytest.raises(SourceShapeError, match="mainnet"):
        client.stand()


def test_a_first_block_of_no_network_is_refused(server: ElectrumLines, client: Electrum) -> None:
    telling(server, "block.header", lambda value: _turned(value, 70))
    with pytest.raises(SourceShapeError, match="no first block that Qaif knows"):
        client.network  # noqa: B018  it is asked for


HISTORY_LIES: dict[str, Lie] = {
    "twice": lambda rows: [*rows, rows[-1]],
    "order": lambda rows: rows[::-1],
    "waiting below": lambda rows: [{**rows[0], "height": 0}, *rows[1:]],
    "waiting twice": lambda rows: [*rows, *[{"tx_hash": "11" * 32, "height": -1}] * 2],
    "below the least": lambda rows: [*rows, {"tx_hash": "11" * 32, "height": -2}],
    "a height that cannot be": lambda rows: [*rows, {"tx_hash": "11" * 32, "height": 2**31}],
    "no height": lambda rows: [*rows, {"tx_hash": "11" * 32}],
    "a text": lambda rows: [*rows, {"tx_hash": "11" * 32, "height": "140"}],
    "a truth": lambda rows: [*rows, {"tx_hash": "11" * 32, "height": True}],
    "a short id": lambda rows: [*rows, {"tx_hash": "11" * 31, "height": 140}],
    "no object": lambda rows: [*rows, "11" * 32],
    "no list": lambda rows: {"history": rows},
}


@pytest.mark.parametrize("lie", HISTORY_LIES)
def test_histories_of_another_shape_are_refused(
    node: MadeNode, server: ElectrumLines, client: Electrum, lie: str
) -> None:
    telling(server, "scripthash.get_history", HISTORY_LIES[lie])
    with pytest.raises(SourceShapeError):
        list(client.history(busiest(node), frozenset()))


@pytest.mark.parametrize(
    "hello",
    [*GARBAGE, ["small", "1.3"], ["small", "1.7"], ["small", "2.4"], ["small", "1"], ["small", 1.4], "1.4"],
)
def test_another_version_is_refused(server: ElectrumLines, client: Electrum, hello: Any) -> None:
    server.change = lambda method, _, value: hello if method == "server.version" else value
    for _ in range(2):
        with pytest.raises(SourceShapeError):
            client.stand()


def test_garbage_in_the_place_of_each_answer_is_refused(
    node: MadeNode, server: ElectrumLines, client: Electrum
) -> None:
    height, (txid, *_) = of_block(node, 2)
    ask: dict[str, Callable[[], object]] = {
        "block.header": lambda: client.place(Listed(txid, height)),
        "headers.subscribe": client.stand,
        "block.headers": lambda: client.headers(5, 3),
        "scripthash.get_history": lambda: list(client.history(busiest(node), frozenset())),
        "transaction.get": lambda: list(client.transactions([txid])),
        "transaction.get_merkle": lambda: client.place(Listed(txid, height)),
    }
    assert client.network.name == "regtest"
    for method, question in ask.items():
        for lie in GARBAGE:
            if lie == [] and method == "scripthash.get_history":
                continue  # that is a history
            telling(server, method, always(lie))
            with pytest.raises(SourceShapeError):
                question()
        server.change = None
        question()


@pytest.mark.parametrize("said", [b"garbage\n", b"[]\n", b'{"id": 77, "result": 1}\n', b"\xff\xfe\n"])
def test_lines_that_are_no_answers_are_refused(server: ElectrumLines, client: Electrum, said: bytes) -> None:
    server.change = lambda *_: said
    with pytest.raises(SourceShapeError):
        client.stand()


@pytest.mark.parametrize("depth", [300, 900, 980, 5_000, 100_000])
def test_deep_nesting_is_an_error_of_ours(server: ElectrumLines, client: Electrum, depth: int) -> None:
    assert client.network
    telling(server, "headers.subscribe", lambda _: RawJson(b"[" * depth + b"]" * depth))
    with pytest.raises(SourceShapeError):
        client.stand()
