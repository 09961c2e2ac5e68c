"""Which cases rest on which blocks: told when a case is written, asked when blocks leave the chain.

A case holds as of one block and of all before it. While that block is in the chain the case stands; when it
has left, whatever the case says of the blocks that left with it may be wrong.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.chain.open import Chain
from qaif.questions.answer import Answer
from qaif.records.engine import Records
from qaif.units import UNKNOWN, hash_raw
from qaif.workspace.folder import Workspace

WRITTEN = "case.written"


@dataclass(frozen=True)
class RestingCase:
    """A case that was written earlier.

    Attributes:
        folder: where it was written to.
        written_at: when, ISO 8601 in UTC.
        sha256_hex: of its `case.json` as it was written.
        block: the hash of the block that it holds as of, as shown.
        height: of that block; None where it was unknown.
    """

    folder: str
    written_at: str
    sha256_hex: str
    block: str
    height: int | None


def remember_case(path: Path, answer: Answer, case_json: Path, folder: Path, at: datetime) -> None:
    """Write into the workspace's audit log that a case was written, and as of which block.

    Args:
        path: the workspace's folder.
        answer: what the case shows; one that is not about a chain is not remembered.
        case_json: its data, as written.
        folder: where the case can be found.
        at: now.

    Raises:
        StoreError: the records cannot be written.
    """
    if answer.as_of is None:
        return
    details = {"folder": str(folder.absolute()), "block": answer.as_of.hash, "height": answer.as_of.height}
    digest = hashlib.sha256(case_json.read_bytes()).hexdigest()
    with Records.open(Workspace.open(path).path) as records:
        records.audit.append(at, WRITTEN, digest, details)


def written_cases(path: Path) -> tuple[RestingCase, ...]:
    """Every case that was written in a workspace and holds as of a block, oldest first.

    Args:
        path: the workspace's folder.

    Raises:
        StoreDamagedError: the audit log is not as it was written.
    """
    with Records.open(Workspace.open(path).path) as records:
        entries = [one for one in records.audit.entries() if one.action == WRITTEN]
    out = []
    for one in entries:
        height = one.details.get("height")
        known = height if isinstance(height, int) else None
        block, folder = str(one.details.get("block", "")), str(one.details.get("folder", ""))
        out.append(RestingCase(folder, one.at, one.subject, block, known))
    return tuple(out)


def left_behind(path: Path, chain: Chain) -> tuple[RestingCase, ...]:
    """The written cases that hold as of a block which is not in the chain."""
    return tuple(
        one for one in written_cases(path) if chain.block_num_of_hash(hash_raw(one.block)) == UNKNOWN
    )
