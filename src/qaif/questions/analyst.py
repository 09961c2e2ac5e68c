"""Who enters something: nothing becomes a claim without a person's name beside it."""

from datetime import datetime
from importlib.metadata import version as installed

from qaif.errors import InputError, UsageError
from qaif.questions.asked import refuse_secrets
from qaif.records.documents import utc_stamp
from qaif.records.statement import Assertion, Entry


def analyst_named(by: str | None) -> str:
    """The analyst's name.

    Raises:
        UsageError: none is given.
    """
    name = (by or "").strip()
    if not name:
        raise UsageError(
            "Who enters this? No name was given.",
            way_out="Write --by NAME, or set QAIF_ANALYST in your environment.",
        )
    refuse_secrets(name)
    return name


def entry(by: str | None, now: datetime, reason: str = "", document_sha256: str | None = None) -> Entry:
    """An act of entering, by an analyst.

    Raises:
        UsageError: no name is given.
    """
    refuse_secrets(reason)
    return Entry(
        entered_by=analyst_named(by),
        entered_at=utc_stamp(now),
        tool=f"qaif {installed('qaif')}",
        reason=reason,
        document_sha256=document_sha256,
    )


def assertion(**given: object) -> Assertion:
    """An assertion of what a user gave.

    Raises:
        InputError: a grade or a status that is none.
    """
    try:
        return Assertion(**given)  # type: ignore[arg-type]
    except ValueError as error:
        raise InputError(
            f"{str(error)[0].upper()}{str(error)[1:]}.", way_out="See `qaif claims add --help`."
        ) from None
