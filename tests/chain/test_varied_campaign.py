"""The short form of `tests/campaigns/varied.py`: one digest from runs that differ in everything else."""

from pathlib import Path

import pytest

from campaigns import varied
from oracle.blockmaker import seeded


@pytest.mark.slow
def test_varied_runs_have_one_digest(tmp_path: Path) -> None:
    seen = varied.main(tmp_path / "campaign", 2, 4)
    assert seen["runs"] == 4
    assert {"killed and resumed", "stopped and resumed"} <= set(seen["how"])
    assert set(seen["processors"]) == {"1", "2"}
    assert set(seen["read_ahead"]) == {"True", "False"}
    assert len(seen["round_bytes"]) > 1
    assert len(seen["zone"]) > 3


def test_every_setting_takes_every_value_in_thirty_runs() -> None:
    many = [varied.Variation.of(number, seeded(number)) for number in range(30)]
    for name, values in (
        ("how", varied.ENDS),
        ("processors", (1, 2)),
        ("read_ahead", (True, False)),
        ("round_bytes", varied.SIZES),
        ("zone", varied.ZONES),
        ("locale", varied.LOCALES),
        ("numba_threads", (1, 2)),
        ("obfuscated", (True, False)),
    ):
        assert {getattr(one, name) for one in many} == set(values), name
    assert len({one.hash_seed for one in many}) == 30
