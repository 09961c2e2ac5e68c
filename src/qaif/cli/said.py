"""Who says something, as pages show it; the options that say who enters it and how far it can be trusted."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption

AnalystOption = Annotated[
    str | None,
    typer.Option("--by", envvar="QAIF_ANALYST", help="Your name, as it is to stand beside what you enter."),
]
_Options = dict[str, tuple[Any, Any]]
_OPTIONS: _Options = {
    "asserted_by": (
        Annotated[
            str | None,
            typer.Option(help="Who says it: a newspaper, a court, a list; the document where not given."),
        ],
        None,
    ),
    "resting_on": (
        Annotated[
            list[str] | None,
            typer.Option(help="Whom that source relies on, nearest first, the root last; may be repeated."),
        ],
        None,
    ),
    "reliability": (Annotated[str, typer.Option(help="Of the source, A to F (Admiralty code).")], "F"),
    "credibility": (Annotated[int, typer.Option(help="Of the information, 1 to 6 (Admiralty code).")], 6),
    "status": (
        Annotated[
            str,
            typer.Option(
                help="alleged, reported, admitted, 'court finding', 'official listing' or retracted."
            ),
        ],
        "reported",
    ),
}
_AS_PROPOSED = Annotated[
    str | None,
    typer.Option(help="alleged, reported, admitted, 'court finding', 'official listing'; else as proposed."),
]
_ENTERING: _Options = {
    "by": (AnalystOption, None),
    "workspace": (WorkspaceOption, DEFAULT_WORKSPACE),
    "json_output": (JsonOption, False),
}
Command = Callable[..., None]


@dataclass(frozen=True)
class SaidBy:
    """Who says something, and how far it can be trusted, as the options say.

    Args:
        asserted_by: who; None where that is not said.
        resting_on: on whom that rests; None where that is not said.
        reliability, credibility: Admiralty code.
        status: how the source puts it; None where it is as proposed.
    """

    asserted_by: str | None
    resting_on: list[str] | None
    reliability: str
    credibility: int
    status: str | None


@dataclass(frozen=True)
class Entered:
    """Who enters something, where, and how the answer is written.

    Args:
        by: the analyst; None where nobody is named.
        workspace: the workspace's folder.
        json_output: as JSON.
    """

    by: str | None
    workspace: Path
    json_output: bool


def entering(command: Command) -> Command:
    """A command that takes `entered`, with the options for it."""
    return _with(command, {"entered": (Entered, _ENTERING)})


def saying(command: Command, *, as_proposed: bool = False) -> Command:
    """A command that takes `said` and `entered`, with the options for both.

    Args:
        command: it takes them as keywords, beside its own parameters.
        as_proposed: the status is that of a proposal where none is given.
    """
    options = {**_OPTIONS, "status": (_AS_PROPOSED, None)} if as_proposed else _OPTIONS
    return _with(command, {"said": (SaidBy, options), "entered": (Entered, _ENTERING)})


def _with(command: Command, bundles: dict[str, tuple[Callable[..., Any], _Options]]) -> Command:
    """The command with the options of some bundles behind its own, as Typer reads them."""

    def whole(**given: Any) -> None:
        made = {
            name: kind(**{option: given.pop(option) for option in options})
            for name, (kind, options) in bundles.items()
        }
        command(**given, **made)

    own = [each for each in inspect.signature(command).parameters.values() if each.name not in bundles]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
        for _, options in bundles.values()
        for name, (option, default) in options.items()
    ]
    whole.__name__, whole.__doc__ = command.__name__, command.__doc__
    whole.__dict__["__signature__"] = inspect.Signature([*own, *more])
    whole.__annotations__ = {each.name: each.annotation for each in (*own, *more)}
    return whole


def saying_rows(saying: Any) -> list[tuple[str, str]]:
    """One source, in two lines."""
    who = saying.asserted_by
    if saying.resting_on:
        who += f", resting on {', on '.join(saying.resting_on)}"
    grades = f"{saying.status}; source {saying.reliability}, information {saying.credibility}"
    where = [
        f"document {saying.document_sha256[:12]}" if saying.document_sha256 else "no kept document",
        f"characters {saying.span[0]} to {saying.span[1]}" if saying.span else saying.locator,
        saying.dataset,
        f"last seen {saying.last_seen}" if saying.last_seen else "",
        f"statement {saying.statement_id[:12]}",
    ]
    return [("  by", f"{who} ({grades})"), ("", ", ".join(each for each in where if each))]
