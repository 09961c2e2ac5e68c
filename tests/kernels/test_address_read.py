"""Addresses read by the kernel, against a twin from the BIPs' text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.addresses import base58check, plain_script, segwit
from qaif.kernels.address_read import LONGEST, read_addresses
from qaif.kernels.loads import Bytes, Int64s

DIGESTS = st.binary(min_size=20, max_size=20) | st.builds(
    lambda n: bytes(20 - n) + b"\x01" * n, st.integers(0, 20)
)
BASE58 = st.builds(
    lambda version, digest: base58check(bytes([version]) + digest),
    st.sampled_from([0, 0, 5, 5, 1, 111, 255]),
    DIGESTS,
)
SEGWIT = st.builds(
    segwit,
    st.integers(0, 17),
    st.binary(min_size=0, max_size=42),
    st.sampled_from(["bc", "bc", "bc", "tb"]),
)
PLAIN = st.builds(lambda program: segwit(0, program, "bc"), DIGESTS)
WRONG = st.builds(
    lambda version, program, constant: segwit(version, program, "bc", constant=constant),
    st.integers(0, 16),
    DIGESTS,
    st.sampled_from([1, 0x2BC830A3, 2]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An address, or one with something changed."""
    text = draw(BASE58 | SEGWIT | PLAIN | WRONG)
    change = draw(st.sampled_from(["none", "none", "capitals", "one", "cut", "more", "letter", "blank"]))
    at = draw(st.integers(0, max(len(text) - 1, 0)))
    other = draw(st.sampled_from("1qpzQPZ0OIl23 b"))
    made: str = {
        "none": text,
        "capitals": text.upper(),
        "one": text[:at] + other + text[at + 1 :],
        "cut": text[:at] + text[at + 1 :],
        "more": text[:at] + other + text[at:],
        "letter": text[:at] + text[at : at + 1].swapcase() + text[at + 1 :],
        "blank": f" {text}",
    }[change]
    return made


def read(given_: list[str]) -> tuple[Bytes, Int64s]:
    length = np.array([len(one) for one in given_], dtype=np.int64)
    data = np.frombuffer("".join(given_).encode(), dtype=np.uint8)
    return read_addresses(data, np.cumsum(length) - length, length, "bc", 0, 5)


@given(st.lists(texts() | st.text("1qzbcBC0", max_size=95), max_size=8))
def test_twin_scripts(given_: list[str]) -> None:
    script, size = read(given_)
    found = [row[:count].tobytes() or None for row, count in zip(script, size.tolist(), strict=True)]
    assert found == [plain_script(one) if one else None for one in given_]
    assert not any(row[count:].any() for row, count in zip(script, size.tolist(), strict=True))


def test_twin_the_longest_and_the_shortest() -> None:
    given_ = [segwit(16, b"\xff" * 40, "bc"), segwit(1, b"\x4e\x73", "bc"), "1111111111111111111114oLvT2"]
    script, size = read(given_)
    assert size.tolist() == [LONGEST, 4, 25]
    assert [row[:n].tobytes() for row, n in zip(script, size, strict=True)] == [*map(plain_script, given_)]


@pytest.mark.parametrize(("off", "length"), [(0, 43), (-1, 4), (3, 40), (0, -1)])
def test_a_text_outside_of_the_bytes_is_refused(off: int, length: int) -> None:
    one = np.ones(1, dtype=np.int64)
    with pytest.raises(ValueError, match="outside"):
        read_addresses(np.zeros(42, dtype=np.uint8), one * off, one * length, "bc", 0, 5)
