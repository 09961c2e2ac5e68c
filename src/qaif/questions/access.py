"""Who is this? A key, a session, or a name with its password; and what they may do (`may`, `require`).

Keys and users are read once and then again when they are a second old, so that a request costs a digest and
a comparison; what another process revokes is refused within that second, what this one revokes at once.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from qaif.errors import NotFoundError, SignInError
from qaif.questions.access_rules import (
    EVERY_SCOPE,
    ROLES,
    Action,
    Caller,
    CaseOf,
    Role,
    Scope,
    may,
    no_case,
    require,
)
from qaif.records.accounts import ApiKey, User, cases_of, every_key, every_user, members_of
from qaif.records.engine import Records

__all__ = ["Action", "Caller", "CaseOf", "Gate", "Role", "Scope", "may", "require"]
FRESH_SECONDS = 1.0
KEY_BEGINS, PREFIX_CHARACTERS = "qaif_", 13  # `qaif_` and eight more are shown
_UNKNOWN = "This key is not known here, or no longer."
_NEW_KEY = "Ask an administrator for a new one (`qaif key new`)."


@dataclass(frozen=True)
class _Known:
    """Keys and users as they were read at a moment."""

    keys: dict[str, ApiKey]
    users: dict[str, User]
    read_at: float


class Gate:
    """Tells who asks, for a workspace whose records are open.

    Args:
        records: the workspace's.
        clock: seconds that only grow.
    """

    def __init__(self, records: Records, clock: Callable[[], float] = time.monotonic) -> None:
        self._records, self._clock = records, clock
        self._known: _Known | None = None

    def of_key(self, key: str, now: datetime) -> Caller:
        """Who asks with a key.

        Raises:
            SignInError: it is not known, expired or revoked, or its user was disabled.
        """
        known = self._fresh()
        found = known.keys.get(key[:PREFIX_CHARACTERS])
        kept = found.secret_sha256 if found else bytes(32)
        same = hmac.compare_digest(hashlib.sha256(key.encode("utf-8", "replace")).digest(), kept)
        if found is None or not same:
            raise SignInError(_UNKNOWN, way_out=_NEW_KEY)
        _refuse_ended(found, now)
        user = known.users.get(found.user)
        if user is None or user.disabled_at:
            raise SignInError(_UNKNOWN, way_out=_NEW_KEY)
        scopes = frozenset(cast("list[Scope]", found.scopes.split(",")))
        return Caller(user.name, role_of(user), scopes, f"key {found.prefix}", found.limits)

    def of_user(self, name: str) -> Caller:
        """Who asks in a user's own name, once that is proven otherwise, by a session or a password.

        Raises:
            SignInError: there is no such user, or no longer.
        """
        user = self._fresh().users.get(name)
        if user is None or user.disabled_at:
            raise SignInError("This user is not known here, or no longer.")
        return Caller(user.name, role_of(user), EVERY_SCOPE)

    def case(self, caller: Caller, case_id: str) -> CaseOf:
        """A case with its members, for a caller who may at least see it or set who does.

        Raises:
            NotFoundError: they may not, or there is none: the two are told alike.
        """
        with self._records.reading() as connection:
            members = frozenset(each.user for each in members_of(connection, case_id))
        case = CaseOf(case_id, members)
        if not members or not (may(caller, "see_case", case) or may(caller, "set_members", case)):
            raise no_case(case_id)
        return case

    def cases(self, caller: Caller) -> frozenset[str]:
        """The ids of all cases that a caller may see."""
        if not may(caller, "ask"):
            return frozenset()
        with self._records.reading() as connection:
            return cases_of(connection, caller.name)

    def forget(self) -> None:
        """Read keys and users anew when they are next needed."""
        self._known = None

    def _fresh(self) -> _Known:
        known, at = self._known, self._clock()
        if known is None or at - known.read_at >= FRESH_SECONDS:
            with self._records.reading() as connection:
                keys = {each.prefix: each for each in every_key(connection)}
                users = {each.name: each for each in every_user(connection)}
            known = self._known = _Known(keys, users, at)
        return known


def role_of(user: User) -> Role:
    """The role of a user, as one of those that there are.

    Raises:
        NotFoundError: a later version of the program gave them another.
    """
    for role in ROLES:
        if role == user.role:
            return role
    raise NotFoundError(f"{user.name} has a role that this version does not know: {user.role}.")


def _refuse_ended(key: ApiKey, now: datetime) -> None:
    """Refuse a key that is over; a rotated one is revoked at a moment to come."""
    for at, word in ((key.revoked_at, "revoked"), (key.expires_at, "expired")):
        if at is not None and datetime.fromisoformat(at) <= now.astimezone(UTC):
            raise SignInError(f"The key {key.prefix} is {word}.", way_out=_NEW_KEY)
