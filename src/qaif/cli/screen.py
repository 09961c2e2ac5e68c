"""`qaif screen`: may I touch this, why, and can I prove later why I said so?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)
from qaif.cli.said import AnalystOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("screen")(screen)


def screen(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str | None, typer.Argument(help="An address; left out with --batch.")] = None,
    *,
    policy: Annotated[
        str, typer.Option(help="A policy by name (`qaif policy list`), or a file of one.")
    ] = "research-desk",
    direction: Annotated[
        str | None, typer.Option(help="Of a transfer: in for a deposit from it, out for a withdrawal to it.")
    ] = None,
    amount_sat: Annotated[
        int | None, typer.Option(min=0, help="Of a transfer: how much, in satoshi.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="Of a transfer: when, as 2024-05-01T12:00:00Z.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="As if it were this time (UTC); now else."
        ),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(help="An earlier answer (--json): say what moved since.", dir_okay=False),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help="A file of many: .csv, .jsonl or .parquet; answers are JSON lines.", dir_okay=False
        ),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Put it into the audit log, so that it can be decided on.")
    ] = False,
    by: AnalystOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Screen an address, a transfer with it, or a file of many, by the lists loaded and by a policy."""
    with reporting_errors(json_output=json_output):
        from qaif.errors import UsageError
        from qaif.questions.screen import screener
        from qaif.questions.screen_batch import transfer_of
        from qaif.questions.screening_compared import compared, earlier
        from qaif.screening.policy import policy_named

        if (address is None) == (batch is None):
            raise UsageError("Name one address, or a file with --batch.")
        now = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
        with screener(workspace, policy_named(policy), now) as asked:
            if batch is not None:
                _batch(asked, batch, _recorder(workspace, by) if record else None)
                return
            assert address is not None  # noqa: S101  looked at above
            answer = asked.screen(address, transfer_of(direction, amount_sat, time))
        if before is not None:
            answer = replace(answer, compared=compared(answer, earlier(before)))
        if record:
            answer = _recorder(workspace, by)(answer)
        emit(answer, json_output=json_output, render=_page)


def _recorder(workspace: Path, by: str | None) -> Callable[[Any], Any]:
    """What puts an answer into the audit log, and says where it stands there."""
    from qaif.questions.analyst import analyst_named
    from qaif.questions.decide import record

    name = analyst_named(by)
    return lambda answer: record(workspace, answer, name, datetime.now(UTC))


def _batch(asked: Any, path: Path, record: Callable[[Any], Any] | None) -> None:
    """Answers as JSON lines on the output, counts on the error output."""
    from qaif.questions.answer import as_json
    from qaif.questions.screen_batch import counted, rows_of, screened

    done = []
    with ProgressLine("screening") as progress:
        for each in screened(asked, rows_of(path)):
            answer = record(each.answer) if record and each.answer is not None else each.answer
            told = as_json(answer) if answer is not None else {"error": each.error}
            typer.echo(json.dumps({"row": each.row, **told}, ensure_ascii=False))
            done.append(each)
            progress(len(done), 0, "rows")
    typer.echo(json.dumps(counted(done)), err=True)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title(f"Screening of {answer.address}")
    page.facts([("VERDICT", answer.verdict), ("policy outcome", _outcome(answer)), ("time", answer.time)])
    page.line(answer.said)
    if answer.recorded is not None:
        page.line(f"Recorded as entry {answer.recorded:,} of the audit log: `qaif decide` takes that number.")
    if answer.compared is not None:
        page.line(f"Screened before at {answer.compared.time_before}. {answer.compared.said}")
    page.standing(answer)
    if answer.listings:
        page.heading("On lists")
        rows = [
            (each.list, ", ".join(each.names), ", ".join(each.legal_acts), each.since or "not said")
            for each in answer.listings
        ]
        page.table(("list", "who", "under", "since"), rows)
    if answer.rules:
        page.heading("Rules that fired")
        fired = [
            (each.id, each.outcome, each.relation, each.layer, f"{each.text} {each.capped}".strip())
            for each in answer.rules
        ]
        page.table(("rule", "outcome", "relation", "layer", "what it says"), fired)
    if answer.contacts:
        page.heading("Dealings with whom lists or sources name")
        near = [
            (", ".join(each.names), each.direction, each.relation, sat(each.amount_sat), each.last_time[:10])
            for each in answer.contacts
        ]
        page.table(("who", "", "how near", ">how much", "last"), near)
    page.table(("fault", "of", "what"), [(each.kind, each.about, each.said) for each in answer.faults])


def _outcome(answer: Any) -> str:
    people = "; two people must decide" if answer.two_people else ""
    score = "" if answer.score is None else f"; score {answer.score}"
    return f"{answer.policy_outcome}{people}{score}"
