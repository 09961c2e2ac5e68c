"""Each flow method against its slow twin, and small cases by hand."""

import os
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels.proportion import share
from support.flow_dags import METHODS, Dag, by_kernel, disagreement, random_dag

DAGS = 2_000 * int(os.environ.get("QAIF_TEST_EXAMPLES", "100")) // 100


@pytest.mark.parametrize("method", METHODS)
def test_random_webs_are_those_of_the_twin(method: str) -> None:
    for seed in range(DAGS):
        dag = random_dag(Random(seed))  # noqa: S311  not a secret
        assert not disagreement(dag, method), f"seed {seed}: {disagreement(dag, method)}"


@given(st.integers(1, 2**51 - 1), st.data())
def test_a_share_is_that_of_the_twin(c: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, c)), data.draw(st.integers(0, 2**51 - 1))
    assert share(a, b, c) == a * b // c


# Coins 0 and 1, of 30 (marked) and 70, are taken in this order; 2, 3 and the fee 4 are made: 20, 75 and 5.
ONE = Dag([((0, 1), (2, 3, 4))], {0: 30, 1: 70, 2: 20, 3: 75, 4: 5}, {0}, {4})


@pytest.mark.parametrize(
    ("method", "marked"),
    [
        ("poison", [20, 75, 5]),
        ("haircut", [6, 22, 2]),
        ("fifo", [20, 10, 0]),
        ("lifo", [0, 25, 5]),
        ("highest", [0, 30, 0]),
    ],
)
def test_one_transaction_by_hand(method: str, marked: list[int]) -> None:
    assert by_kernel(ONE, method)[0][2:] == marked


def test_what_comes_back_to_a_seed_is_not_counted_twice() -> None:
    back = Dag([((0,), (1, 2, 3))], {0: 100, 1: 60, 2: 39, 3: 1}, {0, 1}, {3})
    for method in METHODS:
        marked, fresh, added = by_kernel(back, method)
        assert (marked[1], fresh, added) == (60, [100, 0, 0, 0], [0]), method


def test_order_is_kept_inside_of_coins() -> None:
    """The mark lies at the end of coin 2; what is cut from its beginning later bears nothing."""
    dag = Dag(
        [((0, 1), (2, 3)), ((2,), (4, 5, 6))],
        {0: 50, 1: 50, 2: 100, 3: 0, 4: 50, 5: 50, 6: 0},
        {1},
        {3, 6},
    )
    assert by_kernel(dag, "fifo")[0][4:6] == [0, 50]
    assert by_kernel(dag, "lifo")[0][4:6] == [0, 50], "turned twice"
