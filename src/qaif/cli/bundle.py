"""`qaif bundle`: what the lists name in one signed file, and screenings by it on another machine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_At = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="As of this time (UTC), not now."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Lists in one signed file, for another machine.")
    for name, command in (("key", key), ("make", make), ("screen", screen)):
        group.command(name)(command)
    app.add_typer(group, name="bundle")


def key(out: Annotated[Path, typer.Argument(help="A new file for the key.", dir_okay=False)]) -> None:
    """Make a key to sign with, and print its fingerprint, by which readers know the signer."""
    with reporting_errors(json_output=False):
        from qaif.workspace.signatures import new_key

        typer.echo(new_key(out))


def make(  # noqa: PLR0913  one argument an option, as Typer reads them
    out: Annotated[Path, typer.Argument(help="A new file.", dir_okay=False)],
    *,
    signing_key: Annotated[
        Path, typer.Option("--key", help="The key's file (`qaif bundle key`).", dir_okay=False)
    ],
    policy: Annotated[str, typer.Option(help="Whose lists are asked for, and how old they may be.")],
    at: _At = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write what all loaded lists name into one signed file."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.bundle import make_bundle
        from qaif.screening.policy import policy_named

        answer = make_bundle(workspace, policy_named(policy), signing_key, out, _time(at))
        emit(answer, json_output=json_output, render=_made)


def screen(
    bundle: Annotated[Path, typer.Argument(help="The file.", dir_okay=False)],
    address: Annotated[str, typer.Argument(help="An address.")],
    *,
    signer: Annotated[
        str | None, typer.Option(help="Whose it must be: a fingerprint that you have from elsewhere.")
    ] = None,
    at: _At = None,
    json_output: JsonOption = False,
) -> None:
    """Say whether a bundle names an address: HIT, NO_DIRECT_HIT or UNKNOWN."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.bundle import screen_directly
        from qaif.questions.bundle_file import read_bundle

        opened = read_bundle(bundle, signer)
        answer = screen_directly(opened, address, _time(at), signer_named=signer is not None)
        emit(answer, json_output=json_output, render=_screened)


def _time(at: datetime | None) -> datetime:
    return datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)


def _made(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Bundle {answer.path}")
    page.facts([("addresses", f"{answer.addresses:,}"), ("signed by", answer.signer)])
    page.standing(answer)


def _screened(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Screening of {answer.address} by a bundle")
    page.facts(
        [
            ("VERDICT", answer.verdict),
            ("made", f"{answer.made_at}, {answer.basis['age']} ago"),
            ("signed by", answer.signer),
        ]
    )
    page.standing(answer)
    rows = [
        (each.list, ", ".join(each.names), ", ".join(each.legal_acts), each.since or "not said")
        for each in answer.listings
    ]
    page.table(("list", "who", "under", "since"), rows)
