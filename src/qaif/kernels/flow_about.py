"""Haircut through a whole chain, about: the share of each transaction in floating point, not the satoshi.

Every output of a transaction has the share of what it took, so one division a transaction does where
`flow_chain` divides exactly for each output. A share is kept in 32 bits: each step adds at most 2^-23 of it
to what it is off by, so after a thousand steps in a row it is right to about a ten-thousandth of itself.

| array | type | meaning |
|---|---|---|
| in_lo, out_lo | i8[t] | number of each transaction's first input and output, of a piece of the chain |
| spent_out, in_value | i8[k] | the output that each input spends, satoshi; negative where not known |
| out_value | i8[l] | satoshi |
| seed | u1[outputs of the chain] | 1 where an output is marked whole from the beginning |
| part | f4[outputs of the chain] | what share of each output is marked, 0 at first; filled |
| sums | f8[3] | satoshi added to: marked first, to miners, lost; see `flow_chain` |

Pieces come in chain order; an output is made before it is spent.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.flow_chain import FEES, FRESH, LOST
from qaif.kernels.jit import jit

Array = NDArray[Any]


@jit
def haircut_about_into(
    in_lo: Array,
    spent_out: Array,
    in_value: Array,
    first_in: int,
    out_lo: Array,
    out_value: Array,
    first_out: int,
    seed: Array,
    part: Array,
    sums: Array,
) -> None:
    """Mark the outputs of one piece; each transaction's rows end where the next one's begin."""
    last = len(in_lo) - 1
    ins, outs = 0, 0
    for tx in range(len(in_lo)):
        in_end = in_lo[tx + 1] - first_in if tx < last else len(in_value)
        out_end = out_lo[tx + 1] - first_out if tx < last else len(out_value)
        taken, total, known = 0.0, 0, True
        while ins < in_end:
            value, spent = in_value[ins], spent_out[ins]
            known &= value >= 0
            total += value
            if spent >= 0:
                taken += np.float64(part[spent]) * np.float64(value)
            ins += 1
        share = 0.0
        if taken > 0.0:
            paid = 0
            for out in range(outs, out_end):
                paid += out_value[out]
            if known and paid <= total:
                share = min(taken / np.float64(total), 1.0)
                sums[FEES] += share * np.float64(total - paid)
            else:
                sums[LOST] += taken
        for out in range(outs, out_end):
            num = first_out + out
            if seed[num]:
                sums[FRESH] += (1.0 - share) * np.float64(out_value[out])
                part[num] = 1.0
            else:
                part[num] = share
        outs = out_end
