"""`qaif review`: what addresses did."""

from datetime import datetime
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("review")(review)


def review(  # noqa: PLR0913  one argument an option, as Typer reads them
    addresses: Annotated[list[str], typer.Argument(help="Bitcoin addresses; several are reviewed as one.")],
    *,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    fiat_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="One day at whose price all is valued too.")
    ] = None,
    price_source: Annotated[
        str | None, typer.Option(help="Whose prices; without it those imported last.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Prices in which currency.")] = None,
    inference: Annotated[
        bool,
        typer.Option("--inference/--no-inference", help="Count inputs known by what they show only."),
    ] = True,
    largest: Annotated[int, typer.Option(min=0, help="How many of the largest transfers to list.")] = 10,
    counterparties: Annotated[
        int, typer.Option(min=0, help="How many counterparties to list each way.")
    ] = 25,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say what an address did: amounts, times, counterparties, and how sure that is."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import review as question

        request = question.ReviewRequest(
            addresses=tuple(addresses),
            as_of=as_of,
            fiat_day=fiat_day.date() if fiat_day else None,
            price_source=price_source,
            currency=currency,
            inference=inference,
            most_largest=largest,
            most_counterparties=counterparties,
        )
        emit(question.review(workspace, request), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title("Review of " + ", ".join(one.address for one in answer.addresses))
    page.standing(answer)
    if answer.occurrence == "unknown":
        page.heading("UNKNOWN: nothing of this is in the blocks held, and they are not the whole chain.")
    elif answer.occurrence == "not-seen":
        page.heading("Never used up to the block above.")
    page.heading("Figures")
    page.facts(_figures(answer))
    if answer.tx_count:
        _activity(page, answer)
    page.heading(f"Worth ({answer.fiat.currency or 'no prices'})")
    page.facts(_worth(answer.fiat))


def _figures(answer: Any) -> list[tuple[str, object]]:
    from qaif.cli.page import sat

    low = answer.lower_bound
    rows: list[tuple[str, object]] = [
        ("kind", ", ".join(sorted({one.script_type for one in answer.addresses}))),
        ("transactions", f"{answer.tx_count:,}"),
        ("received", sat(answer.received_sat, lower_bound=low)),
        ("sent", sat(answer.sent_at_least_sat, lower_bound=low)),
        ("turnover", sat(answer.received_sat + answer.sent_at_least_sat, lower_bound=low)),
        ("received, net of itself", sat(answer.net_received_sat, lower_bound=low)),
        ("sent, net of itself", sat(answer.net_sent_sat, lower_bound=low)),
        ("balance", sat(answer.balance_sat)),
    ]
    if answer.inputs_unknown_value:
        rows.append(("inputs of unknown value", f"{answer.inputs_unknown_value:,}"))
        rows.append(("sent, of known value", sat(answer.sent_sat)))
    if answer.unspendable_sat:
        rows.append(("of it unspendable", sat(answer.unspendable_sat)))
    if answer.tx_count:
        rows += [
            ("first seen", _when(answer.first_seen)),
            ("last seen", _when(answer.last_seen)),
            ("active", f"{answer.active_days:,} days, over {answer.years_active} years"),
        ]
    return rows


def _when(ref: Any) -> str:
    from qaif.cli.page import at_height

    return f"{ref.time}, {at_height(ref.height)}, {ref.txid}"


def _activity(page: Any, answer: Any) -> None:
    from qaif.units import btc_text

    page.heading("By month (UTC)")
    page.table(
        ("month", ">transactions", ">in", ">received BTC", ">out", ">sent BTC"),
        [
            (
                row.month,
                f"{row.tx_count:,}",
                f"{row.received_count:,}",
                btc_text(row.received_sat),
                f"{row.sent_count:,}",
                ("at least " if row.inputs_unknown_value else "") + btc_text(row.sent_at_least_sat),
            )
            for row in answer.by_month
        ],
    )
    page.heading("Largest transfers, net of what was paid to itself")
    page.table(
        ("way", ">BTC", "time", "transaction"),
        [
            (one.direction, _at_least(one.amount_sat, low=one.lower_bound), one.time, one.txid)
            for one in answer.largest
        ],
    )
    them = answer.counterparties
    _counterparties(page, "Paid by", them.in_, them.in_count)
    _counterparties(page, "Paid to", them.out, them.out_count)


def _at_least(amount: int, *, low: bool) -> str:
    from qaif.units import btc_text

    return f">= {btc_text(amount)}" if low else btc_text(amount)


def _counterparties(page: Any, title: str, rows: Any, count: int) -> None:
    from qaif.units import btc_text

    page.heading(
        f"{title}: {count:,} counterparties" + (f", {len(rows):,} shown" if len(rows) < count else "")
    )
    if not rows:
        return
    page.table(
        ("!who", ">transactions", ">BTC between the two", ">BTC with others", "layer"),
        [
            (
                one.address or f"({one.kind if one.kind != 'script' else one.script_type})",
                f"{one.tx_count:,}",
                btc_text(one.amount_sat),
                btc_text(one.shared_sat),
                one.layer,
            )
            for one in rows
        ],
    )


def _worth(fiat: Any) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("prices", fiat.source or "none")]
    for name, part in (("at each day", fiat.at_transaction_day), (f"at {fiat.day}", fiat.at_day)):
        if part.reason is not None:
            rows.append((name, part.reason))
        else:
            rows.append((name, f"received {part.received:,}, sent {part.sent:,}, turnover {part.turnover:,}"))
    return rows
