"""The report of a case of the workspace, written into a folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.questions.answer import Answer, as_json
from qaif.questions.case_material import material
from qaif.questions.cases import repin, request_of
from qaif.questions.resting import remember_case
from qaif.report.case import JSON_NAME, case_json
from qaif.report.document.written import Manner, made_once, write_report
from qaif.workspace.case_journal import REPORT, CaseFolder
from qaif.workspace.folder import Workspace
from qaif.workspace.new_files import check_case_folder, new_case_folder

PUBLISHED = "published"
_LEFT_OUT = {"edition": "Not the full one: what the case holds is not in this folder."}


@dataclass(frozen=True, kw_only=True)
class ReportAnswer(Answer):
    """A report that was written.

    Attributes:
        case: which.
        folder: where.
        files: their names, in order.
        statements: how many of each layer.
    """

    case: str
    folder: str
    files: tuple[str, ...]
    statements: dict[str, int]


def write_case_report(  # noqa: PLR0913  one argument an option
    path: Path, name: str, how: Manner, now: datetime, out: Path | None = None, *, again: bool = False
) -> ReportAnswer:
    """Write the report of a case.

    Args:
        path: the workspace's folder.
        name: the case.
        how: languages, formats, and who signs.
        now: the moment.
        out: the folder; the case's own where None, of another edition one beside it. An earlier report goes.
        again: pin the case to today's data first.

    Raises:
        NotFoundError: there is no such case, or the block that it is pinned to has left the chain.
        CaseFolderError: the folder holds something else, or cannot be written to.
        UsageError: the case has nothing to report on.
    """
    kept = REPORT if how.edition is None else PUBLISHED
    folder = out or CaseFolder.open(Workspace.open(path), name).path / kept
    check_case_folder(folder)
    if again:
        repin(path, name)
    found = material(path, request_of(path, name), now)
    told = as_json(found)
    with new_case_folder(folder) as draft:
        shown = told if how.edition is None else _LEFT_OUT
        (draft / JSON_NAME).write_text(case_json(shown), encoding="utf-8", newline="\n")
        made = write_report(told, draft, how)
        remember_case(path, found, draft / JSON_NAME, folder, now)
        files = tuple(sorted(each.name for each in draft.iterdir()))
    counts = {"fact": 0, "inference": 0, "claim": 0}
    for one in made_once(made):
        counts[one.layer] += 1
    return ReportAnswer(
        layer=found.layer,
        basis={"pins": found.pins},
        as_of=found.as_of,
        coverage=found.coverage,
        case=name,
        folder=str(folder),
        files=files,
        statements=counts,
    )
