"""`qaif exposure`: whom what an address received and sent touches."""

from datetime import datetime
from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption, WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, FanOption, HopsOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("exposure")(exposure)


def exposure(  # noqa: PLR0913  one argument an option, as Typer reads them
    address: Annotated[str, typer.Argument(help="An address; by cluster it stands for its cluster.")],
    *,
    methods: Annotated[
        str, typer.Option(help="all, or of poison, haircut, fifo, lifo, highest, with commas between.")
    ] = "all",
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    fan: FanOption = 100,
    dust_sat: Annotated[
        int, typer.Option(min=0, help="Unsolicited dust: one source's small payments come to less than this.")
    ] = 10_000,
    dust_fan: Annotated[
        int, typer.Option(min=1, help="A payment with so many outputs under --dust-sat is a fan-out.")
    ] = 20,
    split: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Show apart what was before this day (UTC), and from it on."),
    ] = None,
    through_mixes: Annotated[
        bool, typer.Option("--through-mixes", help="Go on past what has the shape of a mix.")
    ] = False,
    by: ByOption = "cluster",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show whom what this received and sent touches: direct and indirect, as a range over methods."""
    with reporting_errors(json_output=json_output):
        from qaif.analysis.flows.contacts import DustRule
        from qaif.questions import exposure as question

        request = question.ExposureRequest(
            subject=address,
            methods=() if methods == "all" else tuple(methods.split(",")),
            hops=hops,
            transactions=transactions,
            fan=fan,
            through_mixes=through_mixes,
            dust=DustRule(dust_sat, dust_fan),
            split=split.date() if split else None,
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        emit(question.exposure(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title(f"Exposure of {answer.subject}")
    page.standing(answer)
    dust = f"{answer.dust.coins:,} outputs, {sat(answer.dust.amount_sat)}: exposes nobody"
    page.facts(
        [
            ("scripts", f"{answer.scripts:,} taken together"),
            ("received", f"{sat(answer.received_sat)} from outside, as far as values are known"),
            ("sent", f"{sat(answer.sent_sat)} to outside, fees included, likewise"),
            ("dust", dust),
        ]
    )
    _side(page, "What it received comes from", answer.incoming)
    page.line(answer.receipt)
    _side(page, "What it sent went to", answer.outgoing)
    page.line(answer.not_to_add)


def _side(page: Any, title: str, side: Any) -> None:
    from qaif.units import btc_text

    for kind, rows in (("who", side.entities), ("category", side.categories)):
        page.heading(f"{title}, by {'name' if kind == 'who' else kind}: {len(rows):,}, in BTC")
        page.table(
            (
                f"!{kind}",
                ">hops",
                ">payments",
                ">directly",
                ">estimated",
                ">share",
                ">own turnover",
                "said by",
            ),
            [
                (
                    row.name,
                    row.min_hops,
                    f"{row.direct.payments:,}",
                    btc_text(row.direct.amount_sat) + " and some" * (row.direct.shared_sat > 0),
                    _range(row),
                    _share(row),
                    btc_text(row.turnover_sat),
                    ", ".join(row.said_by),
                )
                for row in rows
            ],
        )
        for row in rows:
            _evidence(page, row)
    page.heading("Where nobody has a name: unknown, not clean")
    page.table(
        ("because", ">coins", ">least", ">most"),
        [(one.why, f"{one.coins:,}", _sat(one.least_sat), _sat(one.most_sat)) for one in side.rest],
    )


def _evidence(page: Any, row: Any) -> None:
    from qaif.units import btc_text

    if row.before is not None:
        page.line(
            f"{row.name}: {row.before.payments:,} direct payment(s) before that day, "
            f"{btc_text(row.before.amount_sat)} BTC; {row.after.payments:,} from it on, "
            f"{btc_text(row.after.amount_sat)} BTC."
        )
    if row.path is not None:
        links = " -> ".join(step.outpoint for step in row.path.steps)
        page.line(f"{row.name}: {row.path.transactions:,} transaction(s) between: {links}")


def _range(row: Any) -> str:
    parts = (row.direct_estimated, row.indirect)
    if parts[0].least_sat is None:
        return "not asked"
    return " + ".join(f"{_sat(part.least_sat)} to {_sat(part.most_sat)}" for part in parts if part.coins)


def _share(row: Any) -> str:
    parts = [
        part for part in (row.direct_estimated, row.indirect) if part.coins and part.most_share is not None
    ]
    return " + ".join(f"{part.least_share * 100:.2f} to {part.most_share * 100:.2f} %" for part in parts)


def _sat(amount: int | None) -> str:
    from qaif.units import btc_text

    return "not asked" if amount is None else btc_text(amount)
