"""`qaif tagpack`: GraphSense TagPacks and ActorPacks in and out."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="TagPacks and ActorPacks: import, export, list.")
    group.command("import")(import_)
    group.command("export")(export)
    group.command("list")(list_)
    app.add_typer(group, name="tagpack")


def import_(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A pack in YAML, or a folder of packs.")],
    *,
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Import packs, all or none; a pack of the same title is replaced."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.tagpacks import import_packs

        answer = import_packs(workspace, source, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_imported)


def export(  # noqa: PLR0913  one argument an option, as Typer reads them
    datasets: Annotated[
        list[str] | None, typer.Argument(metavar="TITLE...", help="Titles of packs; all where none is named.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    own: Annotated[
        str | None, typer.Option(metavar="TITLE", help="Make a TagPack of what your own case says instead.")
    ] = None,
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write packs as YAML, as they came in."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.tagpacks import export_own, export_packs

        if own is not None:
            answer = export_own(workspace, out, own, by, datetime.now(UTC))
        else:
            answer = export_packs(workspace, out, tuple(datasets or ()))
        emit(answer, json_output=json_output, render=_exported)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List the packs that are held."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.tagpacks import list_packs

        emit(list_packs(workspace), json_output=json_output, render=_list)


def _imported(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.table(
        (
            "pack",
            ">rows",
            ">Bitcoin",
            ">other chain",
            ">flagged",
            ">no confidence",
            ">twice",
            ">new",
            ">gone",
        ),
        [
            (
                one.dataset,
                f"{one.counts.rows:,}",
                f"{one.counts.bitcoin:,}",
                f"{one.counts.other_chain:,}",
                f"{one.counts.wrong_network:,}",
                f"{one.counts.no_confidence:,}",
                f"{one.counts.duplicates:,}",
                f"{one.said.added:,}",
                f"{one.said.retracted:,}",
            )
            for one in answer.packs
        ],
    )
    for one in answer.packs:
        for line in one.counts.flagged:
            page.line(f"{one.file}: {line}")
    page.standing(answer)


def _exported(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.facts([(dataset, path) for dataset, path in answer.files])


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    for each in answer.datasets:
        page.line(each)
    if not answer.datasets:
        page.line("No pack is held; `qaif tagpack import FILE` brings one in.")
