"""Killed at 50 random points, on the way through a reorganisation: it resumes to the same columns."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
KILLS = 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", [int(os.environ.get("QAIF_KILL_SEED", "1"))])
def test_a_killed_run_resumes_to_the_same(tmp_path: Path, seed: int) -> None:
    """`QAIF_KILL_SEED` gives other points."""
    done = subprocess.run(
        [sys.executable, TESTS / "support" / "killing.py", tmp_path, str(seed), str(KILLS)],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["killed"] >= KILLS
    assert seen["by_operation"] >= KILLS // 3
    assert seen["stages"] >= 4
