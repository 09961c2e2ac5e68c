"""`qaif decide`: release, hold or reject what was screened, as a person who is known here."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.passwords import FromStdinOption, password

NOT_THE_ANSWER = 65
_Entry = Annotated[
    int, typer.Argument(metavar="ENTRY", help="The screening, by its number in the audit log.")
]
_WORDS = {
    "release": "Let the transfer go on.",
    "hold": "Keep it back for now.",
    "reject": "Refuse it.",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Decide on screenings; two people where a policy asks it.")
    for name, words in _WORDS.items():
        group.command(name)(_deciding(name, words))
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group, name="decide")


def _deciding(decision: str, words: str) -> Any:
    """The command of one decision; the three differ in nothing else."""

    def command(  # noqa: PLR0913  one argument an option, as Typer reads them
        entry: _Entry,
        *,
        reason: Annotated[str, typer.Option(help="Why.")],
        user: Annotated[str, typer.Option(envvar="QAIF_ANALYST", help="Who decides; a user of `qaif user`.")],
        from_stdin: FromStdinOption = False,
        workspace: WorkspaceOption = DEFAULT_WORKSPACE,
        json_output: JsonOption = False,
    ) -> None:
        with reporting_errors(json_output=json_output):
            from dataclasses import replace

            from qaif.questions.decide import decide
            from qaif.questions.sign_in import proven

            with _opened(workspace) as records:
                now = datetime.now(UTC)
                caller = proven(records, user, password(user, from_stdin=from_stdin), now)
                answer = decide(records, entry, decision, reason, replace(caller, via="command line"), now)
            emit(answer, json_output=json_output, render=_decided)

    command.__doc__ = f"{words} Your password is asked for."
    return command


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List what waits: a HIT, an alert or a hold on which nobody decided, or only one of two."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.decide import waiting

        with _opened(workspace) as records:
            answer = waiting(records)
        emit(answer, json_output=json_output, render=_waiting)


def show(
    entry: _Entry,
    *,
    queries: Annotated[bool, typer.Option("--queries", help="With the address, where it is kept.")] = False,
    answer_file: Annotated[
        Path | None,
        typer.Option("--answer", help="An answer that you kept: is it the one given then?", dir_okay=False),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show what was decided on a screening, by whom and why."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.decide import decisions, is_answer
        from qaif.questions.screening_compared import earlier

        with _opened(workspace) as records:
            answer = decisions(records, entry, queries=queries)
        same = None if answer_file is None else is_answer(answer.screening, earlier(answer_file))
        emit(answer, json_output=json_output, render=_decided)
    if same is not None:
        said = "is" if same else "is NOT"
        typer.echo(f"{answer_file} {said} the answer that was given then.", err=True)
    if same is False:
        raise typer.Exit(NOT_THE_ANSWER)


def _opened(workspace: Any) -> Any:
    from qaif.records.engine import Records
    from qaif.workspace.folder import Workspace

    return Records.open(Workspace.open(workspace).path)


def _standing(answer: Any) -> str:
    now = answer.standing
    stands = f"{now.decided}, by {' and '.join(now.by)}" if now.decided else "nothing is decided"
    if now.proposed is None:
        return stands
    return f"{stands}; {now.proposed_by} proposes to {now.proposed}, and a second approver must agree"


def _decided(answer: Any) -> None:
    from qaif.cli.page import Page

    page, asked = Page(), answer.screening
    page.title(f"Screening {asked.entry:,}: {_standing(answer)}")
    told = [
        ("address", asked.address),
        ("screened", f"{asked.at}, by {asked.by}"),
        ("verdict", asked.verdict),
        ("policy outcome", f"{asked.outcome} by {asked.policy}"),
        ("must decide", "two people" if asked.two_people else "one person"),
    ]
    page.facts([each for each in told if each[1] is not None])
    page.table(
        ("!at", "by", "role", "decision", "why"),
        [(each.at, each.author, each.role, each.decision, each.reason) for each in answer.decisions],
    )


def _waiting(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{len(answer.waiting):,} screenings wait, of {answer.looked_at:,} looked at")
    if not answer.waiting:
        return
    page.table(
        (">entry", "!at", "verdict", "outcome", "stands"),
        [
            (e.screening.entry, e.screening.at, e.screening.verdict, e.screening.outcome, _standing(e))
            for e in answer.waiting
        ],
    )
