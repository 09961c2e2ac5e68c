"""`qaif claims`: what sources say of an address or an entity; enter it, trace it, take it back, erase it."""

from typing import Annotated, Any

import typer

from qaif.cli.groups import ShowingGroup
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption, saying_rows


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from qaif.cli import claims_entry

    group = typer.Typer(
        cls=ShowingGroup,
        no_args_is_help=True,
        help="What is said of an address, an account or an entity; `qaif claims ADDRESS` shows it.",
    )
    group.command("show")(show)
    group.command("trace")(trace)
    group.command("erase")(erase)
    claims_entry.register(group)
    app.add_typer(group, name="claims")


def show(
    subject: Annotated[str, typer.Argument(help="An address, an account, or the id of an entity.")],
    *,
    as_of: Annotated[
        str | None, typer.Option(help="A day (to its end, UTC), a moment, or a row of the log.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show what is said of it, by whom, where, and resting on whom."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.claims import claims

        emit(claims(workspace, subject, as_of), json_output=json_output, render=_page)


def trace(
    statement_id: Annotated[str, typer.Argument(metavar="STATEMENT", help="Its id, or how it begins.")],
    *,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show the bytes of the kept document that a statement rests on, their digest checked."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.claims_trace import trace as question

        emit(question(workspace, statement_id), json_output=json_output, render=_traced)


def erase(
    entity: Annotated[str, typer.Argument(help="The id of the entity.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept, so name nobody in it.")],
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Erase a private person's data for good, leaving tombstones; say what else may hold the name."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.claims_erase import erase as question

        answer = question(workspace, entity, reason, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_erased)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"What is said of {answer.subject}")
    if not answer.found:
        page.line(answer.verdict)
    for entity in answer.entities:
        page.heading(f"{entity.caption} ({', '.join(entity.schemata)})")
        page.facts([("goes by", ", ".join(entity.members))])
        _properties(page, entity)
    for link in answer.links:
        page.heading(f"{link.caption} ({', '.join(link.schemata)} {link.id})")
        _properties(page, link)
    if answer.contradictions:
        page.heading("Where sources disagree")
        for one in answer.contradictions:
            page.line(one.sentence)
    if answer.judgements:
        page.heading("Judged")
        page.facts(
            [
                (f"{j.judgement} by {j.author}", f"{j.left_id} | {j.right_id}: {j.reason}")
                for j in answer.judgements
            ]
        )
    page.heading("Where this answer stands")
    page.facts([("log", f"up to row {answer.log.row:,}")])
    page.standing(answer)


def _properties(page: Any, entity: Any) -> None:
    from qaif.evidence.defang import defang

    for prop in entity.properties:
        for value in prop.values:
            shown = value.value if value.points_to is None else f"{value.points_to} [{value.value}]"
            count = len(value.roots)
            page.facts([(prop.name, f"{defang(shown)}  ({count} independent source{'s' * (count != 1)})")])
            page.facts([row for saying in value.sayings for row in saying_rows(saying)])


def _traced(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Statement {answer.statement_id}")
    page.facts([(f"{answer.entity_id}, {answer.prop}", answer.value), *saying_rows(answer.saying)])
    for row in answer.history:
        page.facts(
            [("said" if row.said else "taken back", f"{row.entered_at} by {row.entered_by} {row.reason}")]
        )
    page.heading("What stands there")
    page.line(answer.text or answer.why_not)
    if answer.differs:
        page.line("The kept text does not hold the quotation at that place.")
    page.standing(answer)


def _erased(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Erased")
    page.facts(
        [
            ("rows of statements", f"{answer.statement_rows:,}"),
            ("judgements", f"{answer.judgements:,}"),
            ("proposals", f"{answer.proposals:,}"),
            ("decisions", f"{answer.decisions:,}"),
        ]
    )
    page.heading("What may still hold the name")
    for line in answer.may_still_hold:
        page.line(line)
