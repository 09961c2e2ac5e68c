"""Sessions of the service: who a cookie is of, and when it ends."""

import hashlib
from datetime import datetime

from qaif.errors import SignInError
from qaif.questions.access import Caller, Gate
from qaif.records.accounts import session_of
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records


class Sessions:
    """The sessions of a workspace.

    Args:
        records: its records.
        gate: knows its users.
    """

    def __init__(self, records: Records, gate: Gate) -> None:
        self._records, self._gate = records, gate

    def caller_of(self, token: str, now: datetime) -> Caller:
        """Who a session is of.

        Raises:
            SignInError: it is none, or over, or its user is no longer one.
        """
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        with self._records.reading() as connection:
            found = session_of(connection, digest)
        if found is None or found.expires_at <= utc_stamp(now):
            raise SignInError("The session is over.", way_out="Sign in anew.")
        return self._gate.of_user(found.user)
