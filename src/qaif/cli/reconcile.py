"""`qaif reconcile`: do the figures of a document hold, and on which basis?"""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_COLUMNS = ("what", "of whom", "up to the end of", "price", ">comes out", "")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reconcile")(reconcile)


def reconcile(
    document: Annotated[str, typer.Argument(help="A kept document: its SHA-256 or its name.")],
    *,
    price_source: Annotated[
        str | None, typer.Option(help="Whose prices; those imported last where not given.")
    ] = None,
    clusters: Annotated[
        bool, typer.Option("--clusters/--no-clusters", help="Try the clusters of its addresses, too.")
    ] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Recompute every figure that a document states, on every basis that it may have."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import reconcile as question

        request = question.ReconcileRequest(document=document, price_source=price_source, clusters=clusters)
        emit(question.reconcile(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"The figures of {answer.name}")
    page.facts(
        [
            ("document", answer.document_sha256),
            ("addresses", ", ".join(answer.addresses) or "none"),
            ("days it names", ", ".join(answer.days) or "none"),
            ("year supplied for", ", ".join(answer.assumed_days) or "none"),
            *((standing, many) for standing, many in answer.tally.items()),
        ]
    )
    for one in answer.figures:
        _figure(page, one)
    if answer.notices:
        page.heading("What the figures say of each other")
        for notice in answer.notices:
            page.line(notice.sentence)
    page.standing(answer)


def _figure(page: Any, one: Any) -> None:
    from qaif.questions.reconcile_judged import REASONS

    said = f", said of: {one.figure.role}" if one.figure.role != "other" else ""
    page.heading(
        f"{one.figure.number}. {one.figure.quoted} ({one.figure.value}{said}): {one.standing.upper()}"
    )
    for reason in one.reasons:
        page.line(REASONS[reason])
    if one.fits:
        page.table(_COLUMNS, map(_row, one.fits))
    if one.fits_left_out:
        page.line(f"{one.fits_left_out:,} more fit.")
    if not one.fits and one.as_stated:
        page.line("As the document states it, this comes out:")
        page.table(
            ("what", "of whom", "up to the end of", "price", ">comes out", ""), map(_row, one.as_stated)
        )


def _row(basis: Any) -> tuple[object, ...]:
    least = "at least " if basis.lower_bound else ""
    dated = f"dated by the document: {', '.join(basis.dated_by_document)}" if basis.dated_by_document else ""
    until = ", ".join(basis.cut_offs) or ("" if basis.of == "document" else "all that is held")
    return (
        basis.quantity,
        basis.whom,
        until,
        basis.price,
        f"{least}{basis.value} {basis.unit}".strip(),
        f"{dated} ({basis.layer})".strip(),
    )
