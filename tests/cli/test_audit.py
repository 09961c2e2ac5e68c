"""`qaif audit` as its user meets it: entries, checkpoints kept elsewhere, proofs for others, erased texts."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.records.audit_tree import ToRecord
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace
from qaif.workspace.signatures import new_key
from support.workspaces import answer, refusal, run

NOON = datetime(2020, 1, 2, 12, 0, tzinfo=UTC)
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with five entries, of which the third is a question, and a key beside it."""
    folder = Workspace.create(tmp_path / "w").path
    with Records.open(folder) as records:
        records.tree.append(
            [
                ToRecord(at=NOON, action="tried", subject=f"n{n}", query=ADDRESS if n == 3 else None)
                for n in range(1, 6)
            ]
        )
    new_key(tmp_path / "key")
    return folder


def signed(place: Path, name: str = "one.checkpoint") -> tuple[Path, str]:
    out = place.parent / name
    made = answer(place, "audit", "checkpoint", str(out), "--key", str(place.parent / "key"))
    return out, made["signer"]


def forge(place: Path, statement: str) -> None:
    raw = sqlite3.connect(place / "records.sqlite")
    with raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute(statement)
    raw.close()


def test_entries_are_shown_without_what_was_asked_unless_that_is_wanted(place: Path) -> None:
    shown = answer(place, "audit")
    assert [each["entry"]["number"] for each in shown["entries"]] == [1, 2, 3, 4, 5]
    assert ADDRESS not in json.dumps(shown)
    assert answer(place, "audit", "--queries")["entries"][2]["query"] == ADDRESS
    about = answer(place, "audit", "show", "--about", ADDRESS)
    assert [each["entry"]["number"] for each in about["entries"]] == [3]
    assert answer(place, "audit", "--action", "other")["entries"] == []
    assert "n5" in run(place, "audit", "--last", "1").output
    assert refusal(place, "audit", "--last", "0")[1]["code"] == "usage"


def test_a_log_that_only_grew_holds_beside_its_checkpoint(place: Path) -> None:
    first, signer = signed(place)
    with Records.open(place) as records:
        records.tree.append([ToRecord(at=NOON, action="tried", subject="n6")])
    second, _ = signed(place, "two.checkpoint")
    found = answer(place, "audit", "verify", str(second), str(first), "--signer", signer)
    assert (found["whole"], found["size"]) == (True, 6)
    assert [(each["size"], each["holds"]) for each in found["checkpoints"]] == [(5, True), (6, True)]
    assert run(place, "audit", "verify", str(first)).exit_code == 3
    assert run(place, "audit", "verify").exit_code == 3


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM audit WHERE id = 5", "shorter than the 5 entries"),
        ("UPDATE audit SET subject = 'other' WHERE id = 2", "are not those that there were"),
        ("UPDATE audit SET subject = CASE id WHEN 1 THEN 'n2' ELSE 'n1' END WHERE id < 3", "are not those"),
        ("DELETE FROM audit WHERE id = 2", "shorter than the 5 entries"),
    ],
)
def test_a_changed_log_ends_with_a_status_of_its_own(place: Path, statement: str, said: str) -> None:
    kept, signer = signed(place)
    forge(place, statement)
    result = run(place, "audit", "verify", str(kept), "--signer", signer)
    assert result.exit_code == 65
    assert said in " ".join(result.output.split())


def test_a_log_made_anew_is_not_the_one_of_the_checkpoint(place: Path) -> None:
    kept, signer = signed(place)
    (place / "records.sqlite").unlink()
    found = run(place, "audit", "verify", str(kept), "--signer", signer, "--json")
    assert found.exit_code == 65
    assert "of another log" in json.loads(found.stdout)["checkpoints"][0]["said"]


def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(place: Path) -> None:
    kept, signer = signed(place)
    text = kept.read_text("utf-8")
    for changed in (text.replace("\n5\n", "\n4\n"), text[:-4] + "AA=\n", "", text.replace("key ", "key A")):
        kept.write_text(changed, "utf-8")
        assert refusal(place, "audit", "verify", str(kept))[0] == 65
    kept.write_text(text, "utf-8")
    status, error = refusal(place, "audit", "verify", str(kept), "--signer", "00" * 32)
    assert (status, signer in error["message"]) == (65, True)


def test_other_programs_can_verify_a_checkpoint(place: Path) -> None:
    """By the text of C2SP's signed-note alone: the key as it is printed, and bytes."""
    import base64
    import hashlib

    out = place.parent / "c"
    made = answer(place, "audit", "checkpoint", str(out), "--key", str(place.parent / "key"))
    name, key_id, key = made["verifier"].split("+", 2)
    body, signature = out.read_text("utf-8").split("\n\n")
    raw = base64.b64decode(signature.split(" ")[2])
    public = base64.b64decode(key)
    assert hashlib.sha256(f"{name}\n".encode() + public).hexdigest()[:8] == key_id == raw[:4].hex()
    assert public[0] == 1
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{body}\n".encode())
    assert signature.split(" ")[:2] == ["\u2014", name]
    assert body.split("\n")[:2] == [name, "5"]


def test_one_entry_is_proven_to_who_has_only_the_checkpoint(place: Path) -> None:
    kept, signer = signed(place)
    with Records.open(place) as records:
        records.tree.append([ToRecord(at=NOON, action="tried", subject="n6")])
    proof = place.parent / "proof.json"
    proof.write_text(run(place, "audit", "prove", "3", "--checkpoint", str(kept)).stdout)
    assert ADDRESS not in proof.read_text()
    checked = alone("audit", "check-proof", str(proof), str(kept), "--signer", signer)
    assert checked["holds"]
    assert (checked["entry"]["subject"], checked["query"]) == ("n3", None)
    proof.write_text(run(place, "audit", "prove", "3", "--checkpoint", str(kept), "--reveal").stdout)
    assert alone("audit", "check-proof", str(proof), str(kept), "--signer", signer)["query"] == ADDRESS


def test_a_proof_of_what_was_not_so_is_refused(place: Path) -> None:
    kept, signer = signed(place)
    proof = place.parent / "proof.json"
    told = json.loads(run(place, "audit", "prove", "3", "--checkpoint", str(kept), "--reveal").stdout)
    for changed in (
        {**told, "entry": {**told["entry"], "subject": "n4"}},
        {**told, "entry": {**told["entry"], "number": 4}},
        {**told, "path": told["path"][1:]},
        {**told, "query": "another"},
    ):
        proof.write_text(json.dumps(changed))
        result = CliRunner().invoke(app, ["audit", "check-proof", str(proof), str(kept), "--signer", signer])
        assert result.exit_code == 65, changed
    for broken in ("", "[]", "{}", json.dumps({**told, "entry": 7}), json.dumps({**told, "path": [1]})):
        proof.write_text(broken)
        result = CliRunner().invoke(app, ["audit", "check-proof", str(proof), str(kept), "--json"])
        assert json.loads(result.stdout)["error"]["code"] == "input"


def test_texts_are_erased_and_checkpoints_still_hold(place: Path) -> None:
    kept, signer = signed(place)
    assert answer(place, "audit", "retention")["keeping"] == "text"
    done = answer(place, "audit", "retention", "text", "--days", "30", "--by", "ann")
    assert (done["days"], done["erased"]) == (30, 1)
    assert ADDRESS.encode() not in (place / "records.sqlite").read_bytes()
    assert run(place, "audit", "verify", str(kept), "--signer", signer).exit_code == 0
    assert run(place, "audit", "prove", "3", "--reveal").exit_code == 66
    assert answer(place, "audit", "erase")["erased"] == 0
    actions = [each["entry"]["action"] for each in answer(place, "audit", "--action", "audit.")["entries"]]
    assert actions == ["audit.retention", "audit.erased"]
    answer(place, "audit", "retention", "nothing", "--by", "ann")
    assert "none can be found" in answer(place, "audit", "--about", ADDRESS)["coverage"]["reasons"][0]
    assert refusal(place, "audit", "retention", "all", "--by", "ann")[1]["code"] == "usage"
    assert refusal(place, "audit", "retention", "text", "--days", "0", "--by", "ann")[1]["code"] == "usage"


def alone(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))
