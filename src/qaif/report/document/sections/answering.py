"""What a court and a buyer ask of methods, answered from data; what nobody knows is said to be so."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from qaif.analysis.accuracy import NOT_MEASURED, Figure, figures_of
from qaif.report.document.model import Evidence, Row, Section, Sentence
from qaif.report.document.saying import history, known, method, person, phrase, say
from qaif.report.document.sections.closing import used_methods
from qaif.report.document.sections.shared import (
    Material,
    Part,
    found_addresses,
    methods_value,
    present,
    table,
)

_MOST = 60
_NOTHING = ("none", "")


def answers(material: Material) -> Section:
    """The ten questions, in the order in which they are asked."""
    asked = (
        ("grouping", _grouping(material)),
        ("wrong", _wrong(material)),
        ("differ", _differing(material)),
        ("labels", _labels(material)),
        ("conflicts", _conflicts(material)),
        ("error", _error(material)),
        ("tested", iter((phrase("court.untested"), phrase("court.recount")))),
        ("again", _again(material)),
        ("kept", _kept(material)),
        ("unseen", _unseen(material)),
    )
    parts = tuple(Section(f"court-{name}", phrase(f"court.{name}"), tuple(told)) for name, told in asked)
    return Section("court", phrase("section.court"), (phrase("note.court"), *parts))


def _clusters(material: Material) -> Iterator[tuple[str, Part]]:
    return ((more["address"], more["cluster"]) for more in material["more"] if more["cluster"])


def _grouping(material: Material) -> Iterator[Any]:
    """How addresses are grouped."""
    grouped = list(_clusters(material))
    if not grouped:
        yield phrase("court.not_grouped")
        return
    yield phrase("court.grouping_words")
    for address, answer in grouped:
        used = answer["basis"].get("methods", ())
        values = {
            "method": methods_value(used),
            "address": known("address", address),
            "scripts": known("count", answer["members"]["count"]),
        }
        yield say("court.grouped", [history(address, "inference"), *map(method, used)], values, address)


def _wrong(material: Material) -> Iterator[Any]:
    """What happens when grouping is wrong."""
    yield phrase("court.wrong_words")
    for address, answer in _clusters(material):
        used = answer["basis"].get("methods", ())
        values = {
            "method": methods_value(used),
            "address": known("address", address),
            "alarms": known("count", len(answer["alarms"]) + answer["alarms_left_out"]),
        }
        yield say("court.alarms", [history(address, "inference"), *map(method, used)], values, address)


def _differing(material: Material) -> Iterator[Any]:
    """Which techniques differ, and why."""
    yield phrase("court.differ_words")
    for more in material["more"]:
        for way in (more["forward"], more["backward"]):
            if way:
                used, address = way["basis"].get("methods", ()), more["address"]
                name = f"court.{'depends' if way['depends_on_method'] else 'agree'}.{way['direction']}"
                values = {"method": methods_value(used), "address": known("address", address)}
                yield say(name, [history(address, "inference"), *map(method, used)], values, address)


def _labels(material: Material) -> Iterator[Any]:
    """How labels are evidenced, and by whom."""
    yield phrase("court.labels_words")
    said: dict[str, list[Part]] = {}
    for one in (each for found in found_addresses(material) for each in found["claims"]):
        said.setdefault(one["resting_on"][-1] if one["resting_on"] else one["by"], []).append(one)
    if not said:
        yield phrase("court.no_labels")
    for root, rows in said.items():
        values = {
            "by": known("name", root or "?"),
            "rows": known("count", len(rows)),
            "documents": known("count", sum(one["document_sha256"] is not None for one in rows)),
        }
        evidence = [Evidence("statement", one["statement_id"], "claim") for one in rows]
        yield say("court.labelled", evidence, values, f"root {root}")


def _conflicts(material: Material) -> Iterator[Any]:
    """How labels that contradict each other are handled."""
    yield phrase("court.conflicts_words")
    found = False
    for more in material["more"]:
        answer = more["claims"] or {"contradictions": ()}
        for one in answer["contradictions"]:
            found = True
            yield _conflict(more["address"], one, answer)
    if not found:
        yield phrase("court.no_conflicts")


def _conflict(address: str, one: Part, answer: Part) -> Sentence:
    sayings = [
        saying
        for entity in (*answer["entities"], *answer["links"])
        if entity["id"] == one["entity_id"]
        for prop in entity["properties"]
        if prop["name"] == one["prop"]
        for value in prop["values"]
        for saying in value["sayings"]
    ]
    by = ", ".join(dict.fromkeys(saying["asserted_by"] for saying in sayings)) or "?"
    evidence = [Evidence("statement", saying["statement_id"], "claim") for saying in sayings]
    values = {
        "by": known("name", by),
        "address": known("address", address),
        "property": known("id", one["prop"]),
        "count": known("count", len(one["values"])),
    }
    about = f"{address} {one['entity_id']} {one['prop']}"
    return say("court.conflict", evidence or [Evidence("person", by, "claim")], values, about)


def _error(material: Material) -> Iterator[Any]:
    """What was measured of each method's error, and on what."""
    used = {f"{one['id']}/{one['version']}": one for one in _all_methods(material)}
    if not used:
        yield phrase("court.no_methods")
        return
    rows = [_figure(one, each) for name, one in used.items() for each in _in_order(name)]
    yield phrase("court.error_words")
    yield from present(table("table.court_error", _ERROR_COLUMNS, rows, _MOST))
    yield from (
        say(_without_count(one), [method(one)], {"method": known("id", name)}, name)
        for name, one in used.items()
        if not figures_of(name)
    )


def _without_count(one: Part) -> str:
    """A method may tell in words what is known of its error, or why nothing can be."""
    told = one.get("measured") or NOT_MEASURED
    return "court.not_counted" if told == NOT_MEASURED else "court.told_error"


_ERROR_COLUMNS = (
    *("col.method", "col.measured", "col.counted", "col.of"),
    *("col.low", "col.high", "col.simulated", "col.data"),
)


def _in_order(name: str) -> list[Figure]:
    """Real data first."""
    return sorted(figures_of(name), key=lambda one: one.simulated)


def _figure(one: Part, figure: Figure) -> Row:
    return Row(
        "inference",
        (
            known("id", f"{one['id']}/{one['version']}"),
            known("term", figure.measure),
            known("count", figure.hits),
            known("count", figure.of),
            known("ppm", figure.low_ppm),
            known("ppm", figure.high_ppm),
            known("term", "yes" if figure.simulated else "no"),
            known("id", figure.data),
        ),
        (method(one),),
    )


def _all_methods(material: Material) -> Iterator[Part]:
    ways = ("backward", "handoffs")
    further = (
        more[way]["basis"].get("methods", ()) for more in material["more"] for way in ways if more[way]
    )
    return chain(used_methods(material), chain.from_iterable(further))


def _again(material: Material) -> Iterator[Any]:
    """Whether another person gets the same answer."""
    yield phrase("court.again_words")
    pinned = [name for name in _LOCKS if str(material["pins"].get(name, "none")) not in _NOTHING]
    loose = [name for name in _LOCKS if name not in pinned]
    for template, names in (("court.pinned", pinned), ("court.not_pinned", loose)):
        if names:
            yield phrase(template, {"names": known("id", ", ".join(names))})


_LOCKS = ("chain", "lists", "claims", "prices", "policy", "program")


def _kept(material: Material) -> Iterator[Any]:
    """How the data was kept."""
    yield phrase("court.kept_words")
    rows = material["journal"]
    if not rows:
        yield phrase("court.no_journal")
        return
    by = ", ".join(dict.fromkeys(row["by"] for row in rows))
    values = {"by": known("name", by), "rows": known("count", len(rows))}
    yield say("court.journal", [person(row["by"], row["at"]) for row in rows], values, "journal")


def _unseen(material: Material) -> Iterator[Any]:
    """What the program cannot see."""
    yield from map(phrase, ("court.off_chain", "note.unknown_control", "note.unknown_purpose"))
    coverage = material["coverage"]
    whole = "note.told" if coverage["told"] else "note.whole"
    yield phrase(whole if coverage["complete"] else "note.not_whole")
    if material["more_left_out"]:
        yield phrase("court.left_out")
