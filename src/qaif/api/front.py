"""What stands before every request: its id, how large it may be, what is counted and logged of it.

The log and the metrics know routes, not URLs: what was asked about is in neither. Where the id of a request
comes from the asker it is taken only where it is one, of plain letters.
"""

import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from starlette.requests import Request

from qaif.api.problems import problem
from qaif.errors import QaifError, RequestTooLargeError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
NOT_ROUTED = "(none)"


class Watching(Protocol):
    """Is told of each request when it is over."""

    def __call__(self, *, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count it, or write it down."""


class Front:
    """The outermost application.

    Args:
        inside: what answers.
        most_bytes: how large a body may be; `large` where a path begins so.
        who: says who asks, or raises; asked before anything of a body is read, where it `needs_a_name`.
        watching: who is told of each request.
    """

    def __init__(
        self,
        inside: Application,
        *,
        most_bytes: int,
        large: dict[str, int],
        who: Callable[[Request], object],
        watching: tuple[Watching, ...],
    ) -> None:
        self._inside, self._most, self._large = inside, most_bytes, large
        self._who, self._watching = who, watching

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, self._most_of(scope["path"]))
        began = time.perf_counter()
        try:
            await self._through(visit, scope)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", NOT_ROUTED)
            for each in self._watching:
                each(
                    request_id=visit.request_id,
                    method=scope["method"] if scope["method"] in _METHODS else "other",
                    route=route,
                    status=visit.status,
                    seconds=seconds,
                )

    async def _through(self, visit: "_Visit", scope: Message) -> None:
        try:
            if visit.told_bytes > visit.most:
                raise _too_large(visit.most)
            if needs_a_name(scope["method"], scope["path"]):
                scope["qaif.caller"] = self._who(Request(scope))
            await self._inside(scope, visit.receive, visit.send)
        except QaifError as error:
            if not visit.status:
                await problem(error, visit.request_id)(scope, visit.receive_nothing, visit.send)

    def _most_of(self, path: str) -> int:
        return next((most for begin, most in self._large.items() if path.startswith(begin)), self._most)


def needs_a_name(method: str, path: str) -> bool:
    """Whether a request is answered to whom is known alone."""
    if not path.startswith("/v1/") or path == "/v1/openapi.json":
        return False
    return (method, path) != ("POST", "/v1/session")


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class _Visit:
    """One request on its way through: what it may send, and what was answered."""

    def __init__(self, scope: Message, receive: Receive, send: Send, most: int) -> None:
        headers = dict(scope["headers"])
        asked = headers.get(b"x-request-id", b"")
        self.request_id = asked.decode() if _ID.fullmatch(asked) else secrets.token_hex(8)
        length = headers.get(b"content-length", b"0")
        self.told_bytes = int(length) if length.isdigit() else 0
        self.most, self.status, self._read = most, 0, 0
        self._receive, self._send = receive, send
        scope["qaif.request_id"] = self.request_id

    async def receive(self) -> Message:
        """The next of the body, as far as it may go."""
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self.most:
            raise _too_large(self.most)
        return message

    async def receive_nothing(self) -> Message:
        """No more is read."""
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Send on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name for name, _ in message["headers"]}
            more = [pair for pair in HEADERS if pair[0] not in own]
            message["headers"] = [
                *message["headers"],
                *more,
                (b"x-request-id", self.request_id.encode()),
            ]
        await self._send(message)


def _too_large(most: int) -> RequestTooLargeError:
    return RequestTooLargeError(f"More than {most:,} bytes were sent.", way_out="Send it in parts.")
