"""`qaif what-if`: a cluster without a transaction or a method."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("what-if")(what_if)


def what_if(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str, typer.Argument(help="A Bitcoin address.")],
    *,
    without: Annotated[
        str,
        typer.Option(help="What to leave out: a transaction id, or a method such as co-spend or wasabi-1."),
    ],
    as_of: AsOfOption = None,
    with_change: WithChangeOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say how the cluster of an address falls apart, or grows, without a transaction or a method."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import what_if as question

        answer = question.what_if(workspace, address, without, as_of=as_of, with_change=with_change)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Cluster of {answer.address} without {answer.without}")
    page.standing(answer)
    page.facts(
        [
            ("members as things are", f"{answer.before:,}"),
            ("members without it", f"{answer.after:,}, of which {answer.joined:,} were not members before"),
        ]
    )
    page.table(
        (">members", "some of them", ""),
        [
            (f"{each.count:,}", "\n".join(each.sample), "with the address asked about" * each.holds_asked)
            for each in answer.parts
        ],
    )
    if answer.parts_left_out:
        page.line(f"And {answer.parts_left_out:,} smaller parts.")
