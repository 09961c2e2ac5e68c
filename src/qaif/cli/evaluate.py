"""`qaif evaluate`: how often each method is wrong, on data whose truth is known."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import JsonOption, ProgressLine, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    *,
    truth: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A simulated chain with its truth; may be given again."),
    ] = None,
    shared: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The folder of published data.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="PROJECT", help="Write docs/accuracy.md and the program's figures into it."),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Count how often every method is wrong, on simulated chains and on published data."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import evaluate as question

        with ProgressLine("evaluating") as progress:
            answer = question.evaluate(truth or (), shared, progress)
        if write is not None:
            from qaif.report.accuracy_files import write_accuracy

            write_accuracy(answer, write, _options(truth or [], shared))
        emit(answer, json_output=json_output, render=_page)


def _options(truth: list[Path], shared: Path | None) -> str:
    """The options as the page shows them: names of folders, and no path of this machine."""
    named = [f"--truth {folder.name}" for folder in truth]
    return " ".join([*named, *(["--shared DATA"] if shared else [])])


def _page(answer: Any) -> None:
    from qaif.analysis.accuracy import percent
    from qaif.cli.page import Page

    page = Page()
    page.title("How often the methods are wrong")
    page.standing(answer)
    page.table(
        ("method", "data", "part", "measure", ">count", ">of", ">95 %"),
        [
            (
                *(count.method, count.data, count.part, count.measure, f"{count.hits:,}", f"{count.of:,}"),
                "..".join(percent(end) for end in count.interval_ppm),
            )
            for count in answer.counts
            if count.of
        ],
    )
    page.line(f"Called mixes where they are said to be none: {len(answer.false_alarms):,} (see --json).")
