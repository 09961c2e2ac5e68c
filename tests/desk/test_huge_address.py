"""The short form of `tests/campaigns/huge_address.py`."""

from pathlib import Path

from campaigns import huge_address


def test_a_limit_is_explained_and_a_stop_resumes(tmp_path: Path) -> None:
    seen = huge_address.main(tmp_path / "campaign", 600, 60, brief=True)
    runs = seen["runs"]
    assert [run["status"] for run in runs.values()] == [0, 130, 0, 0]
    assert runs["once more"]["requests"] < 20 < runs["to the end"]["requests"] < 600
