"""What transactions leave to the miner.

Arrays, of one segment's t transactions, k inputs and l outputs:
    in_lo, out_lo i8[t]      where each transaction's rows begin, less `first_in` and `first_out`
    in_value i8[k]           satoshi spent; -1 where unknown, and for a coinbase
    out_value i8[l]          satoshi paid
    fee i8[t]                on return inputs less outputs; -1 where an input's value is unknown
"""

from typing import Any

from numpy.typing import NDArray

from qaif.kernels.jit import jit

Array = NDArray[Any]


@jit
def fees_into(
    in_lo: Array, in_value: Array, first_in: int, out_lo: Array, out_value: Array, first_out: int, fee: Array
) -> None:
    """Fill `fee`; the last transaction's rows end with their columns."""
    ins, outs = 0, 0
    last = len(fee) - 1
    for tx in range(len(fee)):
        in_end = in_lo[tx + 1] - first_in if tx < last else len(in_value)
        out_end = out_lo[tx + 1] - first_out if tx < last else len(out_value)
        total, unknown = 0, in_end == ins
        while ins < in_end:
            value = in_value[ins]
            unknown |= value < 0
            total += value
            ins += 1
        while outs < out_end:
            total -= out_value[outs]
            outs += 1
        fee[tx] = -1 if unknown else total
