"""What closes a report: methods, what is not known, the journal, pins, and judgements of analysts."""

from collections.abc import Iterator
from typing import Any

from qaif.report.document.model import Evidence, Phrase, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import known, method, person, phrase, say
from qaif.report.document.sections.shared import Material, Part, present, table


def judgements(material: Material) -> Section | None:
    """What analysts judged, likelihood and confidence each in a sentence of its own (ICD 203)."""
    parts = tuple(_judged(material))
    return Section("judgements", phrase("section.summary"), parts) if parts else None


def decisions(material: Material) -> Section | None:
    """What was accepted, rejected and decided, as its people say."""
    parts: list[Sentence] = []
    for row in material["journal"]:
        if row["act"] in ("accepted", "rejected", "decided"):
            values: dict[str, Value | None] = {
                "by": known("name", row["by"]),
                "act": known("term", row["act"]),
                "subject": known("quote", row["subject"] or material["title"]),
                "why": known("quote", row["text"] or "-"),
                "day": known("day", row["at"][:10]),
            }
            parts.append(say("decision", [person(row["by"], row["at"])], values, f"journal {row['number']}"))
    return Section("decisions", phrase("section.journal"), tuple(parts)) if parts else None


def methods(material: Material) -> Section | None:
    """Every method that anything rests on, with what was measured of its error."""
    used = {(one["id"], one["version"]): one for one in used_methods(material)}
    rows = [
        Row(
            "inference",
            (known("id", f"{one['id']}/{one['version']}"), known("term", str(one.get("measured", "")))),
            (method(one),),
        )
        for one in used.values()
    ]
    shown = table("table.methods", ("col.method", "col.measured"), rows, 60)
    return Section("methods", phrase("section.methods"), (shown,)) if shown else None


def unknown(material: Material) -> Section | None:
    """What the report cannot say."""
    coverage = material["coverage"]
    whole = "note.not_whole"
    if coverage["complete"]:
        whole = "note.told" if coverage["told"] else "note.whole"
    notes = ("note.unknown_control", "note.unknown_purpose", whole, "note.not_clear")
    return Section("unknown", phrase("section.unknown"), tuple(phrase(each) for each in notes))


def journal(material: Material) -> Section | None:
    """What was done in the case, by whom and when."""
    rows = [
        Row(
            "claim",
            (
                known("count", row["number"]),
                known("moment", row["at"]),
                known("name", row["by"]),
                known("term", row["act"]),
                known("count", row["exhibit"]) if row["exhibit"] else None,
                known("quote", " ".join(filter(None, (row["subject"], row["text"])))[:300]),
            ),
            (person(row["by"], row["at"]),),
        )
        for row in material["journal"]
    ]
    columns = ("col.number", "col.when", "col.who", "col.act", "col.exhibit", "col.what")
    shown = table("table.journal", columns, rows, 500)
    parts = present(phrase("note.journal"), shown)
    return Section("journal", phrase("section.journal"), parts) if shown else None


def confidence(material: Material) -> Phrase:
    """How far figures of the chain can be trusted, by what is held; one rule for every case."""
    coverage = material["coverage"]
    reviews = [one["review"] for each in material["investigations"] for one in each["addresses"]]
    if not coverage["complete"]:
        return phrase("confidence.low")
    plain = all(one is not None and one["layer"] == "fact" for one in reviews)
    return phrase("confidence.high" if plain and not coverage["told"] else "confidence.moderate")


def pins_table(material: Material) -> Table | None:
    """What the report rests on, by digest."""
    rows = [
        Row(
            "fact",
            (known("id", name), known("id", text)),
            (Evidence("block", material["pins"]["chain"], "fact"),),
        )
        for name, text in material["pins"].items()
    ]
    return table("table.pins", ("col.kind", "col.ref"), rows, 60)


def _judged(material: Material) -> Iterator[Sentence]:
    for row in material["journal"]:
        if row["act"] != "judged":
            continue
        evidence = [person(row["by"], row["at"])]
        values: dict[str, Value | None] = {
            "by": known("name", row["by"]),
            "what": known("quote", row["text"]),
        }
        about = f"journal {row['number']}"
        if row["likelihood"]:
            likely = values | {"likelihood": known("term", row["likelihood"])}
            yield say("judgement.likelihood", evidence, likely, about, summary=True)
        if row["confidence"]:
            sure = values | {"confidence": known("term", row["confidence"])}
            yield say("judgement.confidence", evidence, sure, about, summary=True)


def used_methods(material: Material) -> Iterator[Part]:
    """Every method that an answer of the case rests on, as often as one does."""
    for each in material["investigations"]:
        for found in each["addresses"]:
            for part in ("review", "activity"):
                yield from (found[part] or {"basis": {}})["basis"].get("methods", ())
    for more in material["more"]:
        for name in ("cluster", "forward", "exposure"):
            answer: Any = more[name]
            yield from answer["basis"].get("methods", ()) if answer else ()
