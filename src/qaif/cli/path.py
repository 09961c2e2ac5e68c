"""`qaif path`: ways for money between two addresses."""

from datetime import datetime
from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, FanOption, HopsOption, LeastOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("path")(path)


def path(  # noqa: PLR0913  one argument an option, as Typer reads them
    start: Annotated[str, typer.Argument(metavar="A", help="An address.")],
    end: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    *,
    hops: HopsOption = 12,
    transactions: MostTxsOption = 20_000,
    fan: FanOption = 100,
    least_sat: LeastOption = 1_000,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day (UTC) to follow.")
    ] = None,
    through_labels: Annotated[
        bool, typer.Option("--through-labels", help="Go on past addresses of which a claim says something.")
    ] = False,
    through_mixes: Annotated[
        bool, typer.Option("--through-mixes", help="Go on past what has the shape of a mix.")
    ] = False,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Search a way for money between two: the shortest, the earliest, the one by the fewest parties."""
    with reporting_errors(json_output=json_output):
        from qaif.analysis.flows.stops import TraceLimits
        from qaif.questions import path as question

        request = question.PathRequest(
            start=start,
            end=end,
            limits=TraceLimits(hops, transactions, fan, least_sat, None, through_mixes),
            until=until.date() if until else None,
            through_labels=through_labels,
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        emit(question.path(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Between {answer.there.from_} and {answer.there.to}")
    page.standing(answer)
    for ways in (answer.there, answer.back):
        page.heading(f"From {ways.from_} to {ways.to}, {ways.transactions:,} transactions looked at")
        if not ways.arrivals:
            cut = "; a limit cut the search" if ways.cut else ""
            page.line(f"No way was found within the limits{cut}.")
        named = ("shortest", "fewest parties", "earliest")
        shown = (ways.shortest, ways.fewest_parties, ways.earliest)
        for name, one in zip(named, shown, strict=True):
            if one is not None:
                _way(page, name, one)
    page.line(answer.read_as)


def _way(page: Any, name: str, one: Any) -> None:
    from qaif.units import btc_text

    page.line(f"The {name}: {one.transactions:,} transaction(s), {one.parties:,} change(s) of hands")
    page.table(
        ("when", "transaction", "!to", ">BTC in the coin"),
        [
            (
                step.tx.time if step.tx else "begins with",
                step.tx.txid if step.tx else step.outpoint,
                (step.script.address or step.script.script_hex) if step.script else "unknown",
                btc_text(step.value_sat),
            )
            for step in one.steps
        ],
    )
