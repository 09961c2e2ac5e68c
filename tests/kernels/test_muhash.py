import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import muhash as slow
from qaif.kernels import chacha20, muhash
from qaif.kernels.loads import Bytes, Int64s

TOP = 2**3072 - 1
PRIME = 2**3072 - 1_103_717


def laid_out(members: list[bytes]) -> tuple[Bytes, Int64s]:
    data = np.frombuffer(b"".join(members), np.uint8)
    return data, np.cumsum([0, *map(len, members)], dtype=np.int64)


def product(members: list[bytes]) -> muhash.UInt64s:
    number = muhash.one()
    muhash.multiply_members(number, *laid_out(members))
    return number


def limbs(value: int) -> muhash.UInt64s:
    return np.frombuffer(value.to_bytes(384, "little"), "<u8").astype(np.uint64)


def small(value: int) -> bytes:
    """What Core's tests call FromInt."""
    return bytes([value]) + bytes(31)


def test_twin_bitcoin_cores_vector() -> None:
    """crypto_tests.cpp, muhash_tests: FromInt(0) * FromInt(1) / FromInt(2)."""
    found = muhash.digest(product([small(0), small(1)]), product([small(2)]))
    assert found[::-1].hex() == "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863"
    twin = slow.SlowMuHash()
    twin.insert(small(0))
    twin.insert(small(1))
    twin.remove(small(2))
    assert twin.hex() == found[::-1].hex()


def test_twin_key_stream() -> None:
    """RFC 8439, A.1: the twin gives its block (key zero, counter zero), and the kernel gives the twin's."""
    first = slow.chacha_block(bytes(32), 0)
    assert first.hex().startswith("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")
    counted = slow.chacha_block(bytes(range(32)), 1, bytes.fromhex("000000090000004a00000000"))
    assert counted.hex().startswith(
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c0680304 22aa9ac3d46c4e".replace(" ", "")
    )
    words, stream = np.empty(128, np.uint32), np.empty(384, np.uint8)
    for key in (bytes(32), bytes(range(32)), b"\xff" * 32):
        chacha20.key_stream(np.frombuffer(bytearray(key), np.uint8), words, stream)
        assert stream.tobytes() == b"".join(slow.chacha_block(key, n) for n in range(6))


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_twin_products(members: list[bytes]) -> None:
    expected = 1
    for member in members:
        expected = expected * slow.factor(member) % PRIME
    assert muhash.as_int(product(members)) == expected


EDGES = [
    0,
    1,
    2,
    1_103_716,
    1_103_717,
    1_103_718,
    PRIME - 1,
    PRIME,
    PRIME + 1,
    TOP - 1,
    TOP,
    2**3071,
    2**64 - 1,
]


@pytest.mark.parametrize("one", EDGES)
def test_twin_numbers_at_the_edges(one: int) -> None:
    """Where carries run through all limbs, and over the top once and twice."""
    for other in (0, 1, 1_103_717, PRIME - 1, PRIME, TOP - 1, TOP, 2**3071 + 1):
        number = limbs(one)
        muhash.multiply(number, limbs(other))
        assert int.from_bytes(number.tobytes(), "little") <= TOP
        assert muhash.as_int(number) == one * other % PRIME


@given(st.integers(0, TOP), st.integers(0, TOP))
def test_twin_numbers(one: int, other: int) -> None:
    number = limbs(one)
    muhash.multiply(number, limbs(other))
    assert muhash.as_int(number) == one * other % PRIME


def test_a_carry_over_the_top_twice() -> None:
    """An amount added to a number just below 2^3072 leaves what is over, and says so."""
    for below, amount in ((1, 1), (1, 5), (7, 7), (8, 7)):
        number = limbs(TOP + 1 - below)
        over = muhash._carry_on(number, np.uint64(amount))
        assert over == (amount >= below)
        assert int.from_bytes(number.tobytes(), "little") == (TOP + 1 - below + amount) % (TOP + 1)


def test_the_order_is_nothing_and_what_is_taken_out_is_gone() -> None:
    members = [struct.pack("<I", n) * 9 for n in range(7)]
    forward, back = product(members), product(members[::-1])
    assert muhash.digest(forward, muhash.one()) == muhash.digest(back, muhash.one())
    assert muhash.digest(forward, product(members[3:])) == muhash.digest(product(members[:3]), muhash.one())
    assert muhash.digest(forward, muhash.one()) != muhash.digest(product(members[1:]), muhash.one())


@pytest.mark.parametrize("offset", [[], [-1, 2], [0, 9], [2, 1], [0, 3, 2]])
def test_members_outside_the_data_are_refused(offset: list[int]) -> None:
    with pytest.raises(ValueError, match="do not ascend"):
        muhash.multiply_members(muhash.one(), np.zeros(8, np.uint8), np.array(offset, np.int64))
