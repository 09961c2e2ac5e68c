"""The short form of `tests/campaigns/readers.py`: asked by several processes while one writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_every_answer_is_right_as_of_its_block_while_another_process_writes(tmp_path: Path) -> None:
    short = ("--answers", "240", "--steps", "9", "--readers", "3")
    done = subprocess.run(
        [sys.executable, TESTS / "campaigns" / "readers.py", tmp_path / "campaign", *short],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["answers"] == 240
    assert seen["as_of_blocks"] > 9
    for what in ("appends", "reorganisations", "merges"):
        assert seen[what] > 0, what
    for kind in ("review", "tx", "block", "address"):
        assert seen[f"answers_{kind}"] > 0, kind
