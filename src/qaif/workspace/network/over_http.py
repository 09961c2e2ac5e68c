"""Requests to one server over HTTP, by httpx; repeated by stamina."""

import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpcore
import httpx

from qaif.errors import SourceError, SourceShapeError, UsageError
from qaif.feeds.wire import Page, Reply
from qaif.workspace.network.manner import Manner, Proxy
from qaif.workspace.network.places import Place
from qaif.workspace.network.reach import Reaching
from qaif.workspace.network.repeating import Repeating, Waits, unheard, why_of
from qaif.workspace.network.tls import is_untrusted, trusting

_PASSING = frozenset((429, 502, 503, 504, 520, 521, 522, 523, 524))  # the last five are Cloudflare's
_PASSING_OF_GET = _PASSING | {500}  # a node's RPC gives its errors this status: they are answers
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3
_MOST_AT_ONCE = 8
_IDLE_SECONDS = 30.0
_MOST_OF_A_RECEIPT = 1 << 20


class _PassingError(Exception):
    """The server says that it cannot answer just now."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


class OverHttp:
    """What `feeds.wire.Http` asks for, at one place that the user named. Only `Door` makes it.

    Args:
        place: the server.
        manner: how it is reached.
        proxy: through what, with the user and password of this source.
        basic: user and password for the server itself.
        waits: told of pauses before a request is made again.
    """

    def __init__(
        self,
        place: Place,
        manner: Manner,
        proxy: Proxy | None,
        basic: tuple[str, str] | None,
        waits: Waits = unheard,
    ) -> None:
        self._place, self._manner = place, manner
        self._repeating = Repeating(place, manner, proxy, waits)
        self._pace, self.tally = self._repeating.pace, self._repeating.tally
        self._client = httpx.Client(
            transport=_transport(manner, self._repeating.reaching),
            auth=None if basic is None else httpx.BasicAuth(*basic),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "qaif", "Accept-Encoding": "identity"},
        )

    def get(self, path: str, *, at_most: int) -> Reply:
        """Ask for a path below the base address; see `Http`."""
        return self._asked("GET", path, None, at_most)

    def post(self, path: str, body: bytes, *, at_most: int) -> Reply:
        """The same with a body; see `Http`."""
        return self._asked("POST", path, body, at_most)

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send what may be sent again without harm; the status of the answer.

        Args:
            path: below the base address; it is repeated in no error, since it can be the receiver's secret.
            body: JSON.
            headers: beside the usual ones; they name what is sent, so that the receiver knows it again.

        Raises:
            SourceError: no answer, after all tries.
        """
        url = self._url(path)

        def once(repeated: int) -> Reply:
            self.tally.add(repeated=repeated)
            return self._once("POST", url, body, _MOST_OF_A_RECEIPT, headers)

        try:
            return self._repeating.run(_pause, once).status
        except (httpx.TransportError, _PassingError) as error:
            raise self._refused("what it was sent", error) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def page(self, target: str, *, user_agent: str, at_most: int) -> Page:
        """Ask for a page as a user wrote its address; each answer counts, one that sends on too.

        Args:
            target: the path with its query, in ASCII.
            user_agent: what the server is told of who asks.
            at_most: bytes of the body; a longer answer is refused.

        Raises:
            SourceError: no answer, or none that can be kept.
        """
        scheme, host, port = self._place.scheme, self._place.host, self._place.port
        url = httpx.URL(scheme=scheme, host=host, port=port, raw_path=target.encode("ascii"))

        def once(repeated: int) -> Page:
            self.tally.add(repeated=repeated)
            return self._page(url, user_agent, at_most)

        try:
            return self._repeating.run(_pause, once)
        except httpx.TransportError as error:
            raise self._refused(target, error) from error

    def _page(self, url: httpx.URL, user_agent: str, at_most: int) -> Page:
        self._pace.wait()
        began = time.monotonic()
        timeout = httpx.Timeout(self._manner.read_seconds, connect=self._manner.connect_seconds)
        self.tally.add(requests=1)
        try:
            with self._client.stream(
                "GET", url, timeout=timeout, headers={"User-Agent": user_agent}
            ) as response:
                secured = response.extensions["network_stream"].get_extra_info("ssl_object")
                shown = None if secured is None else secured.getpeercert(True)  # noqa: FBT003
                body = self._read(response, at_most)
        finally:
            self.tally.add(seconds=time.monotonic() - began)
        raw = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw)
        digest = None if shown is None else hashlib.sha256(shown).hexdigest()
        return Page(response.status_code, raw, body, digest)

    def _asked(self, method: str, path: str, body: bytes | None, at_most: int) -> Reply:
        url = self._url(path)

        def once(repeated: int) -> Reply:
            self.tally.add(repeated=repeated)
            return self._following(method, url, body, at_most)

        try:
            return self._repeating.run(_pause, once)
        except (httpx.TransportError, _PassingError) as error:
            raise self._refused(path, error) from error

    def _url(self, path: str) -> httpx.URL:
        steps = path.partition("?")[0].split("/")
        if not path.startswith("/") or path.startswith("//") or ".." in steps or not path.isascii():
            raise UsageError(f"{path[:200]!r} is no path below a server's address.")
        base = f"{self._place.scheme}://{self._place.netloc}{self._place.path}"
        return httpx.URL(base + quote(path, safe="/?&=,:%~-._+"))

    def _following(self, method: str, url: httpx.URL, body: bytes | None, at_most: int) -> Reply:
        """One try, which may be sent on inside the same server."""
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self._once(method, url, body, at_most)
            if reply.status not in _REDIRECTS:
                return reply
            target = self._target(url, reply)
            if method != "GET" or (target.scheme, target.netloc) != (url.scheme, url.netloc):
                raise SourceError(
                    f"{self._place} sends on to {str(target)[:200]}, which was not named.",
                    way_out="Name that place itself if you trust it.",
                    place=str(self._place),
                )
            url = target
        raise SourceError(f"{self._place} sends on again and again.", place=str(self._place))

    def _target(self, url: httpx.URL, reply: Reply) -> httpx.URL:
        try:
            return url.join(reply.headers.get("location", ""))
        except (httpx.InvalidURL, ValueError) as error:
            raise SourceShapeError(
                f"{self._place} sends on to no address.", place=str(self._place)
            ) from error

    def _once(
        self,
        method: str,
        url: httpx.URL,
        body: bytes | None,
        at_most: int,
        more: Mapping[str, str] | None = None,
    ) -> Reply:
        self._pace.wait()
        began = time.monotonic()
        timeout = httpx.Timeout(self._manner.read_seconds, connect=self._manner.connect_seconds)
        self.tally.add(requests=1, sent=len(body or b""))
        kind = {"Content-Type": "application/json"} if body is not None else {}
        kind |= more or {}
        passing = _PASSING_OF_GET if method == "GET" or more else _PASSING
        try:
            with self._client.stream(method, url, content=body, timeout=timeout, headers=kind) as response:
                if response.status_code in passing:
                    raise _PassingError(response.status_code, _retry_after(response.headers))
                read = self._read(response, at_most)
        finally:
            self.tally.add(seconds=time.monotonic() - began)
        return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, read)

    def _read(self, response: httpx.Response, at_most: int) -> bytes:
        """The body, given up at the first piece too many."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise SourceShapeError(
                f"{self._place} answers in an encoding that was not asked for.", place=str(self._place)
            )
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            self.tally.add(received=len(piece))
            if len(body) > at_most:
                raise SourceShapeError(
                    f"{self._place} answers with more than {at_most:,} bytes to {response.url.path[:200]}; "
                    "the rest was not read.",
                    way_out="No such answer is that long: try another server.",
                    place=str(self._place),
                )
        return bytes(body)

    def _refused(self, path: str, error: Exception) -> SourceError:
        way_out = "Try again later, or name another server."
        if is_untrusted(error):
            way_out = "If the server is your own, give its certificate with --ca-file."
        if isinstance(error, _PassingError) and error.retry_after is not None:
            way_out = f"It asks to be left alone for {error.retry_after:.0f} seconds."
        return SourceError(
            f"{self._place} did not answer {path[:200]}: {why_of(error)}.",
            way_out=way_out,
            place=str(self._place),
        )


def _pause(deadline: float, error: Exception) -> bool | float:
    """Whether a try is repeated, and after how many seconds where the server says it."""
    if is_untrusted(error):
        return False
    if isinstance(error, _PassingError) and error.retry_after is not None:
        return error.retry_after if time.monotonic() + error.retry_after < deadline else False
    return isinstance(error, (httpx.TransportError, _PassingError))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: it may say them, or the time to wait for."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _transport(manner: Manner, reaching: Reaching) -> httpx.HTTPTransport:
    """Httpx's own, with connections that are made by `Reaching`."""
    context = trusting(manner.ca_file)
    made = httpx.HTTPTransport(verify=context, trust_env=False)
    made._pool = httpcore.ConnectionPool(  # noqa: SLF001  httpx hands on no backend
        ssl_context=context,
        max_connections=_MOST_AT_ONCE,
        max_keepalive_connections=_MOST_AT_ONCE,
        keepalive_expiry=_IDLE_SECONDS,
        network_backend=reaching,
    )
    return made
