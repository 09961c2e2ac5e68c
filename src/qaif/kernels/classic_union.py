"""The plainest union of what stands together: a baseline to measure others by, not what clusters are made of.

| array | type | meaning |
|---|---|---|
| row | i8[n] | the group that each item stands in, ascending |
| item | i8[n] | the item |
| label | i8[m] | of each item a smaller or equal item of its set; on return the smallest one |

`label` begins as each item's own number, or as an earlier call left it.
"""

from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s


@jit
def _root(label: Int64s, item: int) -> int:
    while label[item] != item:
        label[item] = label[label[item]]
        item = label[item]
    return item


@jit
def union_into(row: Int64s, item: Int64s, label: Int64s) -> None:
    """Unite the items that share a row."""
    for i in range(1, len(row)):
        if row[i] == row[i - 1]:
            one, other = _root(label, item[i - 1]), _root(label, item[i])
            label[max(one, other)] = min(one, other)
    for i in range(len(label)):
        label[i] = _root(label, i)
