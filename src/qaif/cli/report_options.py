"""The options that say how a report is written."""

from pathlib import Path
from typing import Annotated

import typer

LangOption = Annotated[str, typer.Option("--lang", help="In which languages, such as ar,en.")]
FormatOption = Annotated[str, typer.Option("--format", help="In which forms, of html, pdf and json.")]
CalendarOption = Annotated[str, typer.Option(help="Of dates in sentences: gregorian or hijri.")]
DigitsOption = Annotated[str, typer.Option(help="Of figures: latn or arab. Addresses keep theirs.")]
CatalogueOption = Annotated[
    list[Path] | None, typer.Option(help="A file with the words of another language; may be repeated.")
]
KeyOption = Annotated[
    Path | None, typer.Option(help="Sign with this key's file (`qaif bundle key`).", dir_okay=False)
]
DEFAULT_LANG, DEFAULT_FORMAT = "en,ar", "html,pdf,json"
