"""Amounts in floats against a slow twin that counts in fractions."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.feeds.aws.amounts import satoshi

MOST = 2_100_000_000_000_000


def slow(value: float) -> int:
    """The same by exact arithmetic; standard library only."""
    if not math.isfinite(value) or value < 0:
        return -1
    exact = Fraction(Decimal(value)) * 10**8
    nearest = round(exact)
    if nearest > MOST or (nearest == 0 and value != 0):
        return -1
    off = abs(Fraction(value) - Fraction(float(Fraction(nearest, 10**8))))
    return nearest if off <= min(Fraction(math.ulp(value)), Fraction(1e-9)) else -1


def one(value: float) -> int:
    return int(satoshi(np.array([value]))[0])


@pytest.mark.parametrize(
    ("value", "sat"),
    [
        (0.1 + 0.2, 30_000_000),
        (0.30000000000000004, 30_000_000),
        (20_999_999.9769, 2_099_999_997_690_000),
        (21_000_000.0, MOST),
        (1e-8, 1),
        (0.0, 0),
        (-0.0, 0),
        (0.07, 7_000_000),
        (1.1, 110_000_000),
        (4.35, 435_000_000),
        (9_007_199.25474099, 900_719_925_474_099),
    ],
)
def test_amounts(value: float, sat: int) -> None:
    assert one(value) == slow(value) == sat


@pytest.mark.parametrize(
    "value",
    [1.5e-8, 0.123456785, 21_000_000.00000001, -1e-8, math.nan, math.inf, -math.inf, 1e300, 5e-324, 1e-9],
)
def test_no_amounts(value: float) -> None:
    assert one(value) == slow(value) == -1


@given(st.integers(0, MOST))
def test_every_satoshi_comes_back(sat: int) -> None:
    assert one(float(Decimal(sat) / 10**8)) == sat


@given(st.integers(0, MOST), st.integers(-3, 3))
def test_near_a_satoshi_as_the_twin(sat: int, steps: int) -> None:
    value = float(Decimal(sat) / 10**8)
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else 0.0)
    assert one(value) == slow(value)


@given(st.floats())
def test_any_float_as_the_twin(value: float) -> None:
    assert one(value) == slow(value)
