"""Is the workspace's chain as it was written, and does it hold together?"""

from dataclasses import dataclass, replace
from pathlib import Path

from qaif.chain.appendlog import AppendLog
from qaif.chain.check import CheckReport
from qaif.chain.check import check as check_chain
from qaif.chain.gathered import log_faults
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.documents import DocumentFaults, document_faults
from qaif.questions.standing import as_of, chain_coverage
from qaif.workspace.folder import Workspace

_DOCUMENTS = "digests of documents"
_DOUBT = CoverageOf(complete=False, reasons=("The store is damaged; nothing it says can be relied on.",))


@dataclass(frozen=True, kw_only=True)
class CheckAnswer(Answer):
    """What a check of the store found.

    Attributes:
        good: nothing was found wrong.
        store_good: nothing was found wrong with the chain store; what is wrong then are documents.
        files: files hashed.
        file_bytes: their bytes.
        checks: what was tried.
        faults: what does not hold, in words; a damaged file is named.
        digest: SHA-256 over all logical columns, equal for equal chains; None where a fault stood in the way.
    """

    good: bool
    store_good: bool
    files: int
    file_bytes: int
    checks: tuple[str, ...]
    faults: tuple[str, ...]
    digest: str | None


def check(path: Path, progress: Progress = silent) -> CheckAnswer:
    """Check a workspace's chain by checksums and invariants, and its documents by their digests.

    Args:
        path: the workspace's folder.
        progress: told how far it is.

    Raises:
        NotFoundError: there is no workspace, or nothing was indexed or kept in it.
        StoreError: not even the manifest can be read.
    """
    workspace = Workspace.open(path)
    found = document_faults(workspace, progress)
    try:
        report = _store(workspace, progress)
    except NotFoundError:
        if not found.documents:
            raise
        report = CheckReport(0, 0, (), (), None)
        return _answer(report, found, coverage=_standing(found))
    if not report.good:
        return _answer(report, found, coverage=_DOUBT)
    with Chain.open(workspace.chain_dir) as chain:
        covered = chain_coverage(chain) if not found.faults else _standing(found)
        return _answer(report, found, as_of=as_of(chain), coverage=covered)


def _store(workspace: Workspace, progress: Progress) -> CheckReport:
    """The chain, and what it was gathered from."""
    report = check_chain(workspace.chain_dir, progress)
    if not workspace.gathered_dir.exists():
        return report
    faults = tuple(f"what was gathered: {what}" for what in log_faults(AppendLog(workspace.gathered_dir)))
    checks = (*report.checks, "the log of what was gathered")
    return replace(report, faults=(*report.faults, *faults), checks=checks)


def _standing(found: DocumentFaults) -> CoverageOf:
    reasons = ("Documents are not what they were; what rests on them cannot be shown.",)
    return CoverageOf(complete=not found.faults, reasons=reasons if found.faults else ())


def _answer(report: CheckReport, found: DocumentFaults, **standing: object) -> CheckAnswer:
    return CheckAnswer(
        good=report.good and not found.faults,
        store_good=report.good,
        files=report.files + found.documents,
        file_bytes=report.file_bytes + found.size,
        checks=report.checks + ((_DOCUMENTS,) if found.documents else ()),
        faults=report.faults + found.faults,
        digest=report.digest,
        **standing,  # type: ignore[arg-type]  # Answer's own
    )
