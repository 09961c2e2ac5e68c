"""A view of a document as one HTML page: self-contained, no script, nothing loaded, every sentence tied."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qaif.report.document.language import Language

_TEMPLATES = Path(__file__).parents[1] / "templates"


def html(view: Mapping[str, Any], language: Language) -> str:
    """The page; the same view gives the same bytes.

    Args:
        view: as `view.view` makes it; its pictures are our own SVG, all other text is escaped.
        language: for the words of the page itself.
    """
    css = "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("case.css", "report.css"))
    text = (
        _environment()
        .get_template("report.html")
        .render(view=view, css=Markup(css), layer_column=language.plain("col.layer"))  # noqa: S704  our own file
    )
    return text.lstrip()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
