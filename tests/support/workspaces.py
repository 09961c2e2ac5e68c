"""A small workspace with a made chain, and the command line asked about it."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from oracle.addresses import address
from qaif.cli.main import app
from qaif.workspace.folder import Workspace
from support.economy import Economy, script
from support.indexing import put

BLOCKS = 50


def made_workspace(folder: Path, seed: int = 11) -> Economy:
    economy = Economy.of(seed, BLOCKS)
    put(Workspace.open_or_create(folder).chain_dir, economy.blocks)
    return economy


def address_of(person: int) -> str:
    written = address(script(person), "regtest")
    assert written is not None
    return written


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": ""}).invoke(app, [*arguments, "-w", str(folder)])


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    result = run(folder, *arguments, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert list(document)[:4] == ["layer", "basis", "as_of", "coverage"]
    return dict(document)


def refusal(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = run(folder, *arguments, "--json")
    return result.exit_code, json.loads(result.stdout)["error"]
