"""An import that is killed with SIGKILL leaves what was there, also while the log has no indexes."""

from pathlib import Path

from campaigns.kill_import import SMALL_CACHE_KIB, campaign, case_of, die_amid_reading, run, state
from qaif.records.laid_aside import LEAST


def test_killed_while_the_indexes_are_laid_aside_and_rows_stand_in_the_file(tmp_path: Path) -> None:
    case = case_of(tmp_path / "first", None)
    file = case.before / "records.sqlite"
    size = file.stat().st_size
    fate = run(case.before, case.large, lambda: die_amid_reading(LEAST + 100), SMALL_CACHE_KIB)
    assert fate.killed
    assert fate.aside
    assert file.stat().st_size > 2 * size  # what was not committed had been written
    assert state(case.before) == case.old
    assert "trigger statements_no_replace" in "".join(case.old.made_of)
    assert case.old != case.new


def test_killed_at_random(tmp_path: Path) -> None:
    assert campaign(tmp_path, kills=3, seed=20)["killed"] == 3
