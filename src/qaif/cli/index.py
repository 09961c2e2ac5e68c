"""`qaif index`: make or extend the workspace's chain from Bitcoin Core's block files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("index")(index)


def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="A data directory, a folder of blk*.dat, or block files; none: those of before."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    network: Annotated[
        str | None, typer.Option(help="mainnet, testnet3, testnet4, signet or regtest.")
    ] = None,
    prevouts: Annotated[
        list[str] | None,
        typer.Option(help="BLOCK_HASH=FILE: the outputs that a block spends, as its undo data has them."),
    ] = None,
    *,
    json_output: JsonOption = False,
) -> None:
    """Index block files, or what has come since."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.index import index_block_files

        with ProgressLine("indexing") as progress:
            answer = index_block_files(workspace, paths or [], network, prevouts or [], progress)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.status import chain_lines

    run = answer.run
    typer.echo(f"{run.appended:,} blocks added, {run.removed:,} taken off, {run.kept:,} as they were.")
    if run.stale:
        typer.echo(f"{run.stale:,} blocks of the files are not in the best chain.")
    if run.invalid:
        typer.echo(f"{run.invalid:,} blocks of the files have no valid proof of work, or build on one.")
    for line in chain_lines(answer.chain, answer.as_of, answer.coverage):
        typer.echo(line)
