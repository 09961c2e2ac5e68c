"""`qaif index`, `status` and `check`, and what holds for every command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from oracle.blockmaker import Branch, framed, seeded
from qaif.chain.check import check
from qaif.cli.main import app
from qaif.errors import NotFoundError
from support.workspaces import answer, refusal, run


@pytest.fixture
def branch() -> Branch:
    return Branch(seeded(1)).grow(30)


@pytest.fixture
def blocks(tmp_path: Path, branch: Branch) -> Path:
    """A folder as a node has it, with the blocks of `branch`."""
    folder = tmp_path / "node" / "blocks"
    folder.mkdir(parents=True)
    (folder / "blk00000.dat").write_bytes(framed(branch.blocks))
    return folder


def test_index_says_what_it_did_and_what_is_held(tmp_path: Path, blocks: Path, branch: Branch) -> None:
    workspace = tmp_path / "workspace"
    told = answer(workspace, "index", str(blocks))
    assert told["run"]["appended"] == told["chain"]["blocks"] == 31
    assert told["as_of"]["height"] == 30
    assert told["as_of"]["hash"] == branch.blocks[-1].hash[::-1].hex()
    assert told["coverage"] == {"complete": True, "reasons": [], "told": False, "scripts": []}
    assert told["chain"]["simulated"] is False
    branch.grow(5)
    (blocks / "blk00000.dat").write_bytes(framed(branch.blocks))
    again = answer(workspace, "index")
    assert (again["run"]["kept"], again["run"]["appended"]) == (31, 5)
    page = run(workspace, "status").output
    assert "36 blocks" in page
    assert "complete, from genesis to the tip" in page


def test_what_is_no_whole_block_is_said_with_its_place(tmp_path: Path, blocks: Path, branch: Branch) -> None:
    file = blocks / "blk00000.dat"
    whole = file.read_bytes()
    file.write_bytes(framed(branch.blocks[:20]) + b"junk" + framed(branch.blocks[20:])[:-7])
    told = answer(tmp_path / "workspace", "index", str(blocks))
    assert told["chain"]["blocks"] == 30
    page = run(tmp_path / "workspace", "status").output
    last = len(framed(branch.blocks[-1:]))
    assert f"bytes that are no block: 4 bytes at offset {len(framed(branch.blocks[:20])):,} of {file}" in page
    assert f"there as a whole: {last - 7:,} bytes at offset {len(whole) + 4 - last:,} of {file}" in page
    file.write_bytes(whole)
    answer(tmp_path / "workspace", "index")
    assert "damage" not in run(tmp_path / "workspace", "status").output


def test_a_data_directory_and_its_blocks_folder_are_the_same(tmp_path: Path, blocks: Path) -> None:
    one = answer(tmp_path / "one", "index", str(blocks.parent))
    two = answer(tmp_path / "two", "index", str(blocks))
    assert one["as_of"] == two["as_of"]


def test_status_of_a_partial_chain_says_what_is_missing(tmp_path: Path, branch: Branch) -> None:
    path = tmp_path / "some.dat"
    path.write_bytes(framed(branch.blocks[3:6] + branch.blocks[20:]))
    answer(tmp_path / "workspace", "index", str(path))
    told = answer(tmp_path / "workspace", "status")
    assert told["coverage"]["complete"] is False
    assert "not complete" in run(tmp_path / "workspace", "status").output
    assert len(told["chain"]["runs"]) == 2
    assert told["chain"]["unknown_inputs"] > 0


def test_status_without_anything_indexed(tmp_path: Path, blocks: Path) -> None:
    status, error = refusal(tmp_path / "none", "status")
    assert (status, error["code"]) == (66, "not-found")
    status, error = refusal(tmp_path / "workspace", "index")
    assert (status, error["code"]) == (2, "usage")
    told = answer(tmp_path / "workspace", "status")
    assert told["chain"] is None
    assert told["coverage"]["complete"] is False
    assert "nothing indexed yet" in run(tmp_path / "workspace", "status").output
    assert blocks.is_dir()


def test_a_damaged_store_is_named_with_its_own_exit_status(tmp_path: Path, blocks: Path) -> None:
    workspace = tmp_path / "workspace"
    answer(workspace, "index", str(blocks))
    good = answer(workspace, "check")
    assert good["good"] is True
    assert len(good["digest"]) == 64
    path = min((workspace / "chain").glob("*.seg"))
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    result = run(workspace, "check", "--json")
    assert result.exit_code == 74
    told = json.loads(result.stdout)
    assert told["good"] is False
    assert path.name in told["faults"][0]
    assert told["coverage"]["complete"] is False
    status, error = refusal(workspace, "status")
    assert (status, error["code"]) == (74, "store-damaged")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["/nowhere/at/all"], "usage"),
        (["{blocks}", "--network", "bitcoin"], "usage"),
        (["{blocks}", "--network", "mainnet"], "network-mismatch"),
        (["{blocks}", "--prevouts", "abc=x"], "usage"),
        (["{blocks}", "--prevouts", "00" * 32 + "=/nowhere"], "usage"),
    ],
)
def test_a_wrong_call_is_refused_and_leaves_no_chain(
    tmp_path: Path, blocks: Path, arguments: list[str], code: str
) -> None:
    filled = [part.replace("{blocks}", str(blocks)) for part in arguments]
    status, error = refusal(tmp_path / "workspace", "index", *filled)
    assert status != 0
    assert error["code"] == code
    assert error["way_out"]
    assert not (tmp_path / "workspace" / "chain" / "MANIFEST").exists()


def test_block_files_that_are_gone_are_named(tmp_path: Path, blocks: Path) -> None:
    answer(tmp_path / "workspace", "index", str(blocks))
    blocks.rename(blocks.with_name("elsewhere"))
    status, error = refusal(tmp_path / "workspace", "index")
    assert (status, error["code"]) == (74, "source-missing")
    assert str(blocks) in error["message"]
    assert answer(tmp_path / "workspace", "status")["chain"]["blocks"] == 31


def test_simulated_blocks_are_told_and_never_mixed_with_others(tmp_path: Path, blocks: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "blk00000.dat").write_bytes((blocks / "blk00000.dat").read_bytes())
    (made / "SIMULATED.json").write_text('{"simulated": true}')
    told = answer(tmp_path / "workspace", "index", str(made))
    assert told["chain"]["simulated"] is True
    assert "SIMULATED" in run(tmp_path / "workspace", "status").output
    status, error = refusal(tmp_path / "workspace", "index", str(blocks))
    assert (status, error["code"]) == (65, "input")


def started(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", "from qaif.cli.main import run; run()", *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("pause", [0, 0.05, 0.2, 0.5])  # after it has begun
def test_ctrl_c_leaves_a_good_store(tmp_path: Path, pause: float) -> None:
    path = tmp_path / "many.dat"
    path.write_bytes(framed(Branch(seeded(2)).grow(300).blocks))
    process = started("index", str(path), "-w", str(tmp_path / "workspace"), "--json")
    lock = tmp_path / "workspace" / "chain" / "LOCK"
    while not lock.exists() and process.poll() is None:
        time.sleep(0.005)
    time.sleep(pause)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=120)
    if process.returncode == 130:
        assert json.loads(out)["error"]["code"] == "interrupted"
    else:
        assert process.returncode == 0 or "Traceback" not in error
    try:
        assert check(tmp_path / "workspace" / "chain").good
    except NotFoundError:
        assert process.returncode != 0
    assert answer(tmp_path / "workspace", "index", str(path))["chain"]["blocks"] == 301


def loaded_by(*arguments: str) -> tuple[str, set[str]]:
    """What a command prints, and the modules that it loads."""
    code = "import sys; sys.argv = ['qaif', *sys.argv[1:]]\nfrom qaif.cli.main import run\n"
    code += "try:\n    run()\nexcept SystemExit:\n    pass\nprint('\\nLOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    page, _, names = done.stdout.partition("\nLOADED ")
    return page, set(names.split())


COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]  # it is a group


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS), ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """That keeps it under 0.3 s; the seconds themselves are measured by `bench/start.py`."""
    page, modules = loaded_by(*arguments)
    assert "qaif" in page.lower()
    assert not modules & {"numpy", "numba", "sqlalchemy", "alembic", "matplotlib", "btclib", "lxml", "jinja2"}
    assert not modules & {"duckdb", "pyarrow"}


def test_progress_is_off_when_standard_error_is_no_terminal(tmp_path: Path, blocks: Path) -> None:
    process = started("index", str(blocks), "-w", str(tmp_path / "workspace"), "--json")
    out, error = process.communicate(timeout=120)
    assert error == ""
    told: dict[str, Any] = json.loads(out)
    assert told["run"]["appended"] == 31


def test_progress_tells_rate_and_time_left_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal is there, and two seconds have gone."""
    import io

    from qaif.cli import output

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(output, "QUIET_SECONDS", 0.0)
    with output.ProgressLine("indexing") as progress:
        progress(10_000_000, 40_000_000, "bytes")
        time.sleep(0.2)
        progress(20_000_000, 40_000_000, "bytes")
        time.sleep(0.2)
    shown = screen.getvalue()
    assert "indexing: bytes" in shown
    assert "MB/s" in shown
    assert "50%" in shown
    monkeypatch.setattr(output, "QUIET_SECONDS", 60.0)
    quiet = Terminal()
    monkeypatch.setattr(sys, "stderr", quiet)
    with output.ProgressLine("indexing") as progress:
        progress(1, 2, "bytes")
    assert quiet.getvalue() == ""
