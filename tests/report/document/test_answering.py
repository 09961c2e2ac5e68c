"""The ten questions of a court: each has an answer from the case, or says that nothing is known."""

from typing import Any

import pytest

from qaif.analysis.accuracy import figures_of
from qaif.report.document.catalogue import catalogue
from qaif.report.document.language import language, text_of
from qaif.report.document.model import Phrase, Section, Sentence, Table
from qaif.report.document.sections.answering import answers
from support.sample_case import METHOD
from support.sample_material import PINS, material

QUESTIONS = (
    *("grouping", "wrong", "differ", "labels", "conflicts"),
    *("error", "tested", "again", "kept", "unseen"),
)
CO_SPEND = {"id": "co-spend", "version": 1, "measured": "x"}
SAYING = {"asserted_by": "A court", "statement_id": "ab" * 16}


def more(**changes: Any) -> dict[str, Any]:
    """More of one address: a group of three, a trace on which methods do not agree, a contradiction."""
    way = {"basis": {"methods": [{"id": "fifo", "version": 1}]}, "direction": "forward"}
    values = [
        {"value": "1", "sayings": [SAYING]},
        {"value": "2", "sayings": [{**SAYING, "asserted_by": "B"}]},
    ]
    entity = {"id": "w", "properties": [{"name": "status", "values": values}]}
    clash = {"entity_id": "w", "prop": "status", "values": [["1", 1], ["2", 1]]}
    cluster = {"basis": {"methods": [CO_SPEND]}, "members": {"count": 3}, "alarms": [1], "alarms_left_out": 1}
    told = {
        "address": "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq",
        "cluster": cluster,
        "forward": {**way, "depends_on_method": True},
        "backward": {**way, "direction": "backward", "depends_on_method": False},
        "handoffs": None,
        "exposure": None,
        "claims": {"contradictions": [clash], "entities": [entity], "links": []},
    }
    return told | changes


def parts(name: str, **changes: Any) -> tuple[Any, ...]:
    found = {one.id: one for one in answers(material(**changes)).parts if isinstance(one, Section)}
    return found[f"court-{name}"].parts


def templates(name: str, **changes: Any) -> list[str]:
    return [one.template for one in parts(name, **changes) if isinstance(one, (Phrase, Sentence))]


def said(name: str, template: str, **changes: Any) -> str:
    (one,) = [
        each for each in parts(name, **changes) if isinstance(each, Sentence) and each.template == template
    ]
    return text_of(language(catalogue("en")).sentence(one))


def test_each_question_stands_once_in_order_and_has_an_answer() -> None:
    asked = [one for one in answers(material()).parts if isinstance(one, Section)]
    assert [one.id for one in asked] == [f"court-{name}" for name in QUESTIONS]
    assert all(one.parts for one in asked)


def test_grouping_and_its_alarms_are_those_of_the_case() -> None:
    held = {"more": [more()]}
    assert "co-spend/1" in said("grouping", "court.grouped", **held)
    assert "3 scripts" in said("grouping", "court.grouped", **held)
    assert said("wrong", "court.alarms", **held).endswith("controller is 2.")
    assert templates("grouping") == ["court.not_grouped"]


def test_methods_that_do_not_agree_are_told_from_those_that_do() -> None:
    assert templates("differ", more=[more()])[1:] == ["court.depends.forward", "court.agree.backward"]


def test_labels_are_counted_by_their_root() -> None:
    (one,) = [each for each in parts("labels") if isinstance(each, Sentence)]
    assert one.layer == "claim"
    assert (one.values["rows"].value, one.values["documents"].value) == (1, 1)
    assert "court.no_labels" in templates("labels", investigations=[])


def test_contradictions_name_who_says_what_and_none_is_said_where_there_is_none() -> None:
    told = said("conflicts", "court.conflict", more=[more()])
    assert "A court, B" in told
    assert told.endswith("right: 2.")
    assert templates("conflicts")[1:] == ["court.no_conflicts"]


def test_errors_are_the_figures_that_were_written_and_what_was_not_counted_is_said() -> None:
    (table,) = [one for one in parts("error", more=[more()]) if isinstance(one, Table)]
    wanted = sorted((one.hits, one.of, one.data) for one in figures_of("co-spend/1"))
    got = [tuple(cell.value for cell in row.cells if cell)[2:] for row in table.rows]
    assert sorted((hits, of, data) for hits, of, *_, data in got) == wanted
    first = table.rows[0].cells[6]
    assert first is not None
    assert first.value == "no", "what was counted on real data stands first"
    lacking = [
        (one.about, one.template) for one in parts("error", more=[more()]) if isinstance(one, Sentence)
    ]
    assert lacking == [(f"{METHOD['id']}/1", "court.told_error"), ("fifo/1", "court.not_counted")]


def test_nobody_from_outside_has_tested_it_and_the_report_says_so() -> None:
    assert "court.untested" in templates("tested")


def test_what_is_not_pinned_is_named() -> None:
    names = {one.template: one.values["names"].value for one in parts("again") if one.values}
    assert names == {"court.pinned": "chain, claims, prices, policy, program", "court.not_pinned": "lists"}
    bare = {one.template for one in parts("again", pins={**PINS, "lists": "x"})}
    assert "court.not_pinned" not in bare


def test_the_journal_and_the_coverage_are_those_of_the_case() -> None:
    (journal,) = [one for one in parts("kept") if isinstance(one, Sentence)]
    assert journal.values["rows"].value == 3
    assert "court.no_journal" in templates("kept", journal=[])
    assert "note.whole" in templates("unseen")
    partial = {"complete": False, "reasons": [], "told": False, "scripts": []}
    assert "note.not_whole" in templates("unseen", coverage=partial, more_left_out=2)
    assert "court.left_out" in templates("unseen", more_left_out=2)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_measure_has_words(code: str) -> None:
    (table,) = [one for one in parts("error", more=[more()]) if isinstance(one, Table)]
    measures = {str(row.cells[1].value) for row in table.rows if row.cells[1]}
    assert measures
    assert measures <= catalogue(code).terms.keys()
