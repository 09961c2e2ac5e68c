"""What was done here, and is the record of it still whole? The audit log, its checkpoints and proofs."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.errors import InputError, UsageError
from qaif.questions.answer import Answer, CoverageOf
from qaif.records.audit import Entry
from qaif.records.audit_texts import entries_about, retention, set_setting, setting, texts_of
from qaif.records.engine import Records
from qaif.workspace.checkpoints import LARGEST, Checkpoint, read, verifier_key, written
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import new_file
from qaif.workspace.signatures import fingerprint, key_of, public_of

MOST_SHOWN = 10_000
_ORIGIN = "audit.origin"
ALONE = (
    "No checkpoint was given: whoever can write the file can have rewritten all of the log alike. Keep "
    "checkpoints elsewhere (`qaif audit checkpoint`)."
)
NOBODY = "Whose key signed the checkpoints was not asked (name it with --signer)."


@dataclass(frozen=True)
class EntryShown:
    """An entry of the log, and the confidential text that was asked about where it is kept and wanted."""

    entry: Entry
    query: str | None


@dataclass(frozen=True, kw_only=True)
class AuditAnswer(Answer):
    """Entries of the log.

    Attributes:
        size: how many there are in all.
        entries: those shown, oldest first.
    """

    size: int
    entries: tuple[EntryShown, ...]


@dataclass(frozen=True, kw_only=True)
class CheckpointAnswer(Answer):
    """A checkpoint that was written.

    Attributes:
        path: the file.
        size, root: of the tree.
        origin: which log.
        signer: the fingerprint of the key.
        verifier: the key as other programs that read such checkpoints ask for it.
    """

    path: str
    size: int
    root: str
    origin: str
    signer: str
    verifier: str


@dataclass(frozen=True)
class Beside:
    """The log beside one checkpoint.

    Attributes:
        path: the checkpoint's file.
        size, at, signer: what it says.
        holds: the first `size` entries are those that it was made of.
        said: the same in words.
    """

    path: str
    size: int
    at: str
    signer: str
    holds: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class VerifiedAnswer(Answer):
    """The log, hashed anew.

    Attributes:
        size, root: as it is.
        whole: nothing was noticed, within it or beside a checkpoint.
        signer_named: whose the checkpoints must be was asked.
        problems: what is wrong within it.
        checkpoints: the log beside each, the smallest first.
    """

    size: int
    root: str
    whole: bool
    signer_named: bool
    problems: tuple[str, ...]
    checkpoints: tuple[Beside, ...]


def show(
    path: Path, *, last: int = 50, action: str | None = None, about: str | None = None, queries: bool = False
) -> AuditAnswer:
    """Entries of the log, the newest last.

    Args:
        path: the workspace.
        last: how many at most, 10,000 at most.
        action: only those whose action begins so, such as `key.`.
        about: only those whose question was this text, such as an address.
        queries: with the texts of questions, where they are kept.

    Raises:
        UsageError: more than 10,000 are wanted, or fewer than one.
    """
    if not 1 <= last <= MOST_SHOWN:
        raise UsageError(f"Between 1 and {MOST_SHOWN:,} entries are shown.", way_out="Write --last.")
    with Records.open(Workspace.open(path).path) as records:
        size = records.tree.size()
        with records.reading() as connection:
            numbers = None if about is None else entries_about(connection, about)
            kept = retention(connection)
        found = records.tree.newest(last, begins=action or "", among=numbers)
        with records.reading() as connection:
            texts = texts_of(connection, [each.number for each in found]) if queries else {}
    complete = about is None or kept.keeping != "nothing"
    why = "Texts of questions are not kept here in any form, so none can be found."
    return AuditAnswer(
        coverage=CoverageOf(complete, () if complete else (why,)),
        size=size,
        entries=tuple(EntryShown(each, texts.get(each.number)) for each in found),
    )


def checkpoint(path: Path, key: Path, out: Path, now: datetime) -> CheckpointAnswer:
    """Write a signed checkpoint of the log as it is, to be kept elsewhere.

    Raises:
        InputError: the key's file holds none.
        OutputError: the file is there, or cannot be written.
        StoreDamagedError: entries are missing.
    """
    signing = key_of(key)
    with Records.open(Workspace.open(path).path) as records:
        name, head = origin(records), records.tree.checkpoint()
    with new_file(out) as draft:
        draft.write_text(written(name, head, now, signing), "utf-8")
    public = public_of(signing)
    return CheckpointAnswer(
        path=str(out),
        size=head.size,
        root=head.root.hex(),
        origin=name,
        signer=fingerprint(public),
        verifier=verifier_key(name, public),
    )


def verify(path: Path, checkpoints: tuple[Path, ...], signer: str | None) -> VerifiedAnswer:
    """Hash the whole log anew, and set it beside checkpoints.

    Raises:
        InputError: a file is no checkpoint, or one of another signer.
    """
    given = sorted(((each, _read(each, signer)) for each in checkpoints), key=lambda pair: pair[1].head.size)
    with Records.open(Workspace.open(path).path) as records:
        name = origin(records)
        checked = records.checked([each.head.size for _, each in given])
    beside = tuple(_beside(file, each, name, checked.roots[each.head.size]) for file, each in given)
    reasons = (ALONE,) if not given else (NOBODY,) if signer is None else ()
    return VerifiedAnswer(
        coverage=CoverageOf(bool(given) and signer is not None, reasons),
        size=checked.head.size,
        root=checked.head.root.hex(),
        whole=not checked.problems and all(each.holds for each in beside),
        signer_named=signer is not None,
        problems=checked.problems,
        checkpoints=beside,
    )


def origin(records: Records) -> str:
    """The name of a workspace's log, made when it is first needed."""
    with records.writing() as connection:
        kept = setting(connection, _ORIGIN)
        if kept is None:
            kept = f"qaif-audit/{secrets.token_hex(8)}"
            set_setting(connection, _ORIGIN, kept)
    return kept


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file.

    Raises:
        InputError: it cannot be read, or is none, or its signature does not hold.
    """
    try:
        with path.open("rb") as file:
            return read(file.read(LARGEST).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a checkpoint: {error}.") from error


def refuse_other_signer(found: Checkpoint, path: Path, signer: str | None) -> None:
    """Refuse a checkpoint that another key signed than the one that is asked for, if one is.

    Raises:
        InputError: it is another's.
    """
    if signer is not None and found.signer != signer.strip().lower():
        raise InputError(
            f"{path} is signed by another key: {found.signer}.",
            way_out="A checkpoint by an unknown key proves nothing.",
        )


def _read(path: Path, signer: str | None) -> Checkpoint:
    found = read_checkpoint(path)
    refuse_other_signer(found, path, signer)
    return found


def _beside(path: Path, made: Checkpoint, name: str, root: bytes | None) -> Beside:
    size = made.head.size
    if made.origin != name:
        said = f"It is of another log ({made.origin}), or this log was made anew."
    elif root is None:
        said = f"The log is shorter than the {size:,} entries that it had: some were cut off."
    elif root != made.head.root:
        said = f"The first {size:,} entries are not those that there were: one was changed, moved or removed."
    else:
        said = f"The first {size:,} entries are those that there were."
    holds = made.origin == name and root == made.head.root
    return Beside(str(path), size, made.at, made.signer, holds, said)
