"""The options that say how a report is written."""

from pathlib import Path
from typing import Annotated, Literal

import typer

LangOption = Annotated[str, typer.Option("--lang", help="In which languages, such as ar,en.")]
FormatOption = Annotated[
    str, typer.Option("--format", help="In which forms, of html, pdf, json, csv and xlsx.")
]
CalendarOption = Annotated[str, typer.Option(help="Of dates in sentences: gregorian or hijri.")]
DigitsOption = Annotated[str, typer.Option(help="Of figures: latn or arab. Addresses keep theirs.")]
CatalogueOption = Annotated[
    list[Path] | None,
    typer.Option(help="A folder or file with another language; may be repeated."),
]
KeyOption = Annotated[
    Path | None, typer.Option(help="Sign with this key's file (`qaif bundle key`).", dir_okay=False)
]
EditionOption = Annotated[
    Literal["full", "publication"],
    typer.Option(help="publication: no donors, links, alleged private persons or live addresses."),
]
RedactOption = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="Leave this out everywhere; may be repeated.")
]
ConfirmOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Of a publication: this person may appear; may be repeated."),
]
LiveOption = Annotated[
    bool, typer.Option("--live", help="Of a publication: show addresses that hold coins in full.")
]
AnnexOption = Annotated[bool, typer.Option("--annex", help="Write shortened addresses into an annex.")]
DEFAULT_LANG, DEFAULT_FORMAT = "en,ar", "html,pdf,json"
