"""`qaif prices`: daily prices, from a CSV of the user's."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Daily prices: import a CSV, list what was imported.")
    group.command("import")(import_)
    group.command("list")(list_)
    app.add_typer(group, name="prices")


def import_(  # noqa: PLR0913  one argument an option, as Typer reads them
    path: Annotated[Path, typer.Argument(metavar="CSV", help="One line a day, with a day and a close.")],
    *,
    source: Annotated[str, typer.Option(help="Who made the prices; the file's name where not given.")] = "",
    currency: Annotated[str, typer.Option(help="In which currency.")] = "USD",
    date_column: Annotated[str, typer.Option(help="The column of days, as in 2017-01-25.")] = "date",
    close_column: Annotated[
        str | None, typer.Option(help="The column of prices; `close`, or `usd_close` and the like.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Import daily closing prices, all of the file or nothing."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import prices as question
        from qaif.records.prices import PriceFile

        file = PriceFile(b"", "", source, currency, date_column, close_column)
        answer = question.import_prices(workspace, path, file, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_imported)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List the imported price files."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import prices as question

        emit(question.list_prices(workspace), json_output=json_output, render=_list)


def _imported(answer: Any) -> None:
    from qaif.cli.page import Page

    one, page = answer.imported, Page()
    said = f"{one.row_count:,} days from {one.first_day} to {one.last_day} in {one.currency}"
    page.line(f"{'Imported' if answer.new else 'Already imported'}: {said}, by {one.source}.")
    page.facts([("file", one.file_name), ("SHA-256", one.sha256), ("new days", f"{one.new_count:,}")])


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if not answer.imports:
        page.line("No prices are imported; `qaif prices import FILE.csv` does that.")
        return
    page.table(
        ("source", "currency", ">days", "from", "to", "imported", "SHA-256 begins"),
        [
            (i.source, i.currency, f"{i.row_count:,}", i.first_day, i.last_day, i.imported_at, i.sha256[:16])
            for i in answer.imports
        ],
    )
