"""Fees against sums over lists."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels.fees import fees_into

VALUES = st.lists(st.integers(-1, 50), max_size=5)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_fees_are_those_of_the_twin(
    txs: list[tuple[list[int], list[int]]], first_in: int, first_out: int
) -> None:
    txs = [(ins, [abs(value) for value in outs]) for ins, outs in txs]
    columns: list[Any] = []
    for side, first in ((0, first_in), (1, first_out)):
        values = [value for tx in txs for value in tx[side]]
        lo = np.cumsum([first, *(len(tx[side]) for tx in txs)])[:-1]
        columns += [lo.astype(np.int64), np.array(values, dtype=np.int64), first]
    fee = np.empty(len(txs), dtype=np.int64)
    in_lo, in_value, first, out_lo, out_value, first_paid = columns
    fees_into(in_lo, in_value, first, out_lo, out_value, first_paid, fee)
    twin = [sum(ins) - sum(outs) if ins and min(ins) >= 0 else -1 for ins, outs in txs]
    assert fee.tolist() == twin
