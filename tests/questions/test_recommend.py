"""A policy made from a case: it passes the check, and it catches who dealt with the case and nobody else."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.errors import UsageError
from qaif.questions.recommend import recommend
from qaif.questions.trace import TraceRequest
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called
from support.workspaces import answer, run

BTC = 10**8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A giver pays the fund; a stranger pays a shop."""
    story = Story()
    coin = story.fund("giver")
    story.pay([coin], [(30 * BTC, "fund"), (19 * BTC, "giver")])
    story.pay([story.fund("stranger")], [(49 * BTC, "shop")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws"


def test_the_policy_passes_the_check_and_fires(folder: Path, tmp_path: Path) -> None:
    fund, file = called("fund"), tmp_path / "case.yaml"
    made = run(folder, "recommend", fund, "--jurisdiction", "US", "--policy", str(file))
    assert made.exit_code == 0, made.output
    assert CliRunner().invoke(app, ["policy", "check", str(file)]).exit_code == 0
    what = ("--schema", "CryptoWallet", "--entity", fund)
    for prop, value in (("publicKey", fund), ("summary", "advertised by a group")):
        answer(
            folder,
            "claims",
            "add",
            *what,
            "--prop",
            prop,
            "--value",
            value,
            "--asserted-by",
            "a blog",
            "--by",
            "me",
        )
    assert fired(folder, file, called("giver")) == ["dealt-directly"]
    assert fired(folder, file, called("stranger")) == []


def fired(folder: Path, policy: Path, address: str) -> list[str]:
    result = run(folder, "screen", address, "--policy", str(policy), "--json")
    document = json.loads(result.stdout)
    return [rule["id"] for rule in document["rules"]]


def test_no_jurisdiction_no_policy(folder: Path) -> None:
    asked = TraceRequest(subjects=(called("fund"),))
    for odd in ([], ["USA"], ["1!"]):
        with pytest.raises(UsageError):
            recommend(folder, asked, "x", odd)


def test_the_case_itself_is_watched(folder: Path) -> None:
    found = recommend(folder, TraceRequest(subjects=(called("fund"),)), "of-a-case", ["us"])
    assert found.watch[0].subject == called("fund")
    assert found.rules == ("listed", "dealt-directly", "near")
