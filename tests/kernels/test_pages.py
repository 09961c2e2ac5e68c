"""Hashes of pages against the slow twin and the reference implementation."""

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import xxh64
from oracle.blockmaker import seeded
from qaif.kernels.pages import WORDS, page_hashes


def hashes(data: bytes, pages: list[int]) -> list[int]:
    with np.errstate(over="ignore"):  # uncompiled, words that wrap round are told
        found = page_hashes(np.frombuffer(data, dtype="<u8"), np.array(pages, dtype=np.int64))
    return [int(one) for one in found]


@given(st.integers(1, 3), st.integers(0, 2**32))
@settings(max_examples=15)
def test_pages_hash_as_the_twin_and_the_reference_say(count: int, seed: int) -> None:
    data = seeded(seed).randbytes(8 * WORDS * count)
    pieces = [data[8 * WORDS * at : 8 * WORDS * (at + 1)] for at in range(count)]
    expected = [xxh64.xxh64(piece) for piece in pieces]
    assert hashes(data, list(range(count))) == expected
    assert expected == [xxhash.xxh64_intdigest(piece) for piece in pieces]


@pytest.mark.parametrize("byte", [b"\0", b"\xff", b"\x80"])
def test_pages_of_one_byte(byte: bytes) -> None:
    data = byte * 8 * WORDS
    assert hashes(data, [0, 0]) == [xxh64.xxh64(data)] * 2


def test_no_pages_have_no_hashes() -> None:
    assert hashes(bytes(8 * WORDS), []) == []
