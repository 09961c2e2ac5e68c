"""The short form of `tests/campaigns/any_request.py`: a few requests to every operation, with every check."""

import re
from pathlib import Path

from campaigns.any_request import run


def test_requests_made_from_the_description(tmp_path: Path) -> None:
    done = run(150, 5, tmp_path, known=True, phases="fuzzing")
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert "Failures:" not in done.stdout
    assert int(re.findall(r"([\d,]+) generated", done.stdout)[0].replace(",", "")) >= 60
