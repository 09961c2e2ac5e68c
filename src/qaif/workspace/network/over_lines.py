"""JSON-RPC, a message a line, as Electrum servers speak it: over TCP or TLS, straight or through SOCKS5.

Several calls are sent one after another without waiting (every server takes that; not every one takes the
arrays that JSON-RPC calls a batch) and their answers taken in any order.
"""

import json
import time
from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from threading import RLock
from typing import Any, NoReturn

import httpcore

from qaif.errors import SourceError, SourceShapeError
from qaif.workspace.network.manner import Manner, Proxy
from qaif.workspace.network.places import Place
from qaif.workspace.network.repeating import Repeating, Waits, unheard, why_of
from qaif.workspace.network.tls import FirstSeen, is_untrusted, trusting, unchecked

Call = tuple[str, tuple[object, ...]]
_BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError)
_MOST_LINE = 64 << 20
_MOST_UNREAD = 10_000
_MOST_AT_ONCE = 64
_PIECE = 1 << 16


class OverLines:
    """What `feeds.wire.Calls` asks for, at one place that the user named. Only `Door` makes it.

    Args:
        place: the server.
        manner: how it is reached.
        proxy: through what, with the user and password of this source.
        first_seen: takes a certificate that nobody signed on first use; without it none is.
        greeting: calls that come first on each connection.
        waits: told of pauses before calls are made again.

    Attributes:
        connections: how many were made: what was subscribed to is to be asked for again after each.
        greeted: what the calls of `greeting` gave on the newest connection.
    """

    def __init__(  # noqa: PLR0913, PLR0917  where, how, what comes first, and who watches
        self,
        place: Place,
        manner: Manner,
        proxy: Proxy | None,
        first_seen: FirstSeen | None,
        greeting: Sequence[Call] = (),
        waits: Waits = unheard,
    ) -> None:
        self._place, self._manner, self._greeting = place, manner, tuple(greeting)
        self._repeating, self._first_seen = Repeating(place, manner, proxy, waits), first_seen
        self._trust, self._lock = trusting(manner.ca_file), RLock()
        self._pace, self.tally = self._repeating.pace, self._repeating.tally
        self._reaching = self._repeating.reaching
        self._stream: httpcore.NetworkStream | None = None
        self._unread: deque[tuple[str, tuple[object, ...]]] = deque()
        self._buffer, self._looked, self._next_id = bytearray(), 0, 0
        self.connections, self.greeted = 0, list[object]()

    def call(self, method: str, *params: object) -> object:
        """One call; see `Calls`. The error's details hold what the server said, as `said` and `number`."""
        return self.batch(((method, params),))[0]

    def batch(self, calls: Sequence[Call]) -> list[object]:
        """Several calls at once; see `Calls`. One error among the answers is an error for all."""
        out: list[object] = []
        with self._lock:
            for first in range(0, len(calls), _MOST_AT_ONCE):
                out += self._answered(calls[first : first + _MOST_AT_ONCE])
        return out

    def notified(self, seconds: float) -> tuple[str, tuple[object, ...]] | None:
        """The next message that was not asked for; see `Calls`.

        Raises:
            SourceError: the connection broke; the next call makes it again.
        """
        with self._lock:
            self._reaching.until.moment = time.monotonic() + seconds
            try:
                if self._stream is None:
                    self._reaching.until.moment += self._manner.connect_seconds
                    self._connect()
                while not self._unread:
                    self._take(self._message(), {})
            except (httpcore.ReadTimeout, httpcore.ConnectTimeout):
                return None
            except _BROKEN as error:
                self.close()
                raise self._refused("to go on", error) from error
            return self._unread.popleft()

    def close(self) -> None:
        """Let go of the connection."""
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def _answered(self, calls: Sequence[Call]) -> list[object]:
        def once(repeated: int) -> list[object]:
            self.tally.add(repeated=len(calls) * repeated)
            return self._answers(self._asking(calls))

        try:
            return self._repeating.run(_is_passing, once)
        except _BROKEN as error:
            raise self._refused(calls[0][0], error) from error

    def _asking(self, calls: Sequence[Call]) -> list[tuple[str, dict[str, Any]]]:
        """One try: each call's method and the message that answers it. A broken connection is let go of."""
        try:
            if self._stream is None:
                self._connect()
            return self._exchange(calls)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        self._buffer.clear()
        self._looked = 0
        self._stream = self._secured()
        self.connections += 1
        self.greeted = self._answers(self._exchange(self._greeting))

    def _secured(self) -> httpcore.NetworkStream:
        if self._place.scheme == "tcp":
            return self._reach()
        first_seen = None if self._manner.ca_file else self._first_seen
        if first_seen is None or not first_seen.is_pinned:
            try:
                stream = self._reach().start_tls(self._trust, self._place.host, self._manner.connect_seconds)
            except httpcore.ConnectError as error:
                if first_seen is None or not is_untrusted(error):
                    raise
            else:
                if first_seen is not None:
                    first_seen.is_authority()
                return stream
        stream = self._reach().start_tls(unchecked(), self._place.host, self._manner.connect_seconds)
        try:
            first_seen.compare(stream)
        except BaseException:
            stream.close()
            raise
        return stream

    def _reach(self) -> httpcore.NetworkStream:
        return self._reaching.connect_tcp(self._place.host, self._place.port, self._manner.connect_seconds)

    def _exchange(self, calls: Sequence[Call]) -> list[tuple[str, dict[str, Any]]]:
        waiting, lines = dict[int, dict[str, Any] | None](), bytearray()
        for method, params in calls:
            self._pace.wait()
            waiting[self._next_id] = None
            said = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params}
            lines += json.dumps(said).encode() + b"\n"
            self._next_id += 1
        began = time.monotonic()
        self.tally.add(requests=len(calls), sent=len(lines))
        self._live().write(bytes(lines), self._manner.read_seconds)
        while None in waiting.values():
            self._take(self._message(), waiting)
        self.tally.add(seconds=time.monotonic() - began)
        return [(call[0], answer or {}) for call, answer in zip(calls, waiting.values(), strict=True)]

    def _take(self, message: dict[str, Any], waiting: dict[int, dict[str, Any] | None]) -> None:
        """Put a message where it belongs: with what it answers, or among what nobody asked for."""
        method, params, number = message.get("method"), message.get("params"), message.get("id")
        if isinstance(method, str) and isinstance(params, list) and number is None:
            if len(self._unread) >= _MOST_UNREAD:
                raise self._misshapen("more messages than anybody can read")
            self._unread.append((method, tuple(params)))
        elif type(number) is int and number in waiting and waiting[number] is None:
            waiting[number] = message
        else:
            raise self._misshapen("an answer to nothing that was asked")

    def _answers(self, answered: list[tuple[str, dict[str, Any]]]) -> list[object]:
        out = []
        for method, message in answered:
            error = message.get("error")
            if error is not None or "result" not in message:
                raise self._says_no(method, error)
            out.append(message["result"])
        return out

    def _message(self) -> dict[str, Any]:
        """The next line, as the JSON object that it must be."""
        while (end := self._buffer.find(b"\n", self._looked)) < 0:
            self._looked = len(self._buffer)
            if self._looked > _MOST_LINE:
                raise self._misshapen(f"a line of more than {_MOST_LINE:,} bytes")
            piece = self._live().read(_PIECE, self._manner.read_seconds)
            if not piece:
                raise httpcore.ReadError("the server hung up")
            self._buffer += piece
            self.tally.add(received=len(piece))
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._looked = 0
        try:
            message = json.loads(line, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise self._misshapen("a line that is no JSON") from error
        if not isinstance(message, dict):
            raise self._misshapen("a line that is no message")
        return message

    def _live(self) -> httpcore.NetworkStream:
        if self._stream is None:
            raise httpcore.ReadError("there is no connection")
        return self._stream

    def _says_no(self, method: str, error: object) -> SourceError:
        said = error.get("message") if isinstance(error, dict) else error
        number = error.get("code") if isinstance(error, dict) else None
        text = str(said)[:500]
        return SourceError(
            f"{self._place} answers {method} with an error: {text!r}.",
            way_out="See whether the server serves what was asked for, or name another.",
            place=str(self._place),
            said=text,
            number=number if type(number) is int else None,
        )

    def _refused(self, method: str, error: Exception) -> SourceError:
        way_out = "Try again later, or name another server."
        if is_untrusted(error):
            way_out = "If the server is your own, give its certificate with --ca-file."
        return SourceError(
            f"{self._place} did not answer {method}: {why_of(error)}.",
            way_out=way_out,
            place=str(self._place),
        )

    def _misshapen(self, what: str) -> SourceShapeError:
        self.close()
        return SourceShapeError(
            f"{self._place} sends {what}.",
            way_out="See to it that it is a server of this kind, or name another.",
            place=str(self._place),
        )


def _is_passing(deadline: float, error: Exception) -> bool:
    return isinstance(error, _BROKEN) and not is_untrusted(error) and time.monotonic() < deadline


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
