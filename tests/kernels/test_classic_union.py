"""The plain union against its slow twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels.classic_union import union_into


@given(st.lists(st.lists(st.integers(0, 19), max_size=5), max_size=12), st.integers(0, 12))
def test_sets_are_those_of_the_twin(rows: list[list[int]], cut: int) -> None:
    label = np.arange(20, dtype=np.int64)
    for some in (rows[:cut], rows[cut:]):
        row = np.array([n for n, items in enumerate(some) for _ in items], dtype=np.int64)
        union_into(row, np.array([item for items in some for item in items], dtype=np.int64), label)
    sets = [{n} for n in range(20)]
    for items in rows:
        met = [one for one in sets if one & set(items)]
        sets = [one for one in sets if one not in met] + ([set().union(*met)] if met else [])
    assert label.tolist() == [min(next(one for one in sets if n in one)) for n in range(20)]
