"""Which segments become one: by tiers, and what a larger round cut off from its like too."""

from typing import Any

import numpy as np
import pytest

from qaif.chain import compact, sections
from qaif.chain.manifest import SegmentRef
from qaif.chain.sections import FileRef
from qaif.chain.segments import Segment

FAN = compact.FAN_IN


def segments(levels: list[int], length: int = 1) -> list[Segment]:
    """Segments whose files are not looked at."""
    no_file: Any = None
    return [Segment(SegmentRef(FileRef("", length, ""), {}, level), no_file, {}) for level in levels]


@pytest.mark.parametrize(
    ("levels", "merged"),
    [
        ([0] * (FAN - 1), 0),
        ([0] * FAN, FAN),
        ([2] + [0] * (FAN - 1), 0),
        ([2] + [0] * FAN, FAN),
        ([2, *[0] * (FAN - 1), 1], FAN),  # the larger last one takes the smaller ones before it along
        ([0] * (FAN - 2) + [2, 1], 0),
        ([], 0),
    ],
)
def test_which_are_due(levels: list[int], merged: int) -> None:
    every = segments(levels)
    due = compact.due_for_merge(every)
    assert len(due) == merged
    assert all(a is b for a, b in zip(due, every[len(every) - merged :], strict=True))


def test_what_is_too_large_stays() -> None:
    assert compact.due_for_merge(segments([0] * FAN, compact.LARGEST_MERGE // FAN + 1)) == []


@pytest.mark.parametrize(
    ("size", "level"),
    [(0, 0), (compact.SMALLEST_TIER - 1, 0), (compact.SMALLEST_TIER, 1), (compact.SMALLEST_TIER * FAN, 2)],
)
def test_a_tier_goes_by_bytes(size: int, level: int) -> None:
    assert compact.level_of({"a": sections.whole(np.zeros(size, dtype=np.uint8))}) == level
