"""`qaif cluster`: who moves together with an address."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

WithChangeOption = Annotated[
    bool, typer.Option("--with-change", help="Follow change too: the second tier, which is wrong more often.")
]
AsOfOption = Annotated[str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cluster")(cluster)


def cluster(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str, typer.Argument(help="A Bitcoin address.")],
    *,
    as_of: AsOfOption = None,
    with_change: WithChangeOption = False,
    export: Annotated[
        Path | None, typer.Option(help="A new file for all members, one a line.", dir_okay=False)
    ] = None,
    sample: Annotated[int, typer.Option(min=0, help="How many members to show.")] = 25,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show the cluster of an address: the scripts of common control, as far as spending together shows it."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import cluster as question

        answer = question.cluster(
            workspace, address, as_of=as_of, with_change=with_change, export=export, sample=sample
        )
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title(f"Cluster of {answer.address}")
    page.standing(answer)
    totals = answer.totals
    least = "at least " if totals.lower_bound else "as it is grouped here "
    page.facts(
        [
            ("tier", answer.tier),
            ("members", f"{least}{answer.members.count:,}; the first to appear is {answer.named_by}"),
            ("received", sat(totals.received_sat, lower_bound=totals.lower_bound)),
            ("sent", sat(totals.sent_sat, lower_bound=totals.lower_bound)),
            ("from outside of it", f"{sat(totals.from_outside_sat)} as it is grouped here"),
            ("to outside of it", f"{sat(totals.to_outside_sat)} as it is grouped here"),
            ("balance", sat(totals.balance_sat, lower_bound=totals.lower_bound)),
            ("transactions", f"{totals.transactions:,}{_unknown(totals)}"),
            ("refused", _refused(answer.refusals)),
        ]
    )
    if answer.members.export is not None:
        page.line(f"All members were written to {answer.members.export}.")
    for one in answer.labelled:
        page.line(f"Member {one.address}: a source says that {one.operated_by} operates it ({one.layer}).")
    if answer.alarms:
        page.heading("Look at these")
        decisions(page, answer.alarms, answer.alarms_left_out)
    page.heading("Members")
    for each in answer.members.sample:
        page.line(each)


def _unknown(totals: Any) -> str:
    unknown = totals.unknown_inputs
    return f"; of {unknown:,} inputs the value is unknown" if unknown else ""


def _refused(refusals: Any) -> str:
    return ", ".join(f"{count:,} by {method}" for method, count in refusals.items()) or "nothing"


def decisions(page: Any, shown: Any, left_out: int) -> None:
    """A table of decisions."""
    page.table(
        ("transaction", "outcome", "by", "because", "between"),
        [
            (each.tx.txid, each.outcome, each.method, each.reason, " and ".join(each.between))
            for each in shown
        ],
    )
    if left_out:
        page.line(f"And {left_out:,} more.")
