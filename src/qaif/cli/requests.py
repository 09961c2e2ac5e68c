"""`qaif requests`: whom to ask what, with texts that are ready to be sent."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from qaif.cli.cluster import AsOfOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, HopsOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("requests")(requests)


def requests(  # noqa: PLR0913  one argument an option, as Typer reads them
    subjects: Annotated[list[str], typer.Argument(help="Outputs (TXID:VOUT), transactions or addresses.")],
    *,
    lang: Annotated[Literal["en", "ar"], typer.Option(help="The language of the texts.")] = "en",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write each text into a new folder.")
    ] = None,
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    by: ByOption = "cluster",
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say which services the money met, and what to ask each: account, identity, where the money went."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import requests as question
        from qaif.questions.trace import TraceRequest

        asked = TraceRequest(
            subjects=tuple(subjects),
            hops=hops,
            transactions=transactions,
            by=by,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        answer = question.requests(workspace, asked)
        if out is not None:
            _write(answer, lang, out)
        emit(answer, json_output=json_output, render=lambda found: _page(found, lang))


def _write(answer: Any, lang: str, out: Path) -> None:
    from qaif.questions.answer import as_json
    from qaif.report.request_texts import request_text
    from qaif.workspace.new_files import new_folder

    told = as_json(answer)
    with new_folder(out) as draft:
        for number, one in enumerate(told["requests"], start=1):
            text = request_text(told, one, lang)
            (draft / f"request-{number:03d}-{lang}.txt").write_text(text, encoding="utf-8", newline="\n")


def _page(answer: Any, lang: str) -> None:
    from qaif.cli.page import Page
    from qaif.questions.answer import as_json
    from qaif.report.request_texts import request_text

    page, told = Page(), as_json(answer)
    page.title(f"Whom to ask about {', '.join(answer.subjects)}")
    for one in told["requests"]:
        page.heading(one["service"] or one["known_by"])
        for line in request_text(told, one, lang).replace("\u2066", "").replace("\u2069", "").splitlines():
            page.line(line)
    if not answer.requests:
        page.line("Within these limits the money met no service, so there is nobody to ask by this table.")
    page.heading("What is missing")
    for line in answer.missing:
        page.line(line)
    page.standing(answer)
