"""`qaif appeal`: why an address was stopped, for the desk, and for the person concerned."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("appeal")(appeal)


def appeal(
    address: Annotated[str, typer.Argument(help="The address that was stopped.")],
    *,
    edition: Annotated[
        str,
        typer.Option(
            help="person: official lists and payments on the public chain alone; internal: all that is held."
        ),
    ] = "person",
    policy: Annotated[
        str, typer.Option(help="Of the internal one: a policy by name (`qaif policy list`), or a file.")
    ] = "research-desk",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say why an address was stopped, in an edition for the person concerned or in the desk's own."""
    with reporting_errors(json_output=json_output):
        from qaif.errors import UsageError
        from qaif.questions.appeal import appeal_for_person, appeal_internal
        from qaif.questions.screen import ScreenRequest
        from qaif.screening.policy import policy_named

        now = datetime.now(UTC)
        if edition == "person":
            person = appeal_for_person(workspace, address, now)
            emit(person, json_output=json_output, render=_person)
            return
        if edition != "internal":
            raise UsageError("There are two editions: person and internal.")
        asked = ScreenRequest(address=address, policy=policy_named(policy), now=now)
        emit(appeal_internal(workspace, asked), json_output=json_output, render=_internal)


def _person(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title(f"On {answer.address}")
    page.standing(answer)
    page.heading("Official lists that name it")
    listed = [
        (each.list, each.authority, ", ".join(each.legal_acts), each.since or "not said", each.version)
        for each in answer.listings
    ]
    page.table(("list", "authority", "under", "since", "version"), listed)
    if not listed:
        page.line("None of the lists that are held here names it.")
    page.heading("Payments with addresses that official lists name")
    paid = [
        (one.tx.time[:10], one.direction, sat(one.amount_sat), one.other, one.listed_by_then, one.tx.txid)
        for one in answer.payments
    ]
    page.table(("day", "", ">how much", "with", "listed by then", "transaction"), paid)
    if not paid:
        page.line("None was found.")
    if answer.left_out:
        page.line(f"And {answer.left_out:,} more.")
    for line in (answer.receipt, answer.only, answer.remedy):
        page.line(line)


def _internal(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(answer.edition)
    one = answer.screening
    page.facts([("VERDICT", one.verdict), ("policy outcome", one.policy_outcome), ("time", one.time)])
    page.line(one.said)
    page.standing(answer)
    rules = [(each.id, each.outcome, each.relation, each.layer, each.text) for each in one.rules]
    page.table(("rule", "outcome", "relation", "layer", "what it says"), rules)
    page.heading("What sources say of it")
    said = [(each.text, each.by, each.status, each.statement_id) for each in answer.said]
    page.table(("what", "who", "how", "statement"), said)
    page.heading("Alerts of watches")
    alerts = [(each.alert.id, each.alert.kind, each.alert.said) for each in answer.alerts]
    page.table((">alert", "kind", "what"), alerts)
    page.heading("What the person concerned may have")
    page.line("`qaif appeal ADDRESS --edition person` makes it.")
