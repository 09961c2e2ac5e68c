"""The short form of `tests/campaigns/served_while_moving.py`: more is asked than is taken on."""

from pathlib import Path

import pytest

from campaigns.served_while_moving import run


@pytest.mark.slow
def test_every_answer_is_right_as_of_its_block_and_all_else_is_refused(tmp_path: Path) -> None:
    seen = run(tmp_path, 6, 0.7, 10)
    assert set(seen["statuses"]) <= {200, 429, 503}
    assert seen["statuses"][503] > 0
    assert seen["reviews"] > 10
    assert seen["screenings"] > 10
    assert seen["as_of_blocks"] > 3
