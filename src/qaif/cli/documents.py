"""`qaif documents`: which documents are kept, from where, and whether they are what they were."""

from typing import Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("documents")(documents)


def documents(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List the kept documents: digest, kind, name, when, from where, note, and whether one was changed."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import documents as question

        with ProgressLine("hashing") as progress:
            answer = question.documents(workspace, progress)
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if not answer.documents:
        page.line("No documents are kept; `qaif add FILE` keeps one.")
    for one in answer.documents:
        page.heading(f"{one.name} ({one.kind}, {one.size:,} bytes)")
        page.facts(_facts(one))


def _facts(one: Any) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("SHA-256", one.sha256)]
    if one.state != "kept":
        rows.append(("state", f"{one.state.upper()}: it is not what it was"))
    rows += [("taken", f"{one.taken_at} by {one.tool}"), ("from", one.source)]
    rows += [("captured", one.captured_at)] if one.captured_at else []
    rows += [("note", one.note)] if one.note else []
    rows += [("inside of", one.parent_sha256)] if one.parent_sha256 else []
    rows += [("fetched", f"{c.fetched_at}, status {c.status}, {c.final_url}") for c in one.captures]
    return rows
