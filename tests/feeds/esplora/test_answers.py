"""The Esplora client against a server that was written apart from it, over the real door."""

from collections import Counter
from hashlib import sha256
from typing import Any

import pytest

from oracle.blockmaker import make_tx
from oracle.parse import sha256d
from peers.esplora_server import Answer, Server
from peers.made_node import MadeNode
from qaif.errors import SourceShapeError, SourceTooLongError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Listed
from support.explorers import busiest, changing, histories, told


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
    server.asked.clear()
    client.count(script)
    assert list(client.history(script, frozenset())) == pages
    assert len(server.asked) == 1 + len(pages)


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


def test_what_inputs_spend_is_proven_by_the_bytes(node: MadeNode, server: Server, client: Esplora) -> None:
    everything = told(node)
    outs = {
        (tx.txid, vout): (out.value, out.script) for _, tx in everything for vout, out in enumerate(tx.outs)
    }
    for _, tx in everything[-30:]:
        found = [one and (one.value_sat, one.script_raw) for one in client.proven_prevouts(tx.txid)]
        assert found == [outs.get((one.txid, one.vout)) for one in tx.ins]
    spender = [tx for _, tx in everything if len(tx.ins) > 1 and tx.ins[0].vout != 0xFFFFFFFF][-1]

    def lie(value: Any) -> None:
        """A little from the one input to the other: the fee stays as it was."""
        value["vin"][0]["prevout"]["value"] += 5
        value["vin"][1]["prevout"]["value"] -= 5

    server.fault = changing(f"/tx/{spender.txid[::-1].hex()}", lie)
    assert client.transaction(spender.txid)[1] == spender.serialise()
    with pytest.raises(SourceShapeError, match="Input 0 of transaction"):
        client.proven_prevouts(spender.txid)


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
