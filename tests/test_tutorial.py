"""The tutorial is run: each block of code prints what the page says that it prints."""

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qaif.chain.addresses import address_of
from qaif.cli.main import app
from qaif.feeds.networks import NETWORKS
from qaif.feeds.simulation.simulate import DEFAULT_SEED, simulate
from qaif.questions.demo import CHAIN_NAME, NETWORK, WORKSPACE_NAME
from qaif.questions.index import index_block_files

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial" / "one-question-in-python.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> list[tuple[str, str]]:
    """Every fenced block: its language and its text."""
    return [(match[1], match[2]) for match in BLOCK.finditer(text)]


def run_python(code: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102  our own page
    return printed.getvalue()


def run_command(line: str) -> str:
    arguments = shlex.split(line)
    assert arguments[:2] == ["$", "qaif"]
    if arguments[2] == "demo":
        return make_demo(Path(arguments[-1]))
    result = CliRunner().invoke(app, arguments[2:])
    assert result.exit_code == 0, result.output
    return result.stdout


def make_demo(folder: Path) -> str:
    """The chain and the workspace of the demo; its case has tests of its own, and takes longest."""
    made = simulate(folder / CHAIN_NAME, DEFAULT_SEED)
    address = address_of(made.campaign_script, NETWORKS[NETWORK])
    assert address is not None
    assert address in PAGE.read_text(encoding="utf-8")
    index_block_files(folder / WORKSPACE_NAME, [made.folder], NETWORK)
    return ""


def test_every_block_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    printed, ran = "", 0
    for language, text in blocks(PAGE.read_text(encoding="utf-8")):
        if language == "python":
            assert not printed, "what a block prints stands under it"
            printed = run_python(text, names)
            ran += 1
        elif language == "text":
            assert printed.strip(), "there is nothing to compare with"
            assert text == printed
            printed = ""
        else:
            assert language == "console"
            line, _, expected = text.partition("\n")
            got = run_command(line)
            assert not expected or got == expected
    assert not printed
    assert ran > 8
    names["chain"].close()
