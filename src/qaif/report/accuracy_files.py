"""Write what an evaluation counted: the page for people, and the figures that the program reads."""

import json
from pathlib import Path
from typing import Any

from qaif.analysis.accuracy import FILE_NAME
from qaif.errors import OutputError
from qaif.questions.evaluate import EvaluationAnswer, figures_document
from qaif.report.accuracy_page import accuracy_page

PAGE = Path("docs") / "accuracy.md"
FIGURES = Path("src") / "qaif" / "analysis" / FILE_NAME


def write_accuracy(answer: EvaluationAnswer, project: Path, options: str) -> None:
    """Write both files into the project's folder.

    Args:
        answer: what was counted.
        project: the folder of the program's source.
        options: the command's options, as the page shows them.

    Raises:
        OutputError: it is not that folder, or cannot be written.
    """
    if not (project / FIGURES).parent.is_dir() or not (project / PAGE).parent.is_dir():
        raise OutputError(
            f"{project} is not the folder of this program's source.",
            way_out="Name the folder that has docs/ and src/qaif/analysis/, or leave --write out.",
        )
    figures = _text(figures_document(answer))
    try:
        (project / PAGE).write_text(accuracy_page(answer, options), encoding="utf-8")
        (project / FIGURES).write_text(figures, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{project} cannot be written: {error.strerror}.") from error


def _text(document: dict[str, Any]) -> str:
    """JSON with a figure on each line, so that a change is seen in its place."""
    methods = (
        f"  {json.dumps(method)}: [\n"
        + ",\n".join(f"   {json.dumps(figure, ensure_ascii=False)}" for figure in figures)
        + "\n  ]"
        for method, figures in document["methods"].items()
    )
    head = json.dumps({key: value for key, value in document.items() if key != "methods"})[:-1]
    return f'{head},\n "methods": {{\n' + ",\n".join(methods) + "\n }\n}\n"
