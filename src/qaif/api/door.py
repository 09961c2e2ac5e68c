"""The door: who asks, whether they may, and whether they ask too often. Nothing is answered before that.

There are three ways in. A key, as `Authorization: Bearer qaif_...`. A session of a user, as a cookie that
scripts cannot read, with a token beside it for whatever changes something. And, where the workspace has no
users and the service listens on this machine alone, the token that is printed when it starts: whoever
started it owns the files.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import Request

from qaif.api.sessions import Sessions
from qaif.errors import AccessError, SignInError
from qaif.questions.access import Action, Caller, CaseOf, Gate, require
from qaif.questions.limiting import Limiter

SESSION_COOKIE = "qaif_session"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset(("GET", "HEAD"))
_SIGN_IN = "Send a key as `Authorization: Bearer ...`, or sign in."
SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key (`qaif key new`), or the token printed at the start.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"A session (`POST /v1/session`); changes also need its token as {CSRF_HEADER}.",
    },
}


class Door:
    """Lets in.

    Args:
        gate: knows keys and users.
        sessions: knows sessions.
        limits: how often somebody may ask of whom nothing else is said, such as `600/minute`.
        clock: tells the time.
    """

    def __init__(
        self,
        gate: Gate,
        sessions: Sessions,
        limits: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._gate, self._sessions, self._limits, self._clock = gate, sessions, limits, clock
        self._limiter = Limiter()

    def admit(self, request: Request, action: Action, case_id: str | None = None, weight: int = 1) -> Caller:
        """Who asks, if they may.

        Raises:
            SignInError: nobody is known by what they came with.
            AccessError: they may not.
            NotFoundError: it is about a case that they may not know of.
            TooOftenError: they asked too often.
        """
        caller = request.scope.get("qaif.caller") or self.who(request)
        self.count(caller, weight)
        case = None if case_id is None else self.case(caller, case_id)
        require(caller, action, case)
        return caller

    def who(self, request: Request) -> Caller:
        """Who asks.

        Raises:
            SignInError: nobody is known by what they came with.
            AccessError: a change came by a session without its token.
        """
        told = request.headers.get("authorization")
        if told is not None:
            scheme, _, key = told.partition(" ")
            if scheme.lower() != "bearer" or not key.strip():
                raise SignInError("This is no way to sign in here.", way_out=_SIGN_IN)
            return self._of_key(key.strip())
        token = request.cookies.get(SESSION_COOKIE)
        if token is None:
            raise SignInError("Nobody is signed in.", way_out=_SIGN_IN)
        caller = self.of_session(token)
        if request.method not in _SAFE and not self._sessions.is_csrf(
            token, request.headers.get(CSRF_HEADER, "")
        ):
            raise AccessError(
                "This change came without the token of its session.",
                way_out=f"Send it as {CSRF_HEADER}; GET /v1/session tells it.",
            )
        return caller

    def case(self, caller: Caller, case_id: str) -> CaseOf:
        """A case that a caller may know of.

        Raises:
            NotFoundError: they may not, or there is none.
        """
        return self._gate.case(caller, case_id)

    def cases(self, caller: Caller) -> frozenset[str]:
        """The cases that a caller may see."""
        return self._gate.cases(caller)

    def of_session(self, token: str) -> Caller:
        """Who a session is of.

        Raises:
            SignInError: it is none, or over.
        """
        return self._sessions.caller_of(token, self._clock())

    def _of_key(self, key: str) -> Caller:
        return self._sessions.owner_of(key) or self._gate.of_key(key, self._clock())

    def of_key_for(self, key: str, action: Action) -> Caller:
        """Who asks with a key, if they may; see `admit`, which also counts."""
        caller = self._of_key(key)
        require(caller, action)
        return caller

    def count(self, caller: Caller, weight: int = 1) -> None:
        """Count a question.

        Raises:
            TooOftenError: it is too many.
        """
        limits = caller.limits or self._limits
        if limits:
            self._limiter.require(f"{caller.name} {caller.via}", limits, weight, time.monotonic())
