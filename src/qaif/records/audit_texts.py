"""What was asked, where it is confidential: an entry of the audit log holds a digest of it, never the text.

The text can be kept beside the log, in the database alone. Its entry then holds an HMAC under a salt of its
own, so that the text can be erased (without its salt nothing is left to guess by) and the tree over the log
still verifies. Or no text is kept and the entry holds an HMAC under the workspace's key: who has the key can
say whether an address was asked about, and nothing can be read back. Or nothing is kept at all.
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from qaif.errors import UsageError
from qaif.records.gate_tables import audit_texts, gate_settings
from qaif.records.schema import audit

Keeping = Literal["text", "digest", "nothing"]
KEEPINGS: tuple[Keeping, ...] = get_args(Keeping)
BY_SALT, BY_KEY = "query_digest", "query_keyed_digest"
_KEEPING, _DAYS, _KEY = "audit.queries", "audit.days", "audit.key"


@dataclass(frozen=True)
class Retention:
    """What is kept of the texts of questions.

    Attributes:
        keeping: `text`, `digest` (under the workspace's key) or `nothing`.
        days: a text is erased when it is older; None where it is kept for good.
    """

    keeping: Keeping = "text"
    days: int | None = None


@dataclass(frozen=True)
class Hidden:
    """A confidential text made ready: what its entry holds, and what is kept beside it.

    Attributes:
        details: for the entry.
        salt: of the text that is kept; empty where none is.
    """

    details: dict[str, str]
    salt: bytes = b""


class Hiding:
    """Makes digests of confidential texts, as the workspace's setting says.

    Args:
        connection: inside a transaction that may write.
    """

    def __init__(self, connection: Connection) -> None:
        self._keeping = retention(connection).keeping
        self._key = workspace_key(connection) if self._keeping == "digest" else b""

    def hide(self, text: str) -> Hidden:
        """A text, hidden; halves of characters, which no file can hold, become question marks."""
        text = storable(text)
        if self._keeping == "nothing":
            return Hidden({})
        if self._keeping == "digest":
            return Hidden({BY_KEY: _hmac(self._key, text)})
        salt = secrets.token_bytes(16)
        return Hidden({BY_SALT: _hmac(salt, text)}, salt)


def storable(text: str) -> str:
    """A text as a file can hold it."""
    return text.encode("utf-8", "replace").decode()


def setting(connection: Connection, name: str) -> str | None:
    """A setting of the workspace; None where it was not set."""
    found = select(gate_settings.c.value).where(gate_settings.c.name == name)
    value: str | None = connection.execute(found).scalar_one_or_none()
    return value


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Set a setting of the workspace."""
    row = insert(gate_settings).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def retention(connection: Connection) -> Retention:
    """What is kept of texts."""
    kept, days = setting(connection, _KEEPING), setting(connection, _DAYS)
    return Retention(keeping_named(kept or "text"), int(days) if days else None)


def keeping_named(name: str) -> Keeping:
    """The kind of keeping of that name.

    Raises:
        UsageError: there is none.
    """
    for each in KEEPINGS:
        if each == name:
            return each
    raise UsageError(f"{name!r} is no way to keep texts.", way_out=f"Write {', '.join(KEEPINGS)}.")


def set_retention(connection: Connection, wanted: Retention) -> None:
    """Say what is kept of texts from now on."""
    set_setting(connection, _KEEPING, wanted.keeping)
    set_setting(connection, _DAYS, "" if wanted.days is None else str(wanted.days))


def workspace_key(connection: Connection) -> bytes:
    """The key of the workspace's digests, made where there is none."""
    kept = setting(connection, _KEY)
    if kept is None:
        kept = secrets.token_hex(32)
        set_setting(connection, _KEY, kept)
    return bytes.fromhex(kept)


def erase_before(connection: Connection, stamp: str) -> int:
    """Erase texts that were entered before a moment, from the file's free pages too; how many."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    return connection.execute(delete(audit_texts).where(audit_texts.c.at < stamp)).rowcount


def texts_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The texts of entries, by number, where they are kept and are what the entries hold digests of."""
    if not numbers:
        return {}
    wanted = (
        select(audit_texts.c.entry_id, audit_texts.c.salt, audit_texts.c.text, audit.c.details)
        .join(audit, audit.c.id == audit_texts.c.entry_id)
        .where(audit_texts.c.entry_id.between(min(numbers), max(numbers)))
    )
    among = set(numbers)
    return {
        row.entry_id: row.text
        for row in connection.execute(wanted)
        if row.entry_id in among and opens(row.details, row.text, row.salt)
    }


def opening_of(connection: Connection, number: int) -> tuple[str, bytes] | None:
    """The text of an entry with its salt, by which anybody can see that the entry is of it; None if gone."""
    wanted = select(audit_texts.c.text, audit_texts.c.salt).where(audit_texts.c.entry_id == number)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else (row.text, row.salt)


def opens(details: str, text: str, salt: bytes) -> bool:
    """Whether an entry with these details is of this text."""
    held = json.loads(details).get(BY_SALT)
    return isinstance(held, str) and hmac.compare_digest(held, _hmac(salt, text))


def entries_about(connection: Connection, text: str) -> tuple[int, ...]:
    """The numbers of the entries whose question was this text, as far as the setting lets one know."""
    found = set(
        connection.execute(select(audit_texts.c.entry_id).where(audit_texts.c.text == text)).scalars()
    )
    key = setting(connection, _KEY)
    if key is not None:
        held = func.json_extract(audit.c.details, f"$.{BY_KEY}")
        same = select(audit.c.id).where(held == _hmac(bytes.fromhex(key), text))
        found.update(connection.execute(same).scalars())
    return tuple(sorted(found))


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()
