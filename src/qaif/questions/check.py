"""Is the workspace's chain as it was written, and does it hold together?"""

from dataclasses import dataclass, replace
from pathlib import Path

from qaif.chain.appendlog import AppendLog
from qaif.chain.check import CheckReport
from qaif.chain.check import check as check_chain
from qaif.chain.gathered import log_faults
from qaif.chain.open import Chain
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.standing import as_of, chain_coverage
from qaif.workspace.folder import Workspace


@dataclass(frozen=True, kw_only=True)
class CheckAnswer(Answer):
    """What a check of the store found.

    Attributes:
        good: nothing was found wrong.
        files: files hashed.
        file_bytes: their bytes.
        checks: what was tried.
        faults: what does not hold, in words; a damaged file is named.
        digest: SHA-256 over all logical columns, equal for equal chains; None where a fault stood in the way.
    """

    good: bool
    files: int
    file_bytes: int
    checks: tuple[str, ...]
    faults: tuple[str, ...]
    digest: str | None


def check(path: Path, progress: Progress = silent) -> CheckAnswer:
    """Check every checksum and cross-table invariant of a workspace's chain, and what it was gathered from.

    Args:
        path: the workspace's folder.
        progress: told how far it is.

    Raises:
        NotFoundError: there is no workspace, or nothing was indexed in it.
        StoreError: not even the manifest can be read.
    """
    workspace = Workspace.open(path)
    report = check_chain(workspace.chain_dir, progress)
    if workspace.gathered_dir.exists():
        faults = tuple(f"what was gathered: {what}" for what in log_faults(AppendLog(workspace.gathered_dir)))
        checks = (*report.checks, "the log of what was gathered")
        report = replace(report, faults=(*report.faults, *faults), checks=checks)
    if not report.good:
        doubt = CoverageOf(
            complete=False, reasons=("The store is damaged; nothing it says can be relied on.",)
        )
        return _answer(report, coverage=doubt)
    with Chain.open(workspace.chain_dir) as chain:
        return _answer(report, as_of=as_of(chain), coverage=chain_coverage(chain))


def _answer(report: CheckReport, **standing: object) -> CheckAnswer:
    return CheckAnswer(good=report.good, **vars(report), **standing)  # type: ignore[arg-type]  # Answer's own
