"""`qaif claims add` and `qaif claims retract`: claims that a person enters and takes back."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption, Entered, SaidBy, saying


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("add")(saying(add))
    group.command("retract")(retract)


def add(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    schema: Annotated[str, typer.Option(help="The entity's kind, such as CryptoWallet or Organization.")],
    prop: Annotated[str, typer.Option(help="The property, such as name, publicKey or role.")],
    value: Annotated[str, typer.Option(help="Its value; the id of an entity where it points to one.")],
    entity: Annotated[
        str | None, typer.Option(help="The entity's id, or an address; a new one is made where not given.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="SHA-256 of the kept document that says it.")] = None,
    span: Annotated[
        str | None, typer.Option(metavar="START:END", help="Where in its text, in characters from 0.")
    ] = None,
    lang: Annotated[str, typer.Option(help="The value's language, such as ar.")] = "",
    first_seen: Annotated[str | None, typer.Option(help="Since when the source says so.")] = None,
    last_seen: Annotated[str | None, typer.Option(help="Until when it said so.")] = None,
    reason: Annotated[str, typer.Option(help="Why it is entered.")] = "",
    said: SaidBy,
    entered: Entered,
) -> None:
    """Enter one claim by hand: one value of one property of one entity, and who says so."""
    with reporting_errors(json_output=entered.json_output):
        from datetime import UTC, datetime

        from qaif.questions import claims_entry as question

        claim = question.ClaimToEnter(
            entity=entity,
            schema=schema,
            prop=prop,
            value=value,
            lang=lang,
            document_sha256=document,
            span=_span(span),
            asserted_by=said.asserted_by or "",
            resting_on=tuple(said.resting_on or ()),
            reliability=said.reliability,
            credibility=said.credibility,
            status=said.status or "reported",
            first_seen=first_seen,
            last_seen=last_seen,
            reason=reason,
        )
        answer = question.add(entered.workspace, claim, entered.by, datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_entered)


def retract(
    statements: Annotated[list[str], typer.Argument(metavar="STATEMENT...", help="Ids of 32 digits.")],
    *,
    reason: Annotated[str, typer.Option(help="What was wrong.")],
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Take statements back, all or none; the log keeps them with the reason."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions import claims_entry as question

        answer = question.retract(workspace, tuple(statements), reason, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_entered)


def _span(text: str | None) -> tuple[int, int] | None:
    from qaif.errors import UsageError

    if text is None:
        return None
    start, _, end = text.partition(":")
    if not (start.isdecimal() and end.isdecimal()):
        raise UsageError(f"{text[:40]!r} is no span.", way_out="Write --span 120:154.")
    return int(start), int(end)


def _entered(answer: Any) -> None:
    from qaif.cli.page import Page

    page, said = Page(), answer.said
    if said.retracted:
        page.line(f"Taken back: {said.retracted}.")
    else:
        page.line("Entered." if said.added else "It held already; nothing changed.")
    if said.erased:
        page.line("It was erased once and is not taken in again.")
    page.facts([("entity", answer.entity_id or ""), *(("statement", each) for each in answer.statement_ids)])
    page.standing(answer)
