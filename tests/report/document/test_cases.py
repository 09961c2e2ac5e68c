"""A case from its opening to its report, and whether today's data still give the same answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from qaif.workspace.case_journal import JOURNAL, CaseFolder
from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.indexing import put
from support.workspaces import BLOCKS, address_of, answer, made_workspace, refusal, run

BY = ("--by", "Ada")
KEY = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"  # a published example; it must be refused


def opened(folder: Path) -> str:
    made_workspace(folder, 12)
    assert run(folder, "case", "new", "one", "--title", "The one", *BY).exit_code == 0
    return address_of(3)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an empty case, that no test writes to."""
    folder = tmp_path_factory.mktemp("held") / "w"
    opened(folder)
    return folder


def test_a_case_keeps_numbers_names_and_times(tmp_path: Path) -> None:
    address = opened(tmp_path / "w")
    article = tmp_path / "article.txt"
    article.write_text(f"Gifts go to {address}.")
    for what in (address, str(article), address):
        assert run(tmp_path / "w", "case", "add", "one", what, *BY).exit_code == 0
    run(tmp_path / "w", "case", "note", "one", "not ours", "--exhibit", "2", "--as", "rejected", *BY)
    told = answer(tmp_path / "w", "case", "status", "one")
    assert [(e["number"], e["kind"], e["standing"]) for e in told["exhibits"]] == [
        (1, "address", "looked at"),
        (2, "document", "rejected"),
    ]
    assert [row["number"] for row in told["journal"]] == [1, 2, 3, 4, 5]
    assert {row["by"] for row in told["journal"]} == {"Ada"}
    assert told["moved"] == []
    assert "The one" in run(tmp_path / "w", "case", "status").stdout
    page = run(tmp_path / "w", "case", "status", "one").stdout
    assert "article.txt (rejected)" in page


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("new", "One", *BY), "usage"),
        (("new", "../one", *BY), "usage"),
        (("new", "one", *BY), "input"),
        (("new", "two"), "usage"),
        (("add", "none", "x", *BY), "not-found"),
        (("add", "one", "/no/such/file", *BY), "not-found"),
        (("add", "one", KEY, *BY), "private-key"),
        (("note", "one", KEY, *BY), "private-key"),
        (("note", "one", "x", "--exhibit", "9", *BY), "not-found"),
        (("note", "one", "x", "--likelihood", "perhaps", *BY), "usage"),
        (("note", "one", "x", "--confidence", "total", *BY), "usage"),
        (("note", "one", "x", "--as", "buried", *BY), "usage"),
        (("report", "one"), "usage"),
        (("rebuild", "one"), "not-found"),
    ],
)
def test_what_cannot_be_is_refused(
    held: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: str
) -> None:
    monkeypatch.delenv("QAIF_ANALYST", raising=False)
    status, error = refusal(held, "case", *arguments)
    assert (status != 0, error["code"]) == (True, code)
    assert KEY not in json.dumps(error)


def test_a_changed_row_is_noticed_and_one_cut_off_was_never_there(tmp_path: Path) -> None:
    opened(tmp_path / "w")
    run(tmp_path / "w", "case", "note", "one", "first", *BY)
    folder = CaseFolder.open(Workspace.open(tmp_path / "w"), "one")
    journal = folder.path / JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"act": "not')
    assert len(folder.rows()) == 2
    run(tmp_path / "w", "case", "note", "one", "second", *BY)
    assert [row["text"] for row in folder.rows()] == ["The one", "first", "second"]
    for spoilt in (
        whole.replace(b"first", b"fIrst"),
        b"".join(reversed(whole.splitlines(keepends=True))),
        whole.splitlines(keepends=True)[1],
        b"[]\n" + whole,
    ):
        journal.write_bytes(spoilt)
        assert refusal(tmp_path / "w", "case", "status", "one")[1]["code"] == "store-damaged"


def test_a_report_says_the_same_until_chain_or_claims_move(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    address = opened(folder)
    run(folder, "case", "add", "one", address, *BY)
    written = answer(folder, "case", "report", "one", "--format", "json,html", "--lang", "ar,en")
    reports = {"report.json", "report.ar.html", "report.en.html", "manifest.json", "case.json"}
    assert reports | {"policy-from-the-case.yaml"} == set(written["files"])
    assert written["statements"]["fact"] > 3
    first = (Path(written["folder"]) / "report.json").read_bytes()
    rebuilt = answer(folder, "case", "rebuild", "one")
    assert (rebuilt["same"], rebuilt["pins_moved"], rebuilt["moved"]) == (True, [], [])
    entered = run(
        folder, "claims", "add", "--schema", "CryptoWallet", "--prop", "notes", "--value", "a till",
        "--entity", address, "--asserted-by", "A court", *BY,
    )  # fmt: skip
    assert entered.exit_code == 0, entered.output
    moved = moved_of(folder)
    assert moved["pins_moved"] == ["claims"]
    assert {tuple(one["because"]) for one in moved["moved"]} == {("claims",)}
    assert {one["how"] for one in moved["moved"]} == {"new"}
    put(Workspace.open(folder).chain_dir, Economy.of(12, BLOCKS + 5).blocks)
    moved = moved_of(folder)
    because = {tuple(one["because"]) for one in moved["moved"]}
    assert {("claims",), ("chain",)} <= because
    again = answer(folder, "case", "report", "one", "--format", "json,html", "--lang", "ar,en")
    assert (Path(again["folder"]) / "report.json").read_bytes() == first
    answer(folder, "case", "report", "one", "--format", "json", "--repin")
    assert answer(folder, "case", "rebuild", "one")["same"] is True


def moved_of(folder: Path) -> dict[str, Any]:
    result = run(folder, "case", "rebuild", "one", "--json")
    assert result.exit_code == 3, result.output
    return dict(json.loads(result.stdout))


def test_facts_alone_are_reported_without_inferences(tmp_path: Path) -> None:
    opened(tmp_path / "w")
    out = tmp_path / "case"
    how = ("--format", "json", "--lang", "en", "--out", str(out), "--no-inference")
    assert run(tmp_path / "w", "investigate", address_of(3), *how).exit_code == 0
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert {one["layer"] for one in told["statements"]} == {"fact"}
