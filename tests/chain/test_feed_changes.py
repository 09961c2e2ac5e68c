"""What a feed remembers, as changes since it was written: they give it back, or there are none."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.chain import feed_changes

ROWS = st.lists(st.integers(0, 2**31 - 1), max_size=30)


@given(ROWS, ROWS, st.sampled_from([1, 4, 80]))
def test_changes_give_the_columns_back(old: list[int], new: list[int], width: int) -> None:
    before, after = ({"a": made(rows, width), "b": np.arange(5)} for rows in (old, new))
    said = feed_changes.changes(before, after)
    if len(new) < len(old):
        assert said is None
        return
    assert said is not None
    assert ("a" in said) == (not np.array_equal(before["a"], after["a"]))
    assert "b" not in said
    got = feed_changes.changed(before, said)
    assert all(np.array_equal(got[name], after[name]) for name in after)


def made(rows: list[int], width: int) -> np.ndarray:
    column = np.array(rows, dtype=np.int32)
    return column if width == 1 else np.repeat(column, width).reshape(-1, width).astype(np.uint8)


def test_too_much_is_written_anew() -> None:
    many = np.zeros(feed_changes.MOST_BYTES + 8, dtype=np.uint8)
    none = many[:0]
    assert feed_changes.changes({"a": none}, {"a": many}) is None
    assert feed_changes.changes({"a": none}, {"a": many[:-8]}) is not None
    assert feed_changes.changes({"a": none}, {"b": none}) is None
    assert feed_changes.changes({"a": none}, {"a": none.astype(np.int32)}) is None


@pytest.mark.parametrize(
    "said",
    [
        {"b": [[], ""]},
        {"a": [[9], "AA=="]},
        {"a": [[], "!"]},
        {"a": [[], "AA"]},
        {"a": 5},
        {"a": [["x"], ""]},
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError, IndexError)):
        feed_changes.changed({"a": np.zeros(3, dtype=np.uint8)}, said)
