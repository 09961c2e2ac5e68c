"""Exact sums over ranges, against a twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.sums import range_sum
from qaif.kernels.sums import range_sums

MOST = 21_000_000 * 10**8


@given(
    st.lists(st.integers(-1, MOST), max_size=60),
    st.lists(st.integers(0, 60), max_size=9),
    st.integers(0, 1000),
)
def test_twin_sums_of_ranges(values: list[int], cuts: list[int], first: int) -> None:
    edges = sorted(min(cut, len(values)) for cut in cuts)
    lo, hi = np.array(edges[:-1], dtype=np.int64), np.array(edges[1:], dtype=np.int64)
    total, whole = range_sums(np.array(values, dtype=np.int64), first, lo + first, hi + first)
    expected = [range_sum(values[a:b]) for a, b in zip(edges, edges[1:], strict=False)]
    assert list(zip(total.tolist(), whole.tolist(), strict=True)) == expected


@pytest.mark.parametrize(("lo", "hi"), [(4, 7), (5, 9), (0, 3)])
def test_a_range_outside_is_refused(lo: int, hi: int) -> None:
    values = np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match="outside"):
        range_sums(values, 5, np.array([lo]), np.array([hi]))
