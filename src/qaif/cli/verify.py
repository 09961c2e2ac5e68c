"""`qaif sign` and `qaif verify`: a signed list of a folder's files, and whether all is as it was signed."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from qaif.cli.output import JsonOption, reporting_errors

SIGNER_UNKNOWN, NOT_AS_SIGNED = 3, 65


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sign")(sign)
    app.command("verify")(verify)


def sign(
    folder: Annotated[Path, typer.Argument(help="A folder, such as a case's.", file_okay=False)],
    *,
    key: Annotated[Path, typer.Option(help="The key's file (`qaif bundle key`).", dir_okay=False)],
    again: Annotated[bool, typer.Option("--again", help="It is signed; sign it as it is now.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Write a signed list of all files of a folder into it."""
    with reporting_errors(json_output=json_output):
        from qaif.workspace.signed_folder import sign_folder

        signer, count = sign_folder(folder, key, again=again)
        told = {"folder": str(folder), "files": count, "signer": signer}
        typer.echo(json.dumps(told) if json_output else f"{count:,} files of {folder} signed by {signer}.")


def verify(
    path: Annotated[Path | None, typer.Argument(help="A signed folder, or a bundle.")] = None,
    *,
    signer: Annotated[
        str | None, typer.Option(help="Whose it must be: a fingerprint that you have from elsewhere.")
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Print a Python file that verifies folders without Qaif.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """See whether a folder or bundle is as it was signed: status 0 only if so, and by whom you named."""
    with reporting_errors(json_output=json_output):
        from qaif.errors import UsageError

        if alone:
            typer.echo(files("qaif.workspace").joinpath("verify_alone.py").read_text("utf-8"), nl=False)
            return
        if path is None:
            raise UsageError("Name a folder or a bundle.")
        standing, who, problems = _of_folder(path, signer) if path.is_dir() else _of_bundle(path, signer)
    told = {"path": str(path), "standing": standing, "signer": who, "problems": problems}
    typer.echo(json.dumps(told, ensure_ascii=False) if json_output else _said(path, standing, who, problems))
    if problems:
        raise typer.Exit(NOT_AS_SIGNED)
    if signer is None:
        raise typer.Exit(SIGNER_UNKNOWN)


def _of_folder(path: Path, signer: str | None) -> tuple[str, str, list[str]]:
    from qaif.workspace.signed_folder import verify_folder

    found = verify_folder(path, signer)
    return found.standing, found.signer, list(found.problems)


def _of_bundle(path: Path, signer: str | None) -> tuple[str, str, list[str]]:
    from qaif.questions.bundle_file import read_bundle

    who = read_bundle(path, signer).signer
    return "as signed" if signer else "as signed, by whom is not known", who, []


def _said(path: Path, standing: str, who: str, problems: list[str]) -> str:
    head = f"{path}: {standing}" + (f" ({who})." if who else ".")
    return "\n".join([head, *problems])
