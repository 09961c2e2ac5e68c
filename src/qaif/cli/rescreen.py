"""`qaif rescreen`: past screenings asked anew, as after a new listing."""

from datetime import UTC, datetime
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
    app.command("rescreen")(rescreen)


def rescreen(
    past: Annotated[
        Path, typer.Argument(help="Past answers: what `qaif screen --batch` printed.", dir_okay=False)
    ],
    *,
    policy: Annotated[str, typer.Option(help="A policy by name (`qaif policy list`), or a file of one.")],
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="As of this time (UTC), not now."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Ask past screenings anew, and say which say something else now, and what moved."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import rescreen as question
        from qaif.questions.screen import screener
        from qaif.screening.policy import policy_named

        now = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
        with screener(workspace, policy_named(policy), now) as asked, ProgressLine("screening") as progress:
            answer = question.rescreen(asked, past, progress)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.asked:,} past screenings asked anew")
    page.standing(answer)
    page.facts((change, f"{count:,}") for change, count in answer.changes.items())
    rows = [
        (each.address, each.verdict, each.outcome, ", ".join(each.compared.because), each.said)
        for each in answer.otherwise
    ]
    page.table(("address", "verdict", "outcome", "differs in", "why"), rows)
    if not answer.otherwise:
        page.line("None says anything else.")
    if answer.left_out:
        page.line(f"And {answer.left_out:,} more; --json has no more of them either: give the file in parts.")
