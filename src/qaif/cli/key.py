"""`qaif key`: keys for programs that ask the service."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import Entered, entering

_Prefix = Annotated[str, typer.Argument(metavar="PREFIX", help="How the key begins, as `list` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Keys for programs that ask the service.")
    for name, command in (("new", new), ("rotate", rotate), ("revoke", revoke)):
        group.command(name)(entering(command))
    group.command("list")(list_)
    app.add_typer(group, name="key")


def new(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    user: Annotated[str, typer.Option(help="In whose name it asks; it may no more than they.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[
        list[str], typer.Option(help="read, screen, write, decide, audit or admin; may be repeated.")
    ],
    days: Annotated[int, typer.Option(help="Until it expires; 0 for never.")] = 365,
    limits: Annotated[str, typer.Option(help="How often, such as '50/second; 100000/day'.")] = "",
    entered: Entered,
) -> None:
    """Make a key and print it, this once."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.keys import KeyWanted, new_key

        wanted = KeyWanted(user=user, name=name, scopes=scope, days=days or None, limits=limits)
        with _opened(entered.workspace) as records:
            answer = new_key(records, wanted, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_made)


def rotate(
    prefix: _Prefix,
    *,
    hours: Annotated[int, typer.Option(help="How long the old one goes on beside the new.")] = 24,
    entered: Entered,
) -> None:
    """Make a key in the place of another and print it, this once."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.keys import rotate_key

        with _opened(entered.workspace) as records:
            answer = rotate_key(records, prefix, hours, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_made)


def revoke(prefix: _Prefix, *, entered: Entered) -> None:
    """Refuse a key from now on."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.keys import revoke_key

        with _opened(entered.workspace) as records:
            answer = revoke_key(records, prefix, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_keys)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List all keys, by what is shown of them."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.keys import keys

        with _opened(workspace) as records:
            answer = keys(records, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_keys)


def _opened(workspace: Any) -> Any:
    from qaif.records.engine import Records
    from qaif.workspace.folder import Workspace

    return Records.open(Workspace.open(workspace).path)


def _made(answer: Any) -> None:
    from qaif.cli.page import Page

    typer.echo(answer.key)
    page = Page()
    page.line(answer.coverage.reasons[0])
    page.facts(
        [
            ("asks as", answer.shown.user),
            ("for", answer.shown.name),
            ("scopes", ", ".join(answer.shown.scopes)),
            ("until", answer.shown.expires_at or "revoked"),
        ]
    )


def _keys(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if not answer.keys:
        page.line("There are no keys. `qaif key new` makes one.")
        return
    page.table(
        ("!key", "for", "asks as", "scopes", "limits", "standing", "until"),
        [
            (
                k.prefix, k.name, k.user, ", ".join(k.scopes), k.limits,
                f"{k.standing}; now {k.replaced_by}" if k.replaced_by else k.standing,
                k.revoked_at or k.expires_at or "revoked",
            )
            for k in answer.keys
        ],
    )  # fmt: skip
