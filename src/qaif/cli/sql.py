"""`qaif sql`: one query over the chain, read-only."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

PAGE_ROWS = 100
JSON_ROWS = 10_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sql")(sql)


def sql(  # noqa: PLR0913  one argument an option, as Typer reads them
    query: Annotated[str, typer.Argument(help="One query in DuckDB's SQL; docs/schema.md lists the tables.")],
    *,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    inference: Annotated[
        bool,
        typer.Option("--inference/--no-inference", help="Scripts known by what an input shows only."),
    ] = True,
    csv_output: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")] = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", help="Write the rows into this new Parquet file.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=f"At most so many rows; else {PAGE_ROWS} on a page, {JSON_ROWS:,} in JSON, all in CSV.",
        ),
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=64, help="MiB that the query may use; else half of the machine's.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; else one a processor.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Ask the chain in SQL: blocks, transactions, inputs, outputs, scripts. Nothing is changed by it."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import sql as question

        if csv_output and (json_output or parquet is not None):
            from qaif.errors import UsageError

            raise UsageError("--csv goes with neither --json nor --parquet.", way_out="Choose one.")
        if limit is None and not csv_output and parquet is None:
            limit = JSON_ROWS if json_output else PAGE_ROWS
        request = question.SqlRequest(
            query=query, as_of=as_of, inference=inference, limit=limit, memory_mib=memory, threads=threads
        )
        if csv_output:
            _say_standing(question.sql_to_csv(workspace, request, sys.stdout))
        elif parquet is not None:
            answer = question.sql_to_parquet(workspace, request, parquet)
            emit(answer, json_output=json_output, render=_page)
        else:
            emit(question.sql(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.row_count:,} row{'' if answer.row_count == 1 else 's'}")
    page.standing(answer)
    if answer.path is not None:
        page.line(f"written to {answer.path}")
        return
    right = [">" if _number(column.type) else "!" for column in answer.columns]
    heads = tuple(mark + column.name for mark, column in zip(right, answer.columns, strict=True))
    page.table(heads, [tuple(map(_cell, row.values())) for row in answer.rows])
    if answer.truncated:
        page.line("There are more rows: give --limit, --csv or --parquet FILE.")


def _number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "decimal", "double", "float"))


def _cell(value: Any) -> str:
    return "NULL" if value is None else str(value)


def _say_standing(answer: Any) -> None:
    """Under a table for machines: how sure it is, on standard error."""
    held = "complete" if answer.coverage.complete else "not complete: " + " ".join(answer.coverage.reasons)
    where = "no block" if answer.as_of is None else f"block {answer.as_of.hash}"
    typer.echo(f"qaif: {answer.layer}, as of {where}, coverage {held}", err=True)
    if answer.truncated:
        typer.echo(f"qaif: there are more than {answer.row_count:,} rows", err=True)
