"""Passwords as a command asks for them: typed unseen, or a line of standard input. Never an argument."""

import sys
from typing import Annotated

import typer

FromStdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from a line of standard input.")
]


def new_password(*, from_stdin: bool) -> str:
    """A password that is to be set; typed twice."""
    if from_stdin:
        return _line()
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def password(name: str, *, from_stdin: bool) -> str:
    """A user's password, to prove who they are."""
    return _line() if from_stdin else str(typer.prompt(f"Password of {name}", hide_input=True, err=True))


def _line() -> str:
    return sys.stdin.readline(1 << 12).removesuffix("\n").removesuffix("\r")
