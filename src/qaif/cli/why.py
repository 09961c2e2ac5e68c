"""`qaif why`: what joined two addresses."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("why")(why)


def why(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str, typer.Argument(help="A Bitcoin address.")],
    other: Annotated[str, typer.Argument(help="Another.")],
    *,
    as_of: AsOfOption = None,
    with_change: WithChangeOption = False,
    budget: Annotated[
        int, typer.Option(min=1, help="How much to look at for a shorter chain of transactions.")
    ] = 200,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say why two addresses are in one cluster: the transactions that joined them."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import why as question

        answer = question.why(workspace, address, other, as_of=as_of, with_change=with_change, budget=budget)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, at_height

    page = Page()
    page.title(f"{answer.one} and {answer.other}")
    page.standing(answer)
    page.line(answer.said)
    page.table(
        (">step", "first", "second", "transaction", "", "in"),
        [
            (n, step.one, step.other, step.tx.txid, step.how, f"{at_height(step.tx.height)}, {step.tx.time}")
            for n, step in enumerate(answer.steps, 1)
        ],
    )
    for method in dict.fromkeys((step.method, step.measured) for step in answer.steps):
        page.line(f"Steps by {method[0]}: {method[1]}")
    if answer.first_joined is not None:
        page.line(f"First in one cluster by {answer.first_joined.txid}.")
