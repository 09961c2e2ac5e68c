import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import ripemd160 as oracle
from qaif.kernels.ripemd160 import Bytes, Int64s, hash160_rows, ripemd160_rows

# from the paper's appendix
PUBLISHED = {
    b"": "9c1185a5c5e9fc54612808977ee8f548b2258d31",
    b"a": "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe",
    b"abc": "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
    b"message digest": "5d0689ef49d2fae572b881b123a85ffa21595f36",
    b"abcdefghijklmnopqrstuvwxyz": "f71c27109c692c1b56bbdceb5b9d2865b3708dbc",
    b"12345678901234567890" * 4: "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
}


def joined(messages: list[bytes]) -> tuple[Bytes, Int64s, Int64s]:
    length = np.array([len(message) for message in messages], dtype=np.int64)
    offset = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int64) if messages else length
    return np.frombuffer(b"".join(messages), dtype=np.uint8), offset, length


def test_twin_published_hashes() -> None:
    found = ripemd160_rows(*joined(list(PUBLISHED)))
    assert [row.tobytes().hex() for row in found] == list(PUBLISHED.values())
    assert [oracle.ripemd160(message).hex() for message in PUBLISHED] == list(PUBLISHED.values())


def test_twin_every_length_over_three_blocks() -> None:
    messages = [bytes(range(length)) for length in range(193)]
    assert [row.tobytes() for row in ripemd160_rows(*joined(messages))] == [*map(oracle.ripemd160, messages)]


@given(st.lists(st.binary(max_size=150), max_size=5))
def test_twin_hash160(messages: list[bytes]) -> None:
    assert [row.tobytes() for row in hash160_rows(*joined(messages))] == [*map(oracle.hash160, messages)]


def test_hash160_of_the_genesis_key() -> None:
    key = bytes.fromhex(
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb"
        "649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"
    )
    assert hash160_rows(*joined([key]))[0].tobytes().hex() == "62e907b15cbf27d5425399ebf6f0fb50ebb88f18"


@pytest.mark.parametrize(("offset", "length"), [(0, 6), (-1, 2), (5, 1), (0, -1), (2, 2**63 - 1)])
def test_a_range_outside_is_refused(offset: int, length: int) -> None:
    data = np.zeros(5, dtype=np.uint8)
    with pytest.raises(ValueError, match="inside"):
        ripemd160_rows(data, np.array([offset]), np.array([length]))
    assert len(ripemd160_rows(data, np.array([5]), np.array([0]))) == 1
