"""The sort against Python's own, which is stable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.blockmaker import seeded
from qaif.kernels import sort


def twin(keys: list[int]) -> list[int]:
    return sorted(range(len(keys)), key=keys.__getitem__)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=200))
def test_any_keys_as_the_twin(keys: list[int]) -> None:
    assert sort.argsort(np.array(keys, dtype=np.uint64)).tolist() == twin(keys)
    assert sort.sorted_rows(np.array(keys, dtype=np.uint64))[0].tolist() == sorted(keys)


@pytest.mark.parametrize("bits", [1, 8, 11, 12, 22, 23, 33, 40, 55, 63, 64])
@pytest.mark.parametrize("rows", [63, 64, 65, 1000])
def test_keys_of_so_many_bits(bits: int, rows: int) -> None:
    rng = seeded(bits * rows)
    keys = [rng.getrandbits(bits) for _ in range(rows)]
    found = sort.argsort(np.array(keys, dtype=np.uint64))
    assert found.tolist() == twin(keys)
    shifted = [key << (64 - bits) for key in keys]
    assert sort.argsort(np.array(shifted, dtype=np.uint64)).tolist() == twin(shifted)


def test_the_keys_themselves_stay() -> None:
    keys = np.array([seeded(1).getrandbits(64) for _ in range(500)], dtype=np.uint64)
    before = keys.copy()
    sort.argsort(keys)
    assert (keys == before).all()


@pytest.mark.parametrize("rows", [100, 3000])
def test_keys_that_share_all_but_their_last_digits(rows: int) -> None:
    """Hashes do not look like that; keys that somebody chose may."""
    rng = seeded(rows)
    heads = [rng.getrandbits(30) << 34 for _ in range(3)]
    keys = [rng.choice(heads) + rng.getrandbits(20) for _ in range(rows)] + [0] * rows
    assert sort.argsort(np.array(keys, dtype=np.uint64)).tolist() == twin(keys)
