"""A SOCKS5 proxy on the loopback that writes down what it was asked; it sends every name to one address."""

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Asked(NamedTuple):
    """One request: the kind of address (1 IPv4, 3 a name, 4 IPv6), what it was, and by whom."""

    kind: int
    host: str
    port: int
    user: str
    password: str


@dataclass
class Socks:
    """The proxy.

    Attributes:
        port: where it listens on 127.0.0.1.
        leads: (host, port) as asked, to a port on 127.0.0.1.
        asked: what it was asked, in order.
        reply: what it answers to a request; 0 is yes.
    """

    port: int
    leads: Mapping[tuple[str, int], int]
    asked: list[Asked] = field(default_factory=list)
    reply: int = 0

    @property
    def url(self) -> str:
        return f"socks5://127.0.0.1:{self.port}"


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        socks: Socks = self.server.socks  # type: ignore[attr-defined]
        try:
            asked = self._asked()
        except EOFError:
            return
        socks.asked.append(asked)
        target = socks.leads.get((asked.host, asked.port))
        reply = socks.reply or (0 if target else 4)
        for byte in bytes(
            (5, reply, 0, 1, 127, 0, 0, 1, 0, 9)
        ):  # byte by byte: a reader must not count on more
            self.request.sendall(bytes((byte,)))
        if not reply and target:
            with socket.create_connection(("127.0.0.1", target)) as onward:
                _pipe(self.request, onward)

    def _asked(self) -> Asked:
        version, count = self._read(2)
        assert version == 5
        assert 2 in self._read(count)
        self.request.sendall(b"\5\2")
        assert self._read(1) == b"\1"
        user, password = (self._read(self._read(1)[0]).decode() for _ in range(2))
        self.request.sendall(b"\1\0")
        version, command, _, kind = self._read(4)
        assert (version, command) == (5, 1)
        host = self._host(kind)
        return Asked(kind, host, int.from_bytes(self._read(2), "big"), user, password)

    def _host(self, kind: int) -> str:
        if kind == 3:
            return self._read(self._read(1)[0]).decode()
        family, length = {1: (socket.AF_INET, 4), 4: (socket.AF_INET6, 16)}[kind]
        return socket.inet_ntop(family, self._read(length))

    def _read(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            piece = self.request.recv(count - len(out))
            if not piece:
                raise EOFError
            out += piece
        return out


def _pipe(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(1 << 16):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def socks_proxy(leads: Mapping[tuple[str, int], int]) -> Iterator[Socks]:
    """Run a proxy that leads requests to ports on the loopback."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.socks = socks = Socks(server.server_address[1], leads)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield socks
        finally:
            server.shutdown()
            thread.join()
