"""Which official lists does this workspace have, what changed in them, and whom do they name?"""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import BinaryIO

from qaif.errors import UsageError
from qaif.evidence.lists import seed
from qaif.evidence.lists.dates import read_date
from qaif.evidence.lists.importing import FileReading, KeptFile, keep, opened
from qaif.evidence.lists.known import STALE_AFTER_DAYS, of_name
from qaif.evidence.lists.recognise import Recognised, recognise
from qaif.evidence.lists.wallets import is_bitcoin
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.lists import Change, ListProblem, ListVersion, two_versions
from qaif.records.statement import Entry
from qaif.workspace.folder import Workspace

_CHANGED_SHOWN = 1_000


@dataclass(frozen=True, kw_only=True)
class ImportAnswer(Answer):
    """What was imported.

    Attributes:
        version: what the list is now.
        new: False where the same file was the list's last version already.
        added, retracted, unchanged: statements.
        addresses: how many addresses it names: Bitcoin's, and other chains' (kept as text, not analysed).
        flagged: how many entries were flagged, by kind.
        problems: the first of what was flagged.
    """

    version: ListVersion
    new: bool
    added: int = 0
    retracted: int = 0
    unchanged: int = 0
    addresses: Mapping[str, int] = field(default_factory=dict)
    flagged: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[ListProblem, ...] = ()


@dataclass(frozen=True)
class ListStatus:
    """How a list stands here.

    Attributes:
        version: the last one.
        versions: how many were imported.
        authority, holds: whose it is, and what it holds.
        whole: absence from it means something.
        age_days: since the day it is of; None where that is not known.
        stale: too old, or of no known day.
        flagged: how many entries of the last version were flagged, by kind.
    """

    version: ListVersion
    versions: int
    authority: str
    holds: str
    whole: bool
    age_days: int | None
    stale: bool
    flagged: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class StatusAnswer(Answer):
    """Every list that was imported, in the order of names."""

    lists: tuple[ListStatus, ...]


@dataclass(frozen=True)
class EntityChange:
    """What changed of one entity between two versions.

    Attributes:
        entity_id, schema: of what.
        what: `added`, `removed` or `changed`.
        said, taken_back: its statements, as `property: value`.
    """

    entity_id: str
    schema: str
    what: str
    said: tuple[str, ...]
    taken_back: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DiffAnswer(Answer):
    """What changed between two versions of a list; each entity once."""

    older: ListVersion
    newer: ListVersion
    added: int
    removed: int
    changed: int
    entities: tuple[EntityChange, ...]


def import_list(  # noqa: PLR0913  what its user says of a file
    workspace: Path,
    path: Path,
    now: datetime,
    *,
    published: str | None = None,
    may_shrink: bool = False,
    source: str | None = None,
) -> ImportAnswer:
    """Import a list, all of it or nothing; the workspace is made where it is missing.

    Args:
        workspace: its folder.
        path: the file.
        now: now.
        published: the day that the file is of, where its user says it.
        may_shrink: import it although it lost half of its entries or more.
        source: where the file is from, if not from `path`.

    Raises:
        ListError: the file is no list, is damaged, hostile, or older than what is loaded.
        ListShrankError: it lost half of its entries or more.
        UsageError: `published` is no day.
    """
    with opened(path) as stream:
        recognised = recognise(stream)
        asked = _Import(path.name, source or str(path.absolute()), now, _day(published), may_shrink)
        return _take_in(workspace, stream, recognised, asked)


def import_seed(workspace: Path, now: datetime) -> ImportAnswer:
    """Import the seed of designation facts that is shipped with the program."""
    asked = _Import("seed.yaml", f"qaif {installed('qaif')}, seed.yaml", now, None, may_shrink=True)
    return _take_in(workspace, io.BytesIO(seed.seed_bytes()), seed.recognised(), asked)


def list_status(workspace: Path, today: date, *, stale_after: int = STALE_AFTER_DAYS) -> StatusAnswer:
    """Say which lists are loaded, of which day, how old, and what was flagged in them."""
    with Records.open(Workspace.open(workspace).path) as records:
        versions = records.lists.versions()
        last = {each.list: each for each in versions}
        found = tuple(
            _status(one, [v for v in versions if v.list == name], records, today, stale_after)
            for name, one in sorted(last.items())
        )
    reasons = [] if found else ["No list is imported."]
    reasons += [f"{each.version.list} is too old, or of no known day." for each in found if each.stale]
    return StatusAnswer(
        layer="claim",
        basis={"stale_after_days": stale_after},
        coverage=CoverageOf(complete=bool(found) and not reasons, reasons=tuple(reasons)),
        lists=found,
    )


def list_diff(workspace: Path, name: str, older: int | None = None, newer: int | None = None) -> DiffAnswer:
    """Say what changed between two versions of a list; between its last two, if none is named.

    Raises:
        NotFoundError: there are not two such versions.
    """
    with Records.open(Workspace.open(workspace).path) as records:
        first, second = two_versions(records.lists.versions(name), older, newer)
        changes = records.lists.changes(name, first.last_seq, second.last_seq)
    entities = _by_entity(changes)
    counts = Counter(each.what for each in entities)
    cut = len(entities) > _CHANGED_SHOWN
    reasons = (f"{len(entities):,} entities changed; the first {_CHANGED_SHOWN:,} are shown.",) if cut else ()
    return DiffAnswer(
        layer="claim",
        basis={"versions": [first.sha256, second.sha256]},
        coverage=CoverageOf(complete=not cut, reasons=reasons),
        older=first,
        newer=second,
        entities=entities[:_CHANGED_SHOWN],
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
    )


@dataclass(frozen=True)
class _Import:
    """What is asked of an import."""

    name: str
    source: str
    now: datetime
    published: str | None
    may_shrink: bool


def _take_in(workspace: Path, stream: BinaryIO, recognised: Recognised, asked: _Import) -> ImportAnswer:
    folder = Workspace.open_or_create(workspace)
    stream.seek(0)
    kept = keep(folder.documents_dir, stream, asked.name, asked.source, asked.now)
    try:
        with Records.open(folder.path) as records:
            return _into_records(records, kept, recognised, asked)
    except BaseException:
        kept.forget()
        raise


def _into_records(records: Records, kept: KeptFile, recognised: Recognised, asked: _Import) -> ImportAnswer:
    document, name = kept.document, recognised.known.name
    before = records.lists.versions(name)
    if before and before[-1].sha256 == document.sha256:
        return _answer(records, before[-1], ImportAnswer(version=before[-1], new=False))
    at = utc_stamp(asked.now)
    version = ListVersion(
        list=name,
        format=recognised.format,
        sha256=document.sha256,
        version="",
        published_at=asked.published,
        imported_at=at,
    )
    entry = Entry(
        entered_by="qaif lists",
        entered_at=at,
        tool=document.tool,
        reason=f"import of {document.name}",
        document_sha256=document.sha256,
    )
    with kept.path.open("rb") as stream:
        reading = FileReading(stream, recognised)
        made, said = records.lists.take_in(version, reading, entry, document, may_shrink=asked.may_shrink)
    new = ImportAnswer(
        version=made, new=True, added=said.added, retracted=said.retracted, unchanged=said.already
    )
    return _answer(records, made, new)


def _answer(records: Records, version: ListVersion, answer: ImportAnswer) -> ImportAnswer:
    problems = records.lists.problems(version.id)
    reasons = (
        ()
        if version.published_at
        else ("The day that the list is of is not known: say it with --published.",)
    )
    return replace(
        answer,
        layer="claim",
        basis={"sha256": version.sha256, "format": version.format},
        coverage=CoverageOf(complete=not reasons, reasons=reasons),
        addresses=_by_chain(records.lists.addresses(version.list)),
        flagged=_counted(problems),
        problems=problems[:_CHANGED_SHOWN],
    )


def _by_chain(addresses: Sequence[str]) -> dict[str, int]:
    bitcoin = sum(is_bitcoin(each) for each in addresses)
    return {"bitcoin": bitcoin, "other chains": len(addresses) - bitcoin}


def _counted(problems: Sequence[ListProblem]) -> dict[str, int]:
    out: dict[str, int] = {}
    for each in problems:
        out[each.kind] = out.get(each.kind, 0) + 1
    return out


def _status(
    one: ListVersion, versions: Sequence[ListVersion], records: Records, today: date, stale_after: int
) -> ListStatus:
    known = of_name(one.list)
    age = _age(one.published_at, today)
    return ListStatus(
        version=one,
        versions=len(versions),
        authority=known.authority,
        holds=known.holds,
        whole=known.whole,
        age_days=age,
        stale=age is None or age > stale_after,
        flagged=_counted(records.lists.problems(one.id)),
    )


def _age(published_at: str | None, today: date) -> int | None:
    if published_at is None or len(published_at) < len("2024-01-01"):
        return None
    return (today - date.fromisoformat(published_at[:10])).days


def _by_entity(changes: Sequence[Change]) -> tuple[EntityChange, ...]:
    grouped: dict[str, list[Change]] = {}
    for each in changes:
        grouped.setdefault(each.entity_id, []).append(each)
    return tuple(_entity_change(each, sorted(grouped[each], key=_order)) for each in sorted(grouped))


def _order(change: Change) -> tuple[str, str]:
    return change.prop, change.value


def _entity_change(entity_id: str, changes: Sequence[Change]) -> EntityChange:
    bare = [each.said for each in changes if each.prop == "id"]
    what = "changed" if not bare or len(set(bare)) > 1 else "added" if bare[0] else "removed"
    said = tuple(f"{each.prop}: {each.value}" for each in changes if each.said and each.prop != "id")
    gone = tuple(f"{each.prop}: {each.value}" for each in changes if not each.said and each.prop != "id")
    return EntityChange(entity_id, changes[0].schema, what, said, gone)


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    found = read_date(text)
    if len(found.iso) != len("2024-01-01") or not found.exact:
        raise UsageError(f"{text[:40]!r} is no day.", way_out="Write it as 2024-05-01.")
    return found.iso
