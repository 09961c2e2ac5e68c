"""What an address did, month by month, and whether that changed."""

from collections.abc import Iterator
from typing import Any

from qaif.report.document.model import Picture, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import history, known, method, phrase, say, value
from qaif.report.document.sections.shared import (
    Material,
    Part,
    day_of,
    found_addresses,
    methods_value,
    of_address,
    present,
    resting,
    table,
    tx_rows_evidence,
)

_CONCLUSIONS = {"trend": "activity.trend", "none": "activity.none", "too-little": "activity.too_little"}
_LARGEST = 10


def review(material: Material) -> Section | None:
    """What each address did."""
    parts: list[Any] = []
    for number, found in enumerate(found_addresses(material), start=1):
        if found["review"] and found["review"]["tx_count"]:
            parts.append(_reviewed(number, found))
        elif found["review"]:
            evidence, extra = resting(found["address"], found["review"])
            values = {"address": known("address", found["address"])} | extra
            parts.append(say("review.none", evidence, values, found["address"], summary=True))
    return Section("review", phrase("section.review"), tuple(parts)) if parts else None


def activity(material: Material) -> Section | None:
    """Whether the activity of each address changed."""
    parts: list[Any] = []
    for number, found in enumerate(found_addresses(material), start=1):
        if found["activity"]:
            picture = _columns(number, found)
            parts.append(
                Section(f"activity-{number}", of_address(found["address"]), present(_changed(found), picture))
            )
    return Section("activity", phrase("section.activity"), tuple(parts)) if parts else None


def _reviewed(number: int, found: Part) -> Section:
    address, answer = found["address"], found["review"]
    parts = (
        *_sentences(found),
        _timeline(number, found),
        _months_picture(number, address, answer),
        _months(address, answer),
        _largest(address, answer),
        _counterparties(address, answer, "in"),
        _counterparties(address, answer, "out"),
    )
    return Section(f"review-{number}", of_address(address), present(*parts))


def _sentences(found: Part) -> Iterator[Sentence]:
    address, answer = found["address"], found["review"]
    evidence, extra = resting(address, answer)
    extra |= {"address": known("address", address)}
    low = answer["lower_bound"]
    ends = tx_rows_evidence(answer["first_seen"], answer["last_seen"])
    first, last = day_of(answer["first_seen"]), day_of(answer["last_seen"])
    span = {"txs": _counted(answer, answer["tx_count"]), "first": first}
    if first == last:
        yield say("review.one_day", (*evidence, *ends), extra | span, address, summary=True)
    else:
        yield say("review.activity", (*evidence, *ends), extra | span | {"last": last}, address, summary=True)
    for template, sat, bound in (
        ("review.turnover", answer["turnover_sat"], low),
        ("review.received", answer["received_sat"], low),
        ("review.sent", answer["sent_at_least_sat"], low),
    ):
        amount = value("sat", sat, at_least=bound)
        if sat or not bound:  # at least nothing says nothing
            yield say(template, evidence, extra | {"amount": amount}, address, summary="turnover" in template)
    if answer["balance_sat"] is not None and answer["as_of"]:
        held = {"amount": value("sat", answer["balance_sat"]), "day": day_of(answer["as_of"])}
        yield say("review.balance", evidence, extra | held, address)
    yield from _more_sentences(found, extra)


def _more_sentences(found: Part, extra: dict[str, Value | None]) -> Iterator[Sentence]:
    address, answer = found["address"], found["review"]
    evidence, _ = resting(address, answer)
    if answer["by_month"]:
        most = max(answer["by_month"], key=lambda row: row["tx_count"])
        busiest = {"month": value("month", most["month"]), "txs": _counted(answer, most["tx_count"])}
        yield say("review.busiest", evidence, extra | busiest, address)
    them = answer["counterparties"]
    for slot, way in (("payers", "in_count"), ("payees", "out_count")):
        if them[way] or answer["coverage"]["complete"]:
            yield say(f"review.{slot}", evidence, extra | {slot: _counted(answer, them[way])}, address)
    for one in found["dealt_with"]:
        between = {
            "other": known("address", one["address"]),
            "txs": value("count", one["tx_count"]),
            "amount": value("sat", one["amount_sat"]),
        }
        if one["layer"] == answer["layer"]:
            yield say(f"dealt.{one['direction']}", evidence, extra | between, f"{address} {one['address']}")


def _counted(answer: Part, number: int) -> Value | None:
    """A count; a lower bound where not all blocks are held."""
    return value("count", number, at_least=not answer["coverage"]["complete"])


def _months(address: str, answer: Part) -> Table | None:
    evidence = tuple(resting(address, answer)[0])
    rows = [
        Row(
            answer["layer"],
            (
                value("month", row["month"]),
                value("count", row["tx_count"]),
                value("sat", row["net_received_sat"]),
                value("sat", row["net_sent_sat"]),
            ),
            evidence,
        )
        for row in answer["by_month"]
    ]
    return table("table.months", ("col.month", "col.txs", "col.received", "col.sent"), rows, len(rows) or 1)


def _largest(address: str, answer: Part) -> Table | None:
    rows = [
        Row(
            answer["layer"],
            (
                known("moment", row["time"]),
                known("term", row["direction"]),
                value("sat", row["amount_sat"], at_least=row["lower_bound"]),
                known("txid", row["txid"]),
            ),
            (*tx_rows_evidence(row), history(address, answer["layer"])),
        )
        for row in answer["largest"][:_LARGEST]
    ]
    return table("table.largest", ("col.time", "col.direction", "col.amount", "col.txid"), rows)


def _counterparties(address: str, answer: Part, way: str) -> Table | None:
    rows = [
        Row(
            row["layer"],
            (
                value("address", row["address"] or row["script_hex"]) or known("term", row["kind"]),
                value("count", row["tx_count"]),
                value("sat", row["amount_sat"]),
                value("sat", row["shared_sat"]),
                day_of(row["first_seen"]),
                day_of(row["last_seen"]),
            ),
            (history(address, row["layer"]), *tx_rows_evidence(row["first_seen"], row["last_seen"])),
        )
        for row in answer["counterparties"][way]
    ]
    columns = ("col.address", "col.txs", "col.alone", "col.shared", "col.first", "col.last")
    return table(f"table.counterparties_{way}", columns, rows, 10)


def _timeline(number: int, found: Part) -> Picture | None:
    points = []
    for row in found["transactions"]:
        net = row["net_sat"]
        net = min(0, row["received_sat"] - row["sent_at_least_sat"]) if net is None else net
        if net:
            points.append((row["time"], net))
    answer = found["review"]
    evidence = tuple(resting(found["address"], answer)[0])
    title = phrase("picture.timeline")
    if not points:
        return None
    return Picture(f"timeline-{number}", "timeline", title, {"points": points}, answer["layer"], evidence)


def _months_picture(number: int, address: str, answer: Part) -> Picture | None:
    bars = [(row["month"], row["net_received_sat"], row["net_sent_sat"]) for row in answer["by_month"]]
    evidence = tuple(resting(address, answer)[0])
    title = phrase("picture.months")
    if not any(up or down for _, up, down in bars):
        return None
    return Picture(f"months-{number}", "months", title, {"bars": bars}, answer["layer"], evidence)


def _changed(found: Part) -> Sentence:
    one, address = found["activity"], found["address"]
    methods = one["basis"]["methods"]
    evidence = [history(address, "inference"), *map(method, methods)]
    values: dict[str, Value | None] = {
        "address": known("address", address),
        "method": methods_value(methods),
    }
    if one["conclusion"] != "break":
        return say(_CONCLUSIONS[one["conclusion"]], evidence, values, address, summary=True)
    values["since"] = known("month", one["since"][:7])
    return say("activity.rose" if one["rose"] else "activity.fell", evidence, values, address, summary=True)


def _columns(number: int, found: Part) -> Picture | None:
    one = found["activity"]
    bars = [(row["month"], row["count"], row["whole"]) for row in one["by_month"]]
    evidence = (history(found["address"], "inference"), *map(method, one["basis"]["methods"]))
    data = {"bars": bars, "since": (one["since"] or "")[:7], "what": one["measure"]}
    title = phrase("picture.activity")
    if not bars:
        return None
    return Picture(f"activity-{number}", "columns", title, data, "inference", evidence)
