"""What sources say: documents, claims and their network, campaigns, designations."""

from collections.abc import Iterator
from typing import Any

from qaif.report.document.model import Evidence, Picture, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import history, known, phrase, say, value
from qaif.report.document.sections.shared import (
    Material,
    Part,
    found_addresses,
    of_address,
    present,
    table,
)

_MOST_SAID, _MOST_EDGES = 40, 24
_LONGEST_WORDS = 160


def said(material: Material) -> Section | None:
    """What documents and sources say of each address, the network of it, and what it is worth in money."""
    parts: list[Any] = []
    for number, found in enumerate(found_addresses(material), start=1):
        inner = present(
            *_shown_by(material, found["address"]),
            *_said(found),
            *_worth(found),
            _said_table(found),
        )
        if inner:
            parts.append(Section(f"said-{number}", of_address(found["address"]), inner))
    return Section("said", phrase("section.said"), tuple(parts)) if parts else None


def network(material: Material) -> Section | None:
    """Who is said to be related to whom."""
    edges = list(dict.fromkeys(_edges(material)))
    if not edges:
        return None
    evidence = tuple(dict.fromkeys(Evidence("statement", one[4], "claim") for one in edges))
    data = {"edges": [one[:3] for one in edges[:_MOST_EDGES]]}
    picture = Picture("network", "network", phrase("picture.network"), data, "claim", evidence)
    rows = [
        Row(
            "claim",
            (known("name", one[0]), known("quote", one[1]), known("name", one[2]), known("name", one[3])),
            (Evidence("statement", one[4], "claim"),),
        )
        for one in edges
    ]
    shown = table("table.claims", ("col.one", "col.what", "col.other", "col.said_by"), rows, 50)
    return Section("network", phrase("section.network"), present(phrase("note.network"), picture, shown))


def designations(material: Material) -> Section | None:
    """Who lists each address, over time."""
    parts: list[Any] = []
    for number, more in enumerate(material["more"], start=1):
        answer = more["designations"]
        if answer:
            inner = present(*_listed(answer), _matrix(number, answer), _authorities(answer))
            parts.append(Section(f"designations-{number}", of_address(more["address"]), inner))
    notes = (phrase("note.not_clear"),)
    return Section("designations", phrase("section.designations"), (*notes, *parts)) if parts else None


def campaigns(material: Material) -> Section | None:
    """The campaigns that show the addresses, month by month."""
    parts: list[Any] = []
    for number, one in enumerate(material["campaigns"], start=1):
        roots = sorted({root for appeal in one["appeals"] for root in appeal["roots"]})
        evidence = tuple(Evidence("person", root, "claim") for root in roots) or (
            Evidence("statement", one["campaign"], "claim"),
        )
        values = {
            "by": known("name", ", ".join(roots) or "?"),
            "campaign": known("name", one["name"]),
            "appeals": value("count", len(one["appeals"])),
            "addresses": value("count", len(one["addresses"])),
        }
        sentence = say("campaign.appeals", evidence, values, one["campaign"], summary=True)
        parts += present(sentence, _campaign_picture(number, one, evidence), _campaign_table(one, evidence))
    return Section("campaign", phrase("section.campaign"), tuple(parts)) if parts else None


def _shown_by(material: Material, address: str) -> Iterator[Sentence]:
    """Which documents show it, and where."""
    for each in material["investigations"]:
        document = each["document"]
        mentions = [m for one in each["addresses"] if one["address"] == address for m in one["mentions"]]
        if document and mentions:
            spans = [
                Evidence(
                    "span", f"{document['sha256_hex']}#{m['start']}-{m['end']}", "claim", _taken(document)
                )
                for m in mentions
            ]
            values = {"by": known("name", document["name"]), "address": known("address", address)}
            yield say("document.shows", spans, values, f"{address} {document['sha256_hex']}", summary=True)


def _taken(document: Part) -> str:
    return f"{document['taken_at']}, {document['tool']}"


def _said(found: Part) -> Iterator[Sentence]:
    for one in found["claims"][:_MOST_SAID]:
        values: dict[str, Value | None] = {
            "by": known("name", one["by"]),
            "address": known("address", found["address"]),
            "what": known("quote", _short(one["text"])),
            "status": known("term", one["status"]),
            "reliability": known("term", one["reliability"]),
            "credibility": known("term", str(one["credibility"])),
        }
        root = one["resting_on"][-1] if one["resting_on"] else ""
        if root and root != one["by"]:
            values["root"] = known("name", root)
        template = "said.resting" if "root" in values else "said"
        yield say(template, _evidence_of(one), values, one["statement_id"])


def _evidence_of(one: Part) -> tuple[Evidence, ...]:
    roots = ", ".join(one["resting_on"]) or one["by"]
    note = f"{one['reliability']}{one['credibility']}; {roots}"
    statement = Evidence("statement", one["statement_id"], "claim", note)
    if not one["document_sha256"]:
        return (statement,)
    span = one["span"]
    ref = one["document_sha256"] + (f"#{span[0]}-{span[1]}" if span else "")
    return (statement, Evidence("span", ref, "claim", note))


def _said_table(found: Part) -> Table | None:
    rows = [
        Row(
            "claim",
            (
                known("quote", _short(one["text"])),
                known("name", one["by"]),
                known("name", one["resting_on"][-1]) if one["resting_on"] else None,
                known("term", one["status"]),
                known("id", f"{one['reliability']}{one['credibility']}"),
            ),
            _evidence_of(one),
        )
        for one in found["claims"]
    ]
    return table("table.claims", ("col.what", "col.said_by", "col.root", "col.status", "col.grade"), rows, 50)


def _worth(found: Part) -> Iterator[Sentence]:
    """What was received and sent together was worth, by prices that somebody gave."""
    review = found["review"]
    fiat = review["fiat"] if review else None
    if not fiat or not review["tx_count"]:
        return
    address = found["address"]
    evidence = (
        Evidence("prices", f"{fiat['source']}, {fiat['currency']}", "claim"),
        history(address, review["layer"]),
    )
    for template, total in (
        ("worth.each_day", fiat["at_transaction_day"]),
        ("worth.one_day", fiat["at_day"]),
    ):
        if total["turnover"] is not None:
            values: dict[str, Value | None] = {
                "by": known("name", fiat["source"]),
                "address": known("address", address),
                "amount": known("money", f"{_grouped(total['turnover'])} {fiat['currency']}"),
            }
            if template == "worth.one_day":
                values["day"] = known("day", fiat["day"])
            yield say(template, evidence, values, address)


def _grouped(amount: str) -> str:
    whole, _, part = amount.partition(".")
    return f"{int(whole):,}.{part}" if part else f"{int(whole):,}"


def _edges(material: Material) -> Iterator[tuple[str, str, str, str, str]]:
    """Subject, role, object, who says so and the statement, of each relation that names two ends."""
    for more in material["more"]:
        for link in (more["claims"] or {"links": ()})["links"]:
            values = {one["name"]: one["values"] for one in link["properties"]}
            ends = [
                (one["points_to"] or one["value"], one)
                for name in ("subject", "object", "owner", "asset", "wallet", "holder")
                for one in values.get(name, ())
            ]
            roles = [one["value"] for one in values.get("role", ())] or [", ".join(link["schemata"])]
            if len(ends) > 1:
                saying = ends[1][1]["sayings"][0]
                yield (ends[0][0], roles[0], ends[1][0], saying["asserted_by"], saying["statement_id"])


def _listed(answer: Part) -> Iterator[Sentence]:
    for authority in answer["authorities"]:
        for one in authority["designations"] if authority["status"] == "listed itself" else ():
            evidence = [Evidence("statement", link["statement_id"], "claim") for link in one["links"]]
            evidence.append(Evidence("list", one["list"], "claim"))
            names = ", ".join(answer["names"]) or ", ".join(one["whom"])
            values: dict[str, Value | None] = {
                "by": known("name", ", ".join(one["authority"]) or one["list"]),
                "subject": known("address", answer["asked"]),
                "whom": known("name", names or "?"),
            }
            begun = one["from"] or one["first_seen"]
            about = f"{answer['asked']} {authority['jurisdiction']} {one['id']}"
            if begun:
                values["since"] = known("day", begun[:10])
            yield say("listed" if begun else "listed.undated", evidence, values, about, summary=True)


def _matrix(number: int, answer: Part) -> Picture | None:
    matrix = answer["matrix"]
    if not matrix:
        return None
    evidence = _lists(answer)
    data = {
        "days": matrix["days"],
        "rows": [(row["jurisdiction"], row["statuses"]) for row in matrix["rows"]],
    }
    return Picture(f"matrix-{number}", "matrix", phrase("picture.matrix"), data, "claim", evidence)


def _lists(answer: Part) -> tuple[Evidence, ...]:
    used = {f"{one['list']}@{one['version']}": one for each in answer["authorities"] for one in each["lists"]}
    found = tuple(Evidence("list", name, "claim", one["published_at"] or "") for name, one in used.items())
    return found or (Evidence("list", "none", "claim"),)


def _authorities(answer: Part) -> Table | None:
    rows = []
    for one in answer["authorities"]:
        first = one["designations"][0] if one["designations"] else None
        begun = (first["from"] or first["first_seen"]) if first else None
        lists = ", ".join(f"{used['list']}@{used['version']}" for used in one["lists"])
        cells = (
            known("id", one["jurisdiction"]),
            known("term", one["status"]),
            value("day", begun[:10]) if begun else None,
            value("day", first["to"][:10]) if first and first["to"] else None,
            known("name", lists) if lists else None,
        )
        rows.append(Row("claim", cells, _lists(answer)))
    columns = ("col.jurisdiction", "col.status", "col.since", "col.until", "col.list")
    return table("table.designations", columns, rows, 60)


def _campaign_picture(number: int, one: Part, evidence: tuple[Evidence, ...]) -> Picture | None:
    bars = [(row["month"], row["received_sat"] or 0, row["sent_sat"] or 0) for row in one["timeline"]]
    marks = [row["month"] for row in one["timeline"] if row["appeals"]]
    if not bars:
        return None
    data = {"bars": bars, "marks": marks}
    return Picture(f"campaign-{number}", "months", phrase("picture.campaign"), data, "claim", evidence)


def _campaign_table(one: Part, evidence: tuple[Evidence, ...]) -> Table | None:
    rows = [
        Row(
            "claim",
            (
                known("month", row["month"]),
                value("count", row["appeals"]),
                value("count", row["tx_count"]),
                value("sat", row["received_sat"]),
                value("sat", row["sent_sat"]),
            ),
            evidence,
        )
        for row in one["timeline"]
    ]
    return table(
        "table.campaign", ("col.month", "col.appeals", "col.txs", "col.received", "col.sent"), rows, 120
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…"
