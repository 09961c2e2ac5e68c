"""A web server on the loopback that answers each request as it is told, down to single bytes."""

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Said = list[bytes | float]  # bytes are sent, numbers are seconds to wait; then the connection is closed


@dataclass
class Web:
    """The server.

    Attributes:
        port: on 127.0.0.1.
        answer: from the first line of a request, its body, and its number from 0, to what is said.
        asked: the first lines of requests, in order.
        heads: the whole heads.
    """

    port: int
    answer: Callable[[str, bytes, int], Said]
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)


def plain(body: bytes, status: str = "200 OK", *headers: str) -> Said:
    """A whole answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", "")
    return ["\r\n".join(lines).encode() + body]


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        try:
            connection = self._secured()
            head, body = _request(connection)
            web.asked.append(head.split("\r\n")[0])
            web.heads.append(head)
            for said in web.answer(web.asked[-1], body, len(web.asked) - 1):
                if isinstance(said, bytes):
                    connection.sendall(said)
                else:
                    time.sleep(said)
            if connection is not self.request:
                connection.close()
        except OSError:
            return

    def _secured(self) -> socket.socket:
        context: ssl.SSLContext | None = self.server.context  # type: ignore[attr-defined]
        request: socket.socket = self.request
        return request if context is None else context.wrap_socket(request, server_side=True)


def _request(connection: socket.socket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        if not piece:
            raise OSError("no request")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    ]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(1 << 16)
    return head.decode(), body


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def web_server(
    answer: Callable[[str, bytes, int], Said], context: ssl.SSLContext | None = None
) -> Iterator[Web]:
    """Run one."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        web = Web(server.server_address[1], answer)
        server.web, server.context = web, context  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
