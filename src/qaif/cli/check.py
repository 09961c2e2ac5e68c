"""`qaif check`: is the store as it was written, and does it hold together."""

from typing import Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)
from qaif.errors import StoreDamagedError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """Check every checksum and every invariant of the store, and every document; a damaged file is named."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import check as question

        with ProgressLine("checking") as progress:
            answer = question.check(workspace, progress)
        emit(answer, json_output=json_output, render=_page)
        if not answer.good:
            raise typer.Exit(StoreDamagedError.exit_status)


def _page(answer: Any) -> None:
    typer.echo(f"{answer.files:,} files, {answer.file_bytes / 1e6:,.1f} MB")
    typer.echo(f"checked: {', '.join(answer.checks)}")
    for fault in answer.faults:
        typer.echo(f"WRONG: {fault}")
    wrong = "the store is damaged: index the block files into a new workspace"
    if answer.store_good:
        wrong = "documents are not what they were: put them back from a copy"
    typer.echo("good" if answer.good else wrong)
    if answer.digest:
        typer.echo(f"digest {answer.digest}")
