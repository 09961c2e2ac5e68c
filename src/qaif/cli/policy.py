"""`qaif policy`: the policies that screenings go by."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import JsonOption, emit, reporting_errors

app = typer.Typer(help="The policies that screenings go by.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.add_typer(app, name="policy")


@app.command("list")
def list_policies(*, json_output: JsonOption = False) -> None:
    """List the policies that come with the program."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.answer import plain
        from qaif.questions.policies import policies
        from qaif.screening.policy import policy_named, ready_policies

        found = policies(policy_named(name) for name in ready_policies()).policies
        if json_output:
            typer.echo(json.dumps(plain(found), ensure_ascii=False))
            return
        for each in found:
            typer.echo(f"{each.policy} {each.version}: {each.title}")


@app.command("show")
def show(policy: Annotated[str, typer.Argument(help="A policy that comes with the program.")]) -> None:
    """Print a policy that comes with the program, to begin one's own with."""
    with reporting_errors(json_output=False):
        from qaif.screening.policy import policy_text

        typer.echo(policy_text(policy), nl=False)


@app.command("check")
def check(
    policy: Annotated[str, typer.Argument(help="A file, or a policy that comes with the program.")],
    *,
    json_output: JsonOption = False,
) -> None:
    """Read a policy and name its mistakes by line."""
    with reporting_errors(json_output=json_output):
        from qaif.screening.policy import policy_named

        found = policy_named(policy)
        said = (
            f"{found.name} {found.version} is a policy of {len(found.rules)} rules; SHA-256 {found.sha256}."
        )
        told = {
            "policy": found.name,
            "version": found.version,
            "rules": len(found.rules),
            "sha256": found.sha256,
        }
        typer.echo(json.dumps(told) if json_output else said)


@app.command("test")
def on_past(
    policy: Annotated[str, typer.Argument(help="The policy that is tried: a file, or one by name.")],
    past: Annotated[
        Path, typer.Argument(help="Past answers: what `qaif screen --batch` printed.", dir_okay=False)
    ],
    *,
    json_output: JsonOption = False,
) -> None:
    """Say what a policy would have said of past screenings."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.policy_on_past import policy_on_past
        from qaif.screening.policy import policy_named

        emit(policy_on_past(policy_named(policy), past), json_output=json_output, render=_tested)


def _tested(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.tested:,} past screenings judged anew")
    page.standing(answer)
    page.facts((change, f"{count:,}") for change, count in answer.changes.items())
    rows = [
        (
            each.address,
            each.outcome_then,
            each.outcome_now,
            ", ".join(each.rules_gone),
            ", ".join(each.rules_new),
        )
        for each in answer.differs
    ]
    page.table(("address", "then", "now", "no longer", "newly"), rows)
    if answer.skipped:
        page.line(f"{answer.skipped:,} lines are no screening.")
    if not answer.differs:
        page.line("Of none it says anything else.")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of policies."""
    with reporting_errors(json_output=False):
        from qaif.screening.policy import schema

        typer.echo(json.dumps(schema(), indent=1))
