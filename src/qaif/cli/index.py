"""`qaif index`: make or extend the workspace's chain from Bitcoin Core's block files, or from a node."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.network import CaFileOption, ProxyOption
from qaif.cli.node_options import (
    CookieOption,
    PasswordFileOption,
    index_a_node,
    node_manner,
    only_node,
)
from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)
from qaif.errors import UsageError

_DATASET = "aws:"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("index")(index)


def index(  # noqa: PLR0913  one argument an option, as Typer reads them
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...|core:URL|aws:FOLDER",
            help="A data directory, a folder of blk*.dat, or block files; none: those of before. Or a running"
            " node: core:http://USER@HOST:8332. Or a copy of the AWS public dataset: aws:FOLDER.",
        ),
    ] = None,
    *,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    network: Annotated[
        str | None, typer.Option(help="mainnet, testnet3, testnet4, signet or regtest.")
    ] = None,
    prevouts: Annotated[
        list[str] | None,
        typer.Option(help="BLOCK_HASH=FILE: the outputs that a block spends, as its undo data has them."),
    ] = None,
    from_height: Annotated[
        int | None, typer.Option(min=0, help="Of a node: begin here and not at the first block.")
    ] = None,
    to_height: Annotated[int | None, typer.Option(min=0, help="Of a node: go no further than this.")] = None,
    cookie: CookieOption = None,
    password_file: PasswordFileOption = None,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    json_output: JsonOption = False,
) -> None:
    """Index block files, a node's blocks or a dataset, or what has come since."""
    with reporting_errors(json_output=json_output), ProgressLine("indexing") as progress:
        from qaif.questions.index import index_block_files
        from qaif.workspace.node_door import is_node, node_named

        named = sources or []
        if any(is_node(text) for text in named):
            name = node_named(only_node(named), cookie, password_file)
            span = (from_height, to_height)
            answer = index_a_node(workspace, name, span, network, node_manner(proxy, ca_file), progress)
        elif any(text.startswith(_DATASET) for text in named):
            from qaif.questions.index import index_dataset

            _refuse_node_options(from_height, to_height, cookie, password_file)
            answer = index_dataset(workspace, _only_dataset(named, prevouts), network, progress)
        else:
            _refuse_node_options(from_height, to_height, cookie, password_file)
            paths = [Path(text) for text in named]
            answer = index_block_files(workspace, paths, network, prevouts or [], progress)
        emit(answer, json_output=json_output, render=_page)


def _only_dataset(named: list[str], prevouts: list[str] | None) -> Path:
    if len(named) > 1 or prevouts:
        raise UsageError(
            "A dataset is indexed alone, without --prevouts.",
            way_out="Name it as aws:FOLDER, and nothing else.",
        )
    return Path(named[0].removeprefix(_DATASET))


def _refuse_node_options(*given: object) -> None:
    if any(one is not None for one in given):
        raise UsageError(
            "--from-height, --to-height, --cookie and --password-file are for a node.",
            way_out="Name it as core:http://USER@HOST:8332.",
        )


def _page(answer: Any) -> None:
    from qaif.cli.status import chain_lines

    run = answer.run
    typer.echo(f"{run.appended:,} blocks added, {run.removed:,} taken off, {run.kept:,} as they were.")
    if run.stale:
        typer.echo(f"{run.stale:,} blocks of the source are not in the best chain.")
    if run.invalid:
        typer.echo(f"{run.invalid:,} blocks of the source have no valid proof of work, or build on one.")
    for line in chain_lines(answer.chain, answer.as_of, answer.coverage):
        typer.echo(line)
