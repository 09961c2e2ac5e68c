"""Answers kept in the workspace: given back where they last, checked, purged."""

import hashlib
from pathlib import Path

from peers.esplora_server import esplora
from peers.made_node import MadeNode
from qaif.feeds.esplora.client import DEEP, Esplora
from qaif.feeds.explorer import Listed
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from qaif.workspace.responses import Responses


def kept(responses: Responses, body: bytes, url: str, *, lasting: bool) -> str:
    digest = hashlib.sha256(body).hexdigest()
    responses.keep(digest, body, url, lasting=lasting)
    return digest


def test_lasting_answers_come_back_and_others_do_not(tmp_path: Path) -> None:
    first = Responses(tmp_path)
    assert first.lasting("a") is None
    digest = kept(first, b"one", "a", lasting=True)
    kept(first, b"two", "b", lasting=False)
    kept(first, b"one", "c", lasting=False)
    for responses in (first, Responses(tmp_path)):
        assert (responses.lasting("a"), responses.lasting("b"), responses.lasting("c")) == (
            b"one",
            None,
            None,
        )
        assert responses.body(digest) == b"one"
        assert responses.kept() == (3, 2, 6)
    assert (tmp_path / "responses" / digest[:2] / digest).read_bytes() == b"one"


def test_an_answer_that_was_changed_is_none(tmp_path: Path) -> None:
    digest = kept(Responses(tmp_path), b"one", "a", lasting=True)
    (tmp_path / "responses" / digest[:2] / digest).write_bytes(b"two")
    assert Responses(tmp_path).lasting("a") is None
    assert Responses(tmp_path).body("../../secret") is None


def test_a_list_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    kept(Responses(tmp_path), b"one", "a", lasting=True)
    with (tmp_path / "responses" / "asked.jsonl").open("ab") as file:
        file.write(b'{"at": "2026", "url": "b", "sha\n\xff[1]\n17\n')
    assert Responses(tmp_path).lasting("a") == b"one"


def test_purging(tmp_path: Path) -> None:
    responses = Responses(tmp_path)
    assert responses.purge() == (0, 0, 0)
    kept(responses, b"one", "a", lasting=True)
    assert responses.purge() == (1, 1, 3)
    assert list(tmp_path.iterdir()) == []
    assert responses.lasting("a") is None
    kept(responses, b"one", "a", lasting=True)
    assert responses.lasting("a") == b"one"


def test_what_lasts_is_asked_of_an_explorer_once(tmp_path: Path) -> None:
    """Raw transactions, headers by hash, proofs of deep blocks; not the tip, nor proofs that may change."""
    node = MadeNode(3, DEEP + 12)
    deep, late = node.branch.blocks[5].txs[0].txid, node.branch.blocks[-1].txs[0].txid
    asked: list[list[str]] = []
    answers: list[object] = []
    with esplora(node) as server:
        for _ in range(2):
            server.asked.clear()
            with Door({server.url: Manner(requests_a_second=10_000)}) as door:
                http = door.http(server.url, purpose="a test")
                client = Esplora(http, server.url, Responses(tmp_path))
                answers.append(
                    (
                        client.stand(),
                        list(client.transactions([deep])),
                        client.headers(5, 1),
                        client.place(Listed(deep, 5)),
                        client.place(Listed(late, DEEP + 12)),
                    )
                )
                assert len(client.answers_sha256()) == 8
            asked.append([path.replace(deep[::-1].hex(), "DEEP") for path in server.asked])
    assert answers[0] == answers[1]
    gone = set(asked[0]) - set(asked[1])
    header = f"/block/{node.branch.blocks[5].hash[::-1].hex()}/header"
    assert gone == {"/tx/DEEP/raw", header, "/tx/DEEP/merkle-proof"}


def test_a_lasting_answer_that_is_not_the_transaction_is_refused_by_its_reader(tmp_path: Path) -> None:
    """The kept answers are no better believed than the server."""
    import pytest

    from qaif.errors import SourceShapeError

    node = MadeNode(3, 5)
    txid = node.branch.blocks[2].txs[0].txid
    with esplora(node) as server, Door({server.url: Manner()}) as door:
        path = f"{server.url}/tx/{txid[::-1].hex()}/raw"
        kept(Responses(tmp_path), b"not it", path, lasting=True)
        client = Esplora(door.http(server.url, purpose="a test"), server.url, Responses(tmp_path))
        with pytest.raises(SourceShapeError):
            list(client.transactions([txid]))
