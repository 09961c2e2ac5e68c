"""Every figure of the source documents recomputed: what holds, on which bases, what they say together."""

from collections.abc import Iterator
from typing import Any

from qaif.questions.answer import Layer
from qaif.report.document.model import Evidence, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import history, known, phrase, say
from qaif.report.document.sections.shared import Material, Part, present, table

_CHECKED = ("confirmed", "true on another basis", "contradicted")
_MOST_BASES = 40
_COLUMNS = (
    *("col.figure", "col.standing", "col.quantity", "col.whom", "col.until"),
    *("col.price", "col.comes_out", "col.dated"),
)


def reconciliation(material: Material) -> Section | None:
    """Every figure that a source document states, recomputed and judged."""
    parts = [
        Section(f"reconciliation-{number}", phrase("document.number"), tuple(_parts(one)))
        for number, one in enumerate(material["judged"]["reconciled"], start=1)
        if one["figures"]
    ]
    if not parts:
        return None
    notes = (phrase("note.reconciliation"), phrase("note.none_chosen"))
    return Section("reconciliation", phrase("section.reconciliation"), (*notes, *parts))


def _parts(answer: Part) -> Iterator[Any]:
    for one in answer["figures"]:
        if one["standing"] in _CHECKED or "not-said" not in one["reasons"]:
            yield _judged(answer, one)
    for notice in answer["notices"]:
        yield from _noticed(answer, notice)
    yield from present(_bases(answer), _not_said(answer))


def _judged(answer: Part, one: Part) -> Sentence:
    values: dict[str, Value | None] = {"by": known("name", answer["name"]), "figure": _quoted(one["figure"])}
    evidence = [_span(answer, one["figure"])]
    about = f"{answer['document_sha256']} {one['figure']['number']}"
    first = next(iter(one["as_stated"]), None)
    if one["standing"] == "true on another basis" or (one["standing"] == "confirmed" and one["fits"]):
        first = one["fits"][0]
        template = "figure.confirmed" if one["standing"] == "confirmed" else "figure.other"
        values |= {"quantity": known("term", first["quantity"]), "value": _value(first)}
        count = len(one["fits"]) + one["fits_left_out"]
        values["bases"] = known("count", count)
    elif one["standing"] == "contradicted":
        template = "figure.contradicted" if first else "figure.contradicted_bare"
        if first:
            values |= {"quantity": known("term", first["quantity"]), "value": _value(first)}
    else:
        template = "figure.unchecked"
        values["why"] = known("term", f"why.{one['reasons'][0]}")
    if first and "value" in values:
        evidence += _evidence(answer, first)
    return say(template, evidence, values, about, summary=one["standing"] == "contradicted")


def _noticed(answer: Part, notice: Part) -> Iterator[Sentence]:
    by_number = {one["figure"]["number"]: one["figure"] for one in answer["figures"]}
    told = [by_number[number] for number in notice["figures"]]
    evidence = [_span(answer, one) for one in told]
    about = f"{answer['document_sha256']} {notice['kind']} {' '.join(map(str, notice['figures']))}"
    values: dict[str, Value | None] = {"by": known("name", answer["name"])}
    last = [days[-1] if days else None for days in notice["days"]]
    if notice["kind"] == "raised is not volume":
        values |= {"raised": _quoted(told[0]), "volume": _quoted(told[1])}
        yield say("notice.raised", evidence, values, about, summary=True)
        if last and last[0]:
            priced = [*evidence, *_prices(answer)]
            yield say("notice.raised_same", priced, values | {"day": known("day", last[0])}, about)
        return
    values |= {"one": _quoted(told[0]), "other": _quoted(told[1]), "coins": _quoted(told[2])}
    yield say("notice.worths", evidence, values, about, summary=True)
    for figure, day in zip(told, last, strict=False):
        if day:
            held = {"by": values["by"], "figure": _quoted(figure), "coins": values["coins"]}
            priced = [_span(answer, figure), *_prices(answer)]
            yield say(
                "notice.worth_on", priced, held | {"day": known("day", day)}, f"{about} {figure['number']}"
            )


def _bases(answer: Part) -> Table | None:
    rows = [_row(answer, one, basis) for one in answer["figures"] for basis in one["fits"]]
    return table("table.bases", _COLUMNS, rows, _MOST_BASES)


def _row(answer: Part, one: Part, basis: Part) -> Row:
    return Row(
        "claim",
        (
            _quoted(one["figure"]),
            known("term", one["standing"]),
            known("term", basis["quantity"]),
            known("term", f"of.{basis['of']}"),
            _until(basis),
            _price(basis),
            _value(basis),
            _dated(basis),
        ),
        (_span(answer, one["figure"]), *_evidence(answer, basis)),
    )


def _not_said(answer: Part) -> Table | None:
    """The figures that the text ties to no coins, so that nobody looks for them in vain."""
    rows = [
        Row("claim", (_quoted(one["figure"]),), (_span(answer, one["figure"]),))
        for one in answer["figures"]
        if "not-said" in one["reasons"]
    ]
    return table("table.not_said", ("col.figure",), rows, _MOST_BASES)


def _dated(basis: Part) -> Value:
    days = basis["dated_by_document"]
    return known("id", ", ".join(days)) if days else known("term", "not_named")


def _until(basis: Part) -> Value:
    if basis["cut_offs"]:
        return known("id", ", ".join(basis["cut_offs"]))
    return known("term", "as_told" if basis["of"] == "document" else "all_held")


def _price(basis: Part) -> Value | None:
    days = basis["price_days"]
    if not basis["price"]:
        return known("term", "no_price")
    if not days:
        return known("term", "each_day")
    return known("id", days[0] if len(days) == 1 else f"{days[0]} / {days[-1]}")


def _value(basis: Part) -> Value:
    return known("id", f"{'>= ' if basis['lower_bound'] else ''}{basis['value']} {basis['unit']}".strip())


def _quoted(figure: Part) -> Value:
    return known("quote", figure["quoted"])


def _span(answer: Part, figure: Part) -> Evidence:
    return Evidence("span", f"{answer['document_sha256']}#{figure['start']}-{figure['end']}", "claim")


def _prices(answer: Part) -> tuple[Evidence, ...]:
    prices = answer["basis"]["prices"]
    return (Evidence("prices", prices["source"], "claim", prices["currency"]),) if prices else ()


def _evidence(answer: Part, basis: Part) -> tuple[Evidence, ...]:
    priced = _prices(answer) if basis["price"] else ()
    if basis["of"] == "document":
        return priced
    layer: Layer = "inference" if basis["of"] == "cluster" else "claim" if priced else basis["layer"]
    return (*(history(address, layer) for address in answer["addresses"][:5]), *priced)
