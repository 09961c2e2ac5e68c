"""Answers of one Electrum server: asked for in versions that Qaif speaks, kept, and refusals told apart."""

import hashlib
import json
import re
from collections.abc import Sequence

from qaif.errors import SourceError, SourceTooLongError
from qaif.feeds.told_json import misshapen, parsed
from qaif.feeds.wire import Greeted, Keeps

Call = tuple[str, tuple[str | int, ...]]

LEAST, MOST = "1.4", "1.6"
GREETING: tuple[str, tuple[object, ...]] = ("server.version", ("qaif", [LEAST, MOST]))
HISTORY = "blockchain.scripthash.get_history"

_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){1,2}")
_TOO_LONG_NUMBER = 10_001
_SAYS_TOO_LONG = re.compile(r"too (?:many|large|long|big|popular)", re.IGNORECASE)
_SHOWN = 200


class Answers:
    """What a server answers.

    Args:
        calls: reach it; each connection begins with `GREETING`.
        name: of the server, as shown and kept: its place.
        keeps: takes every answer; None where they are not to be kept.
    """

    def __init__(self, calls: Greeted, name: str, keeps: Keeps | None) -> None:
        self.name = name
        self._calls, self._keeps = calls, keeps
        self._digests: list[bytes] = []
        self._greeted: list[object] | None = None

    def ask(self, call: Call) -> object:
        """An answer that may change."""
        (value,) = self.untried([call])
        self.tried(call, value, lasting=False)
        return value

    def kept(self, call: Call) -> object:
        """A lasting answer from an earlier run; None where there is none."""
        body = None if self._keeps is None else self._keeps.lasting(self._asked(call))
        if body is None:
            return None
        self._digests.append(hashlib.sha256(body).digest())
        return parsed(body, self.where(call))

    def untried(self, calls: Sequence[Call]) -> list[object]:
        """Answers to several calls, which their reader will try and then give to `tried`.

        Raises:
            SourceTooLongError: it refuses to list so long a history.
            SourceError: no answer, or an error to one of them, which `was_refused` tells.
        """
        if not calls:
            return []
        try:
            values = self._calls.batch(calls)
        except SourceError as error:
            if _too_long(error, calls):
                raise SourceTooLongError(
                    f"{self.name} refuses to list so long a history: {_said(error)[:_SHOWN]!r}.",
                    way_out="Ask a server of your own, or leave this script at the edge of the case.",
                    place=self.name,
                ) from error
            raise
        self._try_version()
        return values

    def tried(self, call: Call, value: object, *, lasting: bool) -> None:
        """Keep an answer that was tried: its result as JSON, written anew. A lasting one will not change."""
        try:
            body = json.dumps(value, separators=(",", ":"), default=str).encode()
        except (ValueError, RecursionError) as error:
            raise misshapen(self.where(call), "is nested too deeply") from error
        digest = hashlib.sha256(body)
        self._digests.append(digest.digest())
        if self._keeps is not None:
            self._keeps.keep(digest.hexdigest(), body, self._asked(call), lasting=lasting)

    def digests(self) -> tuple[bytes, ...]:
        """SHA-256 of each answer used since the last call of this."""
        out, self._digests = tuple(self._digests), []
        return out

    def where(self, call: Call) -> str:
        """An answer, as messages name it."""
        method, params = call
        return f"The answer of {self.name} to {method} {', '.join(map(str, params))}".rstrip()

    def _asked(self, call: Call) -> str:
        """What was asked, as it is kept: place, method and what it was given, with slashes between."""
        method, params = call
        return "/".join((self.name, method, *map(str, params)))

    def _try_version(self) -> None:
        """See to it that the newest connection speaks a version that was offered."""
        greeted = self._calls.greeted
        if greeted is self._greeted:
            return
        hello = greeted[0] if len(greeted) == 1 else None
        version = hello[1] if isinstance(hello, list) and len(hello) == len(GREETING) else None
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            raise misshapen(f"The answer of {self.name} to server.version", "names no version")
        if not _numbers(LEAST) <= _numbers(version)[:2] <= _numbers(MOST):
            raise misshapen(
                f"The answer of {self.name} to server.version",
                f"is {version}, and not from {LEAST} to {MOST} as offered",
            )
        self._greeted = greeted


def was_refused(error: SourceError) -> bool:
    """Whether the server answered, with an error."""
    return "said" in error.details


def _said(error: SourceError) -> str:
    return str(error.details.get("said", ""))


def _too_long(error: SourceError, calls: Sequence[Call]) -> bool:
    if not was_refused(error) or HISTORY not in (method for method, _ in calls):
        return False
    return error.details.get("number") == _TOO_LONG_NUMBER or bool(_SAYS_TOO_LONG.search(_said(error)))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
