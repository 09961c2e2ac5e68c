"""A MISP event as other programs write it: what it says besides addresses, and that nothing of it is lost."""

import json
from collections import Counter
from typing import Any

import pymisp
import pytest

from qaif.evidence.exchange.misp import MispReader
from qaif.evidence.exchange.misp_objects import ALONE, TEMPLATES
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement import Statement
from support.naughty import NAUGHTY

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
OTHER = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def _object(template: str, /, **values: str) -> pymisp.MISPObject:
    made = pymisp.MISPObject(template)
    for relation, value in values.items():
        made.add_attribute(relation.replace("_", "-"), value)
    return made


def _event() -> pymisp.MISPEvent:
    event = pymisp.MISPEvent()
    event.info = "An invented appeal"
    event.set_date("2024-05-01")
    event.add_tag("tlp:green")
    person = _object("person", first_name="Osk", last_name="Inventar", date_of_birth="1980-01-02", gender="M")
    body = _object("organization", name="Invented Committee", alias="Committee", role="fundraiser")
    account = _object("bank-account", iban="GB29 NWBK 6016 1331 9268 19", institution_name="Invented Bank")
    coin = _object("coin-address", address=ADDRESS, symbol="BTC", total_received="3.5")
    file = _object("file", filename="appeal.pdf", md5="d41d8cd98f00b204e9800998ecf8427e")
    body.add_reference(coin.uuid, "operates")
    person.add_reference(body.uuid, "member-of")
    person.add_reference(file.uuid, "wrote")  # the file is no entity
    for one in (person, body, account, coin, file):
        event.add_object(one)
    event.add_attribute("url", "https://invented.example/give", comment="the appeal")
    event.add_attribute("email", "Give@Invented.example")
    event.attributes[-1].add_tag("kept:by-hand")
    event.add_attribute("phone-number", "+44 20 7946 0100")
    event.add_attribute("iban", "DE89370400440532013000")
    event.add_attribute("full-name", "Osk I. Inventar")
    event.add_attribute("btc", OTHER, comment="another")
    event.add_attribute("md5", "900150983cd24fb0d6963f7d28e17f72", comment="a sample")
    event.add_attribute("text", NAUGHTY[1])
    return event


def _read(event: pymisp.MISPEvent | dict[str, Any]) -> tuple[list[Statement], MispReader]:
    plain = event if isinstance(event, dict) else json.loads(event.to_json())
    reader = MispReader(json.dumps({"Event": plain}).encode(), "misp:test", "event.json")
    return list(reader.statements()), reader


def _values(said: list[Statement], schema: str, prop: str) -> set[str]:
    return {one.value for one in said if (one.schema, one.prop) == (schema, prop)}


def test_persons_bodies_accounts_and_ways_to_reach_them_become_entities() -> None:
    said, reader = _read(_event())
    assert _values(said, "Person", "name") == {"Osk Inventar", "Osk I. Inventar"}
    assert _values(said, "Person", "birthDate") == {"1980-01-02"}
    assert _values(said, "Organization", "name") == {"Invented Committee"}
    assert _values(said, "Organization", "alias") == {"Committee"}
    assert _values(said, "BankAccount", "bankName") == {"Invented Bank"}
    ibans = {one.key for one in said if one.prop == "iban"}
    assert ibans == {"GB29NWBK60161331926819", "DE89370400440532013000"}
    assert _values(said, "LegalEntity", "website") == {"https://invented.example/give"}
    assert {one.key for one in said if one.prop == "email"} == {"give@invented.example"}
    assert _values(said, "LegalEntity", "phone") == {"+44 20 7946 0100"}
    assert _values(said, "CryptoWallet", "publicKey") == {ADDRESS, OTHER}
    counts = reader.counts
    assert (counts.events, counts.addresses, counts.entities, counts.left) == (1, 2, 8, 0)


def test_what_an_object_refers_to_is_a_link_in_its_own_words() -> None:
    said, reader = _read(_event())
    links = {
        one.entity_id: {row.prop: row.value for row in said if row.entity_id == one.entity_id}
        for one in said
        if one.schema == "UnknownLink"
    }
    names = {one.entity_id: one.value for one in said if one.prop == "name"}
    told = {(names[each["subject"]], each["role"], names.get(each["object"])) for each in links.values()}
    assert told == {
        ("Invented Committee", "operates", None),
        ("Osk Inventar", "member of", "Invented Committee"),
    }
    assert reader.counts.references == 2
    assert ADDRESS in {each["object"] for each in links.values()}


def test_what_has_no_place_stands_as_a_note_and_tags_as_keywords() -> None:
    said, reader = _read(_event())
    notes = {schema: _values(said, schema, "notes") for schema in ("Event", "Person", "CryptoWallet")}
    assert "md5: 900150983cd24fb0d6963f7d28e17f72 (a sample)" in notes["Event"]
    assert "file, filename: appeal.pdf" in notes["Event"]
    assert f"text: {NAUGHTY[1]}" in notes["Event"]
    assert notes["Person"] == {"gender: M"}
    assert notes["CryptoWallet"] == {"total-received: 3.5"}
    assert _values(said, "Event", "name") == {"An invented appeal"}
    assert _values(said, "Event", "date") == {"2024-05-01"}
    tagged = [one.schema for one in said if (one.prop, one.value) == ("keywords", "tlp:green")]
    assert Counter(tagged)["Person"] == 2
    assert _values(said, "LegalEntity", "keywords") == {"tlp:green", "kept:by-hand"}
    assert reader.counts.noted == len(notes["Event"]) + 1 + 1 + 1  # and the role of the body


def test_every_value_of_every_attribute_is_found_again() -> None:
    event = json.loads(_event().to_json())
    said, _ = _read(event)
    texts = "\n".join(f"{one.value}\n{one.original or ''}" for one in said)
    attributes = [*event["Attribute"], *(each for one in event["Object"] for each in one["Attribute"])]
    assert len(attributes) > 20
    for each in attributes:
        assert str(each["value"]) in texts, each


def test_what_was_deleted_is_left_and_an_id_that_is_none_of_misp_names_nothing_of_ours() -> None:
    event = json.loads(_event().to_json())
    event["Object"][0]["deleted"] = True
    event["Attribute"][0]["deleted"] = "1"
    event["Object"][1]["uuid"] = ADDRESS
    said, reader = _read(event)
    assert reader.counts.left == 2
    assert _values(said, "LegalEntity", "website") == set()
    assert _values(said, "Person", "name") == {"Osk I. Inventar"}
    bodies = {one.entity_id for one in said if one.schema == "Organization"}
    assert bodies == {"misp:Event/0/Object/1"}
    assert all(one.schema == "CryptoWallet" for one in said if one.entity_id == ADDRESS)


@pytest.mark.parametrize(
    "odd", [{"Tag": 5}, {"Object": {"name": 1}}, {"Object": [{"Attribute": "x"}]}, {"Attribute": [7]}]
)
def test_an_event_of_another_shape_says_only_what_it_says(odd: dict[str, Any]) -> None:
    said, _ = _read({"info": "odd", **odd})
    assert [(one.prop, one.value) for one in said if one.prop != "id"] == [("name", "odd")]


def test_every_property_is_one_of_its_kind() -> None:
    kinds = [(kind, prop) for kind, rows in TEMPLATES.values() for prop in rows.values()]
    for kind, prop in (*kinds, *ALONE.values()):
        assert prop in vocabulary().schemata[kind].properties, (kind, prop)


def test_a_private_key_in_a_note_is_not_kept() -> None:
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    said, _ = _read({"info": "x", "Attribute": [{"type": "other", "value": f"wif {key}"}]})
    assert said
    assert not [one for one in said if key in one.value]
