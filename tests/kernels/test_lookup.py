"""One look-up over all segments against a dictionary, with keys made to collide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels import join, lookup

SCRIPTS = st.lists(st.binary(max_size=40), max_size=60, unique=True)
KEYS = st.sampled_from((1, 3, 2**64))  # how many keys there are: few collide, and are no even hashes

pytestmark = pytest.mark.skipif(not lookup.BY_ADDRESS, reason="nothing is read by its address here")


def key_of(script: bytes, keys: int) -> int:
    """A key by which nothing but `keys` values occur; the hash itself where all may."""
    data = np.frombuffer(script, dtype=np.uint8)
    ends = np.zeros(1, dtype=np.int64), np.full(1, len(data), dtype=np.int64)
    return int(join.hash64_rows(data, *ends)[0]) % keys * (2**64 // keys)


def segment_of(scripts: list[bytes], keys: int, first: int) -> tuple[list[int], tuple[np.ndarray, ...]]:
    """A segment's arrays, and its row of the table."""
    key = np.array([key_of(script, keys) for script in scripts], dtype=np.uint64)
    order = np.argsort(key, kind="stable")
    lo = np.cumsum([0, *map(len, scripts)])[:-1].astype(np.int64) + 7
    blob = np.frombuffer(b"".join(scripts), dtype=np.uint8)
    arrays = key[order], order.astype(np.int64) + first, lo, blob
    places = [array.ctypes.data for array in arrays]
    count = len(scripts)
    row = [places[0], count, places[1], places[2], count, places[3], len(blob), first, 7, *[0] * 8]
    return row, arrays


@given(SCRIPTS, SCRIPTS, KEYS, st.integers(0, 60))
def test_the_number_is_that_of_the_twin(stored: list[bytes], asked: list[bytes], keys: int, cut: int) -> None:
    rows, arrays = zip(
        segment_of(stored[:cut], keys, 0), segment_of(stored[cut:], keys, len(stored[:cut])), strict=True
    )
    table, limit = np.array(rows, dtype=np.int64), len(stored) - 1
    twin = {script: num for num, script in enumerate(stored[:limit])}
    for script in [*stored, *asked]:
        key = np.uint64(key_of(script, keys))
        assert lookup.find_by_key(table, key, script, limit) == twin.get(script, -1)
        if keys == 2**64:
            assert lookup.find_script(table, script, limit) == twin.get(script, -1)
    assert len(arrays) == 2


def test_no_segments() -> None:
    assert lookup.find_script(np.zeros((0, lookup.WIDTH), dtype=np.int64), b"x", 5) == -1
