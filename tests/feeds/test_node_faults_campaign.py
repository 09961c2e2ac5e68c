"""The short form of `tests/campaigns/node_faults.py`."""

from pathlib import Path

from campaigns import node_faults


def test_spoilt_answers_end_in_errors_and_are_made_good(tmp_path: Path) -> None:
    met = node_faults.main(tmp_path, 1, 14)
    assert met["cases"] == 14
    assert sum(count for name, count in met.items() if name.startswith("error ")) > 7
