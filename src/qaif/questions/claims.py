"""What is said of an address or an entity, by whom, where, and resting on whom?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from qaif.errors import NotFoundError, UsageError
from qaif.evidence.claims.contradictions import Contradiction, contradictions
from qaif.evidence.claims.entity import Entity
from qaif.evidence.claims.gather import Gathered, gather
from qaif.evidence.exchange.tagpack import chain_of
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.judgements import Judgement
from qaif.workspace.folder import Workspace

NOT_FOUND = "Nothing is said of it in what is loaded here. Not found is not clear."
_ROW = re.compile(r"[0-9]{1,15}")
_COUNTED = (
    "Values stand side by side with everyone who says them; corroboration counts independent roots; "
    "reliability of the source (A to F) and credibility of the information (1 to 6) are never multiplied."
)


@dataclass(frozen=True)
class Past:
    """Up to where the log of statements was read.

    Attributes:
        row: the last row looked at.
        moment: the moment that was asked for, ISO 8601 in UTC; None where it was a row, or now.
    """

    row: int
    moment: str | None


@dataclass(frozen=True, kw_only=True)
class ClaimsAnswer(Answer):
    """What is said of a subject.

    Attributes:
        subject: as it was asked for.
        found: anything is said of it.
        verdict: where nothing is: that this is not clear.
        entities: what it is, each value with its sources.
        links: the relations that name it.
        links_left_out: how many more relations there are.
        contradictions: where sources disagree.
        judgements: whether it was judged to be the same as another.
        log: up to where the log was read.
    """

    subject: str
    found: bool
    verdict: str
    entities: tuple[Entity, ...]
    links: tuple[Entity, ...]
    links_left_out: int
    contradictions: tuple[Contradiction, ...]
    judgements: tuple[Judgement, ...]
    log: Past


def claims(path: Path, subject: str, as_of: str | None = None) -> ClaimsAnswer:
    """Say what sources say of an address, an account or an entity.

    Args:
        path: the workspace's folder.
        subject: which.
        as_of: a day (to its end), a moment, or a row of the log; now where None.

    Raises:
        PrivateKeyError: the subject is a private key.
        UsageError: the moment is none.
        NotFoundError: there is no workspace, or no such row.
    """
    refuse_secrets(subject)
    with Records.open(Workspace.open(path).path) as records:
        past = past_of(records, as_of)
        gathered = gather(records, subject, past.row, past.moment)
    found = bool(gathered.entities or gathered.links)
    return ClaimsAnswer(
        layer="claim",
        basis=_basis(gathered),
        coverage=CoverageOf(complete=False, reasons=_reasons(gathered, found=found)),
        subject=subject,
        found=found,
        verdict="" if found else NOT_FOUND,
        entities=gathered.entities,
        links=gathered.links,
        links_left_out=gathered.links_left_out,
        contradictions=contradictions((*gathered.entities, *gathered.links)),
        judgements=gathered.judgements,
        log=past,
    )


def past_of(records: Records, as_of: str | None) -> Past:
    """Where in the log of statements a moment is.

    Raises:
        UsageError: it is neither a day, a moment, nor a row.
        NotFoundError: there is no such row.
    """
    if as_of is None:
        return Past(records.statements.last_seq(), None)
    if _ROW.fullmatch(as_of):
        row = int(as_of)
        entered = records.statements.entered_at(row) if row else ""
        if entered is None:
            raise NotFoundError(f"The log of statements has no row {row:,}.", row=row)
        return Past(row, entered)
    moment = _moment(as_of)
    return Past(records.statements.last_seq(moment), moment)


def _moment(text: str) -> str:
    try:
        return f"{date.fromisoformat(text).isoformat()}T23:59:59Z"
    except ValueError:
        pass
    try:
        return utc_stamp(datetime.fromisoformat(text))
    except ValueError:
        raise UsageError(
            f"{text[:60]!r} is no day, no moment with its time zone, and no row of the log.",
            way_out="Write --as-of 2026-11-25, --as-of 2026-11-25T12:00:00Z or --as-of 1200.",
        ) from None


def _basis(gathered: Gathered) -> Mapping[str, object]:
    return {"datasets": list(gathered.datasets), "counting": _COUNTED}


def _reasons(gathered: Gathered, *, found: bool) -> tuple[str, ...]:
    out = ["Only what was loaded or entered here is known; others may say more."]
    if not found:
        out.append(NOT_FOUND)
    others = {chain_of(value.value) for link in gathered.links for value in link.values("subject")} - {""}
    out += [f"Some of it is said of {each}, whose chain is not analysed." for each in sorted(others)]
    if gathered.links_left_out:
        out.append(f"{gathered.links_left_out:,} earlier relations are not shown.")
    return tuple(out)
