"""Haircut through a whole chain, one piece of it after another, in one pass.

Arrays, of one piece's t transactions, k inputs and l outputs; `lo` are numbers in the chain:
    in_lo, out_lo i8[t]      where each transaction's rows begin
    spent_out i8[k]          the output that an input spends; under 0 where none is held
    in_value i8[k]           satoshi spent; -1 where unknown, and for a coinbase
    out_value i8[l]          satoshi paid
    seed u1[outputs]         1 where an output is marked whole from the beginning; of the whole chain
    mark i8[outputs]         on return, of this piece, the satoshi that bear the mark; of the whole chain
    sums i8[SUMS]            added to: see below

A transaction that spends an unknown value, or pays more than it spends, passes nothing on: what it takes that
is marked is lost. What holds of a whole chain: FRESH is FEES and LOST and the marks of unspent outputs.
Amounts are under 2^51.
"""

from typing import Any

from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.proportion import share

Array = NDArray[Any]

FRESH, FEES, LOST = range(3)  # marked at first; gone to miners; taken where shares cannot be known
SUMS = 3


@jit
def haircut_into(
    in_lo: Array,
    spent_out: Array,
    in_value: Array,
    first_in: int,
    out_lo: Array,
    out_value: Array,
    first_out: int,
    seed: Array,
    mark: Array,
    sums: Array,
) -> None:
    """Mark the outputs of one piece; each transaction's rows end where the next one's begin."""
    last = len(in_lo) - 1
    ins, outs = 0, 0
    for tx in range(len(in_lo)):
        in_end = in_lo[tx + 1] - first_in if tx < last else len(in_value)
        out_end = out_lo[tx + 1] - first_out if tx < last else len(out_value)
        taken, total, known = 0, 0, True
        while ins < in_end:
            value = in_value[ins]
            known &= value >= 0
            total += value
            if spent_out[ins] >= 0:
                taken += mark[spent_out[ins]]
            ins += 1
        if taken and known:
            paid = 0
            for out in range(outs, out_end):
                paid += out_value[out]
            known = paid <= total
        given, reached = 0, 0
        for out in range(outs, out_end):
            part = 0
            if taken and known:
                reached += out_value[out]
                so_far = share(taken, reached, total)
                part, given = so_far - given, so_far
            num = first_out + out
            if seed[num]:
                sums[FRESH] += out_value[out] - part
                mark[num] = out_value[out]
            else:
                mark[num] = part
        outs = out_end
        if taken:
            sums[FEES if known else LOST] += taken - given
