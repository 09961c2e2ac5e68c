"""The report of one investigation: what `qaif investigate` and `qaif demo` write beside `case.json`."""

from dataclasses import replace
from pathlib import Path

from qaif.questions.answer import as_json
from qaif.questions.case_material import MaterialRequest, material_of
from qaif.questions.case_pins import pins_of
from qaif.questions.cases import DEFAULT_POLICY
from qaif.questions.investigation import Investigation
from qaif.report.case import CaseFiles, write_case
from qaif.report.document.written import Manner, write_report


def write_investigation(workspace: Path, found: Investigation, folder: Path, how: Manner) -> CaseFiles:
    """Write an investigation as a case: data, page, and the report in each language.

    Args:
        workspace: the workspace's folder.
        found: what was found.
        folder: best one from `workspace.new_files.new_case_folder`.
        how: languages, formats, and who signs.

    Raises:
        OSError: the files cannot be written.
        OutputError: the PDF cannot be set.
    """
    files = write_case(found, folder)
    pins = pins_of(workspace, DEFAULT_POLICY)
    if found.as_of:
        pins = replace(pins, chain=found.as_of.hash, height=found.as_of.height)
    asked = MaterialRequest(title=found.subject, requests=(), pins=pins)
    write_report(as_json(material_of(workspace, asked, (found,))), folder, how)
    return files
