"""`qaif sources`: the servers that a workspace dealt with, and what is kept of their answers."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Servers that were asked: list, purge their answers, forget."
    )
    group.command("list")(list_)
    group.command("purge")(purge)
    group.command("forget")(forget)
    app.add_typer(group, name="sources")


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List the servers that were named, and what is kept of their answers."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import sources as question

        emit(question.list_sources(workspace), json_output=json_output, render=_list)


def purge(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """Take away the kept answers of servers; the chain that was made of them stays."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import sources as question

        emit(question.purge_sources(workspace), json_output=json_output, render=_purged)


def forget(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As `qaif sources list` shows it.")],
    *,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Forget a server's certificate: the one that it shows next is taken for its own."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import sources as question

        emit(question.forget_certificate(workspace, place), json_output=json_output, render=_forgotten)


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if answer.sources:
        rows = [(one.place, one.told_at or "-", (one.certificate or "-")[:16]) for one in answer.sources]
        page.table(("server", "told what it learns", "certificate begins"), rows)
    else:
        page.line("No server was named in this workspace.")
    page.facts([("kept answers", f"{answer.answers:,}"), ("bytes", f"{answer.size:,}")])


def _purged(answer: Any) -> None:
    from qaif.cli.page import Page

    Page().line(f"Purged {answer.answers:,} answers, {answer.size:,} bytes.")


def _forgotten(answer: Any) -> None:
    from qaif.cli.page import Page

    Page().line(f"The certificate of {answer.place} is forgotten.")
