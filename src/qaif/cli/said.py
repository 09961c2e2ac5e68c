"""Who says something, as pages show it; the options that say who enters it and how far it can be trusted."""

from typing import Annotated, Any

import typer

AnalystOption = Annotated[
    str | None,
    typer.Option("--by", envvar="QAIF_ANALYST", help="Your name, as it is to stand beside what you enter."),
]
AssertedByOption = Annotated[
    str | None, typer.Option(help="Who says it: a newspaper, a court, a list; the document where not given.")
]
RestingOnOption = Annotated[
    list[str] | None,
    typer.Option(help="Whom that source relies on, nearest first, the root last; may be repeated."),
]
ReliabilityOption = Annotated[str, typer.Option(help="Of the source, A to F (Admiralty code).")]
CredibilityOption = Annotated[int, typer.Option(help="Of the information, 1 to 6 (Admiralty code).")]
StatusOption = Annotated[
    str, typer.Option(help="alleged, reported, admitted, 'court finding', 'official listing' or retracted.")
]


def saying_rows(saying: Any) -> list[tuple[str, str]]:
    """One source, in two lines."""
    who = saying.asserted_by
    if saying.resting_on:
        who += f", resting on {', on '.join(saying.resting_on)}"
    grades = f"{saying.status}; source {saying.reliability}, information {saying.credibility}"
    where = [
        f"document {saying.document_sha256[:12]}" if saying.document_sha256 else "no kept document",
        f"characters {saying.span[0]} to {saying.span[1]}" if saying.span else saying.locator,
        saying.dataset,
        f"last seen {saying.last_seen}" if saying.last_seen else "",
        f"statement {saying.statement_id[:12]}",
    ]
    return [("  by", f"{who} ({grades})"), ("", ", ".join(each for each in where if each))]
