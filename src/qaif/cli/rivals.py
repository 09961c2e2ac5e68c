"""`qaif rivals`: what else could explain what an address did?"""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rivals")(rivals)


def rivals(
    address: Annotated[str, typer.Argument(help="An address.")],
    *,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Try rival explanations, from the methods' own failure cases, on the data; none is ever excluded."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import rivals as question

        answer = question.rivals(workspace, question.RivalsRequest(address=address, as_of=as_of))
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page
    from qaif.questions.rivals import RIVALS, WRONG_IF
    from qaif.questions.rivals_checks import CHECKS

    page = Page()
    page.title(f"What else could explain {answer.address}")
    for one in answer.rivals:
        page.heading(f"{one.id}: {one.verdict.upper()}")
        page.line(RIVALS[one.id])
        page.table(
            ("", "what was counted", ">counted", ">of", "rests on", "for example"),
            [
                (
                    check.outcome,
                    CHECKS[check.id],
                    f"{check.counted:,}",
                    f"{check.of:,}",
                    check.layer,
                    check.witness[0].txid if check.witness else "",
                )
                for check in one.checks
            ],
        )
        page.line(f"What would settle it: {WRONG_IF[one.id]}")
    page.standing(answer)
