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


def campaign(kills: int) -> subprocess.CompletedProcess[str]:
    seed = os.environ.get("QAIF_KILL_SEED", "1")
    return subprocess.run(
        [sys.executable, "-m", "campaigns.kill", "--kills", str(kills), "--seed", seed],
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
