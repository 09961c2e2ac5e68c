"""`qaif indicators`: what published paragraphs describe, looked for in what an address did."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("indicators")(indicators)


def indicators(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str, typer.Argument(help="An address; by cluster it stands for its cluster.")],
    *,
    under_sat: Annotated[
        int | None, typer.Option(min=1, help="A threshold that payments may stay under, in satoshi.")
    ] = None,
    gifts: Annotated[int, typer.Option(min=1, help="So many small payers are many.")] = 20,
    services: Annotated[int, typer.Option(min=1, help="So many services paid within a day are several.")] = 3,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Look for what published paragraphs call indicators; each with its paragraph, none a verdict."""
    with reporting_errors(json_output=json_output):
        from qaif.analysis.flows.indicators import Thresholds
        from qaif.questions import indicators as question

        request = question.IndicatorsRequest(
            subject=address,
            limits=Thresholds(gifts=gifts, under_sat=under_sat, services=services),
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        emit(question.indicators(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Indicators of {answer.subject}")
    page.standing(answer)
    page.line(answer.no_verdict)
    for one in answer.indicators:
        page.heading(f"{one.method}: {one.met} ({one.counted:,} counted)")
        page.facts(
            [
                ("paragraph", f'"{one.quote}"'),
                ("source", one.source),
                ("counted", one.rule),
                ("limits", f"{one.limits} Its error is {one.measured}."),
                *(("witness", f"{tx.txid} {tx.time}") for tx in one.witness),
            ]
        )
