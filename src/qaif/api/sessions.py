"""Sessions of the service: those of users, and that of whoever started it where it is theirs alone."""

import hmac
from datetime import datetime

from qaif.api.owner import Owner
from qaif.errors import SignInError
from qaif.questions.access import Caller, Gate
from qaif.questions.sign_in import csrf_of, is_csrf, of_session, sign_in, sign_out
from qaif.records.engine import Records


class Sessions:
    """The sessions of a workspace.

    Args:
        records: its records.
        gate: knows its users.
        owner: who started the service, where it is theirs alone.
    """

    def __init__(self, records: Records, gate: Gate, owner: Owner | None) -> None:
        self._records, self._gate, self._owner = records, gate, owner

    def begin(self, user: str, password: str, token: str, now: datetime) -> str:
        """Begin a session by a name and a password, or by the start's token; what is kept in the cookie.

        Raises:
            SignInError: nobody is known by these.
            TooOftenError: too many wrong passwords were tried.
        """
        if not token:
            return sign_in(self._records, user, password, now).token
        if self.owner_of(token) is None:
            raise SignInError("This token is not known here.", way_out="Take the one that was printed last.")
        return token

    def caller_of(self, token: str, now: datetime) -> Caller:
        """Who a session is of.

        Raises:
            SignInError: it is none, or over, or its user is no longer one.
        """
        return self.owner_of(token) or of_session(self._records, self._gate, token, now)

    def end(self, token: str, now: datetime) -> None:
        """End a session; the start's token ends with the service."""
        if self.owner_of(token) is None:
            sign_out(self._records, token, now)

    def owner_of(self, token: str) -> Caller | None:
        """Who started the service, by the token that was printed then."""
        owner = self._owner
        if owner is None or not hmac.compare_digest(owner.token.encode(), token.encode("utf-8", "replace")):
            return None
        return Caller(owner.name, "analyst", via="the start's token")

    @staticmethod
    def csrf_of(token: str) -> str:
        """What changes by a session need beside its cookie."""
        return csrf_of(token)

    @staticmethod
    def is_csrf(token: str, told: str) -> bool:
        """Whether a change came with it."""
        return is_csrf(token, told)
