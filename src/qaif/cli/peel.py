"""`qaif peel`: the rest of an output, payment by payment."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("peel")(peel)


def peel(  # noqa: PLR0913  one argument an option, as Typer reads them
    output: Annotated[str, typer.Argument(metavar="TXID:VOUT", help="The output to follow.")],
    *,
    steps: Annotated[int, typer.Option(min=0, help="Most transactions.")] = 100,
    fan: Annotated[int, typer.Option(min=2, help="Most outputs of a step.")] = 10,
    least: Annotated[
        int, typer.Option(min=0, max=1_000, help="Thousandths that a step must have to be followed.")
    ] = 500,
    together: Annotated[
        int, typer.Option(min=0, max=1_000, help="Thousandths that all steps together must have.")
    ] = 50,
    through_labels: Annotated[
        bool, typer.Option("--through-labels", help="Go on past addresses of which a claim says something.")
    ] = False,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Follow what is left of an output through payments, each step with how sure it is."""
    with reporting_errors(json_output=json_output):
        from qaif.analysis.flows.peel import PeelLimits
        from qaif.questions import peel as question

        request = question.PeelRequest(
            subject=output,
            limits=PeelLimits(steps, fan, least, together),
            through_labels=through_labels,
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        emit(question.peel_chain(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat
    from qaif.units import btc_text

    page = Page()
    page.title(f"The rest of {answer.begins.outpoint}")
    page.standing(answer)
    page.facts(
        [
            ("begins with", sat(answer.begins.value_sat)),
            ("paid", f"{sat(answer.paid_sat)} in {len(answer.steps):,} step(s), if each step is right"),
            ("ends at", f"{_who(answer.ends)}, {sat(answer.ends.value_sat)}"),
            ("because", answer.why),
            *(("said", f"{one.text} ({one.by})") for one in answer.said),
        ]
    )
    page.heading(
        "Steps; sure in thousandths, this step and all so far, as if steps did not depend on each other"
    )
    page.table(
        ("when", "!transaction", ">sure", ">together", ">inputs", "paid", ">rest, BTC"),
        [
            (
                step.tx.time,
                step.tx.txid,
                step.permille,
                step.together_permille,
                step.inputs,
                ", ".join(f"{btc_text(one.value_sat)} to {_who(one)}" for one in step.paid),
                btc_text(step.rest.value_sat),
            )
            for step in answer.steps
        ],
    )


def _who(coin: Any) -> str:
    script = coin.script
    return "unknown" if script is None else script.address or f"({script.script_type})"
