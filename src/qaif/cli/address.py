"""`qaif address`: what an address is."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("address")(address)


def address(
    address: Annotated[str, typer.Argument(help="A Bitcoin address.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    *,
    json_output: JsonOption = False,
) -> None:
    """Say what an address is: its kind, its script, and scripts of the same key."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import address as question

        emit(question.address(workspace, address), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Address {answer.address}")
    page.standing(answer)
    page.facts(
        [
            ("network", answer.network),
            ("kind", answer.script_type),
            ("script", answer.script_hex),
            ("in the blocks held", _seen(answer.seen)),
        ]
    )
    if answer.same_key:
        page.heading("Scripts of the same key (an inference; nothing is merged by it)")
        for one in answer.same_key:
            page.line(one.address or one.script_hex)
            page.facts([("   ", text) for text in _relative(one)])


def _relative(one: Any) -> list[str]:
    held = f"in the blocks held: {_seen(one.seen)}"
    return [one.relation, *([one.condition] if one.condition else []), held]


def _seen(seen: bool | None) -> str:  # noqa: FBT001  the value shown, not a switch
    return {True: "yes", False: "no", None: "not looked up"}[seen]
