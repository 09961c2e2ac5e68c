"""`qaif ftm`, `qaif misp` and `qaif stix`: claims from and to other programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption

_FORMATS = {
    "ftm": "FollowTheMoney JSON, one entity a line, as Aleph and OpenSanctions have it.",
    "misp": "MISP events, as JSON.",
    "stix": "STIX 2.1 bundles.",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for kind, what in _FORMATS.items():
        group = typer.Typer(no_args_is_help=True, help=f"Import and export {what}")
        group.command("import", help=f"Import {what} All or nothing.")(_importer(kind))
        group.command("export", help=f"Write claims as {what}")(_exporter(kind))
        app.add_typer(group, name=kind)


def _importer(kind: Any) -> Callable[..., None]:
    def import_(
        file: Annotated[Path, typer.Argument(help="The file.")],
        *,
        dataset: Annotated[
            str | None, typer.Option(help="The name that its statements go by; else that of the file.")
        ] = None,
        by: AnalystOption = None,
        workspace: WorkspaceOption = DEFAULT_WORKSPACE,
        json_output: JsonOption = False,
    ) -> None:
        with reporting_errors(json_output=json_output):
            from datetime import UTC, datetime

            from qaif.questions.exchange import import_file

            answer = import_file(workspace, kind, file, dataset, by, datetime.now(UTC))
            emit(answer, json_output=json_output, render=_imported)

    return import_


def _exporter(kind: Any) -> Callable[..., None]:
    def export(
        *,
        out: Annotated[Path, typer.Option(help="A file that is not there yet.")],
        dataset: Annotated[
            str, typer.Option(help="Of which list or pack; your own case where not given.")
        ] = "",
        title: Annotated[str, typer.Option(help="What the report is called.")] = "Qaif case",
        workspace: WorkspaceOption = DEFAULT_WORKSPACE,
        json_output: JsonOption = False,
    ) -> None:
        with reporting_errors(json_output=json_output):
            from datetime import UTC, datetime

            from qaif.questions.exchange import export_file

            answer = export_file(workspace, kind, out, dataset, title, datetime.now(UTC))
            emit(answer, json_output=json_output, render=_exported)

    return export


def _imported(answer: Any) -> None:
    from qaif.cli.page import Page

    page, said = Page(), answer.said
    what = f"{said.added:,} new statements, {said.already:,} held, {said.retracted:,} gone"
    page.line(f"{answer.dataset}: {what}.")
    page.facts([(name.replace("_", " "), _shown(value)) for name, value in answer.counts.items()])
    page.standing(answer)


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else ", ".join(map(str, value)) or "none"


def _exported(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.line(f"{answer.objects:,} written to {answer.file}.")
    page.standing(answer)
