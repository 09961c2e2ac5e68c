import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import parse as slow
from qaif.kernels import sha256
from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, readable
from qaif.kernels.sha256 import sha256_into

LENGTHS = [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 183, 184, 191, 192, 1000]


def numbers(count: int, seed: int = 1) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, count, dtype=np.uint8)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 300)), max_size=9), st.booleans())
def test_twin_rows_are_hashlibs(rows: list[tuple[int, int]], twice: bool) -> None:  # noqa: FBT001  hypothesis
    data = numbers(700)
    raw = data.tobytes()
    kernel = sha256.double_sha256_rows if twice else sha256.sha256_rows
    found = kernel(data, np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.int64))
    plain = slow.sha256d if twice else lambda part: hashlib.sha256(part).digest()
    assert [row.tobytes() for row in found] == [plain(raw[a : a + n]) for a, n in rows]


def test_twin_every_length_about_a_block_at_the_end_of_the_data() -> None:
    for length in LENGTHS:
        data = numbers(length)
        found = sha256.sha256_rows(data, np.zeros(3, np.int64), np.full(3, length))
        assert {row.tobytes() for row in found} == {hashlib.sha256(data.tobytes()).digest()}
        assert sha256.sha256d(data).tobytes() == slow.sha256d(data.tobytes())


@pytest.mark.parametrize("size", [61, 62, 63, 64, 68, 125, 126, 127, 128, 130, 190, 700, 5000])
def test_twin_a_transaction_is_hashed_without_its_witness(size: int) -> None:
    """A job with an end skips marker, flag and witness."""
    data = numbers(size + 120)
    raw = data.tobytes()
    start, length, end = 5, size, size + 100
    expected = raw[start : start + 4] + raw[start + 6 : start + 2 + length - 4] + raw[end - 4 : end]
    assert len(expected) == length
    jobs = [np.array(v, np.int64) for v in ([start, 7], [length, 80], [end, 0], [1, 0])]
    out = np.empty(64, np.uint8)
    sha256.hash_jobs(data, *jobs, 2, out)
    assert out.tobytes() == slow.sha256d(raw[7:87]) + slow.sha256d(expected)


def test_small_and_large_messages_side_by_side() -> None:
    """More rows than are ordered in one go, and every turn that two lanes of different length can take."""
    data = numbers(30_000)
    raw = data.tobytes()
    length = np.random.default_rng(2).integers(0, 200, 5_000)
    large = [9_000, 4_095, 4_096, 4_159, 4_160, 4_161, 20_000, 4_223, 4_224, 4_225, 12_345]
    length[100:111] = large
    length[-1] = 25_000
    found = sha256.double_sha256_rows(data, np.arange(5_000), length)
    for start in range(5_000):
        assert found[start].tobytes() == slow.sha256d(raw[start : start + length[start]])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8])
def test_twin_pairs_in_place(count: int) -> None:
    data = numbers(64 * count + 64)
    raw = data.tobytes()
    sha256.hash_pairs(data, count, data)
    expected = b"".join(slow.sha256d(raw[64 * i : 64 * i + 64]) for i in range(count))
    assert data[: 32 * count].tobytes() == expected
    assert data[64 * count :].tobytes() == raw[64 * count :]


@jit
def _each_into(data: Bytes, start: Int64s, size: Int64s, out: Bytes) -> None:
    for i in range(len(start)):
        sha256_into(data, start[i], size[i], out[i, 1:33])


def test_twin_from_inside_another_kernel() -> None:
    data = numbers(1100)
    raw = data.tobytes()
    start, size = np.arange(len(LENGTHS)), np.array(LENGTHS)
    out = np.zeros((len(LENGTHS), 34), np.uint8)
    _each_into(data, start, size, out)
    assert not out[:, [0, 33]].any()
    assert [row[1:33].tobytes() for row in out] == [
        hashlib.sha256(raw[a : a + n]).digest() for a, n in zip(start, LENGTHS, strict=True)
    ]


@pytest.mark.parametrize(("off", "length"), [([-1], [1]), ([0], [-1]), ([2], [2]), ([0, 1], [1])])
def test_a_row_outside_the_data_is_refused(off: list[int], length: list[int]) -> None:
    with pytest.raises(ValueError, match=r"outside|offsets but"):
        sha256.sha256_rows(np.zeros(3, np.uint8), np.array(off), np.array(length))


def test_readable_gives_one_kind_of_array() -> None:
    frozen = np.frombuffer(b"abcdef", np.uint8)
    for given_ in (frozen, frozen[::2], numbers(6), frozen[:0]):
        flat = readable(given_)
        assert flat.flags.writeable
        assert flat.flags.c_contiguous
        assert flat.tobytes() == given_.tobytes()
    assert readable(frozen).ctypes.data == frozen.ctypes.data
