"""Rival explanations, what is missing and whom to ask what, and what to do about it."""

from collections.abc import Iterator
from typing import Any

from qaif.report.document.model import Evidence, Row, Section, Sentence, Table, Value
from qaif.report.document.saying import history, known, method, phrase, say
from qaif.report.document.sections.shared import Material, Part, methods_value, of_address, present, table

_MOST = 60


def rivals(material: Material) -> Section | None:
    """What else could explain what each address did, from the methods' own failure cases."""
    parts: list[Any] = [
        Section(f"rivals-{number}", of_address(one["address"]), tuple(_rivals(one)))
        for number, one in enumerate(material["judged"]["rivals"], start=1)
    ]
    if not parts:
        return None
    return Section("rivals", phrase("section.rivals"), (phrase("note.rivals"), *parts))


def requests(material: Material) -> Section | None:
    """What is missing, and whom to ask what."""
    parts: list[Any] = []
    for number, one in enumerate(material["judged"]["requests"], start=1):
        inner = [part for request in one["requests"] for part in _request(one, request)]
        parts.append(Section(f"requests-{number}", of_address(one["subjects"][0]), (*inner, *_payments(one))))
    notes = (phrase("note.missing"), phrase("note.not_this_money"), *_missing(material))
    if not parts:
        return Section("requests", phrase("section.requests"), (*notes, phrase("note.nobody_to_ask")))
    wanted = dict.fromkeys(
        word
        for one in material["judged"]["requests"]
        for request in one["requests"]
        for word in request["wanted"]
    )
    asked = tuple(phrase(f"wanted.{word}") for word in wanted)
    return Section("requests", phrase("section.requests"), (*notes, phrase("note.ask"), *asked, *parts))


def recommendations(material: Material) -> Section | None:
    """For each authority what a designation would need; for exchanges rules; for the desk what to watch."""
    found = material["judged"]["recommended"]
    tests = _legal_tests(material)
    rules, watch = (_rules(found), _watch(found)) if found else (None, None)
    parts = present(
        phrase("note.legal_tests") if tests else None,
        tests,
        phrase("note.policy") if rules else None,
        rules,
        watch,
    )
    return Section("recommendations", phrase("section.recommendations"), parts) if parts else None


def _rivals(answer: Part) -> Iterator[Any]:
    for one in answer["rivals"]:
        yield phrase(f"rival.{one['id']}")
        yield phrase(f"rival.{_VERDICTS[one['verdict']]}")
        yield phrase(f"settled.{one['id']}")
    rows = [_check(answer, one, check) for one in answer["rivals"] for check in one["checks"]]
    columns = ("col.rival", "col.check", "col.counted", "col.of", "col.speaks", "col.txid")
    yield from present(table("table.checks", columns, rows, _MOST))


_VERDICTS = {"supported": "supported", "open": "open", "not supported by what is held": "unsupported"}


def _check(answer: Part, one: Part, check: Part) -> Row:
    address, witness = answer["address"], check["witness"]
    seen = tuple(Evidence("transaction", ref["txid"], "fact") for ref in witness)
    return Row(
        check["layer"],
        (
            known("term", f"rival.{one['id']}"),
            known("term", f"check.{check['id']}"),
            known("count", check["counted"]),
            known("count", check["of"]),
            known("term", check["outcome"]),
            known("txid", witness[0]["txid"]) if witness else None,
        ),
        (history(address, check["layer"]), *seen),
    )


def _missing(material: Material) -> Iterator[Any]:
    """What the case itself lacks: blocks, lists, prices, a second source."""
    if not material["coverage"]["complete"]:
        yield phrase("missing.blocks")
    if material["pins"].get("lists") in (None, "none"):
        yield phrase("missing.lists")
    if material["pins"].get("prices") in (None, "none"):
        yield phrase("missing.prices")
    said = [one for each in material["investigations"] for a in each["addresses"] for one in a["claims"]]
    if not said:
        yield phrase("missing.claims")
    elif all(one["independent_sources"] < 2 for one in said):  # noqa: PLR2004  a second root
        yield phrase("missing.second_source")


def _request(answer: Part, one: Part) -> Iterator[Sentence]:
    common: dict[str, Value | None] = {
        "payments": known("count", len(one["payments"])),
        "address": known("address", answer["subjects"][0]),
    }
    about = f"request {one['known_by']}"
    if one["service"]:
        by = ", ".join(one["said_by"]) or "?"
        evidence = [Evidence("statement", each, "claim") for each in one["statement_ids"]]
        evidence = evidence or [Evidence("person", by, "claim")]
        named = {"by": known("name", by), "service": known("name", one["service"])}
        yield say("request.named", evidence, common | named, about)
    else:
        used = answer["basis"].get("methods", ())
        shaped = {"method": methods_value(used), "place": known("address", one["known_by"])}
        seen = [history(answer["subjects"][0], "inference"), *map(method, used)]
        yield say("request.shaped", seen, common | shaped, about)


def _payments(answer: Part) -> tuple[Table, ...]:
    rows = [
        Row(
            request["layer"],
            (
                known("moment", one["time"]),
                known("term", one["direction"]),
                known("address", one["addresses"][0]) if one["addresses"] else None,
                known("sat", one["amount_sat"]),
                known("txid", one["txid"]),
                known("term", "yes" if one["shared"] else "no"),
            ),
            (
                history(answer["subjects"][0], request["layer"]),
                Evidence("transaction", one["txid"], "fact"),
            ),
        )
        for request in answer["requests"]
        for one in request["payments"]
    ]
    columns = ("col.time", "col.direction", "col.service", "col.amount", "col.txid", "col.shared_by")
    return present(table("table.requests", columns, rows, _MOST))


def _legal_tests(material: Material) -> Table | None:
    """Each authority: whether it lists the address; its legal test was not read in a quoted source."""
    rows = [
        Row(
            "claim",
            (
                known("id", one["jurisdiction"]),
                known("address", more["address"]),
                known("term", one["status"]),
                known("term", "not encoded"),
            ),
            tuple(Evidence("list", f"{each['list']}@{each['version']}", "claim") for each in one["lists"])
            or (Evidence("list", one["jurisdiction"], "claim"),),
        )
        for more in material["more"]
        if more["designations"]
        for one in more["designations"]["authorities"]
    ]
    columns = ("col.jurisdiction", "col.address", "col.status", "col.legal_test")
    return table("table.legal_tests", columns, rows, _MOST)


def _rules(found: Part) -> Table | None:
    rows = [
        Row(
            "inference",
            (known("id", rule), known("term", f"rule.{rule}")),
            tuple(history(address, "inference") for address in found["subjects"]),
        )
        for rule in found["rules"]
    ]
    return table("table.rules", ("col.rule", "col.what"), rows, _MOST)


def _watch(found: Part) -> Table | None:
    rows = [
        Row(
            "inference",
            (
                known("address", one["subject"]),
                known("term", f"watch.{one['why']}"),
                known("txid", one["txid"]) if one["txid"] else None,
            ),
            (history(one["subject"], "inference"),),
        )
        for one in found["watch"]
    ]
    return table("table.watch", ("col.address", "col.reason", "col.txid"), rows, _MOST)
