"""`qaif demo`: a whole case on a chain that is made here."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import JsonOption, ProgressLine, emit, reporting_errors

DEFAULT_OUT = Path("qaif-demo")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    *,
    out: Annotated[
        Path, typer.Option(help="The folder for all of it; new, empty, or of an earlier demo.")
    ] = (DEFAULT_OUT),
    seed: Annotated[int, typer.Option(min=0, help="Another number makes another chain.")] = 1,
    json_output: JsonOption = False,
) -> None:
    """Make a simulated chain and an invented article, and write the case of the address in it."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.demo import demo as question
        from qaif.report.document.investigated import write_investigation
        from qaif.report.document.written import manner
        from qaif.workspace.new_files import new_case_folder

        made = question(out, seed, ProgressLine)
        with new_case_folder(made.answer.case) as folder:
            write_investigation(made.answer.workspace, made.investigation, folder, manner())
        emit(made.answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat
    from qaif.report.case import HTML_NAME

    page = Page()
    page.title("The demo: everything in it is SIMULATED, and every name is invented")
    page.standing(answer)
    page.heading("What was made, and what was found")
    page.facts(
        [
            ("chain", f"{answer.blocks:,} blocks, {answer.transactions:,} transactions, seed {answer.seed}"),
            ("article", answer.document),
            ("address in it", answer.address),
            ("transactions", f"{answer.tx_count:,}, from {answer.first_seen} to {answer.last_seen}"),
            ("turnover", sat(answer.turnover_sat)),
        ]
    )
    page.heading("The case")
    for name in (HTML_NAME, "report.en.html", "report.ar.html", "report.en.pdf", "report.ar.pdf"):
        page.line(str((answer.case / name).resolve()))
    page.heading("Ask further")
    page.line(f"qaif review {answer.address} --workspace {answer.workspace}")
