"""Who has designated this, under what act, since when, and who has not?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qaif.errors import UsageError
from qaif.evidence.claims.judging import same_as
from qaif.evidence.designations import Designation, Told
from qaif.evidence.lists.known import STALE_AFTER_DAYS, jurisdiction_of
from qaif.evidence.lists.wallets import chain_of, text_key
from qaif.evidence.vocabulary import wallet_key
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.designations_judged import DECIDED, AuthorityAnswer, Judge, Subject
from qaif.questions.list_names import Candidate
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

_IDENTIFIES = ("publicKey", "cryptoAddress", "accountId", "username", "iban", "accountNumber")
_ADDRESSED = frozenset(("CryptoWallet", "UserAccount", "BankAccount"))
_MOST_COLUMNS = 60
_MOST_JURISDICTIONS = 60


@dataclass(frozen=True)
class MatrixRow:
    """One authority over time.

    Attributes:
        jurisdiction: whose law.
        statuses: the answer on each of the matrix's days.
        said: what others say on each: `designated`, `not designated`, `sources differ`, or nothing.
    """

    jurisdiction: str
    statuses: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """Authorities over time.

    Attributes:
        days: one a column: the last days of years, and last the day that is asked about.
        rows: one an authority.
    """

    days: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, kw_only=True)
class DesignationsAnswer(Answer):
    """For each authority, whether this is listed, and on what that rests.

    Attributes:
        asked: what was asked about.
        kind: `entity`, `address or account`, or `name`.
        entities: which entities that is; none for a name, which alone is nobody.
        names: what they are called.
        day: the day that is asked about.
        authorities: one for each jurisdiction that is asked about.
        candidates: entities of lists with names like it.
        matrix: authorities over time, if that is asked for.
    """

    asked: str
    kind: str
    entities: tuple[str, ...]
    names: tuple[str, ...]
    day: str
    authorities: tuple[AuthorityAnswer, ...]
    candidates: tuple[Candidate, ...]
    matrix: Matrix | None = None


def designations(  # noqa: PLR0913  what is asked
    workspace: Path,
    asked: str,
    day: date,
    jurisdictions: Sequence[str],
    *,
    stale_after: int = STALE_AFTER_DAYS,
    since: int | None = None,
) -> DesignationsAnswer:
    """Say for each authority whether an entity, address, account or name is listed on a day.

    Args:
        workspace: its folder.
        asked: an entity's id, an address, an account, or a name.
        day: the day.
        jurisdictions: whose law, such as `US` or `UN`; there is no default.
        stale_after: a list is too old after so many days.
        since: the first year of a matrix; without one there is no matrix.

    Raises:
        UsageError: no jurisdiction, too many, or one that is none; a matrix that is too wide.
        PrivateKeyError: what is asked about is a private key.
    """
    wanted = _jurisdictions(jurisdictions)
    days = _columns(since, day)
    with Records.open(Workspace.open(workspace).path) as records:
        told = Told(records.statements, [each.last_seq for each in records.lists.versions()])
        judge = Judge(records, told, stale_after)
        subject = subject_of(records, told, judge, asked.strip())
        authorities = tuple(judge.authority(each, subject, day.isoformat()) for each in wanted)
        rows = tuple(_row(judge, each, subject, days) for each in wanted if days)
        candidates = judge.alike(subject, None)
    return DesignationsAnswer(
        layer="claim",
        basis={"stale_after_days": stale_after, "ownership_rule": "OFAC FAQ 398, 399, 401; for US only"},
        coverage=_coverage(asked, subject.kind, authorities),
        asked=asked,
        kind=subject.kind,
        entities=subject.ids,
        names=subject.names if subject.ids else (),
        day=day.isoformat(),
        authorities=authorities,
        candidates=candidates,
        matrix=Matrix(days, rows) if days else None,
    )


def _jurisdictions(given: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(jurisdiction_of(each) for each in given if each.strip()))
    odd = [each for each in wanted if not (each.isascii() and each.isalpha() and len(each) == 2)]  # noqa: PLR2004  a country's letters
    if not wanted or odd or len(wanted) > _MOST_JURISDICTIONS:
        raise UsageError(
            f"{odd[0][:20]!r} is no jurisdiction." if odd else "No jurisdiction is named, or too many.",
            way_out="Name them by their letters, such as --jurisdiction US,EU,UK,IL,UN: there is no default.",
        )
    return wanted


def _columns(since: int | None, day: date) -> tuple[str, ...]:
    if since is None:
        return ()
    if not 0 <= day.year - since < _MOST_COLUMNS:
        raise UsageError(
            f"A matrix from {since} to {day.year} is none.", way_out="Name a year before the day."
        )
    return (*(f"{year:04}-12-31" for year in range(since, day.year)), day.isoformat())


def _row(judge: Judge, jurisdiction: str, subject: Subject, days: Sequence[str]) -> MatrixRow:
    found = [judge.authority(jurisdiction, subject, day) for day in days]
    said = tuple(_said(each.said, day, days[-1]) for each, day in zip(found, days, strict=True))
    return MatrixRow(jurisdiction, tuple(each.status for each in found), said)


def _said(said: Sequence[Designation], day: str, last: str) -> str:
    """What others say of a day: from its beginning on, and of the last day only where none is said."""
    words = {each.designates for each in said if each.in_force(day) and (each.from_ or day == last)}
    if len(words) > 1:
        return "sources differ"
    return {True: "designated", False: "not designated"}[words.pop()] if words else ""


def subject_of(records: Records, told: Told, judge: Judge, asked: str) -> Subject:
    """What was asked about, with all that was judged the same."""
    if told.ever_of(asked):
        ids = same_as(records.judgements.all(), asked)
        schemata = {row.statement.schema for each in ids for row in told.ever_of(each)}
        return Subject("entity", ids, judge.names_of(ids), bool(schemata & _ADDRESSED))
    key = wallet_key(asked)
    rows = [row for each in dict.fromkeys((key, asked, text_key(asked))) for row in told.ever_by_key(each)]
    found = dict.fromkeys(row.statement.entity_id for row in rows if row.statement.prop in _IDENTIFIES)
    judgements = records.judgements.all()
    every = tuple(dict.fromkeys(other for each in found for other in same_as(judgements, each)))
    if every or key != asked or _looks_like_one(asked):
        return Subject("address or account", every, judge.names_of(every), is_wallet=True)
    return Subject("name", (), (asked,), is_wallet=False)


def _looks_like_one(text: str) -> bool:
    """A long run without blanks that has a digit: nobody's name."""
    return len(text) > 25 and " " not in text and any(char.isdigit() for char in text)  # noqa: PLR2004  the shortest address


def _coverage(asked: str, kind: str, authorities: Sequence[AuthorityAnswer]) -> CoverageOf:
    reasons = [f"{each.jurisdiction}: {each.status}." for each in authorities if each.status not in DECIDED]
    if kind == "name":
        reasons.insert(0, "A name alone is nobody: pick one of the candidates and ask by its id.")
    if kind == "address or account" and chain_of(asked.strip()):
        reasons.append(f"It is an address of {chain_of(asked.strip())}, matched as text: chain not analysed.")
    reasons.append("Not listed or not found is never clear.")
    decided = all(each.status in DECIDED for each in authorities)
    return CoverageOf(complete=decided and kind != "name", reasons=tuple(reasons))
