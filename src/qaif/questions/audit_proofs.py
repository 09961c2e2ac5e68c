"""One entry of the audit log, proven to somebody who has a checkpoint and nothing else of this workspace."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qaif.errors import InputError, NotFoundError
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.audit import NOBODY, read_checkpoint, refuse_other_signer
from qaif.records.audit_texts import opening_of, opens
from qaif.records.audit_tree import leaf_of
from qaif.records.engine import Records
from qaif.records.merkle_log import is_included, leaf_hash
from qaif.workspace.folder import Workspace

FORMAT = "qaif-audit-proof/1"
_LARGEST = 1 << 20
_HEX_HASH = 64


@dataclass(frozen=True)
class EntryProven:
    """An entry as its leaf has it; `details` is JSON as it was written, to the letter."""

    number: int
    at: str
    action: str
    subject: str
    details: str

    def leaf(self) -> bytes:
        """The hash of its leaf."""
        return leaf_hash(leaf_of(self.number, self.at, self.action, self.subject, self.details))


@dataclass(frozen=True, kw_only=True)
class ProofAnswer(Answer):
    """A proof that an entry is in the log.

    Attributes:
        format: which form this has.
        entry: the entry.
        size, root: of the tree that it is proven to be in.
        path: the hashes from the bottom up, in hex.
        query, salt: the confidential text that the entry is of, and what opens it (hex); only where wanted.
    """

    format: str = FORMAT
    entry: EntryProven
    size: int
    root: str
    path: tuple[str, ...]
    query: str | None = None
    salt: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProofCheckedAnswer(Answer):
    """A proof beside a checkpoint.

    Attributes:
        holds: the entry was in the log when the checkpoint was made.
        said: the same in words.
        entry: the entry.
        query: the text that it is of, where the proof opens it.
        signer, signer_named: who signed the checkpoint, and whether it was asked whose it must be.
    """

    holds: bool
    said: str
    entry: EntryProven
    query: str | None
    signer: str
    signer_named: bool


def prove(path: Path, number: int, checkpoint: Path | None = None, *, reveal: bool = False) -> ProofAnswer:
    """Prove that an entry is in the log, as it is or as it was at a checkpoint.

    Args:
        path: the workspace.
        number: the entry's.
        checkpoint: the proof is to lead to this one.
        reveal: open the confidential text that the entry is of.

    Raises:
        NotFoundError: there is no such entry; or its text is to be opened and is not kept.
        InputError: the checkpoint is none.
    """
    size = None if checkpoint is None else read_checkpoint(checkpoint).head.size
    with Records.open(Workspace.open(path).path) as records:
        proof = records.tree.prove(number, size)
        row = records.tree.row(number)
        with records.reading() as connection:
            opening = opening_of(connection, number) if reveal else None
    if reveal and opening is None:
        raise NotFoundError(f"The text that entry {number:,} is of is not kept here, or no longer.")
    return ProofAnswer(
        entry=EntryProven(*row),
        size=proof.head.size,
        root=proof.head.root.hex(),
        path=tuple(each.hex() for each in proof.path),
        query=opening[0] if opening else None,
        salt=opening[1].hex() if opening else None,
    )


def check_proof(proof: Path, checkpoint: Path, signer: str | None) -> ProofCheckedAnswer:
    """Whether a proof leads to a checkpoint; no workspace is needed.

    Raises:
        InputError: one of the files is not what it should be, or the signer is another.
    """
    told, made = _told(proof), read_checkpoint(checkpoint)
    refuse_other_signer(made, checkpoint, signer)
    try:
        entry = EntryProven(**told["entry"])
        path = tuple(bytes.fromhex(each) for each in told["path"] if len(each) == _HEX_HASH)
        query, salt = told.get("query"), bytes.fromhex(told.get("salt") or "")
        opened = query is None or opens(entry.details, query, salt)
        included = is_included(entry.leaf(), entry.number - 1, made.head.size, path, made.head.root)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _no_proof(proof) from None
    return ProofCheckedAnswer(
        coverage=CoverageOf(signer is not None, () if signer else (NOBODY,)),
        holds=included and opened,
        said=_said(entry.number, included=included, opened=opened),
        entry=entry,
        query=query if opened else None,
        signer=made.signer,
        signer_named=signer is not None,
    )


def _said(number: int, *, included: bool, opened: bool) -> str:
    if not included:
        return (
            f"It does not lead to this checkpoint: entry {number:,} was not so in the log, or the proof was "
            "made for another checkpoint."
        )
    if not opened:
        return f"Entry {number:,} is in the log, and is not of the text that the proof names."
    return f"Entry {number:,} was in the log when the checkpoint was made, just so."


def _told(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        raise _no_proof(path) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise _no_proof(path)
    return told


def _no_proof(path: Path) -> InputError:
    return InputError(f"{path} holds no proof.", way_out="Give what `qaif audit prove` wrote.")
