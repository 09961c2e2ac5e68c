"""What the page shows of one address: figures as text, each tied to the rows behind it, and its pictures."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from statistics import median
from typing import Any

from markupsafe import Markup

from qaif.report.charts import CountBar, MonthBar, Stroke, activity_chart, monthly_chart, timeline_chart
from qaif.report.wording import coverage_words
from qaif.units import btc_text

_IN = {
    "title": "Who paid it",
    "caption": "By script, in transactions in which the address itself does not spend. Amounts in BTC.",
    "certain": "From it alone",
    "shared": "With others, not to be added up",
}
_OUT = {
    "title": "Whom it paid",
    "caption": "By script, in transactions in which the address spends. Amounts in BTC.",
    "certain": "From the address alone",
    "shared": "From the address and others",
}


def found_view(number: int, found: Mapping[str, Any]) -> dict[str, Any]:
    """One address as the template wants it.

    Args:
        number: its place in the case, from 1; row ids begin with it.
        found: a `FoundAddress` as JSON.
    """
    name, review = f"a{number}", found["review"]
    rows = [row | {"id": f"{name}-{i}"} for i, row in enumerate(found["transactions"], start=1)]
    by_month = [(month, list(group)) for month, group in groupby(rows, key=lambda row: row["time"][:7])]
    view = dict(found) | {
        "id": name,
        "layer": review["layer"] if review else "claim",
        "same_key": found.get("same_key", ()),
        "claims": found.get("claims", ()),
        "claims_left_out": found.get("claims_left_out", 0),
        "activity": _activity_view(f"{name}-activity", found.get("activity")),
        "row_of": {row["txid_hex"]: row["id"] for row in reversed(rows)},
        "by_month": _each_month_once(by_month),
        "months_listed": {month for month, _ in by_month},
        "headline": _headline(found),
        "transactions": rows,
    }
    return view | (_review_view(name, view) if review else {"coverage_words": ""})


def _activity_view(name: str, activity: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was found of a change, with its picture; None where it was not looked at."""
    if not activity:
        return None
    bars = [
        CountBar(date.fromisoformat(f"{row['month']}-01"), row["count"], row["whole"])
        for row in activity["by_month"]
    ]
    what = "Receipts" if activity["measure"] == "received" else "Transactions"
    since = date.fromisoformat(activity["since"]) if activity["since"] else None
    # from charts.py, made of numbers and of our own words
    chart = Markup(activity_chart(name, bars, what, since)) if bars else ""  # noqa: S704
    return dict(activity) | {"chart": chart, "partly_held": any(not bar.whole for bar in bars)}


def _each_month_once(by_month: Sequence[tuple[str, list[Any]]]) -> list[tuple[str, list[Any]]]:
    """Header times go back now and then: rows of a month that was left come to those that stand there."""
    months: dict[str, list[Any]] = {}
    for month, rows in by_month:
        months.setdefault(month, []).extend(rows)
    return list(months.items())


def _headline(found: Mapping[str, Any]) -> str:
    review, address = found["review"], found["address"]
    if not review:
        return f"{address} stands in the document; what it did is not known here."
    if not review["tx_count"]:
        return f"{address} stands in no transaction of the blocks held."
    first, last = review["first_seen"]["time"][:10], review["last_seen"]["time"][:10]
    amount = f"{'at least ' if review['lower_bound'] else ''}{btc_text(review['turnover_sat'])} BTC"
    return (
        f"{address} took part in {_counted(review['tx_count'], 'transaction')} of the blocks held, "
        f"from {first} to {last}; {amount} went in and out in all."
    )


def _review_view(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    review = found["review"]
    them = review["counterparties"]
    strokes = [stroke for row in found["transactions"] if (stroke := _stroke(row))]
    bars = [
        MonthBar(date.fromisoformat(f"{row['month']}-01"), row["net_received_sat"], row["net_sent_sat"])
        for row in review["by_month"]
    ]
    return {
        "coverage_words": coverage_words(review["coverage"]),
        "tiles": _tiles(found),
        "busiest": _busiest(review),
        # both come from charts.py, made of numbers and of our own words
        "timeline": Markup(timeline_chart(f"{name}-timeline", strokes)) if strokes else "",  # noqa: S704
        "monthly": Markup(monthly_chart(f"{name}-monthly", bars)) if bars else "",  # noqa: S704
        "counterparties": [
            ("in", them["in"], them["in_count"], _IN),
            ("out", them["out"], them["out_count"], _OUT),
        ],
    }


def _stroke(row: Mapping[str, Any]) -> Stroke | None:
    """Where the net amount is not known, the least that was sent; nothing where not even that is."""
    net = row["net_sat"]
    if net is None:
        net = min(0, row["received_sat"] - row["sent_at_least_sat"])
    return Stroke(datetime.fromisoformat(row["time"]).astimezone(UTC), net) if net else None


def _tiles(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    review, rows = found["review"], f"{found['id']}-transactions"
    bound = "known values only, so at least this" if review["lower_bound"] else ""
    floor = "at least, by what its transactions pay out" if review["lower_bound"] else ""
    every = {"anchor": rows, "text": "see the transactions"} if found["transactions"] else None

    def tile(name: str, figure: str, note: str = "", tie: object = every) -> dict[str, Any]:
        return {"name": name, "figure": figure, "note": note, "tie": tie, "layer": review["layer"]}

    def amount(name: str, sat: int | None, note: str = bound) -> dict[str, Any]:
        return tile(name, "not known" if sat is None else f"{btc_text(sat)} BTC", note)

    return [
        tile("Transactions", f"{review['tx_count']:,}", "that pay it or spend from it"),
        amount("Received and sent together", review["turnover_sat"]),
        amount("Received", review["received_sat"]),
        amount("Sent", review["sent_at_least_sat"], floor),
        amount("Received, net", review["net_received_sat"], bound or "without what it paid to itself"),
        amount("Sent, net", review["net_sent_sat"], floor or "without what it paid to itself; fees included"),
        amount("Balance", review["balance_sat"], "" if review["balance_sat"] is not None else "see below"),
        tile("First seen", *_seen(review["first_seen"]), _row_tie(found, review["first_seen"])),
        tile("Last seen", *_seen(review["last_seen"]), _row_tie(found, review["last_seen"])),
        tile("Days with a transaction", f"{review['active_days']:,}", f"in {review['years_active']} years"),
        *_worth(review["fiat"], tile),
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _seen(ref: Mapping[str, Any] | None) -> tuple[str, str]:
    if not ref:
        return "not known", ""
    return ref["time"][:10], f"at {ref['time'][11:19]} UTC" + (
        "" if ref["height"] is None else f", height {ref['height']:,}"
    )


def _row_tie(found: Mapping[str, Any], ref: Mapping[str, Any] | None) -> dict[str, str] | None:
    row = found["row_of"].get(ref["txid"]) if ref else None
    return {"anchor": row, "text": "see the transaction"} if row else None


def _worth(fiat: Mapping[str, Any], tile: Any) -> list[dict[str, Any]]:
    """Received and sent together in money; both kinds rest on prices that somebody gave."""
    out = []
    for name, total in (
        ("Worth at each day's price", fiat["at_transaction_day"]),
        (f"Worth at the price of {fiat['day']}", fiat["at_day"]),
    ):
        known = total["turnover"] is not None
        figure = f"{_grouped(total['turnover'])} {fiat['currency']}" if known else "not known"
        note = f"received and sent together; source: {fiat['source']}" if known else total["reason"]
        out.append(tile(name, figure, note) | {"layer": "claim"})
    return out


def _grouped(amount: str) -> str:
    whole, _, part = amount.partition(".")
    return f"{int(whole):,}.{part}"


def _busiest(review: Mapping[str, Any]) -> str:
    months = review["by_month"]
    if len(months) < 2:  # noqa: PLR2004  one month has nothing to be compared with
        return ""
    most = max(months, key=lambda row: row["tx_count"])
    middle = median(row["tx_count"] for row in months)
    return (
        f"Busiest month: {most['month']}, with {_counted(most['tx_count'], 'transaction')}; "
        f"the median of its {len(months)} months is {middle:,}."
    )
