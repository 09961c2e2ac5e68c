"""`qaif refusals`: what joined nothing."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption, decisions
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("refusals")(refusals)


def refusals(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[
        str | None, typer.Argument(help="An address, whose cluster is meant; all refusals without one.")
    ] = None,
    *,
    as_of: AsOfOption = None,
    with_change: WithChangeOption = False,
    most: Annotated[int, typer.Option(min=0, help="How many to list.")] = 100,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """List the transactions that spend from a cluster and join nothing, each with the reason."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import refusals as question

        answer = question.refusals(workspace, address, as_of=as_of, with_change=with_change, most=most)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Refusals in the cluster of {answer.address}" if answer.address else "All refusals")
    page.standing(answer)
    page.facts((method, f"{count:,}") for method, count in answer.by_method.items())
    if not answer.decisions:
        page.line("None." if not answer.count else f"{answer.count:,} in all.")
        return
    decisions(page, answer.decisions, answer.left_out)
