"""Local users: add, list, give a role, disable, set a password. The audit log has each change, and whose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qaif.errors import InputError, NotFoundError, UsageError
from qaif.questions.access_rules import ROLES, Role
from qaif.questions.answer import Answer
from qaif.questions.asked import refuse_secrets
from qaif.records.accounts import (
    User,
    cases_of,
    change_user,
    end_sessions,
    every_user,
    put_user,
    user_named,
)
from qaif.records.audit_tree import ToRecord, append_in
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records, Transaction
from qaif.records.passwords import LONGEST, SHORTEST, hashed

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class UserShown:
    """A user, as they are shown.

    Attributes:
        name, role: who.
        made_at: when they were added.
        disabled_at: since when they may do nothing.
        has_password: they can sign in; one who cannot asks by keys alone.
        cases: how many cases they are a member of.
    """

    name: str
    role: str
    made_at: str
    disabled_at: str | None
    has_password: bool
    cases: int


@dataclass(frozen=True, kw_only=True)
class UsersAnswer(Answer):
    """Users, by name."""

    users: tuple[UserShown, ...]


def users(records: Records) -> UsersAnswer:
    """All users."""
    with records.reading() as connection:
        return UsersAnswer(users=tuple(_shown(connection, each) for each in every_user(connection)))


def add_user(  # noqa: PLR0913, PLR0917  who, as what, by whom, when
    records: Records, name: str, role: str, password: str | None, by: str, now: datetime
) -> UsersAnswer:
    """Add a user.

    Args:
        records: the workspace's.
        name: small letters, digits and `._@-`.
        role: one of the four.
        password: of 12 characters or more; None for one who asks by keys alone.
        by: who adds them.
        now: the time.

    Raises:
        UsageError: no such name or role can be.
        InputError: there is such a user, or the password is too short or long.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name[:64]!r} cannot be a user's name.",
            way_out="Write up to 64 small letters, digits and ._@- of which the first is a letter or digit.",
        )
    refuse_secrets(name)
    kept = "" if password is None else hashed(checked_password(name, password))
    made = User(name=name, role=role_named(role), password=kept, made_at=utc_stamp(now))
    with records.writing() as connection:
        if user_named(connection, name) is not None:
            raise InputError(f"There is a user {name} already.", way_out="Names are never given twice.")
        put_user(connection, made)
        _note(connection, "user.added", name, {"role": role, "by": by}, now)
        return UsersAnswer(users=(_shown(connection, made),))


def set_role(records: Records, name: str, role: str, by: str, now: datetime) -> UsersAnswer:
    """Give a user another role.

    Raises:
        NotFoundError: there is no such user.
        UsageError: there is no such role.
        InputError: the last administrator would be none.
    """
    wanted = role_named(role)
    with records.writing() as connection:
        user = existing_user(connection, name)
        if wanted != "administrator":
            _keep_an_administrator(connection, user)
        change_user(connection, name, role=wanted)
        _note(connection, "user.role", name, {"role": wanted, "before": user.role, "by": by}, now)
        return UsersAnswer(users=(_shown(connection, existing_user(connection, name)),))


def disable_user(records: Records, name: str, by: str, now: datetime) -> UsersAnswer:
    """Disable a user for good: sessions end, keys are refused, the name stays taken.

    Raises:
        NotFoundError: there is no such user.
        InputError: they are the last administrator.
    """
    with records.writing() as connection:
        user = existing_user(connection, name)
        _keep_an_administrator(connection, user)
        if user.disabled_at is None:
            change_user(connection, name, disabled_at=utc_stamp(now))
            ended = end_sessions(connection, name)
            _note(connection, "user.disabled", name, {"sessions_ended": ended, "by": by}, now)
        return UsersAnswer(users=(_shown(connection, existing_user(connection, name)),))


def set_password(records: Records, name: str, password: str, by: str, now: datetime) -> UsersAnswer:
    """Set a user's password; their sessions end.

    Raises:
        NotFoundError: there is no such user.
        InputError: the password is too short or long.
    """
    kept = hashed(checked_password(name, password))
    with records.writing() as connection:
        existing_user(connection, name)
        change_user(connection, name, password=kept, failed_count=0, failed_at=None)
        ended = end_sessions(connection, name)
        _note(connection, "user.password", name, {"sessions_ended": ended, "by": by}, now)
        return UsersAnswer(users=(_shown(connection, existing_user(connection, name)),))


def checked_password(name: str, password: str) -> str:
    """A password that may be set.

    Raises:
        InputError: it is too short or long, or the name over again.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"A password has {SHORTEST} to {LONGEST:,} characters; nothing was changed.")
    if len(set(password)) == 1 or password.casefold().replace(name, "") == "":
        raise InputError("A password is not one character or the user's name over again.")
    return password


def role_named(role: str) -> Role:
    """The role of that name.

    Raises:
        UsageError: there is none.
    """
    for each in ROLES:
        if each == role:
            return each
    raise UsageError(f"There is no role {role[:64]!r}.", way_out=f"Write one of {', '.join(ROLES)}.")


def existing_user(connection: Transaction, name: str) -> User:
    """A user who is there, disabled or not.

    Raises:
        NotFoundError: there is none.
    """
    user = user_named(connection, name)
    if user is None:
        raise NotFoundError(f"There is no user {name[:64]}.", way_out="See `qaif user list`.")
    return user


def _keep_an_administrator(connection: Transaction, leaving: User) -> None:
    left = [
        each
        for each in every_user(connection)
        if each.role == "administrator" and not each.disabled_at and each.name != leaving.name
    ]
    if leaving.role == "administrator" and not leaving.disabled_at and not left:
        raise InputError(
            f"{leaving.name} is the last administrator; nothing was changed.",
            way_out="Make another user one first (`qaif user role NAME administrator`).",
        )


def _note(
    connection: Transaction, action: str, name: str, details: Mapping[str, str | int], now: datetime
) -> None:
    append_in(connection, [ToRecord(at=now, action=action, subject=f"user {name}", details=dict(details))])


def _shown(connection: Transaction, user: User) -> UserShown:
    return UserShown(
        user.name,
        user.role,
        user.made_at,
        user.disabled_at,
        bool(user.password),
        len(cases_of(connection, user.name)),
    )
