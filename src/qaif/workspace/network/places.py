"""Places on the network as a user names them: read strictly, and told apart by whose network they are on."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from qaif.errors import UsageError

PORTS = {"http": 80, "https": 443, "tcp": 50001, "tls": 50002, "smtp": 587, "smtps": 465}
_MOST_CHARACTERS = 2_000
_MOST_HOST, _MOST_LABEL = 253, 63
_OWN = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True)
class Place:
    """A server, as the user named it.

    Attributes:
        scheme: `http`, `https`, `tcp`, `tls`, `smtp` or `smtps`.
        host: a name in lower case, or an address.
        port: where it listens.
        path: what its answers stand below, without a slash at the end; only of `http` and `https`.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read a place such as `https://blockstream.info/api` or `tls://electrum.example.org:50002`.

        Raises:
            UsageError: it is none; a password in it is not repeated.
        """
        if not text.isascii() or not text.isprintable() or " " in text or len(text) > _MOST_CHARACTERS:
            raise _no_place("must be printable ASCII without spaces (write other names in their xn-- form)")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _no_place("it cannot be read as a URL") from None
        if "@" in parts.netloc:
            raise _no_place("a user or password stands in it, which errors and logs would repeat")
        if parts.scheme not in PORTS or not is_host(parts.hostname or ""):
            raise _no_place(f"it must be one of {', '.join(PORTS)}, then ://, then a host", text)
        if port == 0 or parts.query or parts.fragment or not _is_path(parts):
            raise _no_place("a port of 0, a query, a fragment or such a path makes no sense there", text)
        path = parts.path.rstrip("/")
        return cls(parts.scheme, (parts.hostname or "").rstrip("."), port or PORTS[parts.scheme], path)

    @property
    def is_own_network(self) -> bool:
        """Whether it is this machine or in a private network, by its address; no name but localhost is."""
        if self.host == "localhost":
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return any(address in network for network in _OWN)

    @property
    def netloc(self) -> str:
        """Host and port, always with the port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """As it is shown and remembered: equal places have equal texts."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def is_host(host: str) -> bool:
    """Whether a text can be a host: a name of labels, or an address."""
    if ":" in host:
        try:
            return "%" not in host and ipaddress.ip_address(host).version == 6  # noqa: PLR2004  IPv6
        except ValueError:
            return False
    labels = host.rstrip(".").split(".")
    sound = all(0 < len(label) <= _MOST_LABEL and label.replace("-", "a").isalnum() for label in labels)
    return host.isascii() and len(host) <= _MOST_HOST and sound


def _is_path(parts: SplitResult) -> bool:
    if parts.scheme not in ("http", "https"):
        return parts.path in ("", "/")
    steps = parts.path.split("/")
    return ".." not in steps and "\\" not in parts.path and "//" not in parts.path


def _no_place(why: str, text: str = "") -> UsageError:
    named = f" {text[:200]!r}" if text else ""
    return UsageError(
        f"That is no place on the network{named}: {why}.",
        way_out="Name one such as https://blockstream.info/api, tls://HOST:50002 or tcp://127.0.0.1:28332.",
    )
