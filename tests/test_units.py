"""Hashes turn round in one place, and amounts stay exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif import units

GENESIS_HEX = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def test_hash_as_shown_and_as_sent() -> None:
    raw = units.hash_raw(GENESIS_HEX)
    assert raw[:4] == bytes.fromhex("6fe28c0a")
    assert units.hash_hex(raw) == GENESIS_HEX


@pytest.mark.parametrize("wrong", ["", "00" * 31, "00" * 33, "zz" * 32])
def test_a_wrong_hash_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal"):
        units.hash_raw(wrong)


@given(st.integers(min_value=-units.MAX_MONEY_SAT, max_value=units.MAX_MONEY_SAT))
def test_btc_is_exact(amount: int) -> None:
    assert int(units.btc(amount) * units.SAT_PER_BTC) == amount


def test_time_is_utc() -> None:
    assert units.utc_text(1485382289) == "2017-01-25T22:11:29Z"
