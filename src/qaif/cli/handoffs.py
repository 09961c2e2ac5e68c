"""`qaif handoffs`: where money met services, both ways."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, FanOption, HopsOption, LeastOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("handoffs")(handoffs)


def handoffs(  # noqa: PLR0913  one argument an option, as Typer reads them
    subjects: Annotated[list[str], typer.Argument(help="Outputs (TXID:VOUT), transactions or addresses.")],
    *,
    direction: Annotated[
        Literal["both", "arrivals", "departures"], typer.Option(help="Which way to look.")
    ] = "both",
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    fan: FanOption = 100,
    least_sat: LeastOption = 1_000,
    stop: Annotated[list[str] | None, typer.Option(help="An address of a service; can be repeated.")] = None,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE.csv", help="Write all rows to a new file.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="The same as a new workbook.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """List every arrival at and departure from a service: address, payment, amount, day, what it rests on."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import handoffs as question
        from qaif.questions.trace import TraceRequest

        request = TraceRequest(
            subjects=tuple(subjects),
            hops=hops,
            transactions=transactions,
            fan=fan,
            least_sat=least_sat,
            stops=tuple(stop or ()),
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        answer = question.handoffs(workspace, request, direction)
        if csv is not None:
            from qaif.report.handoff_csv import handoff_csv
            from qaif.workspace.new_files import new_file

            with new_file(csv) as draft:
                draft.write_text(handoff_csv(answer), encoding="utf-8")
        if xlsx is not None:
            from qaif.report.handoff_csv import handoff_xlsx
            from qaif.workspace.new_files import new_file

            with new_file(xlsx) as draft:
                draft.write_bytes(handoff_xlsx(answer))
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Where this money met services")
    page.standing(answer)
    _table(page, "Arrivals: money that came to a service", answer.arrivals)
    _table(page, "Departures: money that came from a service", answer.departures)
    page.line(answer.says_nothing_of)


def _table(page: Any, title: str, rows: Any) -> None:
    from qaif.units import btc_text

    page.heading(f"{title}: {len(rows):,}")
    for row in rows:
        several = "; several parties put in, so who paid it cannot be said" if row.shared else ""
        page.line(f"{row.tx.time} {btc_text(row.amount_sat)} BTC, {row.hops:,} hop(s) away{several}")
        page.facts(
            [
                ("transaction", row.tx.txid),
                ("service", ", ".join(map(_name, row.addresses))),
                ("other side", f"{', '.join(map(_name, row.others))} ({row.others_count:,} in all)"),
                ("traced money", f"{_sat(row.least_sat)} to {_sat(row.most_sat)} BTC, by method"),
                ("rests on", f"{row.why} ({row.layer})"),
                *(("said", f"{one.text} ({one.by})") for one in row.said),
            ]
        )


def _sat(amount: int | None) -> str:
    from qaif.units import btc_text

    return "not asked" if amount is None else btc_text(amount)


def _name(script: Any) -> str:
    return str(script.address or script.script_hex)
