"""How long the texts of questions are kept beside the audit log; erased, the log still verifies."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from qaif.errors import UsageError
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer
from qaif.records.audit_texts import (
    Retention,
    erase_before,
    keeping_named,
    retention,
    set_retention,
)
from qaif.records.audit_tree import ToRecord, append_in
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

MOST_DAYS = 36_500


@dataclass(frozen=True, kw_only=True)
class RetentionAnswer(Answer):
    """What is kept of the texts of questions.

    Attributes:
        keeping: `text`, `digest` or `nothing`.
        days: a text is erased when it is older; None where it is kept for good.
        erased: how many texts were erased just now.
    """

    keeping: str
    days: int | None
    erased: int


def kept(path: Path) -> RetentionAnswer:
    """What is kept."""
    with Records.open(Workspace.open(path).path) as records, records.reading() as connection:
        wanted = retention(connection)
    return RetentionAnswer(keeping=wanted.keeping, days=wanted.days, erased=0)


def keep(path: Path, keeping: str, days: int | None, by: str | None, now: datetime) -> RetentionAnswer:
    """Say what is kept from now on; where it is no text, or for fewer days, what is older is erased at once.

    Raises:
        UsageError: no such way of keeping, no such number of days, or nobody's name is given.
    """
    wanted, author = Retention(keeping_named(keeping), days), analyst_named(by)
    if days is not None and not 0 < days <= MOST_DAYS:
        raise UsageError(f"Texts are kept for 1 to {MOST_DAYS:,} days.", way_out="Write --days.")
    with Records.open(Workspace.open(path).path) as records:
        with records.writing() as connection:
            set_retention(connection, wanted)
            details = {"by": author, "keeping": wanted.keeping, "days": days}
            append_in(
                connection, [ToRecord(at=now, action="audit.retention", subject="queries", details=details)]
            )
        erased = erase_due(records, now)
    return RetentionAnswer(keeping=wanted.keeping, days=days, erased=erased)


def erase(path: Path, now: datetime) -> RetentionAnswer:
    """Erase what is older than it is to be kept."""
    with Records.open(Workspace.open(path).path) as records:
        erased = erase_due(records, now)
    return replace(kept(path), erased=erased)


def erase_due(records: Records, now: datetime) -> int:
    """Erase the texts that are older than they are to be kept, and say so in the log; how many."""
    with records.writing() as connection:
        wanted = retention(connection)
        if wanted.keeping == "text" and wanted.days is None:
            return 0
        whole = wanted.keeping != "text"
        before = utc_stamp(now + timedelta(days=1) if whole else now - timedelta(days=wanted.days or 0))
        erased = erase_before(connection, before)
        if erased:
            details: dict[str, str | int | bool | None] = {"count": erased, "before": before}
            append_in(
                connection, [ToRecord(at=now, action="audit.erased", subject="queries", details=details)]
            )
    return erased
