"""`qaif activity`: whether what addresses do changed, since when, how much, how sure."""

from datetime import datetime
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_ROWS_SHOWN = 60


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("activity")(activity)


def activity(  # noqa: PLR0913  one argument an option, as Typer reads them
    addresses: Annotated[list[str], typer.Argument(help="Bitcoin addresses; several are looked at as one.")],
    *,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="day, week or month; without it the longest of which there are enough.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="A span to compare with, such as 2018-01-01..2018-12-31.")
    ] = None,
    after: Annotated[str | None, typer.Option(help="The span that is compared with it.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="A span with which every other period is compared.")
    ] = None,
    date: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="A day after which there may be a burst; may be repeated."),
    ] = None,
    campaign: Annotated[
        str | None, typer.Option(help="A campaign whose appeals' first days are such days.")
    ] = None,
    burst_days: Annotated[int, typer.Option(min=1, max=90, help="How many days from each day on.")] = 7,
    price_source: Annotated[
        str | None, typer.Option(help="Whose prices; without it those imported last.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Prices in which currency.")] = None,
    inference: Annotated[
        bool,
        typer.Option("--inference/--no-inference", help="Count inputs known by what they show only."),
    ] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say whether activity changed: since when, how much, and how often chance does the same."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import activity as question

        request = question.ActivityRequest(
            addresses=tuple(addresses),
            as_of=as_of,
            by=by,
            before=before,
            after=after,
            baseline=baseline,
            dates=tuple(each.date() for each in date or ()),
            campaign=campaign,
            burst_days=burst_days,
            price_source=price_source,
            currency=currency,
            inference=inference,
        )
        emit(question.activity(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Activity of " + ", ".join(one.address for one in answer.addresses))
    page.standing(answer)
    page.heading("Did it change?")
    page.line(answer.sentence)
    for limit in answer.limits:
        page.line(limit)
    _tests(page, answer)
    _compared(page, answer)
    _stretches(page, answer)
    if answer.bursts is not None:
        _bursts(page, answer.bursts)
    _series(page, answer)


def _tests(page: Any, answer: Any) -> None:
    rows = [("as counted", answer.test)]
    if answer.network_test is not None:
        rows.append(("for each transaction of the network", answer.network_test))
    page.heading(f"Tests, by {answer.by}")
    page.table(
        ("series", "says", "since", ">chance of a step", ">of a trend", ">a year", ">variance/mean"),
        [
            (
                name,
                test.conclusion,
                test.since,
                test.chance_of_break,
                test.chance_of_trend,
                test.yearly_factor,
                test.variance_over_mean,
            )
            for name, test in rows
        ],
    )


def _compared(page: Any, answer: Any) -> None:
    them = answer.compared
    if them is None:
        return
    page.heading(
        f"{them.after_from} to {them.after_to} against {them.before_from} to {them.before_to}, whole "
        f"{answer.by}s"
    )
    page.table(
        ("measure", ">ratio", ">95 % low", ">high", ">chance", "says the same"),
        [(one.what, one.ratio, one.low, one.high, one.chance, _agreement(one)) for one in them.measures],
    )
    alike = answer.peers
    if alike is not None:
        page.line(
            alike.reason
            or f"Of {alike.count:,} addresses of like age and volume {alike.rose_as_much:,} rose by as much."
        )


def _agreement(one: Any) -> str:
    return one.reason if one.agrees is None else "yes" if one.agrees else "no"


def _stretches(page: Any, answer: Any) -> None:
    page.heading("Stretches of one level")
    page.table(
        ("from", "to", ">counted", f">a {answer.by}"),
        [(one.first_day, one.last_day, f"{one.count:,}", one.a_period) for one in answer.segments],
    )
    if answer.unusual:
        page.heading(f"Single {answer.by}s above their baseline")
        page.table(
            (answer.by, ">counted", ">expected", ">chance", ">corrected"),
            [(one.period, one.count, one.expected, one.chance, one.corrected) for one in answer.unusual],
        )


def _bursts(page: Any, found: Any) -> None:
    page.heading(f"In {found.days} days from each of {len(found.dates)} dates on")
    page.facts(
        [
            ("transactions", f"{found.count:,}"),
            ("expected", "not known" if found.expected is None else f"{found.expected:,}"),
            (
                "chance",
                "not known: too few moves of the dates are possible"
                if found.chance is None
                else found.chance,
            ),
            ("moves of the dates", f"{found.moves:,}"),
            ("dates left out", ", ".join(map(str, found.left_out)) or "none"),
        ]
    )


def _series(page: Any, answer: Any) -> None:
    from qaif.units import btc_text

    rows = {"month": answer.by_month, "week": answer.by_week, "day": answer.by_day}[answer.by]
    left_out = len(rows) - _ROWS_SHOWN
    page.heading(
        f"By {answer.by} (UTC)" + (f": the last {_ROWS_SHOWN} of {len(rows):,}" if left_out > 0 else "")
    )
    page.table(
        (answer.by, ">transactions", ">in", ">moved BTC", ">counterparties", ">new", ""),
        [
            (
                row.period,
                f"{row.transactions:,}",
                f"{row.received:,}",
                btc_text(row.moved_sat),
                f"{row.counterparties:,}",
                f"{row.new_counterparties:,}",
                "" if row.whole else "in part",
            )
            for row in rows[-_ROWS_SHOWN:]
        ],
    )
