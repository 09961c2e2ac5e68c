"""`qaif serve`: the same questions over HTTP, on this machine unless told otherwise."""

import json
from typing import Annotated

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, WorkspaceOption, reporting_errors
from qaif.cli.said import AnalystOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    host: Annotated[
        str, typer.Option(help="Where to listen; other machines reach only what you name.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: a free one, which is printed.")] = 8730,
    policy: Annotated[
        list[str] | None, typer.Option(help="A file of a policy to screen by; can be repeated.")
    ] = None,
    limits: Annotated[
        str, typer.Option(help="How often each may ask, such as 600/minute; a key can have its own.")
    ] = "",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Long questions worked on at a time.")] = 2,
    by: AnalystOption = None,
    openapi: Annotated[bool, typer.Option("--openapi", help="Print the OpenAPI document and stop.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Answer over HTTP: REST under /v1, described by OpenAPI 3.1 at /v1/openapi.json."""
    with reporting_errors(json_output=False):
        if openapi:
            from qaif.api.app import openapi_document

            typer.echo(json.dumps(openapi_document(), ensure_ascii=False, indent=1))
            return
        from qaif.api.serving import Listening, serve_workspace

        serve_workspace(workspace, Listening(host, port, tuple(policy or ()), limits, at_once), by)
