"""A case as two files: `case.json`, the answer itself, and `case.html`, one page that needs nothing else.

The page is made from the JSON alone, so whatever it shows can be checked there, and the same answer gives the
same bytes. It holds no script, loads nothing, and links only to its own rows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qaif.questions.answer import as_json
from qaif.questions.investigation import Investigation
from qaif.report.found import found_view
from qaif.report.wording import (
    KIND_WORDS,
    LAYER_WORDS,
    SEEN_WORDS,
    WHERE_WORDS,
    coverage_words,
    unknown_lines,
)
from qaif.units import btc_text

JSON_NAME, HTML_NAME = "case.json", "case.html"
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class CaseFiles:
    """Where a case was written."""

    json: Path
    html: Path


def write_case(investigation: Investigation, out: Path) -> CaseFiles:
    """Write a case into a folder, best one from `workspace.new_files.new_case_folder`.

    Raises:
        OSError: the files cannot be written.
    """
    case = as_json(investigation)
    files = CaseFiles(out / JSON_NAME, out / HTML_NAME)
    files.json.write_text(case_json(case), encoding="utf-8", newline="\n")
    files.html.write_text(case_html(case), encoding="utf-8", newline="\n")
    return files


def case_json(case: Mapping[str, Any]) -> str:
    """The answer as JSON with its keys in order."""
    return json.dumps(case, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def case_html(case: Mapping[str, Any]) -> str:
    """The page of a case.

    Args:
        case: the answer as `as_json` writes it, or as it was read back from `case.json`.
    """
    addresses = [found_view(row, found) for row, found in enumerate(case["addresses"], start=1)]
    return (
        _environment()
        .get_template("case.html")
        .render(
            case=case,
            css=Markup((_TEMPLATES / "case.css").read_text(encoding="utf-8")),  # noqa: S704  our own file
            addresses=addresses,
            as_of=_as_of(case),
            coverage_words=coverage_words(case["coverage"]),
            methods=_methods(case),
            unknown=unknown_lines(case),
            layer_words=LAYER_WORDS,
            where_words=WHERE_WORDS,
            kind_words=KIND_WORDS,
            seen_words=SEEN_WORDS,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["btc"] = btc_text
    return environment


def _as_of(case: Mapping[str, Any]) -> dict[str, Any] | None:
    if not case["as_of"]:
        return None
    as_of: dict[str, Any] = dict(case["as_of"])
    height = as_of["height"]
    return as_of | {"height_text": "height not known" if height is None else f"height {height:,}"}


def _methods(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each method that any part of the case rests on, once."""
    parts = [found.get(part) for found in case["addresses"] for part in ("review", "activity")]
    bases = [case["basis"], *(part["basis"] for part in parts if part)]
    methods = [method for basis in bases for method in basis.get("methods", ())]
    return list({(method["id"], method["version"]): method for method in methods}.values())
