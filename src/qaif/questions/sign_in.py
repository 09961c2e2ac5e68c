"""Signing in with name and password, and the sessions that follow. Tokens are kept as SHA-256 alone."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qaif.errors import SignInError, TooOftenError
from qaif.questions.access import Gate
from qaif.questions.access_rules import Caller
from qaif.records.accounts import (
    Session,
    User,
    change_user,
    end_session,
    forget_expired,
    put_session,
    see_session,
    session_of,
    user_named,
)
from qaif.records.audit_tree import ToRecord, append_in
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.passwords import LONGEST, is_password

HOURS, IDLE_MINUTES = 12, 30
FREE_TRIES, LONGEST_WAIT_SECONDS = 5, 900
_SEEN_EVERY = timedelta(minutes=1)  # a session's use is written down no more often
_WRONG = "The name or the password is wrong."


@dataclass(frozen=True)
class SignedIn:
    """A session that has begun.

    Attributes:
        token: what proves it; shown this once.
        csrf: what a form must send beside the cookie.
        expires_at: ISO 8601 in UTC.
        caller: who it is.
    """

    token: str
    csrf: str
    expires_at: str
    caller: Caller


def proven(records: Records, name: str, password: str, now: datetime) -> Caller:
    """Who a name and a password are of.

    After five wrong passwords in a row each further one costs a wait that doubles, up to 15 minutes.

    Raises:
        SignInError: one of the two is wrong, or the user was disabled; which of these is not said.
        TooOftenError: there is a wait to sit out.
    """
    with records.reading() as connection:
        user = user_named(connection, name)
    _refuse_haste(user, now)
    right = is_password(password[: LONGEST + 1], user.password if user else "")
    known = user is not None and right and user.disabled_at is None
    if user is not None and (not known or user.failed_count):
        _count(records, user, now, right=known)
    if user is None or not known:
        raise SignInError(_WRONG)
    return Gate(records).of_user(user.name)


def sign_in(records: Records, name: str, password: str, now: datetime) -> SignedIn:
    """Begin a session.

    Raises:
        SignInError, TooOftenError: as `proven` does.
    """
    caller = proven(records, name, password, now)
    token = secrets.token_urlsafe(32)
    ends = utc_stamp(now + timedelta(hours=HOURS))
    stamp = utc_stamp(now)
    made = Session(
        token_sha256=_digest(token), user=caller.name, made_at=stamp, seen_at=stamp, expires_at=ends
    )
    with records.writing() as connection:
        forget_expired(connection, stamp)
        put_session(connection, made)
        append_in(connection, [ToRecord(at=now, action="session.began", subject=f"user {caller.name}")])
    return SignedIn(token, csrf_of(token), ends, caller)


def of_session(records: Records, gate: Gate, token: str, now: datetime) -> Caller:
    """Who asks in a session.

    Raises:
        SignInError: it is not known, has ended, or was not used for half an hour.
    """
    digest, stamp = _digest(token), utc_stamp(now)
    with records.reading() as connection:
        session = session_of(connection, digest)
    if session is None or session.expires_at <= stamp or _idle(session, now):
        raise SignInError("This session has ended.", way_out="Sign in again.")
    caller = gate.of_user(session.user)
    if datetime.fromisoformat(session.seen_at) + _SEEN_EVERY <= now.astimezone(UTC):
        with records.writing() as connection:
            see_session(connection, digest, stamp)
    return caller


def sign_out(records: Records, token: str, now: datetime) -> None:
    """End a session; nothing where it is not known."""
    with records.writing() as connection:
        session = session_of(connection, _digest(token))
        if session is not None:
            end_session(connection, session.token_sha256)
            append_in(connection, [ToRecord(at=now, action="session.ended", subject=f"user {session.user}")])


def csrf_of(token: str) -> str:
    """What a form must send beside a session's cookie: another site can send the cookie, and not this."""
    return hmac.new(token.encode(), b"qaif csrf", "sha256").hexdigest()


def is_csrf(token: str, given: str) -> bool:
    """Whether a form sent what it must."""
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _idle(session: Session, now: datetime) -> bool:
    return datetime.fromisoformat(session.seen_at) + timedelta(minutes=IDLE_MINUTES) <= now.astimezone(UTC)


def _refuse_haste(user: User | None, now: datetime) -> None:
    if user is None or user.failed_count < FREE_TRIES or user.failed_at is None:
        return
    wait = min(2 ** min(user.failed_count - FREE_TRIES, 20), LONGEST_WAIT_SECONDS)
    left = datetime.fromisoformat(user.failed_at) + timedelta(seconds=wait) - now.astimezone(UTC)
    if left > timedelta(0):
        seconds = int(left.total_seconds()) + 1
        raise TooOftenError(
            "Too many wrong passwords for this user.",
            way_out=f"Wait {seconds} seconds and try again.",
            seconds=seconds,
        )


def _count(records: Records, user: User, now: datetime, *, right: bool) -> None:
    """Count a wrong password, or forget those before a right one."""
    with records.writing() as connection:
        if right:
            change_user(connection, user.name, failed_count=0, failed_at=None)
            return
        fresh = user_named(connection, user.name) or user
        change_user(connection, user.name, failed_count=fresh.failed_count + 1, failed_at=utc_stamp(now))
        details = {"in_a_row": fresh.failed_count + 1}
        entry = ToRecord(at=now, action="session.refused", subject=f"user {user.name}", details=details)
        append_in(connection, [entry])
