"""Answers of one Esplora server: asked for, kept, and refused where the status is not that of an answer."""

import hashlib
import re

from qaif.errors import SourceError, SourceTooLongError
from qaif.feeds.told_json import parsed
from qaif.feeds.wire import Http, Keeps

_GOOD, _NONE = 200, 404
_TOO_LONG = 413
_REFUSALS = frozenset((400, 403, 413, 422))
_SAYS_TOO_LONG = re.compile(rb"too (?:many|large|long|big)", re.IGNORECASE)
_SHOWN = 200


class Answers:
    """What a server answers.

    Args:
        http: reaches it.
        name: of the server, as shown and kept: its address.
        keeps: takes every answer; None where they are not to be kept.
    """

    def __init__(self, http: Http, name: str, keeps: Keeps | None) -> None:
        self.name = name
        self._http, self._keeps = http, keeps
        self._digests: list[bytes] = []

    def text(self, path: str, at_most: int) -> bytes:
        """The body of an answer that may change."""
        body = self._asked(path, at_most)
        self._keep(path, body, lasting=False)
        return body

    def text_or_none(self, path: str, at_most: int) -> bytes | None:
        """The same, or None where the server knows nothing of the kind."""
        try:
            return self.text(path, at_most)
        except _UnknownError:
            return None

    def json(self, path: str, at_most: int) -> object:
        """The same as JSON."""
        return parsed(self.text(path, at_most), self.where(path))

    def kept(self, path: str) -> bytes | None:
        """A lasting answer from an earlier run."""
        body = None if self._keeps is None else self._keeps.lasting(self.name + path)
        if body is not None:
            self._digests.append(hashlib.sha256(body).digest())
        return body

    def untried(self, path: str, at_most: int) -> bytes:
        """The body of an answer that its reader will try, and then give to `tried`."""
        return self._asked(path, at_most)

    def tried(self, path: str, body: bytes, *, lasting: bool = True) -> None:
        """Keep an answer that was tried; a lasting one will not change."""
        self._keep(path, body, lasting=lasting)

    def digests(self) -> tuple[bytes, ...]:
        """SHA-256 of each answer used since the last call of this."""
        out, self._digests = tuple(self._digests), []
        return out

    def where(self, path: str) -> str:
        """An answer, as messages name it."""
        return f"The answer of {self.name} to {path[:_SHOWN]}"

    def _asked(self, path: str, at_most: int) -> bytes:
        reply = self._http.get(path, at_most=at_most)
        if reply.status == _GOOD:
            return reply.body
        said = reply.body[:_SHOWN].decode("utf-8", "replace").strip()
        said = "".join(letter if letter.isprintable() else "?" for letter in said)
        if reply.status == _TOO_LONG or (
            reply.status in _REFUSALS and _SAYS_TOO_LONG.search(reply.body[:_SHOWN])
        ):
            raise SourceTooLongError(
                f"{self.name} refuses so long an answer to {path[:_SHOWN]}: {said!r}.",
                way_out="Ask a server of your own, or leave this script at the edge of the case.",
                place=self.name,
            )
        raise (_UnknownError if reply.status == _NONE else SourceError)(
            f"{self.name} answers {path[:_SHOWN]} with status {reply.status}: {said!r}.",
            way_out="See to it that the address ends as the API's does, such as /api; or name another.",
            place=self.name,
            status=reply.status,
        )

    def _keep(self, path: str, body: bytes, *, lasting: bool) -> None:
        digest = hashlib.sha256(body)
        self._digests.append(digest.digest())
        if self._keeps is not None:
            self._keeps.keep(digest.hexdigest(), body, self.name + path, lasting=lasting)


class _UnknownError(SourceError):
    """The server knows nothing of the kind."""

    code = "source"
