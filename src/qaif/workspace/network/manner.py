"""In which manner a place is reached: through which proxy, how fast, how often, how long."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from qaif.errors import UsageError
from qaif.workspace.network.places import is_host

_SOCKS_PORT = 1080


@dataclass(frozen=True)
class Proxy:
    """A SOCKS5 proxy, which is also asked to find hosts by their names.

    Attributes:
        host, port: of the proxy.
        user, password: made up for one source: Tor gives each pair a way of its own.
    """

    host: str
    port: int
    user: str
    password: str


@dataclass(frozen=True)
class Manner:
    """How one place is reached.

    Attributes:
        proxy: `socks5://HOST:PORT`, or None.
        ca_file: certificates (PEM) that alone are trusted at this place, in place of the public ones.
        requests_a_second: at most so many, evenly spaced.
        connect_seconds: for a connection to be made.
        read_seconds: for the next bytes to come.
        total_seconds: for one request with all its repetitions and pauses.
        tries: how often a request is made at most.
        first_pause, longest_pause: seconds before the second try, and before any other; they double, with
            a random part. A server's own Retry-After is kept to where it fits into `total_seconds`.
    """

    proxy: str | None = None
    ca_file: Path | None = None
    requests_a_second: float = 8.0
    connect_seconds: float = 15.0
    read_seconds: float = 30.0
    total_seconds: float = 240.0
    tries: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0

    def fresh_proxy(self) -> Proxy | None:
        """The proxy, with a user and password that were never used before.

        Raises:
            UsageError: it is no SOCKS5 proxy.
        """
        if self.proxy is None:
            return None
        try:
            parts = urlsplit(self.proxy)
            host, port = parts.hostname, parts.port or _SOCKS_PORT
        except ValueError:
            host, port = None, 0
        plain = (
            is_host(host or "") and "@" not in parts.netloc and parts.path in ("", "/") and not parts.query
        )
        if not plain or not host or parts.scheme not in ("socks5", "socks5h"):
            raise UsageError(
                "The proxy is none that Qaif can use: only SOCKS5, without a user or password.",
                way_out="Name it as socks5://127.0.0.1:9050 (Tor's is there by default).",
            )
        return Proxy(host, port, secrets.token_hex(12), secrets.token_hex(12))
