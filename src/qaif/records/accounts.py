"""Local users, their sessions, their keys, and the cases that they are members of: rows, and nothing decided.

Every function works inside a transaction of the caller's, so that a change and its entry in the audit log
come together. Secrets are kept as SHA-256: sessions and keys are 256 random bits, which nobody can try
through.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, delete, insert, literal_column, select, update

from qaif.records.gate_tables import api_keys, case_members, sessions, users


@dataclass(frozen=True, kw_only=True)
class User:
    """A local user.

    Attributes:
        name: in small letters.
        role: see `qaif.questions.access_rules`.
        password: as `qaif.records.passwords` keeps it; empty where they have none.
        made_at: when, ISO 8601 in UTC.
        disabled_at: since when they may do nothing, if they may not.
        failed_count, failed_at: wrong passwords in a row, and when the last was given.
    """

    name: str
    role: str
    password: str
    made_at: str
    disabled_at: str | None = None
    failed_count: int = 0
    failed_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session, without what proves it.

    Attributes:
        token_sha256: of its token.
        user: whose.
        made_at, seen_at, expires_at: ISO 8601 in UTC.
    """

    token_sha256: bytes
    user: str
    made_at: str
    seen_at: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key, without what proves it.

    Attributes:
        prefix: what is shown of it.
        secret_sha256: of the whole key.
        user: in whose name it asks.
        name: what it is for, in words.
        scopes: what it may be used for, joined by commas.
        limits: how often; empty where nothing is said.
        made_at, expires_at, revoked_at: ISO 8601 in UTC.
        replaced_by: the prefix of the key that it was rotated to.
    """

    prefix: str
    secret_sha256: bytes
    user: str
    name: str
    scopes: str
    limits: str
    made_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a case: whose name, since when, and who put them there."""

    case_id: str
    user: str
    since: str
    added_by: str


def _as_dict(row: Row[tuple[object, ...]]) -> dict[str, object]:
    return dict(row._mapping)  # noqa: SLF001  its documented name


def every_user(connection: Connection) -> tuple[User, ...]:
    """All users, by name."""
    rows = connection.execute(select(users).order_by(users.c.name))
    return tuple(User(**_as_dict(row)) for row in rows)  # type: ignore[arg-type]


def user_named(connection: Connection, name: str) -> User | None:
    """A user, by name."""
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return None if row is None else User(**_as_dict(row))  # type: ignore[arg-type]


def put_user(connection: Connection, user: User) -> None:
    """Add a user."""
    connection.execute(insert(users).values(**vars(user)))


def change_user(connection: Connection, name: str, **values: str | int | None) -> None:
    """Change a user's columns."""
    connection.execute(update(users).where(users.c.name == name).values(**values))


def put_session(connection: Connection, session: Session) -> None:
    """Add a session."""
    connection.execute(insert(sessions).values(**vars(session)))


def session_of(connection: Connection, token_sha256: bytes) -> Session | None:
    """A session, by the digest of its token."""
    row = connection.execute(select(sessions).where(sessions.c.token_sha256 == token_sha256)).one_or_none()
    return None if row is None else Session(**_as_dict(row))  # type: ignore[arg-type]


def see_session(connection: Connection, token_sha256: bytes, stamp: str) -> None:
    """Note that a session was used."""
    connection.execute(update(sessions).where(sessions.c.token_sha256 == token_sha256).values(seen_at=stamp))


def end_session(connection: Connection, token_sha256: bytes) -> None:
    """Forget a session."""
    connection.execute(delete(sessions).where(sessions.c.token_sha256 == token_sha256))


def end_sessions(connection: Connection, user: str) -> int:
    """Forget all sessions of a user; how many."""
    return connection.execute(delete(sessions).where(sessions.c.user == user)).rowcount


def forget_expired(connection: Connection, stamp: str) -> int:
    """Forget sessions that expired before a moment; how many."""
    return connection.execute(delete(sessions).where(sessions.c.expires_at < stamp)).rowcount


def every_key(connection: Connection) -> tuple[ApiKey, ...]:
    """All keys, in the order in which they were made."""
    rows = connection.execute(select(api_keys).order_by(literal_column("rowid")))
    return tuple(ApiKey(**_as_dict(row)) for row in rows)  # type: ignore[arg-type]


def key_with(connection: Connection, prefix: str) -> ApiKey | None:
    """A key, by its prefix."""
    row = connection.execute(select(api_keys).where(api_keys.c.prefix == prefix)).one_or_none()
    return None if row is None else ApiKey(**_as_dict(row))  # type: ignore[arg-type]


def put_key(connection: Connection, key: ApiKey) -> None:
    """Add a key."""
    connection.execute(insert(api_keys).values(**vars(key)))


def change_key(connection: Connection, prefix: str, **values: str | None) -> None:
    """Change a key's columns."""
    connection.execute(update(api_keys).where(api_keys.c.prefix == prefix).values(**values))


def members_of(connection: Connection, case_id: str) -> tuple[Member, ...]:
    """The members of a case, by name."""
    wanted = select(case_members).where(case_members.c.case_id == case_id).order_by(case_members.c.user)
    return tuple(Member(**_as_dict(row)) for row in connection.execute(wanted))  # type: ignore[arg-type]


def cases_of(connection: Connection, user: str) -> frozenset[str]:
    """The ids of the cases that a user is a member of."""
    wanted = select(case_members.c.case_id).where(case_members.c.user == user)
    return frozenset(connection.execute(wanted).scalars())


def put_member(connection: Connection, member: Member) -> None:
    """Add a member to a case."""
    connection.execute(insert(case_members).values(**vars(member)))


def take_member(connection: Connection, case_id: str, user: str) -> int:
    """Take a member out of a case; how many there were."""
    which = and_(case_members.c.case_id == case_id, case_members.c.user == user)
    return connection.execute(delete(case_members).where(which)).rowcount
