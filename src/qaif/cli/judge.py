"""`qaif judge`: whether two entities are the same, as a person judges it."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import Command, Entered, entering

_First = Annotated[str, typer.Argument(metavar="ENTITY", help="The id of the first.")]
_Second = Annotated[str, typer.Argument(metavar="OTHER", help="The id of the second.")]
_Reason = Annotated[str, typer.Option(help="Why; a name alone is no reason.")]
_VERDICTS = {
    "same": ("same", "They are one."),
    "different": ("different", "They are two, and are not to be joined through others either."),
    "unsure": ("unsure", "Whether they are one was looked at and is open."),
    "withdraw": (
        "withdrawn",
        "Take back the judgement of the two that holds; the statements stay as they were.",
    ),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Judge whether two entities are the same.")
    for name, (verdict, words) in _VERDICTS.items():
        group.command(name)(_judging(verdict, words))
    group.command("list")(list_)
    app.add_typer(group, name="judge")


def _judging(verdict: Any, words: str) -> Command:
    """The command that records one verdict; the four differ in nothing else."""

    def command(left: _First, right: _Second, *, reason: _Reason, entered: Entered) -> None:
        with reporting_errors(json_output=entered.json_output):
            from datetime import UTC, datetime

            from qaif.questions.judge import judge

            now = datetime.now(UTC)
            answer = judge(entered.workspace, verdict, left, right, reason, entered.by, now)
            emit(answer, json_output=entered.json_output, render=_recorded)

    command.__doc__ = words
    return entering(command)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List every judgement."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.judge import judgements

        emit(judgements(workspace), json_output=json_output, render=_list)


def _recorded(answer: Any) -> None:
    from qaif.cli.page import Page

    page, made = Page(), answer.recorded
    page.line(f"Recorded: {made.left_id} and {made.right_id}, {made.judgement}, by {made.author}.")
    page.facts([("now goes by", ", ".join(answer.members)), *(("both say", each) for each in answer.shared)])
    page.standing(answer)


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if not answer.history:
        page.line("Nothing was judged.")
        return
    holding = {one.seq for one in answer.holding}
    page.table(
        ("entity", "other", "judgement", "by", "at", "reason", "holds"),
        [
            (
                j.left_id,
                j.right_id,
                j.judgement,
                j.author,
                j.at,
                j.reason,
                "yes" if j.seq in holding else "no",
            )
            for j in answer.history
        ],
    )
