"""Other programs read what we write, and we read what they write."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pymisp
import pytest
import stix2  # type: ignore[import-untyped]  # it ships no types

from support.naughty import NAUGHTY
from support.workspaces import answer, refusal, run

ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
OTHER = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
BY = ("--by", "An Analyst", "--asserted-by", "The Daily Example", "--resting-on", "A Report")
FTM = (
    {"id": "w1", "schema": "CryptoWallet", "properties": {"publicKey": [ADDRESS], "holder": ["p1"]}},
    {
        "id": "p1",
        "schema": "Person",
        "caption": "Invented Person",
        "datasets": ["a_list"],
        "referents": ["x"],
        "first_seen": "2024-01-01T00:00:00",
        "last_seen": "2025-01-01T00:00:00",
        "target": True,
        "properties": {"name": ["Invented Person", *NAUGHTY], "topics": ["sanction"], "unheardOf": ["kept"]},
    },
    {"id": "s1", "schema": "Sanction", "properties": {"entity": ["p1"], "authority": ["An Authority"]}},
    {"id": "q1", "schema": "NotYetInvented", "properties": {"what": ["kept"], "privateKey": ["secret"]}},
)


def _ftm(folder: Path) -> Path:
    file = folder / "entities.ftm.json"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in FTM))
    return file


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of one's own: a wallet, who is said to run it, and hostile words."""
    folder = tmp_path / "w"

    def add(schema: str, prop: str, value: str, *more: str) -> str:
        given = ("claims", "add", "--schema", schema, "--prop", prop, f"--value={value}", *more, *BY)
        return str(answer(folder, *given)["entity_id"])

    add("CryptoWallet", "publicKey", ADDRESS)
    add("CryptoWallet", "publicKey", OTHER)
    for text in NAUGHTY[:12]:
        add("CryptoWallet", "description", text, "--entity", ADDRESS)
    group = add("Organization", "name", "Invented Committee")
    link = add("UnknownLink", "subject", ADDRESS)
    add("UnknownLink", "object", group, "--entity", link)
    add("UnknownLink", "role", "operated by", "--entity", link)
    appeal = add("Appeal", "wording", "Give to the Invented Committee")
    add("Appeal", "wallet", ADDRESS, "--entity", appeal)
    return folder


def test_followthemoney_goes_in_and_comes_out(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", _ftm(tmp_path)
    done = answer(folder, "ftm", "import", str(file))
    counts = done["counts"]
    assert (counts["entities"], counts["left_out"]) == (4, 1)
    assert counts["unknown_schemata"] == ["NotYetInvented"]
    assert "Person.unheardOf" in counts["unknown_properties"]
    said = answer(folder, "claims", ADDRESS)
    assert said["entities"][0]["properties"][1]["values"][0]["points_to"] == "Invented Person"
    person = answer(folder, "claims", "p1")
    name = person["entities"][0]["properties"][0]["values"][0]
    assert (name["roots"], name["sayings"][0]["last_seen"]) == (["a_list"], "2025-01-01T00:00:00")
    traced = answer(folder, "claims", "trace", name["sayings"][0]["statement_id"])
    assert '"id": "p1"' in traced["text"]
    out = tmp_path / "out.json"
    answer(folder, "ftm", "export", "--out", str(out), "--dataset", done["dataset"])
    back = {each["id"]: each for each in map(json.loads, out.read_text().splitlines())}
    assert back["w1"]["properties"] == FTM[0]["properties"]
    assert back["p1"]["properties"]["name"] == ["Invented Person", *NAUGHTY]
    assert back["p1"]["properties"]["notes"] == ["unheardOf: kept"]
    assert back["q1"]["schema"] == "NotYetInvented"
    assert "secret" not in out.read_text()
    file.write_text(json.dumps(FTM[0]) + "\n")
    again = answer(folder, "ftm", "import", str(file))["said"]
    assert (again["added"], again["already"], again["retracted"]) == (0, 3, done["said"]["added"] - 3)


@pytest.mark.parametrize(
    "line", ["not json", "[]", '{"id": 1, "schema": "Person"}', '{"id": "x"}', "[" * 9999]
)
def test_a_line_that_is_no_entity_is_named_and_nothing_is_taken_in(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(f"{json.dumps(FTM[0])}\n{line}\n")
    status, error = refusal(tmp_path / "w", "ftm", "import", str(file))
    assert (status, error["code"], error["details"]["line"]) == (65, "input", 2)
    assert answer(tmp_path / "w", "claims", ADDRESS)["found"] is False


_ACCEPTS = """
import json, sys
from followthemoney import model
for line in open(sys.argv[1], encoding="utf-8"):
    data = json.loads(line)
    entity = model.get_proxy(data)
    entity.schema.validate(entity.to_dict())
    missing = [p for p in data["properties"] if p not in entity.schema.properties]
    assert not missing, (data["schema"], missing)
    assert not [v for v in data["properties"].get("publicKey", []) if v not in entity.get("publicKey")]
    print(entity.id, entity.schema.name)
"""


def _python_with_followthemoney() -> str | None:
    """A Python that has the library: this one, or one that the environment names."""
    import os
    import sys

    for python in (sys.executable, os.environ.get("QAIF_FOLLOWTHEMONEY_PYTHON", "")):
        if python and shutil.which(python):
            asked = [python, "-c", "import followthemoney"]
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return python
    return None


def test_the_followthemoney_library_accepts_what_we_write(case: Path, tmp_path: Path) -> None:
    python = _python_with_followthemoney()
    if python is None:
        pytest.skip(
            "the library followthemoney is not installed; QAIF_FOLLOWTHEMONEY_PYTHON names one that has it"
        )
    out = tmp_path / "out.json"
    answer(case, "ftm", "export", "--out", str(out))
    done = subprocess.run([python, "-c", _ACCEPTS, str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {line.split()[-1] for line in done.stdout.splitlines()} == {
        *("CryptoWallet", "Organization", "UnknownLink", "Event")
    }


def _texts(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_pymisp_reads_ours_and_we_read_it_back(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "event.json"
    assert answer(case, "misp", "export", "--out", str(out), "--title", "A case")["objects"] == 2
    event = pymisp.MISPEvent()
    event.load_file(str(out))
    assert event.info == "A case"
    objects = event.get_objects_by_name("coin-address")
    assert {one.get_attributes_by_relation("address")[0].value for one in objects} == {ADDRESS, OTHER}
    assert all(one.template_uuid == "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46" for one in objects)
    report = event.event_reports[0].content
    assert "operated by Invented Committee" in report
    assert "A Report" in report
    for text in NAUGHTY[:10]:
        assert text in report
    again = tmp_path / "again"
    back = answer(again, "misp", "import", str(out))
    assert (back["counts"]["events"], back["counts"]["addresses"]) == (1, 2)
    assert answer(again, "claims", ADDRESS)["found"]
    assert answer(again, "claims", OTHER)["found"]


def test_we_read_what_pymisp_writes(tmp_path: Path) -> None:
    event = pymisp.MISPEvent()
    event.info = "from elsewhere"
    coin = pymisp.MISPObject("coin-address")
    coin.add_attribute("address", ADDRESS)
    coin.add_attribute("symbol", "BTC")
    coin.add_attribute("text", NAUGHTY[1])
    wallet = pymisp.MISPObject("btc-wallet")
    wallet.add_attribute("wallet-address", OTHER)
    ether = pymisp.MISPObject("coin-address")
    ether.add_attribute("address-crypto", "0xbe0eb53f46cd790cd13851d5eff43d12404d33e8")
    ether.add_attribute("symbol", "ETH")
    for one in (coin, wallet, ether):
        event.add_object(one)
    event.add_attribute("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"Event": json.loads(event.to_json())}))
    done = answer(tmp_path / "w", "misp", "import", str(file))
    assert done["counts"]["addresses"] == 3
    assert done["counts"]["not_addresses"] == ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"]
    assert done["coverage"]["complete"] is False
    assert NAUGHTY[1] in _texts(answer(tmp_path / "w", "claims", ADDRESS)).replace('\\"', '"')
    assert answer(tmp_path / "w", "claims", OTHER)["found"]


def test_stix2_reads_ours_and_we_read_it_back(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle.json"
    assert answer(case, "stix", "export", "--out", str(out), "--title", "A case")["objects"] == 2
    bundle = stix2.parse(out.read_text(), allow_custom=True)
    kinds = [each["type"] for each in bundle.objects]
    assert kinds.count("cryptocurrency-wallet") == 2
    for each in bundle.objects:
        if each["type"] in ("identity", "extension-definition"):
            stix2.parse(each.serialize())  # strict; what names a wallet cannot be, for the library's sake
    notes = [each for each in bundle.objects if each["type"] == "note"]
    assert any("operated by Invented Committee" in each.content for each in notes)
    for text in NAUGHTY[:10]:
        assert any(text in each.content for each in notes)
    again = tmp_path / "again"
    back = answer(again, "stix", "import", str(out))
    assert (back["counts"]["addresses"], back["counts"]["notes"]) == (2, len(notes))
    said = _texts(answer(again, "claims", ADDRESS))
    assert "operated by Invented Committee" in said
    assert "The Daily Example" in said


def test_we_read_wallets_as_opencti_writes_them(tmp_path: Path) -> None:
    identity = stix2.Identity(name="Some Institute", identity_class="organization")
    wallet = {"type": "cryptocurrency-wallet", "spec_version": "2.1", "value": ADDRESS}
    wallet["id"] = "cryptocurrency-wallet--0d52ab1a-6b6d-5b1c-9b0b-1b1c9e3f7c11"
    said = "seen in an appeal"
    note = stix2.Note(content=said, object_refs=[wallet["id"]], created_by_ref=identity.id, allow_custom=True)
    objects = [wallet, json.loads(identity.serialize()), json.loads(note.serialize()), {"type": "unheard-of"}]
    file = tmp_path / "b.json"
    file.write_text(
        json.dumps(
            {"type": "bundle", "id": f"bundle--{'0' * 8}-0000-4000-8000-{'0' * 12}", "objects": objects}
        )
    )
    counts = answer(tmp_path / "w", "stix", "import", str(file))["counts"]
    assert (counts["addresses"], counts["notes"], counts["left"]) == (1, 1, 2)
    assert "Some Institute" in _texts(answer(tmp_path / "w", "claims", ADDRESS))


def _bundled(tmp_path: Path, *objects: Any) -> Path:
    file = tmp_path / "linked.json"
    plain = [each if isinstance(each, dict) else json.loads(each.serialize()) for each in objects]
    file.write_text(json.dumps({"type": "bundle", "id": f"bundle--{uuid4()}", "objects": plain}))
    return file


def test_actors_and_indicators_of_a_bundle_are_linked_in_its_own_words(tmp_path: Path) -> None:
    writer = stix2.Identity(name="Some Institute", identity_class="organization")
    site = stix2.Identity(name="Invented Gifts", identity_class="organization")
    group = stix2.ThreatActor(name="Invented Brigade", aliases=["The Tenth"], created_by_ref=writer.id)
    wallet = {"type": "cryptocurrency-wallet", "spec_version": "2.1", "value": ADDRESS}
    wallet["id"] = "cryptocurrency-wallet--0d52ab1a-6b6d-5b1c-9b0b-1b1c9e3f7c11"
    uses = stix2.Relationship(
        source_ref=group.id,
        target_ref=wallet["id"],
        relationship_type="uses",
        confidence=75,
        created_by_ref=writer.id,
        external_references=[{"source_name": "report", "url": "https://example.org/report"}],
        allow_custom=True,
    )
    serves = stix2.Relationship(site.id, "attributed-to", group.id, revoked=True, created_by_ref=writer.id)
    odd = {**json.loads(uses.serialize()), "id": ADDRESS}
    asked = stix2.Indicator(
        name="gifts",
        pattern=f"[cryptocurrency-wallet:value = '{OTHER}'] OR [cryptocurrency-wallet:address = '0xother']",
        pattern_type="stix",
        valid_from="2020-01-02T00:00:00Z",
        created_by_ref=writer.id,
    )
    file = _bundled(tmp_path, writer, site, group, wallet, uses, serves, odd, asked, {"type": "campaign"})
    counts = answer(tmp_path / "w", "stix", "import", str(file))["counts"]
    assert (counts["addresses"], counts["actors"], counts["relationships"]) == (3, 2, 2)
    assert counts["left"] == 3  # who wrote it, what claims an id of ours, a campaign
    said = _texts(answer(tmp_path / "w", "claims", ADDRESS))
    assert all(text in said for text in ("Invented Brigade", "uses", "https://example.org/report"))
    assert '"credibility": 2' in said
    assert "Some Institute" in said
    assert "gifts" in _texts(answer(tmp_path / "w", "claims", OTHER))
    revoked = _texts(answer(tmp_path / "w", "claims", group.id))
    assert "attributed to" in revoked
    assert "retracted" in revoked


@pytest.mark.parametrize("kind", ["misp", "stix"])
@pytest.mark.parametrize(
    "text", ["", "not json", "[]", "{}", "3", '{"Event": 3}', '{"type": "bundle"}', "[" * 9999]
)
def test_what_is_neither_is_refused(tmp_path: Path, kind: str, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    assert refusal(tmp_path / "w", kind, "import", str(file))[1]["code"] == "input"
    assert run(tmp_path / "w", kind, "import", str(tmp_path / "none")).exit_code == 66


def test_other_chains_keep_their_symbol_and_what_is_no_address_is_not_passed_on(tmp_path: Path) -> None:
    folder, pack = tmp_path / "w", tmp_path / "p.yaml"
    ether = "0xbe0eb53f46cd790cd13851d5eff43d12404d33e8"
    tags = [
        {"address": ADDRESS, "label": "ours", "currency": "BTC"},
        {"address": ether, "label": "ether", "currency": "ETH"},
        {"address": "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", "label": "wrong", "currency": "BTC"},
    ]
    pack.write_text(json.dumps({"title": "t", "creator": "c", "tags": tags}))
    answer(folder, "tagpack", "import", str(pack), "--by", "x")
    out = tmp_path / "b.json"
    answer(folder, "stix", "export", "--out", str(out), "--dataset", "tagpack:t")
    found = {
        one["address"]: one["currency"] for one in json.loads(out.read_text())["objects"] if "address" in one
    }
    assert found == {ADDRESS: "BTC", ether: "ETH"}
    assert any("ETH" in each for each in answer(folder, "claims", ether)["coverage"]["reasons"])


def test_ones_own_case_becomes_a_tagpack_that_comes_in_again(case: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "out", tmp_path / "again"
    answer(case, "tagpack", "export", "--out", str(out), "--own", "Our case", "--by", "An Analyst")
    (pack,) = answer(again, "tagpack", "import", str(out / "Our-case.yaml"))["packs"]
    assert pack["counts"]["bitcoin"] == pack["counts"]["rows"] > 12
    said = _texts(answer(again, "claims", ADDRESS))
    assert "operated by Invented Committee" in said
    assert "resting on A Report" in said
