"""JSON-RPC in lines through the door: answers in any order, news, breaks, and certificates."""

import json
import ssl
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qaif.errors import SourceError, SourceShapeError, WorkspaceError
from qaif.workspace.network import over_lines
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from qaif.workspace.network.remembered import Remembered
from support.line_server import Said, line_server, result
from support.socks_server import socks_proxy

CERTIFICATES = Path(__file__).resolve().parents[1] / "support" / "certificates"
QUICK = Manner(
    requests_a_second=10_000,
    connect_seconds=2,
    read_seconds=0.5,
    total_seconds=3,
    tries=3,
    first_pause=0.01,
    longest_pause=0.02,
)


def echo(message: dict[str, Any], _: int) -> Said:
    return [result(message, [message["method"], *message["params"]])]


def test_calls_and_their_counts() -> None:
    with line_server(echo) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            calls = door.calls(place, purpose="a test")
            assert calls.call("a", 1, "é") == ["a", 1, "é"]
            assert calls.batch([("b", ()), ("c", (2,))]) == [["b"], ["c", 2]]
            assert calls.batch([]) == []
            (counts,) = door.counts().values()
    assert (counts.requests, counts.repeated, server.connections) == (3, 0, 1)
    assert counts.sent > 100 < counts.received


def test_a_long_batch_keeps_its_order() -> None:
    with line_server(echo) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            got = door.calls(place, purpose="a test").batch([("m", (n,)) for n in range(300)])
    assert got == [["m", n] for n in range(300)]


def test_answers_come_in_any_order_and_messages_between_them() -> None:
    held: list[bytes] = []

    def backwards(message: dict[str, Any], _: int) -> Said:
        held.insert(0, result(message, message["method"]))
        notice = b'{"method": "news", "params": [%d]}\n' % len(held)
        return [notice, b"".join(held)[:7], 0.02, b"".join(held)[7:]] if len(held) == 3 else [notice]

    with line_server(backwards) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            calls = door.calls(place, purpose="a test")
            assert calls.batch([("a", ()), ("b", ()), ("c", ())]) == ["a", "b", "c"]
            assert [calls.notified(1) for _ in range(3)] == [("news", (n,)) for n in (1, 2, 3)]
            assert calls.notified(0.05) is None


def test_short_lines_after_a_long_one_that_came_in_pieces() -> None:
    def answer(message: dict[str, Any], _: int) -> Said:
        line = result(message, "z" * 500)
        return [
            line[:400],
            0.05,
            line[400:] + b'{"method": "n", "params": [1]}\n{"method": "n", "params": [2]}\n',
        ]

    with line_server(answer) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            calls = door.calls(place, purpose="a test")
            assert calls.call("a") == "z" * 500
            assert [calls.notified(1), calls.notified(1)] == [("n", (1,)), ("n", (2,))]


def test_it_waits_for_news_and_says_when_the_connection_breaks() -> None:
    later: Said = [0.2, b'{"jsonrpc": "2.0", "method": "x", "params": [1.5]}\n', 0.2, None]

    def answer(message: dict[str, Any], _: int) -> Said:
        return [result(message, "yes"), *(later if message["method"] == "subscribe" else [])]

    with line_server(answer) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            calls = door.calls(place, purpose="a test", greeting=[("hello", ("q",))])
            assert calls.call("subscribe") == "yes"
            assert calls.notified(2) == ("x", (Decimal("1.5"),))
            with pytest.raises(SourceError, match="hung up"):
                calls.notified(5)
            assert calls.connections == 1
            assert calls.call("again") == "yes"
            assert (calls.connections, calls.greeted) == (2, ["yes"])
    assert [message["method"] for _, message in server.asked] == ["hello", "subscribe", "hello", "again"]


@pytest.mark.parametrize("end", [[None], [b'{"id": ', None], [1.0]], ids=["hung up", "cut", "silent"])
def test_a_break_is_mended_by_a_new_connection(end: Said) -> None:
    with line_server(lambda message, number: end if number < 2 else echo(message, number)) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            assert door.calls(place, purpose="a test").call("a") == ["a"]
            assert server.connections == 3
    with line_server(lambda *_: end) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door, pytest.raises(SourceError, match="did not answer a") as caught:
            door.calls(place, purpose="a test").call("a")
        assert type(caught.value) is SourceError
        assert server.connections == 3


def test_an_error_for_an_answer_is_one_and_leaves_the_connection() -> None:
    def answer(message: dict[str, Any], _: int) -> Said:
        if message["method"] == "bad":
            error = {"code": -32600, "message": "history too large"}
            return [json.dumps({"id": message["id"], "error": error}).encode() + b"\n"]
        return [result(message, None)]

    with line_server(answer) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door:
            calls = door.calls(place, purpose="a test")
            with pytest.raises(SourceError, match="history too large") as caught:
                calls.batch([("bad", ()), ("good", ())])
            assert caught.value.details["number"] == -32600
            assert calls.call("good") is None
    assert (server.connections, len(server.asked)) == (1, 3)


@pytest.mark.parametrize(
    "line",
    [
        *(b"<html>", b"[1]", b"\xff\xfe", b"{}", b'{"id": 99, "result": 1}', b'{"id": "0", "result": 1}'),
        *(b'{"id": 0, "result": NaN}', b'{"method": 1, "params": []}', b'{"method": "a", "params": {}}'),
        *(b"[" * 100_000, b'{"id": true, "result": 1}', b'{"id": 0, "result": ' + b"9" * 5_000 + b"}"),
    ],
)
def test_what_is_no_message_is_an_error(line: bytes) -> None:
    with line_server(lambda *_: [line + b"\n"]) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door, pytest.raises(SourceShapeError):
            door.calls(place, purpose="a test").call("a")
    assert len(server.asked) == 1


def test_a_line_without_an_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_lines, "_MOST_LINE", 100_000)
    with line_server(lambda *_: [b"z" * 65_536] * 200) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: QUICK}) as door, pytest.raises(SourceShapeError, match="more than 100,000 bytes"):
            door.calls(place, purpose="a test").call("a")


def test_a_server_that_drips_is_given_up_in_time() -> None:
    drip: Said = [b'{"id": 0, "result": "']
    for _ in range(40):
        drip += [b".", 0.2]
    began = time.monotonic()
    with line_server(lambda *_: drip) as server:
        place = f"tcp://127.0.0.1:{server.port}"
        with Door({place: Manner(total_seconds=1, read_seconds=0.5)}) as door, pytest.raises(SourceError):
            door.calls(place, purpose="a test").call("a")
    assert time.monotonic() - began < 4


def test_through_a_proxy_by_name() -> None:
    with line_server(echo) as server, socks_proxy({("electrum.test", 50001): server.port}) as socks:
        place = "tcp://electrum.test:50001"
        with Door({place: Manner(proxy=socks.url)}) as door:
            assert door.calls(place, purpose="a test").call("a") == ["a"]
    assert [(a.kind, a.host, a.port) for a in socks.asked] == [(3, "electrum.test", 50001)]


def served(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def asked(place: str, memory: Remembered | None, manner: Manner = QUICK) -> object:
    with Door({place: manner}, memory) as door:
        return door.calls(place, purpose="a test").call("a")


def test_a_certificate_is_pinned_at_first_use(tmp_path: Path) -> None:
    memory = Remembered(tmp_path)
    with line_server(echo, served("one")) as server:
        place = f"tls://localhost:{server.port}"
        with pytest.raises(SourceError, match="did not answer"):
            asked(place, None)
        assert asked(place, memory) == asked(place, memory) == ["a"]
        port = server.port
    assert len(memory.certificates()[place]) == 64
    with line_server(echo, served("other"), port) as server:
        with pytest.raises(SourceError, match="another certificate") as caught:
            asked(place, memory)
        assert "sources forget" in caught.value.way_out
        assert server.asked == []
        assert memory.forget_certificate(place)
        assert asked(place, memory) == ["a"]


def test_a_place_that_an_authority_vouched_for_is_not_taken_without(tmp_path: Path) -> None:
    memory = Remembered(tmp_path)
    with line_server(echo, served("one")) as server:
        place = f"tls://localhost:{server.port}"
        memory.keep_certificate(place, "authority")
        with pytest.raises(SourceError, match="an authority signed"):
            asked(place, memory)
        assert server.asked == []


def test_a_given_certificate_alone_is_taken(tmp_path: Path) -> None:
    memory = Remembered(tmp_path)
    with line_server(echo, served("one")) as server:
        place = f"tls://localhost:{server.port}"
        assert asked(place, memory, Manner(ca_file=CERTIFICATES / "one.pem")) == ["a"]
        with pytest.raises(SourceError):
            asked(place, memory, Manner(ca_file=CERTIFICATES / "other.pem"))
    assert memory.certificates() == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 2}', '{"version": 1, "certificates": [], "told": {}}', "[" * 99_999]
)
def test_a_spoilt_memory_is_not_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "network.json").write_text(text)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        Remembered(tmp_path).certificate("x")
