"""A server on the loopback that speaks JSON-RPC in lines, as it is told."""

import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Said = list[bytes | float | None]  # bytes are sent, numbers are seconds to wait, None hangs up


@dataclass
class Lines:
    """The server.

    Attributes:
        port: on 127.0.0.1.
        answer: from a message and the number of the connection to what is said.
        asked: messages, in order, with their connection's number.
        live: connections that are open.
    """

    port: int
    answer: Callable[[dict[str, Any], int], Said]
    asked: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    live: list[socket.socket] = field(default_factory=list)
    connections: int = 0


def result(message: dict[str, Any], value: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": value}).encode() + b"\n"


def error(message: dict[str, Any], number: int, text: str) -> bytes:
    said = {"code": number, "message": text}
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": said}).encode() + b"\n"


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        lines: Lines = self.server.lines  # type: ignore[attr-defined]
        context: ssl.SSLContext | None = self.server.context  # type: ignore[attr-defined]
        number, lines.connections = lines.connections, lines.connections + 1
        try:
            request: socket.socket = self.request
            connection = request if context is None else context.wrap_socket(request, server_side=True)
            lines.live.append(connection)
            with connection, connection.makefile("rb") as file:
                for line in file:
                    message = json.loads(line)
                    lines.asked.append((number, message))
                    if not _say(connection, lines.answer(message, number)):
                        return
        except OSError:
            return


def _say(connection: socket.socket, saying: Said) -> bool:
    for said in saying:
        if said is None:
            connection.shutdown(socket.SHUT_RDWR)
            return False
        if isinstance(said, bytes):
            connection.sendall(said)
        else:
            time.sleep(said)
    return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def line_server(
    answer: Callable[[dict[str, Any], int], Said], context: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Lines]:
    """Run one."""
    with _Server(("127.0.0.1", port), _Handler) as server:
        lines = Lines(server.server_address[1], answer)
        server.lines, server.context = lines, context  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield lines
        finally:
            server.shutdown()
            thread.join()
