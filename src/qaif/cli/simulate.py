"""`qaif simulate`: a chain of invented owners, with the truth about it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import JsonOption, ProgressLine, emit, reporting_errors
from qaif.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(  # noqa: PLR0913  one argument an option, as Typer reads them
    scenario: Annotated[str, typer.Argument(help="Which economy: --list tells them.")] = "",
    *,
    out: Annotated[Path | None, typer.Option(help="A new or empty folder: blocks/ and truth/.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number makes another chain.")] = 1,
    transactions: Annotated[
        int | None, typer.Option(min=1, help="How many, coinbases apart; else the scenario's own number.")
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help="Valid signatures, so that a node accepts the chain; slower.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="Tell the scenarios and stop.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Make a chain in Bitcoin Core's block files whose owners are known, and write who they are.

    Without --signed, signatures have the right size and shape but are not valid: a node refuses such a chain.
    With it a chain takes many times as long, and memory grows with its length.
    """
    with reporting_errors(json_output=json_output), ProgressLine("simulating") as progress:
        from qaif.questions import simulate as questions

        if list_:
            emit(questions.scenarios(), json_output=json_output, render=_scenarios)
            return
        if not scenario or out is None:
            raise UsageError(
                "A scenario and a folder are needed.", way_out="qaif simulate SCENARIO --out DIR, or --list."
            )
        answer = questions.simulate(scenario, out, seed, transactions, progress, signed=signed)
        emit(answer, json_output=json_output, render=_page)


def _scenarios(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Scenarios of qaif simulate")
    rows = [(one.name, one.era, f"{one.transactions:,}", one.text) for one in answer.scenarios]
    page.table(("name", "wallets of", "transactions", "what it is"), rows)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"A SIMULATED chain: {answer.scenario}, seed {answer.seed}")
    page.facts(
        [
            ("blocks", f"{answer.blocks:,} in {answer.blocks_folder}"),
            ("transactions", f"{answer.transactions:,}"),
            ("signatures", "valid" if answer.signed else "of the right size and shape, but not valid"),
            ("truth", f"{answer.scripts:,} scripts, {answer.outputs:,} outputs, {answer.actors:,} actors"),
            ("in", str(answer.truth_folder)),
        ]
    )
    page.heading("Ask further")
    page.line(f"qaif index {answer.blocks_folder} --network regtest -w WORKSPACE")
