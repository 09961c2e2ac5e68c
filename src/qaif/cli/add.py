"""`qaif add`: keep a document, a folder of them, or what a server gives at an address."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qaif.cli.network import CaFileOption, ProxyOption, opened
from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)

if TYPE_CHECKING:
    from qaif.questions.capture import Opener
    from qaif.workspace.network.manner import Manner


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("add")(add)


def add(  # noqa: PLR0913  one argument an option, as Typer reads them
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE_OR_FOLDER",
            help="Text, HTML, PDF, e-mail, a Telegram or WhatsApp export, CSV, a picture, a zip of such.",
        ),
    ] = None,
    *,
    url: Annotated[
        str | None, typer.Option("--url", help="Fetch this address, and keep what its server gives.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Of --url: go where its server sends on to, on other hosts too.")
    ] = False,
    user_agent: Annotated[str, typer.Option(help="Of --url: what the server is told of who asks.")] = "qaif",
    note: Annotated[str, typer.Option(help="What you say of it, in words.")] = "",
    source: Annotated[
        str | None, typer.Option(help="From where it is; the path or address where not given.")
    ] = None,
    captured_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was captured, such as 2020-01-19T12:00:00Z.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="What its text is written in, such as windows-1256.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="Of a CSV: what parts the cells, such as ';' or `tab`.")
    ] = None,
    ocr: Annotated[
        str, typer.Option(metavar="LANGUAGES", help="Read pictures' text by your Tesseract: `ara+eng`.")
    ] = "",
    even_unread: Annotated[
        bool, typer.Option("--even-unread", help="Keep also what is of no kind that is read.")
    ] = False,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Keep documents by their digests, with where and when they were taken, and what is inside of them."""
    with reporting_errors(json_output=json_output), ProgressLine("adding") as progress:
        from datetime import UTC

        from qaif.errors import DocumentError, UsageError
        from qaif.evidence.reading.shape import Options
        from qaif.questions import add as question

        if (path is None) == (url is None):
            raise UsageError("Name a file, a folder, or an address with --url: one of them.")
        options = Options(encoding=encoding, delimiter=delimiter, ocr=_languages(ocr))
        when = _moment(captured_at)
        now = datetime.now(UTC)
        if path is not None:
            request = question.AddRequest(
                path=path,
                source=source,
                note=note,
                captured_at=when,
                options=options,
                even_unread=even_unread,
            )
            answer = question.add(workspace, request, now, progress)
        else:
            from qaif.questions.capture import CaptureRequest, capture
            from qaif.workspace.network.manner import Manner

            wanted = CaptureRequest(str(url), follow, user_agent, source, note, options, even_unread)
            answer = capture(workspace, wanted, _opener(workspace, Manner(proxy=proxy, ca_file=ca_file)), now)
        emit(answer, json_output=json_output, render=_page)
        if answer.refused:
            raise typer.Exit(DocumentError.exit_status)


def _opener(workspace: Path, manner: "Manner") -> "Opener":
    """What opens the door to one server; what it will learn is said first."""
    return lambda place: opened(workspace, place, manner, pages=True)


def _languages(ocr: str) -> str:
    import re

    from qaif.errors import UsageError

    if ocr and not re.fullmatch(r"[A-Za-z_]{2,40}(?:\+[A-Za-z_]{2,40}){0,9}", ocr):
        raise UsageError(
            f"{ocr[:60]!r} names no languages of Tesseract's.", way_out="Write --ocr eng, or --ocr ara+eng."
        )
    return ocr


def _moment(text: str | None) -> datetime | None:
    from qaif.errors import UsageError

    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise UsageError(
            f"{text[:60]!r} is no moment with a time zone.",
            way_out="Write 2020-01-19T12:00:00+02:00, or ...Z.",
        )
    return when


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    for one in answer.documents:
        page.heading(f"{one.name} ({one.kind}, {one.size:,} bytes)")
        page.facts(_facts(one))
    for title, rows in (("Not kept", answer.refused), ("Passed over", answer.passed_over)):
        if rows:
            page.heading(title)
            page.facts((row.path, f"{row.reason} {row.way_out}".strip()) for row in rows)
    page.heading("In all")
    page.line(_counted(answer))


def _facts(one: Any) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("SHA-256", one.sha256), ("state", one.state)]
    rows += [("also from", place) for place in one.also_from]
    rows += [("from", one.source)] + ([("inside of", one.parent_sha256)] if one.parent_sha256 else [])
    if one.reader:
        rows.append(("text", f"{one.characters:,} characters, read by {one.reader}"))
    rows += [("not read", what) for what in one.unread]
    rows += [("replaces", f"{sha256}, taken from the same place before") for sha256 in one.replaces]
    return rows + [("note", note) for note in one.notes]


def _counted(answer: Any) -> str:
    states = [one.state for one in answer.documents]
    said = [f"{states.count(state):,} {state}" for state in dict.fromkeys(states)]
    said += [f"{len(answer.refused):,} not kept"] if answer.refused else []
    said += [f"{len(answer.passed_over):,} passed over"] if answer.passed_over else []
    return f"{len(states):,} documents: {', '.join(said)}." if said else "There is no file in the folder."
