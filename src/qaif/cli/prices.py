"""`qaif prices`: daily prices, from a CSV of the user's or from a server that the user names."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.network import CaFileOption, ProxyOption, opened
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Daily prices: import a CSV, ask a server that you name, list what was imported."
    )
    group.callback(invoke_without_command=True)(fetch)
    group.command("import")(import_)
    group.command("list")(list_)
    app.add_typer(group, name="prices")


def fetch(  # noqa: PLR0913  one argument an option, as Typer reads them
    context: typer.Context,
    *,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="mempool:URL", help="Ask this server for its whole history of prices."
        ),
    ] = None,
    currency: Annotated[str, typer.Option(help="In which currency.")] = "USD",
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Daily prices: import a CSV, ask a server that you name, list what was imported."""
    if context.invoked_subcommand is not None:
        if from_ is not None:
            raise typer.BadParameter("--from stands alone, without a further command.")
        return
    if from_ is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    with reporting_errors(json_output=json_output):
        from qaif.questions import prices as question
        from qaif.workspace.network.manner import Manner

        place = _server(from_)
        with opened(workspace, place, Manner(proxy=proxy, ca_file=ca_file)) as door:
            answer = question.fetch_prices(workspace, door, place, currency, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_imported)


def _server(named: str) -> str:
    from qaif.errors import UsageError

    kind, _, place = named.partition(":")
    if kind != "mempool":
        raise UsageError(
            f"Prices come from no source of the kind {kind[:40]!r}.",
            way_out="Name one as mempool:https://mempool.space/api, or import a CSV.",
        )
    return place if place.rstrip("/").endswith("/api") else f"{place.rstrip('/')}/api"


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
