"""Addresses of pages: read as a browser would, and split into a place and what is asked of it."""

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from qaif.errors import UsageError
from qaif.workspace.network.places import PORTS, Place

_LONGEST = 8_000
_KEPT = "/?&=,:;@!$'()*+-._~%[]"  # what stands in an address for itself, or is written as it must be already


@dataclass(frozen=True)
class WebAddress:
    """The address of a page.

    Attributes:
        place: the server.
        target: the path with its query, in ASCII.
    """

    place: Place
    target: str

    @classmethod
    def parse(cls, text: str) -> "WebAddress":
        """Read an address; what stands after `#` is the browser's own and is left out.

        Raises:
            UsageError: it is none of http or https; a password in it is not repeated.
        """
        try:
            parts = urlsplit(text.strip())
            host = (parts.hostname or "").encode("idna").decode("ascii")
            port = parts.port
        except ValueError:
            raise _no_address("it cannot be read as a URL") from None
        if "@" in parts.netloc:
            raise _no_address("a user or password stands in it, which records would keep")
        if parts.scheme not in ("http", "https") or len(text) > _LONGEST or not text.isprintable():
            raise _no_address("it must begin with http:// or https://")
        shown = f"[{host}]" if ":" in host else host
        place = Place.parse(f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}"))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(place, quote(target, safe=_KEPT))

    def joined(self, location: str) -> "WebAddress":
        """Where a server sends on to.

        Raises:
            UsageError: to no page.
        """
        return self.parse(urljoin(str(self), location))

    def is_beside(self, other: "WebAddress") -> bool:
        """Whether both are on one host: at the same port, or each at its scheme's own."""
        mine, theirs = self.place, other.place
        both_own = mine.port == PORTS[mine.scheme] and theirs.port == PORTS[theirs.scheme]
        return mine.host == theirs.host and (mine.port == theirs.port or both_own)

    @property
    def name(self) -> str:
        """A name for the file: the last step of the path, or the host."""
        return self.target.partition("?")[0].rstrip("/").rpartition("/")[2] or self.place.host

    def __str__(self) -> str:
        """As it is shown and recorded."""
        own = self.place.port == PORTS[self.place.scheme]
        host = f"[{self.place.host}]" if ":" in self.place.host else self.place.host
        return f"{self.place.scheme}://{host}{'' if own else f':{self.place.port}'}{self.target}"


def _no_address(why: str) -> UsageError:
    return UsageError(
        f"That is no address of a page: {why}.", way_out="Write it whole, as in https://example.org/page."
    )
