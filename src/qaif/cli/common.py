"""`qaif common`: where money of several went, or came from, in common."""

from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, FanOption, HopsOption, LeastOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("common")(common)


def common(  # noqa: PLR0913  one argument an option, as Typer reads them
    subjects: Annotated[list[str], typer.Argument(help="Two or more outputs, transactions or addresses.")],
    *,
    backward: Annotated[
        bool, typer.Option("--backward/--forward", help="Common origins, not common destinations.")
    ] = False,
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    fan: FanOption = 100,
    least_sat: LeastOption = 1_000,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show which scripts or clusters the money of several reached, or came from."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import common as question
        from qaif.questions.trace import TraceRequest

        request = TraceRequest(
            subjects=tuple(subjects),
            forward=not backward,
            methods=("haircut",),
            hops=hops,
            transactions=transactions,
            fan=fan,
            least_sat=least_sat,
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        emit(question.common(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Common {answer.direction}: {answer.count:,}")
    page.standing(answer)
    page.table(
        ("!where", "said of it", "subject", ">hops", "coin"),
        [
            (
                (row.script.address or row.script.script_hex) if row.script and not place else "",
                "; ".join(said.text for said in row.said[:1]) if not place else "",
                one.subject,
                one.hops,
                one.outpoint,
            )
            for row in answer.rows
            for place, one in enumerate(row.reached)
        ],
    )
    page.line(answer.read_as)
