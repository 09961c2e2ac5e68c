"""What moves with an address, where its money came from and went, where it met services, whom it touches."""

from collections.abc import Iterator, Sequence
from typing import Any

from qaif.report.document.model import Evidence, Picture, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import history, known, method, phrase, say, value
from qaif.report.document.sections.shared import (
    Material,
    Part,
    methods_value,
    of_address,
    present,
    table,
    tx_rows_evidence,
)

_SENTENCES, _ENDS, _BANDS = 3, 10, 8


def clusters(material: Material) -> Section | None:
    """What moves together with each address, and the transactions that say so."""
    parts: list[Any] = [
        Section(
            f"cluster-{number}",
            of_address(more["address"]),
            present(*_cluster(more), _witnesses(more)),
        )
        for number, more in enumerate(material["more"], start=1)
        if more["cluster"]
    ]
    return (
        Section("clusters", phrase("section.clusters"), (phrase("note.cluster"), *parts)) if parts else None
    )


def flows(material: Material) -> Section | None:
    """Where the money of each address came from and went, with the spread over methods."""
    parts: list[Any] = []
    for number, more in enumerate(material["more"], start=1):
        inner = [part for way in ("forward", "backward") if more[way] for part in _flow(number, more, way)]
        if inner:
            parts.append(Section(f"flows-{number}", of_address(more["address"]), tuple(inner)))
    return Section("flows", phrase("section.flows"), (phrase("note.spread"), *parts)) if parts else None


def handoffs(material: Material) -> Section | None:
    """Where the money of each address met services."""
    parts: list[Any] = []
    for number, more in enumerate(material["more"], start=1):
        answer = more["handoffs"]
        rows = [*answer["arrivals"], *answer["departures"]] if answer else []
        if rows:
            inner = present(*_handed(more["address"], answer, rows), _handoff_table(answer, rows))
            parts.append(Section(f"handoffs-{number}", of_address(more["address"]), inner))
    return Section("handoffs", phrase("section.handoffs"), tuple(parts)) if parts else None


def exposure(material: Material) -> Section | None:
    """Whom each address touches, as sources name them."""
    parts: list[Any] = []
    for number, more in enumerate(material["more"], start=1):
        answer = more["exposure"]
        inner = _exposed(more["address"], answer) if answer else ()
        if inner:
            parts.append(Section(f"exposure-{number}", of_address(more["address"]), inner))
    notes = (phrase("note.receipt"), phrase("note.not_clear"))
    return Section("exposure", phrase("section.exposure"), (*notes, *parts)) if parts else None


def _inferred(address: str, answer: Part) -> tuple[list[Evidence], dict[str, Value | None]]:
    methods = answer["basis"]["methods"]
    evidence = [history(address, "inference"), *map(method, methods)]
    return evidence, {"address": known("address", address), "method": methods_value(methods)}


def _cluster(more: Part) -> Iterator[Sentence]:
    address, answer = more["address"], more["cluster"]
    evidence, values = _inferred(address, answer)
    count = answer["members"]["count"]
    if count <= 1:
        yield say("cluster.alone", evidence, values, address)
        return
    yield say("cluster.size", evidence, values | {"members": value("count", count)}, address, summary=True)
    totals = answer["totals"]
    sums = {
        "received": value("sat", totals["received_sat"], at_least=True),
        "sent": value("sat", totals["sent_sat"], at_least=True),
    }
    yield say("cluster.turnover", evidence, values | sums, address)
    for one in more["witnesses"]:
        if one["how"] == "spends from both":
            joined: dict[str, Value | None] = {
                "address": known("address", one["one"]),
                "other": known("address", one["other"]),
                "txid": known("txid", one["tx"]["txid"]),
                "method": known("id", one["method"]),
            }
            about = f"{one['one']} {one['other']}"
            yield say("cluster.joined", [_of_method(one), *tx_rows_evidence(one["tx"])], joined, about)


def _of_method(join: Part) -> Evidence:
    return Evidence("method", join["method"], "inference", join["measured"])


def _witnesses(more: Part) -> Table | None:
    rows = [
        Row(
            "inference",
            (
                known("address", one["one"]),
                known("address", one["other"]),
                known("txid", one["tx"]["txid"]),
                known("moment", one["tx"]["time"]),
                known("id", one["method"]),
            ),
            (_of_method(one), *tx_rows_evidence(one["tx"])),
        )
        for one in more["witnesses"]
    ]
    return table("table.witnesses", ("col.one", "col.other", "col.txid", "col.time", "col.method"), rows)


def _flow(number: int, more: Part, way: str) -> Iterator[Any]:
    answer, address = more[way], more["address"]
    if not answer["totals"]:
        return
    evidence, values = _inferred(address, answer)
    steps = {
        "begun": value("sat", answer["totals"][0]["begun_sat"]),
        "txs": value("count", answer["transactions"]),
    }
    template = "flow.went" if way == "forward" else "flow.came"
    yield say(template, evidence, values | steps, address, summary=True)
    ends = [
        one
        for one in answer["destinations"]
        if one["script"] and one["least_sat"] is not None and not one["said"] and not one["of_subjects"]
    ]
    yield from (_ended(address, answer, way, one) for one in ends[:_SENTENCES])
    yield from present(_bands(number, way, ends, tuple(evidence)), _ends(ends, tuple(evidence)))


def _ended(address: str, answer: Part, way: str, one: Part) -> Sentence:
    """How much ended at a place, by each method that conserves; between the least and the most of them."""
    conserving = [each for each in answer["basis"]["methods"] if each["conserves"]]
    place = one["script"]["address"] or one["script"]["script_hex"]
    values: dict[str, Value | None] = {
        "address": known("address", address),
        "method": methods_value(conserving),
        "place": known("address", place),
    }
    template = "flow.ended" if way == "forward" else "flow.ended_from"
    if one["least_sat"] == one["most_sat"]:
        template, values["amount"] = f"{template}_same", value("sat", one["least_sat"])
    else:
        values |= {"least": value("sat", one["least_sat"]), "most": value("sat", one["most_sat"])}
    refs = tx_rows_evidence(one["first"], one["last"])
    evidence = (history(address, "inference"), *map(method, conserving), *refs)
    return say(template, evidence, values, f"{address} {place}")


def _bands(number: int, way: str, ends: Sequence[Part], evidence: tuple[Evidence, ...]) -> Picture | None:
    bands = [
        (one["script"]["address"] or one["script"]["script_hex"], one["marked_sat"].get("haircut", 0))
        for one in ends[:_BANDS]
    ]
    rest = sum(one["marked_sat"].get("haircut", 0) for one in ends[_BANDS:])
    if not any(sat for _, sat in bands):
        return None
    data = {"bands": bands, "rest": rest, "forward": way == "forward", "method": "haircut"}
    return Picture(f"flow-{way}-{number}", "bands", phrase("picture.flow"), data, "inference", evidence)


def _ends(ends: Sequence[Part], evidence: tuple[Evidence, ...]) -> Table | None:
    rows = [
        Row(
            "inference",
            (
                known("address", one["script"]["address"] or one["script"]["script_hex"]),
                value("count", one["hops"]),
                value("sat", one["least_sat"]),
                value("sat", one["most_sat"]),
                known("term", f"stop.{one['reasons'][0]}") if one["reasons"] else None,
            ),
            evidence,
        )
        for one in ends
    ]
    return table("table.ends", ("col.place", "col.hops", "col.least", "col.most", "col.reason"), rows, _ENDS)


def _handed(address: str, answer: Part, rows: Sequence[Part]) -> Iterator[Sentence]:
    evidence, values = _inferred(address, answer)
    shaped = [row for row in rows if row["layer"] != "claim"]
    if shaped:
        refs = tx_rows_evidence(*(row["tx"] for row in shaped))
        yield say(
            "handoff.shaped", (*evidence, *refs), values | {"payments": value("count", len(shaped))}, address
        )
    named: dict[tuple[str, str], list[Part]] = {}
    for row in rows:
        for said in row["said"] if row["layer"] == "claim" else ():
            if said["statement_id"]:
                named.setdefault((said["by"], said["text"]), []).append(row)
    for (by, text), mine in named.items():
        claims = [Evidence("statement", s["statement_id"], "claim") for row in mine for s in row["said"]]
        told: dict[str, Value | None] = {
            "by": known("name", by),
            "address": known("address", address),
            "service": known("name", text),
            "payments": value("count", len(mine)),
        }
        refs = tx_rows_evidence(*(row["tx"] for row in mine))
        yield say("handoff.named", (*claims, *refs), told, f"{address} {by} {text}", summary=True)


def _handoff_table(answer: Part, rows: Sequence[Part]) -> Table | None:
    methods = tuple(method(one) for one in answer["basis"]["methods"])
    made = []
    for row in rows:
        claims = tuple(
            Evidence("statement", one["statement_id"], "claim") for one in row["said"] if one["statement_id"]
        )
        named = known("name", row["said"][0]["text"]) if claims else None
        shape = known("term", f"stop.{row['rests_on']}")
        address = row["addresses"][0]["address"] if row["addresses"] else None
        cells = (
            known("moment", row["tx"]["time"]),
            known("term", row["direction"]),
            named or shape,
            value("address", address),
            value("sat", row["amount_sat"]),
            value("sat", row["least_sat"]),
            value("sat", row["most_sat"]),
            known("txid", row["tx"]["txid"]),
        )
        made.append(Row(row["layer"], cells, (*methods, *claims, *tx_rows_evidence(row["tx"]))))
    columns = ("time", "direction", "service", "address", "amount", "least", "most", "txid")
    return table("table.handoffs", [f"col.{each}" for each in columns], made)


def _exposed(address: str, answer: Part) -> tuple[Any, ...]:
    sentences: list[Sentence] = []
    rows: list[Row] = []
    for side in ("incoming", "outgoing"):
        for one in answer[side]["entities"]:
            by = ", ".join(one["said_by"]) or "?"
            evidence = (
                Evidence("statement", f"{by}: {one['name']}", "claim"),
                *tx_rows_evidence(one["direct"]["first"], one["direct"]["last"]),
                *(method(each) for each in answer["basis"]["methods"]),
            )
            rows.append(Row("claim", _exposed_cells(side, one, by), evidence))
            sentences += _exposed_sentences(address, side, one, evidence)
    columns = ("direction", "name", "said_by", "hops", "payments", "alone", "least", "most")
    return present(*sentences, table("table.exposure", [f"col.{each}" for each in columns], rows))


def _exposed_cells(side: str, one: Part, by: str) -> tuple[Value | None, ...]:
    return (
        known("term", "in" if side == "incoming" else "out"),
        known("name", one["name"]),
        known("name", by),
        value("count", one["min_hops"]),
        value("count", one["direct"]["payments"]),
        value("sat", one["direct"]["amount_sat"]),
        value("sat", one["indirect"]["least_sat"]),
        value("sat", one["indirect"]["most_sat"]),
    )


def _exposed_sentences(
    address: str, side: str, one: Part, evidence: tuple[Evidence, ...]
) -> Iterator[Sentence]:
    values: dict[str, Value | None] = {
        "by": known("name", ", ".join(one["said_by"]) or "?"),
        "address": known("address", address),
        "whom": known("name", one["name"]),
    }
    about = f"{address} {side} {one['name']}"
    if one["direct"]["payments"]:
        dealt = {
            "payments": value("count", one["direct"]["payments"]),
            "amount": value("sat", one["direct"]["amount_sat"]),
        }
        yield say("exposure.direct", evidence, values | dealt, about, summary=True)
    if one["indirect"]["most_sat"]:
        spread = {
            "least": value("sat", one["indirect"]["least_sat"]),
            "most": value("sat", one["indirect"]["most_sat"]),
        }
        yield say("exposure.indirect", evidence, values | spread, about)
