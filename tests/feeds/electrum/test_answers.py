"""The Electrum client over a made chain: what an honest server may do that is not usual."""

from contextlib import suppress
from itertools import pairwise
from socket import SHUT_RDWR
from typing import Any

import pytest

from oracle.blockmaker import make_tx
from oracle.parse import parse_block
from peers.electrum_lines import ElectrumLines, RefusedError
from peers.made_node import MadeNode
from qaif.errors import SourceError, SourceShapeError, SourceTooLongError
from qaif.feeds.electrum.client import Electrum, script_hash
from qaif.feeds.explorer import Listed
from support.explorers import busiest, histories, told
from support.keeping import Kept
from support.line_server import Lines


def listed(client: Electrum, script: bytes) -> list[Listed]:
    return [one for page in client.history(script, frozenset()) for one in page]


def asked(lines: Lines) -> list[str]:
    return [message["method"].rpartition(".")[2] for _, message in lines.asked]


def test_a_scripts_hash_is_that_of_the_protocol() -> None:
    """The example in the protocol's documentation: the script of the first block's address."""
    script = bytes.fromhex("76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac")
    assert script_hash(script) == "8b01df4e368ea28f8dc0423bcf7a4923e3a12d307c875e47a0cfbf90b5c39161"


def test_everything_about_scripts(node: MadeNode, client: Electrum) -> None:
    raws = {tx.txid: tx.serialise() for _, tx in told(node)}
    blocks = [[tx.txid for tx in parse_block(block.raw).txs] for block in node.branch.blocks]
    assert client.stand() == (130, node.branch.blocks[-1].hash)
    every = histories(node)
    assert len(every[busiest(node)]) > 2 * 16  # more transactions than are asked for at once
    for script in [busiest(node), *list(every)[::16]]:
        expected = every[script]
        found = listed(client, script)
        assert [(one.height, one.txid_raw) for one in found] == expected[::-1]
        ids = [one.txid_raw for one in found]
        assert list(client.transactions(ids)) == [raws[one] for one in ids]
        for height, txid in expected[-5:]:
            assert client.place(Listed(txid, height)).position == blocks[height].index(txid)


def test_the_version_is_settled_first(client: Electrum, lines: Lines) -> None:
    assert client.network.name == "regtest"
    assert lines.asked[0][1]["params"][1] == ["1.4", "1.6"]
    assert asked(lines) == ["version", "header"]


@pytest.mark.parametrize("version", ["1.4", "1.4.2", "1.5", "1.6", "1.6.1"])
def test_headers_in_every_version(
    node: MadeNode, server: ElectrumLines, client: Electrum, version: str
) -> None:
    server.version = version
    server.most = 40
    raws = [block.raw[:80] for block in node.branch.blocks]
    assert client.headers(0, 131) == client.headers(0, 900) == raws
    assert client.headers(7, 2) == raws[7:9]
    assert client.headers(131, 1) == client.headers(140, 5) == client.headers(3, 0) == []


def test_what_inputs_spend(node: MadeNode, client: Electrum) -> None:
    everything = told(node)
    outs = {
        (tx.txid, vout): (out.value, out.script) for _, tx in everything for vout, out in enumerate(tx.outs)
    }
    for _, tx in everything[:2] + everything[-20:]:
        assert list(client.proven_prevouts(tx.txid)) == [outs.get((one.txid, one.vout)) for one in tx.ins]


def test_what_waits_comes_first_and_once(node: MadeNode, server: ElectrumLines, client: Electrum) -> None:
    script = busiest(node)
    at, value = next(iter(node.branch.unspent.items()))
    waiting = make_tx([at], [(value - 100, script)])
    node.waiting = [waiting.raw]
    found = listed(client, script)
    assert found[0] == Listed(waiting.txid, None)
    assert len(found) == len(histories(node)[script]) + 1
    assert list(client.transactions([waiting.txid])) == [waiting.raw]

    def also_waits(_: str, __: list[Any], value: Any) -> Any:
        """A block came while the server wrote the answer."""
        return [*value, {**value[0], "height": -1}]

    server.change = also_waits
    assert listed(client, script) == found


def test_the_first_blocks_transaction_is_in_it(node: MadeNode, client: Electrum) -> None:
    """Its height, 0, otherwise says that a transaction waits."""
    first = parse_block(node.branch.blocks[0].raw).txs[0]
    assert listed(client, first.outs[0].script)[-1] == Listed(first.txid, 0)


def test_a_script_that_nobody_used(client: Electrum) -> None:
    assert listed(client, b"\x51\x51") == []
    assert client.count(b"\x51\x51") is None  # type: ignore[func-returns-value]


def test_those_before_a_refused_one_are_given(node: MadeNode, client: Electrum) -> None:
    ids = [tx.txid for _, tx in told(node)[:20]]
    given = client.transactions([*ids, bytes(32), ids[0]])
    for txid in ids:
        assert next(given) == next(tx.serialise() for _, tx in told(node) if tx.txid == txid)
    with pytest.raises(SourceError, match="No such"):
        next(given)


def test_several_are_asked_for_at_once(node: MadeNode, client: Electrum, lines: Lines) -> None:
    height = next(at for at, tx in told(node)[60:])
    ids = [txid for at, txid in ((at, tx.txid) for at, tx in told(node)) if at == height]
    list(client.transactions(ids))
    for txid in ids:
        client.place(Listed(txid, height))
    assert asked(lines).count("header") == 2  # the first block's and this one's
    assert lines.connections == 1


def test_what_cannot_change_is_asked_for_once(
    node: MadeNode, client: Electrum, lines: Lines, kept: Kept
) -> None:
    client.stand()
    deep, fresh = (next((at, tx.txid) for at, tx in told(node) if at == height) for height in (30, 31))
    for height, txid in (deep, fresh):
        client.place(Listed(txid, height))
        list(client.transactions([txid]))
    assert sorted(url.split("/")[3] for url in kept.lasts) == ["blockchain.transaction.get"] * 2 + [
        "blockchain.transaction.get_merkle"
    ]
    before, answers = len(lines.asked), client.answers_sha256()
    client.place(Listed(deep[1], deep[0]))
    list(client.transactions([deep[1], fresh[1]]))
    assert len(lines.asked) == before
    assert set(client.answers_sha256()) < set(answers)


def test_a_proof_that_was_kept_and_no_longer_holds_is_asked_for_anew(
    node: MadeNode, client: Electrum, kept: Kept
) -> None:
    client.stand()
    pairs = [(at, tx.txid) for at, tx in told(node)]
    (height, txid), (_, other) = next((a, b) for a, b in pairwise(pairs) if a[0] == b[0] and 10 < a[0] < 25)
    right = client.place(Listed(txid, height))
    client.place(Listed(other, height))
    one, two = [next(url for url in kept.lasts if key[::-1].hex() in url) for key in (txid, other)]
    kept.lasts[one], good = kept.lasts[two], kept.lasts[one]
    assert client.place(Listed(txid, height)) == right
    assert kept.lasts[one] == good


def test_a_reorganisation_between_two_answers(
    node: MadeNode, server: ElectrumLines, client: Electrum
) -> None:
    """The first time an answer is of another chain; the second time all is of one."""
    other = ElectrumLines(MadeNode(6, 130))
    done: list[str] = []

    def once(method: str, params: list[Any], value: Any) -> Any:
        if params[0] in {50, 80} and method not in done:
            done.append(method)
            return other.truth(method, params)
        return value

    server.most = other.most = 40
    client.network  # noqa: B018  it is asked for
    server.change = once
    assert client.headers(10, 100) == [block.raw[:80] for block in node.branch.blocks[10:110]]
    tx = next(tx for at, tx in told(node) if at == 80)
    assert client.place(Listed(tx.txid, 80)).height == 80
    assert done == ["blockchain.block.headers", "blockchain.block.header"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(10_001, "history too large"), (1, "history too large"), (-32603, "Too many history entries")],
)
def test_a_history_that_is_too_long(server: ElectrumLines, client: Electrum, number: int, text: str) -> None:
    def refuse(method: str, *_: Any) -> Any:
        raise RefusedError(number, f"{text} for {method}")

    client.network  # noqa: B018  it is asked for
    server.change = refuse
    with pytest.raises(SourceTooLongError, match=text):
        listed(client, b"\x51")
    with pytest.raises(SourceError) as caught:
        client.stand()
    assert type(caught.value) is SourceError


def test_a_new_connection_settles_the_version_anew(
    node: MadeNode, server: ElectrumLines, client: Electrum, lines: Lines
) -> None:
    """Behind one name there can be several servers."""
    for version, is_spoken in (("1.6", True), ("1.7", False), ("1.4.2", True), ("1.3", False)):
        server.version = version
        for connection in lines.live:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        lines.live.clear()
        if is_spoken:
            assert client.headers(5, 2) == [block.raw[:80] for block in node.branch.blocks[5:7]]
        else:
            with pytest.raises(SourceShapeError, match=f"is {version}"):
                client.stand()
    assert lines.connections == 4
