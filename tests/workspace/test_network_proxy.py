"""With a proxy set, every connection goes through it, and it finds the names: no packet goes beside it.

What Python's own sockets do is seen by an audit hook: each connection and each look-up of a name.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import pytest

from qaif.errors import SourceError
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.socks_server import socks_proxy
from support.web_server import plain, web_server

_WATCHED = """
import json, sys
seen = []
def watch(event, arguments):
    if event.split(".")[0] == "socket" and event != "socket.__new__":
        where = arguments[0] if event == "socket.getaddrinfo" else arguments[-1]
        seen.append([event, repr(where)])
sys.addaudithook(watch)
sys.path.insert(0, sys.argv[1])
from qaif.errors import SourceError
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
named = {place: Manner(proxy=sys.argv[2], tries=1) for place in sys.argv[3:]}
bodies = []
with Door(named) as door:
    for place in named:
        try:
            bodies.append(door.http(place, purpose="a test").get("/secret", at_most=99).body.decode())
        except SourceError:
            bodies.append(None)
print(json.dumps([bodies, seen]))
"""
SOURCE = Path(__file__).resolve().parents[2] / "src"


def watched(proxy: str, *places: str) -> tuple[list[str | None], set[str]]:
    """What places answer through a proxy, and every place that the process turned to, as Python tells it."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(SOURCE), proxy, *places],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    bodies, seen = json.loads(done.stdout)
    return bodies, {where for _, where in seen}


def test_only_the_proxy_is_turned_to_and_it_gets_names() -> None:
    with web_server(lambda line, *_: plain(line.encode())) as web:
        names = [("one.test", 80), ("two.onion", 8080), ("127.0.0.1", web.port), ("gone.test", 80)]
        leads = dict.fromkeys(names[:3], web.port)
        with socks_proxy(leads) as socks:
            bodies, turned_to = watched(socks.url, *(f"http://{host}:{port}" for host, port in names))
            assert bodies == ["GET /secret HTTP/1.1"] * 3 + [None]
            assert turned_to == {"'127.0.0.1'", f"('127.0.0.1', {socks.port})"}
            assert [(a.kind, a.host, a.port) for a in socks.asked] == [
                *((3, "one.test", 80), (3, "two.onion", 8080)),
                *((1, "127.0.0.1", web.port), (3, "gone.test", 80)),
            ]
            assert len({(a.user, a.password) for a in socks.asked}) == 4


def test_the_watch_sees_what_goes_beside() -> None:
    """The same run without the proxy in the way: the audit hook tells of both connection and look-up."""
    with web_server(lambda *_: plain(b"")) as web:
        done = subprocess.run(
            [
                *(sys.executable, "-c", _WATCHED.replace("Manner(proxy=sys.argv[2], tries=1)", "Manner()")),
                *(str(SOURCE), "-", f"http://localhost:{web.port}"),
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    seen = json.loads(done.stdout)[1]
    assert ["socket.getaddrinfo", "'localhost'"] in seen
    assert any(event == "socket.connect" for event, _ in seen)


def test_one_source_keeps_its_user_over_connections() -> None:
    with (
        web_server(lambda *_: plain(b"")) as web,
        socks_proxy({("a.test", 80): web.port}) as socks,
        Door({"http://a.test": Manner(proxy=socks.url)}) as door,
    ):
        http = door.http("http://a.test", purpose="a test")
        for _ in range(3):
            http.get("/", at_most=9)
        door.http("http://a.test", purpose="another").get("/", at_most=9)
    assert len(socks.asked) == 4
    assert len({(a.user, a.password) for a in socks.asked}) == 2


@pytest.mark.parametrize("reply", [1, 5, 99])
def test_a_proxy_that_refuses_is_not_passed_by(reply: int) -> None:
    with web_server(lambda *_: plain(b"")) as web, socks_proxy({}) as socks:
        socks.reply = reply
        place = f"http://127.0.0.1:{web.port}"
        manner = Manner(proxy=socks.url, tries=2, first_pause=0.01)
        with Door({place: manner}) as door, pytest.raises(SourceError, match="the proxy does not connect"):
            door.http(place, purpose="a test").get("/", at_most=9)
        assert web.asked == []
        assert len(socks.asked) == 2


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x05\x00", b"\x05\xff", b"\x05"])
def test_what_is_no_such_proxy_is_an_error(said: bytes) -> None:
    with web_server(lambda *_: plain(b"")) as web:
        place = f"http://127.0.0.1:{web.port}"
        proxy = _Mute(said)
        manner = Manner(proxy=f"socks5://127.0.0.1:{proxy.port}", tries=1, connect_seconds=0.4)
        with proxy, Door({place: manner}) as door, pytest.raises(SourceError, match="did not answer"):
            door.http(place, purpose="a test").get("/", at_most=9)
        assert web.asked == []


class _Mute:
    """Listens, says one thing, and then nothing."""

    def __init__(self, said: bytes) -> None:
        import socket

        self._said, self._listener = said, socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.sendall(self._said)
            self._over.wait(5)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()
