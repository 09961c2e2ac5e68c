"""Addresses written by the kernel, against a twin from the BIPs' text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.addresses import HRPS, base58check, segwit
from qaif.kernels.address import WIDEST, base58_addresses, bech32_addresses

digests = st.one_of(
    st.binary(min_size=20, max_size=20), st.builds(lambda n: bytes(20 - n) + b"\x01" * n, st.integers(0, 20))
)
programs = st.lists(st.tuples(st.integers(0, 16), st.binary(min_size=2, max_size=40)), max_size=6)


@given(st.lists(st.tuples(st.sampled_from([0, 5, 111, 196, 255]), digests), max_size=6))
def test_twin_base58(given_: list[tuple[int, bytes]]) -> None:
    version = np.array([one for one, _ in given_], dtype=np.uint8)
    digest = np.frombuffer(b"".join(one for _, one in given_), np.uint8).reshape(-1, 20)
    out, size = base58_addresses(version, digest)
    found = [row[:length].tobytes().decode() for row, length in zip(out, size, strict=True)]
    assert found == [base58check(bytes([one]) + digest) for one, digest in given_]


@given(programs, st.sampled_from(sorted(HRPS.values())), st.integers(0, 3))
def test_twin_bech32(given_: list[tuple[int, bytes]], hrp: str, before: int) -> None:
    data = np.frombuffer(bytes(before) + b"".join(program for _, program in given_), np.uint8)
    length = np.array([len(program) for _, program in given_], dtype=np.int64)
    version = np.array([one for one, _ in given_], dtype=np.int64)
    out, size = bech32_addresses(version, data, np.cumsum(length) - length + before, length, hrp)
    found = [row[:length].tobytes().decode() for row, length in zip(out, size, strict=True)]
    assert found == [segwit(one, program, hrp) for one, program in given_]
    assert max(map(len, found), default=0) <= WIDEST


def test_twin_the_longest_address_fits() -> None:
    program, hrp = b"\xff" * 40, "bcrt"
    one = np.array([16], dtype=np.int64)
    out, size = bech32_addresses(one, np.frombuffer(program, np.uint8), one * 0, one * 0 + 40, hrp)
    assert out[0, : size[0]].tobytes().decode() == segwit(16, program, hrp)
    assert size[0] == len(segwit(16, program, hrp)) <= WIDEST


@pytest.mark.parametrize(("off", "length"), [(0, 41), (-1, 4), (3, 40)])
def test_a_program_that_cannot_be_is_refused(off: int, length: int) -> None:
    data, one = np.zeros(42, dtype=np.uint8), np.ones(1, dtype=np.int64)
    with pytest.raises(ValueError, match="program"):
        bech32_addresses(one, data, one * off, one * length, "bc")
