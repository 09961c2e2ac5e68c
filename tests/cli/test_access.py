"""Users, keys, members and decisions, from a terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from qaif.cli.main import app
from qaif.questions.access import Gate
from qaif.records import passwords
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace
from support.workspaces import answer, refusal, run

PASSWORD = "correct horse battery"  # noqa: S105  a test's
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(passwords, "LOG_COST", 4)
    monkeypatch.setenv("QAIF_ANALYST", "setup")
    folder = Workspace.create(tmp_path / "w").path
    for name, role in (("ann", "analyst"), ("app", "approver")):
        assert typed(folder, PASSWORD, "user", "add", name, "--role", role).exit_code == 0
    return folder


def typed(folder: Path, password: str, *arguments: str) -> Result:
    """A command whose password comes from standard input."""
    whole = [*arguments, "--password-stdin", "-w", str(folder)]
    return CliRunner(env={"COLUMNS": ""}).invoke(app, whole, input=f"{password}\n")


def test_users_come_get_roles_and_go(place: Path) -> None:
    assert answer(place, "user", "role", "ann", "viewer")["users"][0]["role"] == "viewer"
    assert answer(place, "user", "add", "bot", "--no-password")["users"][0]["has_password"] is False
    assert typed(place, "short", "user", "passwd", "ann").exit_code == 65
    assert typed(place, "another horse battery", "user", "passwd", "ann").exit_code == 0
    assert answer(place, "user", "disable", "ann")["users"][0]["disabled_at"]
    shown = answer(place, "user", "list")["users"]
    assert [each["name"] for each in shown] == ["ann", "app", "bot"]
    assert PASSWORD not in run(place, "user", "list").output
    assert refusal(place, "user", "role", "nobody", "viewer")[1]["code"] == "not-found"


def test_a_password_is_asked_for_twice_and_not_echoed(place: Path) -> None:
    whole = ["user", "add", "new", "-w", str(place)]
    wrong = CliRunner().invoke(app, whole, input=f"{PASSWORD}\nanother horse battery\n")
    assert wrong.exit_code != 0
    right = CliRunner().invoke(app, whole, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert right.exit_code == 0, right.output
    assert PASSWORD not in wrong.output + right.output


def test_a_key_is_made_rotated_and_revoked(place: Path) -> None:
    made = answer(place, "key", "new", "--user", "ann", "--name", "deposits", "--scope", "screen")
    with Records.open(place) as records:
        caller = Gate(records).of_key(made["key"], datetime.now(UTC))
    assert (caller.name, caller.role, sorted(caller.scopes)) == ("ann", "analyst", ["screen"])
    prefix = made["shown"]["prefix"]
    new = answer(place, "key", "rotate", prefix)
    assert new["key"] != made["key"]
    assert answer(place, "key", "revoke", prefix)["keys"][0]["standing"] == "revoked"
    listed = run(place, "key", "list")
    assert prefix in listed.output
    assert made["key"] not in listed.output
    assert [each["standing"] for each in answer(place, "key", "list")["keys"]] == ["revoked", "good"]
    assert refusal(place, "key", "new", "--user", "ann", "--name", "x", "--scope", "all")[0] == 2


def test_members_of_a_case(place: Path) -> None:
    assert len(answer(place, "member", "add", "c1", "ann", "app")["members"]) == 2
    assert [each["user"] for each in answer(place, "member", "remove", "c1", "ann")["members"]] == ["app"]
    assert answer(place, "member", "list", "c1")["members"][0]["added_by"] == "setup"
    assert refusal(place, "member", "remove", "c1", "app")[1]["code"] == "input"


def screened(place: Path, tmp_path: Path) -> tuple[dict[str, Any], Path]:
    told = answer(place, "screen", ADDRESS, "--policy", "us-exchange", "--record")
    kept = tmp_path / "answer.json"
    kept.write_text(json.dumps(told))
    return told, kept


def test_a_screening_is_recorded_and_decided_on_with_a_password(place: Path, tmp_path: Path) -> None:
    told, kept = screened(place, tmp_path)
    entry = str(told["recorded"])
    wrong = typed(place, "wrong", "decide", "release", entry, "--reason", "x", "--user", "ann")
    assert wrong.exit_code == 77
    done = typed(place, PASSWORD, "decide", "release", entry, "--reason", "A namesake.", "--user", "ann")
    assert done.exit_code == 0, done.output
    assert "release, by ann" in done.output
    shown = answer(place, "decide", "show", entry, "--queries")
    assert shown["screening"]["address"] == ADDRESS
    assert shown["standing"]["by"] == ["ann"]
    assert run(place, "decide", "show", entry, "--answer", str(kept)).exit_code == 0
    kept.write_text(json.dumps({**told, "verdict": "NO_DIRECT_HIT"}))
    assert run(place, "decide", "show", entry, "--answer", str(kept)).exit_code == 65
    about = answer(place, "audit", "--about", ADDRESS)["entries"]
    assert [each["entry"]["action"] for each in about] == ["screening"]


def test_a_file_of_many_is_recorded_line_by_line(place: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    many.write_text(f"address\n{ADDRESS}\nnonsense here\n{ADDRESS}\n")
    result = run(place, "screen", "--batch", str(many), "--record")
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{"row"')]
    assert [line.get("recorded") for line in lines] == [3, None, 4]
    assert answer(place, "decide", "list")["looked_at"] == 2


def test_a_screening_that_is_not_recorded_leaves_nothing(place: Path) -> None:
    assert answer(place, "screen", ADDRESS)["recorded"] is None
    assert answer(place, "audit", "--about", ADDRESS)["entries"] == []
