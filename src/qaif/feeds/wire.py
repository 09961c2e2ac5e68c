"""How feeds reach a server: shapes only. The one door to the network (`workspace`) makes what has them.

A feed never opens a connection itself; it is handed one of these, for the place that the user named.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Reply(NamedTuple):
    """What a server answered: its status, its headers with lower-case names, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Page(NamedTuple):
    """A server's answer to a request for a page, as it came.

    Attributes:
        status: of the answer.
        headers: names and values, in order.
        body: its bytes.
        certificate_sha256: of the certificate that the server showed; None without TLS.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    certificate_sha256: str | None


class Http(Protocol):
    """Requests to one server; those that may be repeated are, with growing pauses."""

    def get(self, path: str, *, at_most: int) -> Reply:
        """Ask for a path below the server's base address.

        Args:
            path: what stands after the base, beginning with a slash, with its query.
            at_most: bytes of the body; a longer one is cut off and is an error.

        Raises:
            SourceError: no answer within the limits, however often it was tried.
        """

    def post(self, path: str, body: bytes, *, at_most: int) -> Reply:
        """The same with a body; only for what changes nothing at the server, as it may be repeated."""


class Calls(Protocol):
    """JSON-RPC calls to one server over one connection, which is made again when it breaks."""

    def call(self, method: str, *params: object) -> object:
        """One call.

        Raises:
            SourceError: no answer, or an error for an answer.
        """

    def batch(self, calls: Sequence[tuple[str, tuple[object, ...]]]) -> list[object]:
        """Several calls at once, answered in their order."""

    def notified(self, seconds: float) -> tuple[str, tuple[object, ...]] | None:
        """The next message that the server sent unasked, or None if none came in that time."""


class Greeted(Calls, Protocol):
    """Calls over connections that each begin with the same calls, such as those that settle a version."""

    @property
    def greeted(self) -> list[object]:
        """What those gave on the newest connection, in a list of its own; empty before the first."""


class Announcement(NamedTuple):
    """One message of a node's publisher: its topic, its body, and its number among those of its topic."""

    topic: str
    body: bytes
    sequence: int


class Announcements(Protocol):
    """What a node publishes."""

    def next(self, seconds: float) -> Announcement | None:
        """The next one, or None if none came in that time."""


class Keeps(Protocol):
    """Where a feed hands every answer that it uses, and gets back those that can never change."""

    def keep(self, digest: str, body: bytes, url: str, *, lasting: bool) -> None:
        """Keep an answer.

        Args:
            digest: SHA-256 of the body, in hex.
            body: as it came.
            url: what was asked.
            lasting: the same will be answered for ever; it was tried, and need not be asked for again.
        """

    def lasting(self, url: str) -> bytes | None:
        """A lasting answer that was kept earlier; None where there is none, or it is not as it was."""
