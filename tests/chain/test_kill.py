"""Killed at 50 random points, on the way through a reorganisation: it resumes to the same columns."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns import kill

TESTS = Path(__file__).resolve().parents[1]
KILLS = 50
Done = subprocess.CompletedProcess[str]


CARELESS = """
from campaigns import kill
from qaif.chain import manifest
save = manifest.save
def removing_old_files_first(files, new):
    files.remove_unnamed(new.files())
    save(files, new)
manifest.save = removing_old_files_first
kill.main()
"""


def campaign(kills: int, *more: str, start: tuple[str, ...] = ("-m", "campaigns.kill")) -> Done:
    seed = os.environ.get("QAIF_KILL_SEED", "1")
    return subprocess.run(
        [sys.executable, *start, "--kills", str(kills), "--seed", seed, *more],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same() -> None:
    """`QAIF_KILL_SEED` gives other points."""
    done = campaign(KILLS)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["kills"] >= KILLS
    assert seen["by_call"] >= KILLS // 3
    assert seen["during_recovery"] >= KILLS // kill.RECOVERED_OF
    assert seen["stages"] >= 4


def test_the_campaign_fails_where_too_few_kills_struck_a_recovery() -> None:
    done = campaign(3, "--recoveries", "1000")
    assert done.returncode == 1
    assert "kills struck a recovery" in done.stderr


def test_a_store_that_removes_old_files_first_is_found_out() -> None:
    done = campaign(500, start=("-c", CARELESS))
    assert done.returncode == 1
    assert "missing" in done.stderr
