"""The command `qaif`: one module a command, each thin over `questions/`.

Heavy imports stand inside the commands, so that `--help` answers at once.
"""

import importlib
import sys
from typing import Annotated

import typer

COMMANDS = (
    *("demo", "investigate", "review", "activity", "address", "tx", "block"),
    *("trace", "handoffs", "exposure", "path", "common", "peel", "indicators"),
    *("cluster", "why", "what-if", "refusals"),
    *("add", "documents"),
    *("lists", "designations"),
    *("screen", "decide", "rescreen", "policy", "bundle", "verify"),
    *("index", "follow", "status", "check", "utxo-hash", "prices", "sql", "export", "sources"),
    *("evaluate",),
    *("claims", "propose", "judge", "campaign", "tagpack", "exchange"),
    *("audit", "user", "key"),
    *("simulate", "serve"),
)

app = typer.Typer(
    name="qaif",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Bitcoin intelligence, offline: what an address did, what that suggests, who says whose it is.",
)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Answer from this machine; no server is asked that you did not name."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"qaif {installed('qaif')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


for _name in COMMANDS:
    importlib.import_module(f"qaif.cli.{_name.replace('-', '_')}").register(app)


def run() -> None:
    """Run the command line."""
    from qaif.cli.arguments import refuse_private_keys

    try:
        refuse_private_keys(sys.argv[1:])
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    app()
