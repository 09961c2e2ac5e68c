"""`qaif case goaml`: a case as goAML XML, by the schema of the FIU that it goes to."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption


def goaml(  # noqa: PLR0913  one argument an option
    name: Annotated[str, typer.Argument(metavar="CASE", help="The case's name.")],
    *,
    schema: Annotated[Path, typer.Option(metavar="FILE.xsd", help="The FIU's schema; nothing else passes.")],
    out: Annotated[Path, typer.Option(metavar="FILE.xml", help="A file that is not there yet.")],
    rentity_id: Annotated[int, typer.Option(min=1, help="The number by which the FIU knows who reports.")],
    reason: Annotated[str, typer.Option(help="Why it is reported.")],
    code: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=CODE", help="submission, report, transmode, funds or country; may be repeated."
        ),
    ] = None,
    confirm: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name this person, whom a claim names; may be repeated."),
    ] = None,
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write the hand-off table, else the addresses, as a goAML report. Amounts are bitcoin (XBT)."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.report.goaml_case import GoamlRequest, write_goaml

        codes = dict(_pair(each) for each in code or ())
        asked = GoamlRequest(rentity_id, by, reason, codes, tuple(confirm or ()))
        answer = write_goaml(workspace, name, out, schema, asked, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_page)


def _pair(text: str) -> tuple[str, str]:
    kind, _, value = text.partition("=")
    return kind.strip(), value.strip()


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"goAML report of the case {answer.case}")
    what = f"{answer.transactions:,} transaction(s)" if answer.transactions else "an activity"
    page.facts([("file", str(answer.file)), ("valid by", str(answer.schema)), ("holds", what)])
    page.standing(answer)
