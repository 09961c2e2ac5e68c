"""Connections: each one that Qaif makes over TCP is made here, straight or through a SOCKS5 proxy.

Through a proxy the host's name goes to the proxy as a name (RFC 1928), so that no other machine is asked for
its address. The library's own SOCKS client waits without a limit for a proxy that does not answer, and takes
half an answer for a whole one; this one does neither.
"""

import ipaddress
import time
from collections.abc import Iterable
from ssl import SSLContext
from threading import local
from typing import Any

import httpcore

from qaif.workspace.network.manner import Proxy

_VERSION, _CONNECT, _BY_PASSWORD = 5, 1, 2
_PASSWORD_VERSION = 1
_REFUSALS = {
    1: "it failed",
    2: "its rules forbid it",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the host refused",
    6: "it took too long",
    7: "it knows no such command",
    8: "it knows no such address",
}
_ADDRESS_LENGTHS = {1: 4, 4: 16}
_NAME = 3


class Reaching(httpcore.NetworkBackend):
    """Makes connections for httpcore, and for lines.

    Args:
        proxy: through what; straight where None.
    """

    def __init__(self, proxy: Proxy | None) -> None:
        self._proxy = proxy
        self._straight = httpcore.SyncBackend()
        self.until = Until()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: there is no connection.
            httpcore.ProxyError: the proxy refuses, or is none.
        """
        proxy = self._proxy
        at = (host, port) if proxy is None else (proxy.host, proxy.port)
        plain = self._straight.connect_tcp(*at, timeout, local_address, socket_options or ())
        stream = _Timed(plain, self.until)
        if proxy is not None:
            _go_through(stream, proxy, (host, port), timeout)
        return stream


class Until(local):
    """Until when this thread's request may go on, by `time.monotonic`.

    A timeout for each read alone would let a server that sends a byte now and then hold on for ever.
    """

    moment = float("inf")

    def left(self, timeout: float | None) -> float | None:
        """What of a timeout is left.

        Raises:
            httpcore.ReadTimeout: nothing is.
        """
        left = self.moment - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("it took too long")
        return timeout if left == float("inf") else min(left, left if timeout is None else timeout)


class _Timed(httpcore.NetworkStream):
    """A connection, no call of which outlasts the thread's request."""

    def __init__(self, stream: httpcore.NetworkStream, until: Until) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._until.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._until.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._until.left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _go_through(
    stream: httpcore.NetworkStream, proxy: Proxy, target: tuple[str, int], timeout: float | None
) -> None:
    """Make a connection to a proxy one to the target; it is closed where that fails."""
    try:
        _Handshake(stream, timeout).through(proxy, *target)
    except BaseException:
        stream.close()
        raise


class _Handshake:
    """What is said to a SOCKS5 proxy before it is a pipe."""

    def __init__(self, stream: httpcore.NetworkStream, timeout: float | None) -> None:
        self._stream = stream
        self._deadline = None if timeout is None else time.monotonic() + timeout

    def through(self, proxy: Proxy, host: str, port: int) -> None:
        self._say(bytes((_VERSION, 1, _BY_PASSWORD)))
        if self._hear(2) != bytes((_VERSION, _BY_PASSWORD)):
            raise httpcore.ProxyError(
                "the proxy does not take a user and password, by which sources are kept apart"
            )
        self._say(bytes((_PASSWORD_VERSION,)) + _counted(proxy.user) + _counted(proxy.password))
        if self._hear(2)[1] != 0:
            raise httpcore.ProxyError("the proxy refuses the user and password")
        self._say(bytes((_VERSION, _CONNECT, 0)) + _destination(host) + port.to_bytes(2, "big"))
        version, reply, _, kind = self._hear(4)
        if version != _VERSION or reply != 0:
            raise httpcore.ProxyError(f"the proxy does not connect: {_REFUSALS.get(reply, f'reply {reply}')}")
        length = self._hear(1)[0] if kind == _NAME else _ADDRESS_LENGTHS.get(kind)
        if length is None:
            raise httpcore.ProxyError("the proxy answers in no way that SOCKS5 knows")
        self._hear(length + 2)

    def _say(self, data: bytes) -> None:
        self._stream.write(data, self._left())

    def _hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            piece = self._stream.read(count - len(heard), self._left())
            if not piece:
                raise httpcore.ProxyError("the proxy hung up")
            heard += piece
        return heard

    def _left(self) -> float | None:
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ConnectTimeout("the proxy took too long")
        return left


def _counted(text: str) -> bytes:
    return bytes((len(text),)) + text.encode("ascii")


def _destination(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bytes((_NAME,)) + _counted(host)
    return bytes((1 if address.version == 4 else 4,)) + address.packed  # noqa: PLR2004  IPv4
