"""The short form of `tests/campaigns/soak.py`."""

from pathlib import Path

from campaigns import soak


def test_a_short_soak(tmp_path: Path) -> None:
    met = soak.main(tmp_path, 12, 1, kill_one_in=8)
    assert met["kills"] >= 1
    assert met["asked"] == met["steps"] + 1
    assert met["blocks"] > 140
