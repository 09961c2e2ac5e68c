"""Keep documents: a file, a folder of them, or what a server gives at an address that the user named."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from qaif.errors import DocumentError, NotFoundError, QaifError
from qaif.evidence.defang import show
from qaif.evidence.documents import Keeper, Kept, Origin
from qaif.evidence.reading.shape import Options
from qaif.evidence.stored import read_bounded
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.documents import Document as Record
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class KeptDocument:
    """A document that is now kept.

    Attributes:
        sha256: of its bytes.
        kind: what it is.
        media_type: the same as the internet calls it.
        size: bytes.
        name: its file's name, as shown.
        source: from where, as shown.
        taken_at: when it was first taken from there.
        parent_sha256: the document that it was inside of.
        state: `new`; `kept before`, from the same source; or `same bytes`, kept before from another source.
        also_from: the other sources of the same bytes, as shown.
        reader: what read it, with version; empty where it was kept before and not read again.
        text_sha256: of the text that its spans count in; empty where there is none.
        characters: of that text.
        notes: how it was read, in words.
        unread: what of it was not read, in words.
        replaces: digests of what was taken from the same source before, where that was something else.
    """

    sha256: str
    kind: str
    media_type: str
    size: int
    name: str
    source: str
    taken_at: str
    parent_sha256: str | None
    state: str
    also_from: tuple[str, ...] = ()
    reader: str = ""
    text_sha256: str = ""
    characters: int = 0
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """What was not kept: where, why, and what to do about it."""

    path: str
    reason: str
    way_out: str = ""


@dataclass(frozen=True, kw_only=True)
class AddAnswer(Answer):
    """What was kept.

    Attributes:
        documents: those of the files in their order, each followed by what was inside of it.
        refused: files that could not be read; the others were kept all the same.
        passed_over: links and special files, which are not followed.
    """

    documents: tuple[KeptDocument, ...]
    refused: tuple[Refused, ...] = ()
    passed_over: tuple[Refused, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AddRequest:
    """What to keep, and what the user says of it.

    Attributes:
        path: a file or a folder.
        source: from where it is; the path where None.
        note: in words.
        captured_at: when it was captured, where the user says so.
        options: how it is to be read.
        even_unread: keep what is of no kind that is read too.
    """

    path: Path
    source: str | None = None
    note: str = ""
    captured_at: datetime | None = None
    options: Options = field(default_factory=Options)
    even_unread: bool = False


class _Found(NamedTuple):
    """What a folder holds: files, and what is no file, with its reason."""

    files: list[Path]
    others: list[Refused]


def add(workspace: Path, request: AddRequest, now: datetime, progress: Progress = silent) -> AddAnswer:
    """Keep a file, or all files of a folder; the workspace is made where it is missing.

    Of a folder, a file that cannot be read does not stop the others, and what was kept from there before is
    not read again: a run that was stopped goes on where it was.

    Args:
        workspace: its folder.
        request: what to keep.
        now: the moment at which it is taken.
        progress: told the files.

    Raises:
        NotFoundError: there is no such file.
        DocumentError: the one file that was named cannot be read.
    """
    if not os.path.lexists(request.path):
        raise NotFoundError(f"There is no file or folder {show(str(request.path))}.")
    place = Workspace.open_or_create(workspace)
    with Records.open(place.path) as records:
        keeper = Keeper(place.documents_dir, records, now, request.options, request.even_unread)
        if not request.path.is_dir():
            return answer_of(_keep(keeper, request, request.path, None, is_one_of_many=False))
        return _add_folder(keeper, request, place.path, progress)


def answer_of(
    documents: list[KeptDocument], refused: list[Refused] | None = None, others: list[Refused] | None = None
) -> AddAnswer:
    """The answer about documents that were kept."""
    refused = refused or []
    reasons = (f"{len(refused):,} files could not be read and were not kept.",) if refused else ()
    readers = sorted({one.reader for one in documents if one.reader})
    return AddAnswer(
        layer="claim",
        basis={"readers": readers},
        coverage=CoverageOf(complete=not refused, reasons=reasons),
        documents=tuple(documents),
        refused=tuple(refused),
        passed_over=tuple(others or ()),
    )


def _add_folder(keeper: Keeper, request: AddRequest, workspace: Path, progress: Progress) -> AddAnswer:
    found = _walked(request.path, workspace)
    kept: list[KeptDocument] = []
    refused: list[Refused] = []
    for done, path in enumerate(found.files):
        progress(done, len(found.files), "files")
        source = None
        if request.source is not None:
            source = f"{request.source}/{path.relative_to(request.path).as_posix()}"
        try:
            kept += _keep(keeper, request, path, source, is_one_of_many=True)
        except (DocumentError, NotFoundError) as error:
            refused.append(_refusal(path, error))
    progress(len(found.files), len(found.files), "files")
    return answer_of(kept, refused, found.others)


def _refusal(path: Path, error: QaifError) -> Refused:
    return Refused(show(str(path)), show(error.message), error.way_out)


def _walked(folder: Path, workspace: Path) -> _Found:
    """Files below a folder, in the order of their names; links are not followed."""
    found = _Found([], [])

    def unreadable(error: OSError) -> None:
        found.others.append(Refused(show(str(error.filename)), f"It cannot be read: {error.strerror}."))

    for at, folders, files in os.walk(folder, onerror=unreadable, followlinks=False):
        folders.sort()
        for name in list(folders):
            path = Path(at, name)
            if path.is_symlink():
                found.others.append(Refused(show(str(path)), "It is a link, which is not followed."))
            if path.absolute() == workspace:
                folders.remove(name)
                found.others.append(Refused(show(str(path)), "It is the workspace itself."))
        for name in sorted(files):
            path = Path(at, name)
            if path.is_symlink():
                found.others.append(Refused(show(str(path)), "It is a link, which is not followed."))
            elif not path.is_file():
                found.others.append(
                    Refused(show(str(path)), "It is not a file but a pipe, socket or device.")
                )
            else:
                found.files.append(path)
    return found


def _keep(
    keeper: Keeper, request: AddRequest, path: Path, source: str | None, *, is_one_of_many: bool
) -> list[KeptDocument]:
    """Keep one file; what was kept from there before is not read again where it is one of many."""
    source = source or request.source or str(path.absolute())
    content = read_bounded(path)
    before = keeper.known(content, source) if is_one_of_many else None
    if before is not None:
        return [_known(before)]
    kept = keeper.content(content, path.name, Origin(source, request.note, request.captured_at))
    keeper.records.audit.append(keeper.now, "document.kept", kept.document.record.sha256)
    return list(told(kept))


def _known(record: Record) -> KeptDocument:
    return KeptDocument(**_facts(record), state="kept before")


def told(kept: Kept) -> Iterator[KeptDocument]:
    """What is said of a document that was kept, and of those inside of it."""
    document = kept.document
    state = "new" if kept.is_new else "same bytes" if kept.earlier else "kept before"
    yield KeptDocument(
        **_facts(document.record),
        state=state,
        also_from=tuple(show(one.source) for one in kept.earlier),
        reader=document.reading.reader,
        text_sha256=document.text_sha256 if document.text else "",
        characters=len(document.text),
        notes=tuple(show(note) for note in document.reading.notes),
        unread=tuple(show(note) for note in document.reading.unread),
        replaces=tuple(dict.fromkeys(one.sha256 for one in kept.replaced)),
    )
    for inner in kept.inside:
        yield from told(inner)


def _facts(record: Record) -> dict[str, Any]:
    return {
        "sha256": record.sha256,
        "kind": record.kind,
        "media_type": record.media_type,
        "size": record.size,
        "name": show(record.name),
        "source": show(record.source),
        "taken_at": record.taken_at,
        "parent_sha256": record.parent_sha256,
    }
