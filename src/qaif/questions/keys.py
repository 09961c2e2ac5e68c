"""Keys for programs: made for a user, narrowed by scopes and limits, rotated with an overlap, revoked.

A key is 256 random bits behind a prefix, shown once when it is made. It asks in its user's name and never may
more than they: whoever disables the user stops all their keys.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qaif.errors import InputError, NotFoundError, UsageError
from qaif.questions.access import KEY_BEGINS, PREFIX_CHARACTERS
from qaif.questions.access_rules import SCOPES, Scope
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.questions.limiting import parsed
from qaif.questions.users import existing_user
from qaif.records.accounts import ApiKey, change_key, every_key, key_with, put_key
from qaif.records.audit_tree import ToRecord, append_in
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records, Transaction

MOST_DAYS, MOST_OVERLAP_HOURS = 3650, 24 * 90
_LONGEST_NAME = 100
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another
SHOWN_ONCE = "The key is shown this once: what is kept here cannot be turned back into it."


@dataclass(frozen=True)
class KeyShown:
    """A key, without what proves it.

    Attributes:
        prefix: how it begins; by this it is named.
        name: what it is for.
        user: in whose name it asks.
        scopes: what it may be used for.
        limits: how often.
        made_at, expires_at: from when to when.
        standing: `good`, `expired`, `revoked`, or `rotated` where it goes on until `revoked_at`.
        revoked_at: since when, or from when, it is refused.
        replaced_by: the prefix of the key that takes its place.
    """

    prefix: str
    name: str
    user: str
    scopes: tuple[str, ...]
    limits: str
    made_at: str
    expires_at: str | None
    standing: str
    revoked_at: str | None
    replaced_by: str | None


@dataclass(frozen=True, kw_only=True)
class KeysAnswer(Answer):
    """Keys, the oldest first."""

    keys: tuple[KeyShown, ...]


@dataclass(frozen=True, kw_only=True)
class NewKeyAnswer(Answer):
    """A key that was made.

    Attributes:
        key: what a program sends; shown this once.
        shown: what will be shown of it.
    """

    key: str
    shown: KeyShown


@dataclass(frozen=True, kw_only=True)
class KeyWanted:
    """What a key is to be.

    Attributes:
        user: in whose name it asks.
        name: what it is for, in words.
        scopes: what it may be used for.
        days: until it expires; None for no end.
        limits: how often, such as `600/minute`; empty for no limit of its own.
    """

    user: str
    name: str
    scopes: Sequence[str]
    days: int | None = 365
    limits: str = ""


def keys(records: Records, now: datetime) -> KeysAnswer:
    """All keys."""
    with records.reading() as connection:
        return KeysAnswer(keys=tuple(shown(each, now) for each in every_key(connection)))


def new_key(records: Records, wanted: KeyWanted, by: str, now: datetime) -> NewKeyAnswer:
    """Make a key.

    Raises:
        NotFoundError: there is no such user.
        UsageError: no scope or an unknown one, too many days, or limits that cannot be read.
        InputError: the user was disabled.
    """
    scopes = scopes_named(wanted.scopes)
    name = wanted.name.strip()
    refuse_secrets(name)
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise UsageError("Say in up to 100 characters what the key is for.", way_out="Write --name.")
    if wanted.days is not None and not 0 < wanted.days <= MOST_DAYS:
        raise UsageError(f"A key is good for 1 to {MOST_DAYS:,} days.", way_out="Write --days.")
    parsed(wanted.limits)
    ends = None if wanted.days is None else utc_stamp(now + timedelta(days=wanted.days))
    with records.writing() as connection:
        if existing_user(connection, wanted.user).disabled_at:
            raise InputError(f"{wanted.user} was disabled; a key in that name would be refused.")
        text, made = _made(wanted.user, name, ",".join(scopes), wanted.limits.strip(), (now, ends))
        put_key(connection, made)
        _note(connection, "key.made", made, by, now)
    return _answer(text, made, now)


def rotate_key(records: Records, prefix: str, hours: int, by: str, now: datetime) -> NewKeyAnswer:
    """Make a key in the place of another, which goes on for some hours so that programs can change over.

    The new one is for the same, and for as many days as the old one was from when it was made.

    Raises:
        NotFoundError: there is no such key.
        InputError: it is over, or was rotated already.
        UsageError: no such number of hours can be.
    """
    if not 0 <= hours <= MOST_OVERLAP_HOURS:
        raise UsageError(f"The two overlap for 0 to {MOST_OVERLAP_HOURS:,} hours.", way_out="Write --hours.")
    with records.writing() as connection:
        old = _good(connection, prefix, now)
        text, made = _made(old.user, old.name, old.scopes, old.limits, (now, _as_long(old, now)))
        put_key(connection, made)
        until = utc_stamp(now + timedelta(hours=hours))
        change_key(connection, old.prefix, revoked_at=until, replaced_by=made.prefix)
        _note(connection, "key.rotated", old, by, now, to=made.prefix, until=until)
    return _answer(text, made, now)


def revoke_key(records: Records, prefix: str, by: str, now: datetime) -> KeysAnswer:
    """Refuse a key from now on; also one that was rotated and would go on for a while.

    Raises:
        NotFoundError: there is no such key.
    """
    with records.writing() as connection:
        key, stamp = _existing(connection, prefix), utc_stamp(now)
        if key.revoked_at is None or key.revoked_at > stamp:
            change_key(connection, key.prefix, revoked_at=stamp)
            _note(connection, "key.revoked", key, by, now)
        return KeysAnswer(keys=(shown(_existing(connection, prefix), now),))


def scopes_named(names: Sequence[str]) -> tuple[Scope, ...]:
    """Scopes of these names, in their own order.

    Raises:
        UsageError: none is named, or one that there is not.
    """
    unknown = sorted(set(names) - set(SCOPES))
    if unknown or not names:
        said = f"There is no scope {unknown[0][:64]!r}." if unknown else "A key needs a scope."
        raise UsageError(said, way_out=f"Write one or more of {', '.join(SCOPES)}.")
    return tuple(each for each in SCOPES if each in names)


def shown(key: ApiKey, now: datetime) -> KeyShown:
    """A key as it is shown."""
    return KeyShown(
        prefix=key.prefix,
        name=key.name,
        user=key.user,
        scopes=tuple(key.scopes.split(",")),
        limits=key.limits,
        made_at=key.made_at,
        expires_at=key.expires_at,
        standing=_standing(key, utc_stamp(now)),
        revoked_at=key.revoked_at,
        replaced_by=key.replaced_by,
    )


def _standing(key: ApiKey, stamp: str) -> str:
    if key.revoked_at is not None and key.revoked_at <= stamp:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= stamp:
        return "expired"
    return "rotated" if key.replaced_by else "good"


def _made(
    user: str, name: str, scopes: str, limits: str, span: tuple[datetime, str | None]
) -> tuple[str, ApiKey]:
    """A key as text, and as it is kept."""
    begins = "".join(secrets.choice(_LETTERS) for _ in range(PREFIX_CHARACTERS - len(KEY_BEGINS)))
    prefix = f"{KEY_BEGINS}{begins}"
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    return text, ApiKey(
        prefix=prefix,
        secret_sha256=hashlib.sha256(text.encode()).digest(),
        user=user,
        name=name,
        scopes=scopes,
        limits=limits,
        made_at=utc_stamp(span[0]),
        expires_at=span[1],
    )


def _as_long(old: ApiKey, now: datetime) -> str | None:
    if old.expires_at is None:
        return None
    return utc_stamp(now + (datetime.fromisoformat(old.expires_at) - datetime.fromisoformat(old.made_at)))


def _existing(connection: Transaction, prefix: str) -> ApiKey:
    """A key by its prefix; the whole key is taken too, and not repeated."""
    key = key_with(connection, prefix[:PREFIX_CHARACTERS])
    if key is None:
        raise NotFoundError(f"There is no key {prefix[:PREFIX_CHARACTERS]}.", way_out="See `qaif key list`.")
    return key


def _good(connection: Transaction, prefix: str, now: datetime) -> ApiKey:
    key = _existing(connection, prefix)
    standing = _standing(key, utc_stamp(now))
    if standing != "good":
        raise InputError(f"The key {key.prefix} is {standing}.", way_out="Make a new one (`qaif key new`).")
    return key


def _answer(text: str, made: ApiKey, now: datetime) -> NewKeyAnswer:
    return NewKeyAnswer(
        coverage=CoverageOf(complete=True, reasons=(SHOWN_ONCE,)), key=text, shown=shown(made, now)
    )


def _note(connection: Transaction, action: str, key: ApiKey, by: str, now: datetime, **more: str) -> None:
    details = {"user": key.user, "scopes": key.scopes, "by": by, **more}
    append_in(connection, [ToRecord(at=now, action=action, subject=f"key {key.prefix}", details=details)])
