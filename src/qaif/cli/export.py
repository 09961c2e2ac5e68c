"""`qaif export`: the chain as Parquet files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    out: Annotated[Path, typer.Option(help="The folder for the files; new, or empty.")],
    table: Annotated[
        list[str] | None,
        typer.Option(help="Which table; can be given several times. Without it the five for people."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    inference: Annotated[
        bool,
        typer.Option("--inference/--no-inference", help="Scripts known by what an input shows only."),
    ] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write the chain's tables as Parquet files, with a manifest; all or nothing."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import export as question

        answer = question.export(
            workspace,
            out,
            tables=tuple(table or ()),
            as_of=as_of,
            inference=inference,
            stage=lambda name: ProgressLine(f"exporting {name}"),
        )
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Exported to {answer.folder}")
    page.standing(answer)
    page.table(
        ("file", ">rows", ">bytes", "SHA-256"),
        [(one.file, f"{one.rows:,}", f"{one.bytes:,}", one.sha256) for one in answer.tables],
    )
