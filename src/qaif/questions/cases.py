"""What was looked at, accepted, rejected and decided in a case, by whom and when, resting on what?"""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError, UsageError
from qaif.evidence.defang import show
from qaif.evidence.documents import Keeper
from qaif.evidence.reading.shape import Options
from qaif.feeds.networks import NETWORKS
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer
from qaif.questions.asked import address_named, refuse_secrets
from qaif.questions.case_material import JournalRow, MaterialRequest
from qaif.questions.case_pins import Pins, pins_of, pins_read
from qaif.questions.investigation import InvestigationRequest
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.workspace.case_journal import CaseFolder, case_names
from qaif.workspace.folder import Workspace

ACTS = ("looked at", "accepted", "rejected", "decided", "noted")
LIKELIHOODS = (
    *("almost no chance", "very unlikely", "unlikely", "roughly even chance"),
    *("likely", "very likely", "almost certain"),
)  # ICD 203, Analytic Standards (2015), D.6.e.2.a
CONFIDENCES = ("low", "moderate", "high")
DEFAULT_POLICY = "research-desk"
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_LONGEST = 4_000


@dataclass(frozen=True)
class Exhibit:
    """A thing of a case, by its number.

    Attributes:
        number: from 1, in the order in which they came.
        kind: `document`, `address`, `transaction` or `entity`.
        subject: a document's SHA-256, an address, a txid, an entity's id.
        title: a document's name; the subject else.
        standing: the last of what was done with it.
    """

    number: int
    kind: str
    subject: str
    title: str
    standing: str


@dataclass(frozen=True, kw_only=True)
class CaseAnswer(Answer):
    """A case.

    Attributes:
        case: its name.
        title: what it is called.
        exhibits: by number.
        journal: every row, oldest first.
        pins: what it is pinned to.
        moved: which of that is not the same today.
    """

    case: str
    title: str
    exhibits: tuple[Exhibit, ...]
    journal: tuple[JournalRow, ...]
    pins: Pins | None
    moved: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CasesAnswer(Answer):
    """Every case of a workspace: name and title."""

    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class NoteToAdd:
    """A note, as an analyst gives it.

    Attributes:
        text: what.
        exhibit: on which exhibit; 0 for the case as a whole.
        act: one of `ACTS`.
        likelihood: of what the text says, in ICD 203's words; empty where none is given.
        confidence: in that judgement; empty where none is given.
    """

    text: str
    exhibit: int = 0
    act: str = "noted"
    likelihood: str = ""
    confidence: str = ""


def new_case(  # noqa: PLR0913, PLR0917  what, of which policy, who, when
    path: Path, name: str, title: str, policy: str, by: str | None, now: datetime
) -> CaseAnswer:
    """Open a case, pinned to the workspace as it is now.

    Raises:
        UsageError: nobody's name is given, or the name cannot be a case's.
        InputError: there is such a case.
        NotFoundError: there is no workspace or no such policy.
    """
    refuse_secrets(title)
    workspace = Workspace.open(path)
    who, pins = analyst_named(by), pins_of(path, policy)
    folder = CaseFolder.create(workspace, name)
    folder.pin({**asdict(pins), "policy_named": policy})
    folder.add(_row(who, now, "opened", text=show(title[:_LONGEST]) or name))
    return case_status(path, name)


def add_exhibit(  # noqa: PLR0913, PLR0917  what, how, who, when
    path: Path, name: str, what: str, note: NoteToAdd, by: str | None, now: datetime
) -> CaseAnswer:
    """Add a document, an address, a transaction or an entity; a thing keeps the number that it got first.

    Raises:
        NotFoundError: there is no such case, file, document or entity.
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
    """
    workspace = Workspace.open(path)
    folder = CaseFolder.open(workspace, name)
    who = analyst_named(by)
    _check(note)
    kind, subject, title = _named(workspace, what, now)
    known = {each.subject: each.number for each in _exhibits(folder.rows())}
    number = known.get(subject, len(known) + 1)
    row = _row(who, now, note.act, number, kind, subject, note.text)
    folder.add({**row, "title": title})
    return case_status(path, name)


def add_note(path: Path, name: str, note: NoteToAdd, by: str | None, now: datetime) -> CaseAnswer:
    """Add a note, a decision or a judgement.

    Raises:
        NotFoundError: there is no such case or exhibit.
        UsageError: an act, a likelihood or a confidence that is none.
    """
    folder = CaseFolder.open(Workspace.open(path), name)
    who = analyst_named(by)
    _check(note)
    exhibits = {each.number: each for each in _exhibits(folder.rows())}
    if note.exhibit and note.exhibit not in exhibits:
        raise NotFoundError(
            f"The case {name} has no exhibit {note.exhibit}.", way_out="See `qaif case status`."
        )
    about = exhibits.get(note.exhibit)
    act = "judged" if note.likelihood or note.confidence else note.act
    row = _row(
        who, now, act, note.exhibit, about.kind if about else "", about.subject if about else "", note.text
    )
    folder.add({**row, "likelihood": note.likelihood, "confidence": note.confidence})
    return case_status(path, name)


def case_status(path: Path, name: str) -> CaseAnswer:
    """A case as it stands.

    Raises:
        NotFoundError: there is no such case.
        StoreDamagedError: its journal is not as it was written.
    """
    folder = CaseFolder.open(Workspace.open(path), name)
    rows, pins = folder.rows(), _pins(folder)
    return CaseAnswer(
        layer="claim",
        case=name,
        title=_title(rows, name),
        exhibits=_exhibits(rows),
        journal=tuple(_shown(row) for row in rows),
        pins=pins,
        moved=pins.moved(pins_now(path, folder)) if pins else (),
    )


def cases(path: Path) -> CasesAnswer:
    """Every case of a workspace."""
    workspace = Workspace.open(path)
    found = [(name, CaseFolder.open(workspace, name).rows()) for name in case_names(workspace)]
    return CasesAnswer(layer="claim", cases=tuple((name, _title(rows, name)) for name, rows in found))


def pins_now(path: Path, folder: CaseFolder) -> Pins:
    """What the case would be pinned to today."""
    return pins_of(path, _policy(folder))


def repin(path: Path, name: str) -> Pins:
    """Pin a case to the workspace as it is now."""
    folder = CaseFolder.open(Workspace.open(path), name)
    pins = pins_now(path, folder)
    folder.pin({**asdict(pins), "policy_named": _policy(folder)})
    return pins


def request_of(path: Path, name: str, pins: Pins | None = None) -> MaterialRequest:
    """What the report of a case asks, pinned as the case is, or to pins that are given.

    What cannot be asked as of an earlier moment (lists, prices, policy, program) is named as it is today.

    Raises:
        NotFoundError: there is no such case.
        UsageError: the case has no document and no address.
    """
    folder = CaseFolder.open(Workspace.open(path), name)
    rows = folder.rows()
    asked = pins or _pins(folder) or pins_now(path, folder)
    today = pins_of(path, _policy(folder), asked.claims_row)
    requests = tuple(
        InvestigationRequest(subject=each.title, kept=each.subject)
        if each.kind == "document"
        else InvestigationRequest(subject=each.subject)
        for each in _exhibits(rows)
        if each.kind in ("document", "address") and each.standing != "rejected"
    )
    if not requests:
        raise UsageError(
            f"The case {name} has no document and no address to report on.",
            way_out=f"Add one with `qaif case add {name} ADDRESS`.",
        )
    return MaterialRequest(
        title=_title(rows, name),
        requests=requests,
        pins=replace(today, chain=asked.chain, height=asked.height),
        journal=tuple(_shown(row) for row in rows),
    )


def _row(  # noqa: PLR0913, PLR0917  a row's columns
    who: str, now: datetime, act: str, exhibit: int = 0, kind: str = "", subject: str = "", text: str = ""
) -> dict[str, Any]:
    return {
        "at": utc_stamp(now),
        "by": show(who),
        "act": act,
        "exhibit": exhibit,
        "kind": kind,
        "subject": subject,
        "text": show(text[:_LONGEST]),
    }


def _check(note: NoteToAdd) -> None:
    refuse_secrets(note.text)
    for given, known, what in (
        (note.act, ACTS, "act"),
        (note.likelihood, ("", *LIKELIHOODS), "likelihood"),
        (note.confidence, ("", *CONFIDENCES), "confidence"),
    ):
        if given not in known:
            raise UsageError(
                f"There is no {what} {given[:40]!r}.", way_out=f"There are {', '.join(filter(None, known))}."
            )


def _named(workspace: Workspace, what: str, now: datetime) -> tuple[str, str, str]:
    """Kind, subject and title of what was named; a file is kept as a document."""
    refuse_secrets(what)
    with Records.open(workspace.path) as records:
        if Path(what).is_file():
            kept = Keeper(workspace.documents_dir, records, now, Options()).file(Path(what))
            record = kept.document.record
            records.audit.append(now, "document.kept", record.sha256)
            return "document", record.sha256, show(record.name)
        if _HASH.fullmatch(what):
            known = records.documents.of(what.lower())
            return (
                ("document", what.lower(), show(known[0].name))
                if known
                else ("transaction", what.lower(), what.lower())
            )
        if records.statements.of_entity(what) and not _is_address(what):
            return "entity", what, what
    try:
        with Chain.open(workspace.chain_dir) as chain:
            address = address_named(chain, what, chain.network).address
    except NotFoundError:
        address = address_named(None, what, NETWORKS["mainnet"]).address
    except AddressError as error:
        if "/" in what or "." in what:
            raise NotFoundError(
                f"There is no file {show(what[:200])}.", way_out="Name a document."
            ) from error
        raise
    return "address", address, address


def _is_address(text: str) -> bool:
    """Whether it is an address of any network; the wallet that claims speak of goes by its address."""
    for network in NETWORKS.values():
        with contextlib.suppress(AddressError):
            parse_address(text, network)
            return True
    return False


def _exhibits(rows: tuple[dict[str, Any], ...]) -> tuple[Exhibit, ...]:
    out: dict[int, Exhibit] = {}
    for row in rows:
        number = row["exhibit"]
        if number and number not in out:
            title = str(row.get("title") or row["subject"])
            out[number] = Exhibit(number, row["kind"], row["subject"], title, row["act"])
        elif number and row["act"] in ("accepted", "rejected", "decided", "looked at"):
            out[number] = replace(out[number], standing=row["act"])
    return tuple(out[number] for number in sorted(out))


def _title(rows: tuple[dict[str, Any], ...], name: str) -> str:
    return str(rows[0]["text"]) if rows and rows[0]["text"] else name


def _shown(row: Mapping[str, Any]) -> JournalRow:
    named = ("number", "at", "by", "act", "exhibit", "kind")
    return JournalRow(
        **{name: row[name] for name in named},
        subject=str(row.get("title") or row["subject"]),
        text=row["text"],
        likelihood=row.get("likelihood", ""),
        confidence=row.get("confidence", ""),
    )


def _pins(folder: CaseFolder) -> Pins | None:
    told = folder.lock()
    try:
        return pins_read(told) if told else None
    except ValueError:
        return None


def _policy(folder: CaseFolder) -> str:
    return str((folder.lock() or {}).get("policy_named", DEFAULT_POLICY))
