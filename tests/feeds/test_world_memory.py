"""What the simulator keeps: coins that can be spent, not what it has written."""

import tracemalloc
from pathlib import Path

import pytest

from qaif.feeds.simulation.world import truth_parquet
from qaif.feeds.simulation.world.run import run
from qaif.feeds.simulation.world.scenarios import SCENARIOS

TRANSACTIONS = 12_000
EVERYDAY = SCENARIOS["everyday-2017"]


def kept(folder: Path, seed: int) -> tuple[int, int]:
    """By how many bytes memory grew from the middle of a run to its end, and what was written meanwhile."""
    seen: list[tuple[int, int, int]] = []
    file = folder / "blocks" / "blk00000.dat"

    def look(done: int, total: int, unit: str) -> None:
        del total, unit
        seen.append((done, tracemalloc.get_traced_memory()[0], file.stat().st_size))

    tracemalloc.start()
    try:
        run(EVERYDAY, folder, seed, TRANSACTIONS, look)
    finally:
        tracemalloc.stop()
    middle = next(one for one in seen if one[0] >= TRANSACTIONS // 2)
    return seen[-1][1] - middle[1], seen[-1][2] - middle[2]


def test_memory_does_not_grow_by_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        truth_parquet, "ROWS_A_GROUP", 1_000
    )  # so that rows do not wait for a long chain's end
    run(EVERYDAY, tmp_path / "first", 1, 300)  # what is loaded and compiled at first is not counted
    grown, written = kept(tmp_path / "second", 2)
    assert written > 2_000_000
    assert grown < written // 4, (grown, written)
