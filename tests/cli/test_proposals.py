from pathlib import Path
from typing import Any

import pytest

from qaif.records.engine import Records
from support.workspaces import answer, refusal, run

BY = ("--by", "An Analyst")
TEXT = (
    "According to the Nordak Herald, the Zubradin Brigades, the military wing of the Salmandar Front, "
    "received 3.2 million dollars.\n"
    "The address is 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 and the mail is tips@nordakherald.example.\n"
    "Tarkusha Foundation is owned by Dilomar Holding Ltd.\n"
)


@pytest.fixture
def proposed(tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    folder, file = tmp_path / "w", tmp_path / "news.txt"
    file.write_text(TEXT)
    run(folder, "add", str(file))
    listed = answer(folder, "propose", "news.txt")
    assert listed["new"] == len(listed["proposals"])
    return folder, listed["proposals"]


def _of(proposals: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(each for each in proposals if each["kind"] == kind)


def test_proposals_stand_where_they_say_and_claim_nothing(
    proposed: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, proposals = proposed
    assert {each["decision"] for each in proposals} == {"open"}
    for each in proposals:
        assert TEXT[slice(*each["span"])] == each["payload"]["quote"]
    assert answer(folder, "claims", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")["found"] is False
    again = answer(folder, "propose", "news.txt")
    assert (again["new"], again["proposals"]) == (0, proposals)
    assert "None of these is a claim" in run(folder, "propose", "news.txt").stdout


def test_the_table_shows_what_was_assumed_or_repaired(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "note.txt"
    file.write_text("Send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 on 04.05.2023, says the bank.\n")
    run(folder, "add", str(file))
    notes = {
        note
        for each in answer(folder, "propose", "note.txt")["proposals"]
        for note in each["payload"]["notes"]
    }
    shown = " ".join(run(folder, "propose", "note.txt").stdout.split())
    assert any("checksum" in note for note in notes)
    assert "read as day" in shown
    assert "checksum" in shown
    plain = tmp_path / "plain.txt"
    plain.write_text("Write to tips@nordakherald.example.\n")
    run(folder, "add", str(plain))
    assert "notes" not in run(folder, "propose", "plain.txt").stdout


def test_an_accepted_proposal_is_a_claim_with_the_analysts_name_and_can_be_rejected_again(
    proposed: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, proposals = proposed
    one = _of(proposals, "bitcoin-address")
    assert refusal(folder, "accept", one["id"])[1]["code"] == "usage"
    done = answer(folder, "accept", one["id"], *BY, "--reliability", "B", "--credibility", "2")
    assert (done["decided"][0]["decision"], done["claims_added"]) == ("accepted", 2)
    said = answer(folder, "claims", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
    (value,) = said["entities"][0]["properties"][0]["values"]
    saying = value["sayings"][0]
    assert (saying["asserted_by"], saying["entered_by"]) == ("news.txt", "An Analyst")
    assert (saying["reliability"], saying["credibility"]) == ("B", 2)
    traced = answer(folder, "claims", "trace", saying["statement_id"])
    assert (traced["text"], traced["differs"]) == ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", False)
    assert (
        answer(folder, "accept", one["id"], *BY, "--reliability", "B", "--credibility", "2")["claims_added"]
        == 0
    )
    gone = answer(folder, "reject", one["id"][:8], "--reason", "it is an example", *BY)
    assert gone["claims_retracted"] == 2
    assert answer(folder, "claims", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")["found"] is False
    with Records.open(folder) as records:
        history = records.proposals.history(one["id"])
    assert [each.decision for each in history] == ["accepted", "accepted", "rejected"]


def test_a_relation_becomes_a_link_with_its_chain_of_sources(
    proposed: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, proposals = proposed
    wing = _of(proposals, "relation: military wing of")
    answer(folder, "accept", wing["id"], *BY)
    with Records.open(folder) as records:
        rows = [row.statement for row in records.statements.of_schemata(["Membership"])]
        member = next(row for row in rows if row.prop == "member").value
    assert "Nordak Herald" in rows[0].assertion.resting_on[0]
    said = answer(folder, "claims", member)
    assert said["entities"][0]["caption"] == "Zubradin Brigades"
    (link,) = said["links"]
    assert link["schemata"] == ["Membership"]
    owned = _of(proposals, "relation: owned by")
    answer(folder, "accept", owned["id"], *BY, "--status", "alleged")
    with Records.open(folder) as records:
        edge = {
            row.statement.prop: row.statement.value for row in records.statements.of_schemata(["Ownership"])
        }
        names = {
            row.statement.entity_id: row.statement.value for row in records.statements.with_props(["name"])
        }
    assert names[edge["owner"]].startswith("Dilomar Holding")
    assert names[edge["asset"]] == "Tarkusha Foundation"


def test_what_says_nothing_of_an_entity_becomes_a_claim_only_by_an_edit(
    proposed: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, proposals = proposed
    amount = _of(proposals, "amount")
    assert refusal(folder, "accept", amount["id"], *BY)[1]["code"] == "input"
    changes = ("--entity", "payment-1", "--schema", "Payment", "--prop", "amountUsd", "--value", "3200000")
    assert answer(folder, "edit", amount["id"], *changes, *BY)["claims_added"] == 2
    payment = answer(folder, "claims", "payment-1")["entities"][0]
    assert payment["properties"][0]["values"][0]["value"] == "3200000"
    other = (*changes[:-1], "3300000")
    moved = answer(folder, "edit", amount["id"], *other, *BY)
    assert (moved["claims_added"], moved["claims_retracted"]) == (1, 1)
    assert refusal(folder, "edit", amount["id"], *BY)[1]["code"] == "usage"
    assert refusal(folder, "edit", amount["id"], "--role", "x", *BY)[1]["code"] == "input"
    assert refusal(folder, "accept", "ffffffff", *BY)[1]["code"] == "not-found"


def test_an_erased_person_is_in_no_proposal_and_is_not_proposed_again(
    proposed: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, proposals = proposed
    name = next(p for p in proposals if p["kind"] == "name" and "Tarkusha" in p["payload"]["value"])
    answer(folder, "edit", name["id"], "--schema", "Person", *BY)
    with Records.open(folder) as records:
        (entity,) = {row.statement.entity_id for row in records.statements.of_schemata(["Person"])}
    done = answer(folder, "claims", "erase", entity, "--reason", "asked", *BY)
    assert done["proposals"] >= 2
    assert done["decisions"] == 1
    again = answer(folder, "propose", "news.txt")
    assert again["new"] == 0
    for file in folder.glob("records.sqlite*"):
        assert b"Tarkusha Foundation" not in file.read_bytes()


def test_one_thing_said_to_be_worth_two_sums_is_flagged_in_proposals_and_in_claims(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "news.txt"
    file.write_text(
        "The brigades raised 24 million dollars in bitcoin.\n"
        "The wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 took 3370 BTC (29 million dollars).\n"
    )
    run(folder, "add", str(file))
    listed = answer(folder, "propose", "news.txt")
    (one,) = listed["contradictions"]
    amounts = {
        each["id"]: each["payload"]["value"] for each in listed["proposals"] if each["kind"] == "amount"
    }
    assert (one["kind"], [amounts[each] for each in one["proposals"]]) == ("amounts", one["values"])
    assert one["values"] == ["24000000 USD", "29000000 USD"]
    assert "contradict itself" in run(folder, "propose", "news.txt").stdout
    of = ("--entity", "payment-1", "--schema", "Payment", "--prop", "amountUsd", *BY)
    for each in one["proposals"]:
        answer(folder, "edit", each, *of)
    (said,) = answer(folder, "claims", "payment-1")["contradictions"]
    assert (said["kind"], said["prop"]) == ("amounts", "amountUsd")


def test_a_text_that_agrees_with_itself_is_not_flagged(proposed: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, _ = proposed
    assert answer(folder, "propose", "news.txt")["contradictions"] == []
