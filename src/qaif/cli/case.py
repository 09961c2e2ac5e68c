"""`qaif case`: a folder with what was looked at and decided, by whom and when, and its report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.goaml import goaml
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.report_options import (
    DEFAULT_FORMAT,
    DEFAULT_LANG,
    AnnexOption,
    CalendarOption,
    CatalogueOption,
    ConfirmOption,
    DigitsOption,
    EditionOption,
    FormatOption,
    KeyOption,
    LangOption,
    LiveOption,
    RedactOption,
)
from qaif.cli.said import AnalystOption

NOT_THE_SAME = 3
NameArgument = Annotated[str, typer.Argument(metavar="CASE", help="The case's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="What was looked at and decided, and the report on it.")
    for command in (new, add, note, status, report, rebuild, goaml):
        group.command(command.__name__)(command)
    app.add_typer(group, name="case")


def new(  # noqa: PLR0913  one argument an option
    name: NameArgument,
    *,
    title: Annotated[str, typer.Option(help="What it is called; the name where not given.")] = "",
    policy: Annotated[str, typer.Option(help="The policy that it is pinned to.")] = "research-desk",
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Open a case, pinned to chain, lists, claims, policy, prices and program as they are now."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.cases import new_case

        answer = new_case(workspace, name, title, policy, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_page)


def add(  # noqa: PLR0913  one argument an option
    name: NameArgument,
    what: Annotated[
        str,
        typer.Argument(help="A document's file or SHA-256, an address, a transaction, or an entity's id."),
    ],
    *,
    as_: Annotated[
        str, typer.Option("--as", help="'looked at', accepted, rejected or decided.")
    ] = "looked at",
    why: Annotated[str, typer.Option(help="Why.")] = "",
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Add an exhibit; a thing keeps the number that it got first."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.cases import NoteToAdd, add_exhibit

        given = NoteToAdd(text=why, act=as_)
        answer = add_exhibit(workspace, name, what, given, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_page)


def note(  # noqa: PLR0913  one argument an option
    name: NameArgument,
    text: Annotated[str, typer.Argument(help="What.")],
    *,
    exhibit: Annotated[int, typer.Option(min=0, help="On which exhibit; 0: on the case.")] = 0,
    as_: Annotated[str, typer.Option("--as", help="noted, accepted, rejected or decided.")] = "noted",
    likelihood: Annotated[
        str, typer.Option(help="It is a judgement: almost no chance ... almost certain (ICD 203).")
    ] = "",
    confidence: Annotated[str, typer.Option(help="In that judgement: low, moderate or high.")] = "",
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Add a note, a decision, or a judgement with its likelihood and the confidence in it."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.cases import NoteToAdd, add_note

        given = NoteToAdd(text=text, exhibit=exhibit, act=as_, likelihood=likelihood, confidence=confidence)
        answer = add_note(workspace, name, given, by, datetime.now(UTC))
        emit(answer, json_output=json_output, render=_page)


def status(
    name: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Which; all where not given.")] = None,
    *,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show a case, and which of what it is pinned to has moved."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.cases import case_status, cases

        if name is None:
            emit(cases(workspace), json_output=json_output, render=_list)
        else:
            emit(case_status(workspace, name), json_output=json_output, render=_page)


def report(  # noqa: PLR0913  one argument an option
    name: NameArgument,
    *,
    lang: LangOption = DEFAULT_LANG,
    format_: FormatOption = DEFAULT_FORMAT,
    out: Annotated[
        Path | None, typer.Option(help="The folder; the case's own where not given. An earlier one goes.")
    ] = None,
    repin: Annotated[bool, typer.Option("--repin", help="Pin the case to today's data first.")] = False,
    calendar: CalendarOption = "gregorian",
    digits: DigitsOption = "latn",
    catalogue: CatalogueOption = None,
    key: KeyOption = None,
    edition: EditionOption = "full",
    redact: RedactOption = None,
    confirm: ConfirmOption = None,
    live: LiveOption = False,
    annex: AnnexOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Write the report: facts, inferences and claims apart, each sentence tied to its evidence."""
    with reporting_errors(json_output=json_output):
        from dataclasses import replace
        from datetime import UTC, datetime

        from qaif.report.document.of_case import write_case_report
        from qaif.report.document.publication import edition_asked
        from qaif.report.document.written import manner

        how = manner(lang, format_, calendar=calendar, digits=digits, catalogues=catalogue or (), key=key)
        left_out = edition_asked(
            workspace, edition, redacted=redact or (), confirmed=confirm or (), live=live
        )
        how = replace(how, edition=left_out, with_annex=annex)
        answer = write_case_report(workspace, name, how, datetime.now(UTC), out, again=repin)
        emit(answer, json_output=json_output, render=_written)


def rebuild(
    name: NameArgument,
    *,
    report_: Annotated[
        Path | None, typer.Option("--report", help="The folder of the report; the case's own else.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Make the report anew from today's data: which statement moved, and why? Status 0: none."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.report.document.rebuilt import rebuild as question

        answer = question(workspace, name, datetime.now(UTC), report_)
        emit(answer, json_output=json_output, render=_rebuilt)
    if not answer.same:
        raise typer.Exit(NOT_THE_SAME)


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Cases")
    page.facts(list(answer.cases) or [("none", "make one with `qaif case new`")])


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Case {answer.case}: {answer.title}")
    page.heading("Exhibits")
    rows = [(str(one.number), f"{one.kind} {one.title} ({one.standing})") for one in answer.exhibits]
    page.facts(rows or [("none", f"add one with `qaif case add {answer.case} ...`")])
    page.heading("Journal")
    for row in answer.journal:
        about = f"exhibit {row.exhibit}: {row.subject}" if row.exhibit else ""
        said = " ".join(filter(None, (row.act, about, row.text, row.likelihood, row.confidence)))
        page.facts([(row.at, f"{row.by} {said}")])
    page.heading("Pinned to")
    if answer.pins:
        moved = dict.fromkeys(answer.moved, "  MOVED since")
        names = ("chain", "lists", "claims", "prices", "policy", "program")
        page.facts([(name, f"{getattr(answer.pins, name)}{moved.get(name, '')}") for name in names])


def _written(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Report of the case {answer.case}")
    page.facts(
        [
            ("folder", answer.folder),
            ("files", ", ".join(answer.files)),
            *((f"{layer}s", f"{count:,}") for layer, count in answer.statements.items()),
        ]
    )


def _rebuilt(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"The report of the case {answer.case}, made anew")
    same = "the same" if answer.same else "NOT the same"
    moved = ", ".join(answer.pins_moved) or "nothing"
    page.facts([("statements", f"{answer.statements:,}, {same}"), ("moved beneath it", moved)])
    for one in answer.moved:
        page.heading(one.key)
        page.facts([("", f"{one.how}, because of: {', '.join(one.because)}")])
        for when, side in (("before", one.before), ("now", one.after)):
            if side:
                page.facts([(when, f"({side['layer']}) {_values(side['values'])}")])


def _values(values: Any) -> str:
    return ", ".join(f"{name} {value['value']}" for name, value in values.items())
