"""`qaif audit`: the log of what was done here, its checkpoints, and whether it is whole."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.groups import ShowingGroup
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import AnalystOption

SIGNER_UNKNOWN, NOT_AS_IT_WAS = 3, 65
_Signer = Annotated[
    str | None, typer.Option(help="Whose key it must be: a fingerprint that you have from elsewhere.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        cls=ShowingGroup, no_args_is_help=True, help="The log of what was done, and whether it is whole."
    )
    commands = (("show", show), ("checkpoint", checkpoint), ("verify", verify), ("prove", prove))
    for name, command in (*commands, ("check-proof", check_proof), ("retention", retention)):
        group.command(name)(command)
    group.command("erase")(erase)
    app.add_typer(group, name="audit")


def show(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    last: Annotated[int, typer.Option(help="How many entries at most, the newest.")] = 50,
    action: Annotated[str | None, typer.Option(help="Only actions that begin so, such as `key.`.")] = None,
    about: Annotated[str | None, typer.Option(help="Only questions about this, such as an address.")] = None,
    queries: Annotated[
        bool, typer.Option("--queries", help="With what was asked, where it is kept.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show what was done here, the newest last."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit import show as ask

        answer = ask(workspace, last=last, action=action, about=about, queries=queries)
        emit(answer, json_output=json_output, render=_entries)


def checkpoint(
    out: Annotated[Path, typer.Argument(help="A new file; keep it elsewhere.", dir_okay=False)],
    *,
    key: Annotated[Path, typer.Option(help="The key's file (`qaif bundle key`).", dir_okay=False)],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write a signed checkpoint: what comes before it cannot be changed without it showing."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit import checkpoint as ask

        answer = ask(workspace, key, out, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_checkpoint)


def verify(
    checkpoints: Annotated[list[Path] | None, typer.Argument(help="Checkpoints that you kept.")] = None,
    *,
    signer: _Signer = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """See whether the log is as it was: status 0 only if so, beside a checkpoint by a key that you named."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit import verify as ask

        answer = ask(workspace, tuple(checkpoints or ()), signer)
        emit(answer, json_output=json_output, render=_verified)
    _end(good=answer.whole, sure=bool(answer.checkpoints) and answer.signer_named)


def prove(
    number: Annotated[int, typer.Argument(help="The entry's number.")],
    *,
    at: Annotated[
        Path | None, typer.Option("--checkpoint", help="Prove it to who has this one.", dir_okay=False)
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Open what was asked, too.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Print a proof, as JSON, that an entry is in the log."""
    with reporting_errors(json_output=True):
        from qaif.questions.audit_proofs import prove as ask

        emit(ask(workspace, number, at, reveal=reveal), json_output=True, render=print)


def check_proof(
    proof: Annotated[Path, typer.Argument(help="What `qaif audit prove` printed.", dir_okay=False)],
    checkpoint: Annotated[Path, typer.Argument(help="The checkpoint.", dir_okay=False)],
    *,
    signer: _Signer = None,
    json_output: JsonOption = False,
) -> None:
    """See whether a proof leads to a checkpoint; no workspace is needed."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit_proofs import check_proof as ask

        answer = ask(proof, checkpoint, signer)
        emit(answer, json_output=json_output, render=_proof_checked)
    _end(good=answer.holds, sure=answer.signer_named)


def retention(
    keeping: Annotated[str | None, typer.Argument(help="text, digest or nothing; none to show it.")] = None,
    *,
    days: Annotated[int | None, typer.Option(help="Erase texts that are older; else they stay.")] = None,
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say what is kept of the texts of questions, such as addresses, and for how long."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit_retention import keep, kept

        now = datetime.now(UTC)
        answer = kept(workspace) if keeping is None else keep(workspace, keeping, days, by, now)
        emit(answer, json_output=json_output, render=_retention)


def erase(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """Erase the texts of questions that are older than they are to be kept."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.audit_retention import erase as ask

        emit(ask(workspace, datetime.now(UTC)), json_output=json_output, render=_retention)


def _end(*, good: bool, sure: bool) -> None:
    if not good:
        raise typer.Exit(NOT_AS_IT_WAS)
    if not sure:
        raise typer.Exit(SIGNER_UNKNOWN)


def _entries(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Audit log: {answer.size:,} entries")
    page.standing(answer)
    page.table(
        (">entry", "!at", "action", "subject", "details"),
        [
            (each.entry.number, each.entry.at, each.entry.action, each.entry.subject, _details(each))
            for each in answer.entries
        ],
    )


def _details(shown: Any) -> str:
    told = [
        f"{name} {value}"
        for name, value in shown.entry.details.items()
        if not name.endswith(("digest", "sha256"))
    ]
    return ", ".join([*(["asked: " + shown.query] if shown.query else []), *told])


def _checkpoint(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Checkpoint {answer.path}")
    page.facts(
        [
            ("log", answer.origin),
            ("entries", f"{answer.size:,}"),
            ("root", answer.root),
            ("signed by", answer.signer),
            ("for other programs", answer.verifier),
        ]
    )
    page.line("Keep it where whoever can write to the workspace cannot: it is worth as much as that place.")


def _verified(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("The audit log is whole." if answer.whole else "The audit log is NOT as it was.")
    page.facts([("entries", f"{answer.size:,}"), ("root", answer.root)])
    page.standing(answer)
    for problem in answer.problems:
        page.line(problem)
    for each in answer.checkpoints:
        page.heading(f"Checkpoint {each.path}, made {each.at}: {'holds' if each.holds else 'does NOT hold'}")
        page.line(each.said)


def _proof_checked(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(answer.said)
    entry = answer.entry
    rows = [("at", entry.at), ("action", entry.action), ("subject", entry.subject), ("asked", answer.query)]
    page.facts([*(row for row in rows if row[1] is not None), ("checkpoint by", answer.signer)])
    page.standing(answer)


def _retention(answer: Any) -> None:
    from qaif.cli.page import Page

    page, days = Page(), answer.days
    page.facts(
        [
            ("kept of questions", answer.keeping),
            ("for", "good" if days is None else f"{days:,} days"),
            ("erased now", f"{answer.erased:,}"),
        ]
    )
