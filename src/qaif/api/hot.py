"""The short way of the one question that is asked thousands of times a second: a direct screening.

A request that lies whole in one piece, in exactly the form below, is answered without the framework: by the
same door, from the same memory, written down by the same recorder, with the same bytes. Whatever differs in
anything, or is to be refused, goes the long way as it came: there is one place that says no.
"""

import json
import re
import secrets
import time
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from qaif.api.front import HEADERS, Watching
from qaif.api.screen_routes import screening_entry
from qaif.api.service import Service
from qaif.errors import QaifError
from qaif.records.audit_tree import ToRecord

ROUTE = "/v1/screen/direct"
_LINE = f"POST {ROUTE} HTTP/1.1".encode()
_HEADER = re.compile(rb"([A-Za-z-]{1,30}): ?([\x21-\x7e]([\x20-\x7e]{0,2000}[\x21-\x7e])?)")
_PLAIN = frozenset((b"host", b"user-agent", b"accept-encoding", b"accept-language"))
_ONLY = {
    b"accept": frozenset((b"*/*", b"application/json")),
    b"connection": frozenset((b"keep-alive",)),
    b"content-type": frozenset((b"application/json",)),
}
_NEEDED = frozenset((b"host", b"authorization", b"content-type", b"content-length"))
_BEARER = b"Bearer "
_LONGEST_ADDRESS, _LONGEST_BODY = 200, 2_000
_FIXED = b"".join(b"%b: %b\r\n" % pair for pair in HEADERS)


def read_hot(data: bytes) -> tuple[str, str, str] | None:
    """The key, address and policy of a request that is whole and in the one form; else None.

    Args:
        data: all that came of a connection since its last answer.
    """
    head, found, body = data.partition(b"\r\n\r\n")
    line, _, rest = head.partition(b"\r\n")
    if not found or line != _LINE or len(body) > _LONGEST_BODY:
        return None
    headers = _headers(rest)
    if headers is None or headers[b"content-length"] != b"%d" % len(body):
        return None
    if not headers[b"authorization"].startswith(_BEARER):
        return None
    asked = _body(body)
    return None if asked is None else (headers[b"authorization"][len(_BEARER) :].decode(), *asked)


def _headers(rest: bytes) -> dict[bytes, bytes] | None:
    """Headers, each once and of the few that are known here."""
    found: dict[bytes, bytes] = {}
    for line in rest.split(b"\r\n"):
        match = _HEADER.fullmatch(line)
        if match is None:
            return None
        name, value = match[1].lower(), match[2]
        if name in found:
            return None
        allowed = _ONLY.get(name)
        if value not in allowed if allowed else name not in _PLAIN | _NEEDED:
            return None
        found[name] = value
    return found if found.keys() >= _NEEDED else None


def _body(body: bytes) -> tuple[str, str] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not told.keys() <= {"address", "policy"}:
        return None
    address, policy = told.get("address"), told.get("policy", "research-desk")
    if not isinstance(address, str) or not isinstance(policy, str):
        return None
    return (address, policy) if 0 < len(address) <= _LONGEST_ADDRESS else None


class HotProtocol(H11Protocol):
    """One connection, with the short way before the long one.

    Args:
        service: what answers.
        watching: who is told of each request.
        given: what uvicorn gives.
    """

    def __init__(self, service: Service, watching: tuple[Watching, ...], **given: Any) -> None:
        super().__init__(**given)
        self._service, self._watching = service, watching
        self._waits, self._ends = False, False
        self._later = b""

    def data_received(self, data: bytes) -> None:
        """Take what came: the short way where it is open, else the long one."""
        if self._waits:
            self._later += data
        elif not self._short(data):
            super().data_received(data)

    def shutdown(self) -> None:
        """End once what was asked is answered."""
        if self._waits:
            self._ends = True
        else:
            super().shutdown()

    def _short(self, data: bytes) -> bool:
        """Answer what came, if it is of the one form and nothing else is on its way."""
        began = time.perf_counter()
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy or not data.startswith(_LINE) or self.conn.trailing_data[0]:
            return False
        asked = read_hot(data)
        if asked is None:
            return False
        answer = self._answer(*asked)
        if answer is None:
            return False
        content, entry = answer
        self._unset_keepalive_if_required()
        self._waits = True
        self.flow.pause_reading()
        self._service.recorder.call([entry], lambda failed: self._written(content, failed, began, data))
        return True

    def _answer(self, key: str, address: str, policy: str) -> tuple[bytes, ToRecord] | None:
        service = self._service
        try:
            caller = service.door.of_key_for(key, "screen")
            content = service.desk.quick(address, policy)
            if content is None:
                return None
            service.door.count(caller)
        except QaifError:
            return None  # the long way says why
        return content, screening_entry(service, caller, address, content)

    def _written(self, content: bytes, failed: QaifError | None, began: float, data: bytes) -> None:
        """Go on once the question is written down."""
        self._waits = False
        if failed is not None:
            super().data_received(data)  # fails there too, and says why
            return
        if self.transport.is_closing():
            return
        request_id = secrets.token_hex(8)
        fixed = b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
        self.transport.write(
            b"HTTP/1.1 200 OK\r\n%bcache-control: no-store\r\ncontent-length: %d\r\n"
            b"content-type: application/json\r\n%bx-request-id: %b\r\n\r\n%b"
            % (fixed, len(content), _FIXED, request_id.encode(), content)
        )
        for each in self._watching:
            each(
                request_id=request_id,
                method="POST",
                route=ROUTE,
                status=200,
                seconds=time.perf_counter() - began,
            )
        self._next()

    def _next(self) -> None:
        self.server_state.total_requests += 1
        if self._ends:
            super().shutdown()
            return
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self.flow.resume_reading()
        if self._later:
            later, self._later = self._later, b""
            self.data_received(later)
